"""Works at the same time: nobody's fault is another's, and what two did to each other is tried again."""

import asyncio
import contextlib
import fcntl
import os
import sqlite3
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from bot.core.ports import Sender
from storage.address import read
from storage.errors import StoreError, Unavailable
from storage.sqlite import Sqlite
from storage.store import open_store
from storage.unit import SqlUnit
from tests.storage.conftest import emptied
from tests.storage.kit import House, Time, hub, pack

CUT = select(func.pg_terminate_backend(func.pg_backend_pid()))


def accepting(number: str, who: str, fault: Exception | None = None):
    def work(unit: SqlUnit) -> str | None:
        person = unit.accept(number, Sender("chat", "terminal", who))
        if person:
            unit.save({"v": 1, "by": number})
        if fault:
            raise fault
        return person and person.id

    return work


async def test_one_failing_work_takes_nobody_with_it(house: House) -> None:
    """On SQLite these share commits, each in a savepoint; on PostgreSQL each has a transaction of its own."""
    works = [accepting(f"u{n}", f"p{n}", LookupError("mine") if n % 7 == 3 else None) for n in range(40)]
    ends = await asyncio.gather(*(house.store.run("pl", work) for work in works), return_exceptions=True)
    failed = [n for n, end in enumerate(ends) if isinstance(end, LookupError)]
    assert failed == [3, 10, 17, 24, 31, 38]
    assert all(isinstance(end, str) for n, end in enumerate(ends) if n not in failed)
    assert {row.update_id for row in await house.rows("inbox")} == {f"u{n}" for n in range(40) if n not in failed}
    assert len(await house.rows("session")) == 34


async def test_a_broken_statement_undoes_its_own_work_alone(house: House) -> None:
    def broken(unit: SqlUnit) -> None:
        unit.accept("bad", Sender("chat", "terminal", "x"))
        unit.conn.execute(text("insert into nowhere values (1)"))

    ends = await asyncio.gather(
        house.store.run("pl", accepting("u1", "a")),
        house.store.run("pl", broken),
        house.store.run("pl", accepting("u2", "b")),
        return_exceptions=True,
    )
    assert [isinstance(end, Exception) for end in ends] == [False, True, False]
    assert {row.update_id for row in await house.rows("inbox")} == {"u1", "u2"}


async def test_the_same_update_delivered_many_times_at_once_counts_once(house: House) -> None:
    ends = await asyncio.gather(*(house.store.run("pl", accepting("u1", "anna")) for _ in range(20)))
    assert len([end for end in ends if end]) == 1
    assert len(await house.rows("contact")) == len(await house.rows("inbox")) == 1


async def test_a_person_met_twice_at_once_is_one_person(house: House) -> None:
    ends = await asyncio.gather(*(house.store.run("pl", accepting(f"u{n}", "anna")) for n in range(20)))
    assert len(set(ends)) == 1
    assert len(await house.rows("contact")) == len(await house.rows("address")) == 1


async def test_a_caller_that_went_away_stops_nobody(house: House) -> None:
    gone = asyncio.create_task(house.store.run("pl", accepting("u1", "anna")))
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert await house.store.run("pl", accepting("u2", "anna"))


async def test_two_stores_on_one_database_see_each_other(house: House, url: str, tmp_path: Path, time: Time) -> None:
    other = await open_store(url, tmp_path, real=time)
    try:
        await house.store.publish("pl", pack())
        assert await other.manifest("pl") == await house.store.manifest("pl")
        works = [(house.store, other)[n % 2].run("pl", accepting(f"u{n}", f"p{n % 5}")) for n in range(30)]
        names = await asyncio.gather(*works)
        assert [names[n] for n in range(30)] == [names[n % 5] for n in range(30)]
        assert await house.store.allow_clock() is False
    finally:
        await other.close()


async def test_two_first_starts_make_one_database(bare: str, tmp_path: Path) -> None:
    stores = await asyncio.gather(*(open_store(bare, tmp_path) for _ in range(4)))
    try:
        assert len({store.world.secrets.index_key for store in stores}) == 1
        for n, store in enumerate(stores):
            assert await store.run("pl", accepting(f"u{n}", "anna"))
    finally:
        for store in stores:
            await store.close()


