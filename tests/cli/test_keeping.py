"""`hubbot db backup`, `restore`, `resume` and `rekey`, as whoever looks after the database calls them."""

from tests.cli.conftest import Call
from tests.cli.test_data import talk


def test_a_backup_says_what_it_is_and_until_when_it_may_be_kept(call: Call) -> None:
    none = call("db", "backup", "saved.db")
    assert (none.code, none.out) == (2, "")
    assert "no database" in none.err
    talk(call, {"text": "/help"})
    done = call("db", "backup", "saved.db")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("saved.db: ")
    assert "made 2026-12-01T08:00:0" in done.out
    assert "delete it by 2027-01-05 ([retention] backup)" in done.out
    again = call("db", "backup", "saved.db")
    assert (again.code, again.out) == (2, "")
    assert "there is a file already" in again.err
