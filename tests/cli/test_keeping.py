"""`hubbot db backup`, `restore`, `resume` and `rekey`, as whoever looks after the database calls them."""

import base64
import os
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.player import HUBBOT, ROOT, environment
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


def test_a_backup_is_restored_and_the_bot_says_that_it_waits(call: Call, tmp_path: Path) -> None:
    talk(call, {"text": "/help"}, {"as": "bob", "text": "/help"})
    assert call("db", "backup", "saved.db").code == 0
    erased = call("erase", "--address", "telegram:ana", "--hub", "pl")
    assert erased.out.startswith("E-")
    done = call("db", "restore", "saved.db")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0].startswith("restored: 1 people, as of 2026-12-01T08:00:0")
    assert "0 stops, 1 erasures" in done.out
    assert "`hubbot db resume`" in done.out
    assert call("export", "--address", "telegram:ana", "--hub", "pl").code == 1
    again = call("chat", "--jsonl", input='{"as": "bob", "channel": "telegram", "text": "/help"}\n')
    assert "hub pl is paused" in again.err
    assert '"to": "bob"' in again.out
    assert call("db", "resume").code == 0


def test_a_restore_waits_for_nobody(call: Call, tmp_path: Path) -> None:
    assert call("db", "restore", "nowhere.db").err.count("\n") == 1
    talk(call, {"text": "/help"})
    assert call("db", "backup", "saved.db").code == 0
    env = environment(tmp_path / "data")
    with subprocess.Popen(
        [*HUBBOT, "run"], cwd=ROOT / "tests", env=env | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True
    ) as service:
        assert service.stderr
        service.stderr.readline()
        done = call("db", "restore", "saved.db")
        service.kill()
    assert (done.code, done.out) == (2, "")
    assert done.err == "hubbot: a process works on this database: stop it first (hubbot run, hubbot chat)\n"
    assert call("db", "restore", "saved.db").code == 0  # a killed process holds nothing


def test_a_key_is_changed_in_three_steps(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))
    monkeypatch.setenv("HUBBOT_KEY", old)
    talk(call, {"text": "/help"})
    assert call("db", "rekey").out.startswith("wrapped anew: 0 keys of people, 0 of hubs, 0")
    monkeypatch.setenv("HUBBOT_KEY", f"{new},{old}")
    done = call("db", "rekey")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("wrapped anew: 1 keys of people, 1 of hubs, 1 of the list of addresses\nnothing is left")
    monkeypatch.setenv("HUBBOT_KEY", old)
    refused = call("db", "rekey")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert old not in refused.err
    monkeypatch.setenv("HUBBOT_KEY", new)
    assert talk(call, {"text": "/mydata"})