async def test_another_revision_is_refused(house: House, url: str, tmp_path: Path) -> None:
    await house.store.database.run(
        lambda conn: conn.exec_driver_sql("update alembic_version set version_num = '9999'") and None
    )
    with pytest.raises(StoreError, match=r"schema 9999 and this release needs .*db upgrade"):
        await open_store(url, tmp_path)


async def test_a_foreign_database_is_refused(bare: str, tmp_path: Path) -> None:
    store = await open_store(bare, tmp_path)
    await store.database.run(lambda conn: conn.exec_driver_sql("drop table alembic_version") and None)
    await store.close()
    with pytest.raises(StoreError, match="not hubbot's"):
        await open_store(bare, tmp_path)


async def test_another_programs_file_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "theirs.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as theirs:
        theirs.execute("create table users (id)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not hubbot's"):
        await open_store(f"sqlite:///{path}", tmp_path)
    assert path.read_bytes() == before


async def test_a_pipe_in_place_of_the_database_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.sqlite3")
    with pytest.raises(StoreError, match="not a file"):
        await open_store(f"sqlite:///{tmp_path}/x.sqlite3", tmp_path)


@pytest.mark.parametrize("bad", ["", "mysql://x/y", "sqlite://", "sqlite:///", "postgresql://", "/tmp/x.db"])
async def test_an_address_that_is_none_is_one_clear_line(bad: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="HUBBOT_DATABASE_URL"):
        await open_store(bad, tmp_path)


async def test_a_database_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        await open_store(f"postgresql://nobody@/nothing?host={tmp_path}", tmp_path)


async def test_a_connection_that_is_cut_is_told_and_the_next_work_has_another(pg_database: str, tmp_path: Path) -> None:
    await emptied(pg_database, bare=False)
    store = await open_store(pg_database, tmp_path)

    def cut(unit: SqlUnit) -> None:
        unit.accept("u1", Sender("chat", "terminal", "anna"))
        unit.session()
        unit.conn.execute(CUT)
        unit.session()

    for _ in range(3):
        with pytest.raises(Unavailable):
            await store.run("pl", cut)
    assert await store.run("pl", accepting("u1", "anna"))
    await store.close()


async def test_a_driver_may_be_named(tmp_path: Path) -> None:
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/a/b.sqlite3", tmp_path)
    await store.close()
    assert (tmp_path / "a" / "b.sqlite3").stat().st_mode & 0o077 == 0


async def test_publishing_needs_no_person(house: House) -> None:
    await house.store.publish("pl", pack(of=hub()))
    assert await house.rows("contact") == []


async def test_a_damaged_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match="damaged") as told:
        await open_store(f"sqlite:///{tmp_path}/x.sqlite3", tmp_path)
    assert "\n" not in str(told.value)


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Another process has the lock, for all that ours can know."""
    with lock.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        yield


async def test_a_process_that_holds_the_database_and_is_stopped_is_not_waited_for_without_end(tmp_path: Path) -> None:
    """And once it lets go, all goes on: nothing of what was given up is done later."""
    path = tmp_path / "hubbot.sqlite3"
    database = Sqlite(read(f"sqlite:///{path}"), wait=0.2)
    await database.run(lambda conn: conn.exec_driver_sql("create table t (n integer)"))
    with held(Path(f"{path}-writer")):
        with pytest.raises(Unavailable, match=r"another process held the database for 0\.2 s"):
            await database.run(lambda conn: conn.exec_driver_sql("insert into t values (1)"))
        assert await database.read(lambda conn: conn.exec_driver_sql("select count(*) from t").scalar()) == 0
    await database.run(lambda conn: conn.exec_driver_sql("insert into t values (2)"))
    assert await database.read(lambda conn: conn.exec_driver_sql("select sum(n) from t").scalar()) == 2
    await database.close()


async def test_W06_what_the_database_says_of_a_statement_that_fails_holds_no_values(house: House) -> None:
    planted = "Kanarek-7531"

    def broken(conn: Connection) -> None:
        conn.execute(text("SELECT :words FROM nowhere"), {"words": planted})

    for run in (house.store.database.run, house.store.database.read):
        with pytest.raises(DBAPIError) as wrong:
            await run(broken)
        assert "nowhere" in str(wrong.value)
        assert planted not in "".join(traceback.format_exception(wrong.value))
