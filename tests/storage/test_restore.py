"""A backup is put in place: stops and erasures outlive it (promise 7), and nobody is spoken to before somebody says go."""

import asyncio
import base64
import os
import shutil
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.core.articles import KeepQuestion
from bot.core.events import CancelSeat
from bot.core.message import Start
from bot.core.news import MySubscriptions, StopAll, Stopped, Subscribe
from bot.core.person import Erase
from storage.backup import backup
from storage.errors import StoreError
from storage.restore import restore
from storage.stoplist import StopList
from storage.store import open_store
from storage.unit import SqlUnit
from tests.kills import Life, at_each_step, steps
from tests.storage.conftest import emptied
from tests.storage.kit import NOON, House, Time, event, given, wish, words
from tests.storage.test_erasure import CANARY, a_life, planted

KEY = base64.b64encode(bytes(os.urandom(32))).decode()
ANN, BOB, EVE = planted("address"), "bob", "eve"


async def opened(url: str, data: Path, house: House | None = None) -> House:
    """The store as it is now; numbers of updates and the clock go on."""
    time = house.time if house else Time()
    made = House(await open_store(url, data, KEY, real=time), time)
    if house:
        made.numbers, made.contacts = house.numbers, house.contacts
    return made


async def lived(url: str, data: Path) -> House:
    """Ann, of whom everything is known and something waits to be sent; Bob and Eve, who get news; then a backup; then
    Ann is erased, Bob stops, and Eve asks for more."""
    house = await opened(url, data)
    await a_life(house, ANN)
    for who in (BOB, EVE):
        await house.do(who, Subscribe("events", given("news", "events")), wish())
    await house.turn(EVE, lambda unit: unit.put(words("waits"), "waits", 0))
    await backup(url, data / "saved.db", real=house.time)
    house.time.at += timedelta(hours=1)
    await house.do(ANN, Erase())
    await house.do(BOB, StopAll())
    await house.do(EVE, Subscribe("screening", given("news", "screening")))
    return house


async def test_R59_stops_and_erasures_outlive_a_restored_backup(url: str, tmp_path: Path) -> None:
    house = await lived(url, tmp_path)
    await house.store.close()
    done = await restore(url, tmp_path, KEY, tmp_path / "saved.db", real=house.time)
    assert (done.people, done.done.stops, done.done.erasures, done.told) == (2, 1, 1, ())
    house = await opened(url, tmp_path, house)
    assert house.store.replayed == 0  # it is whole already
    assert await house.store.hubs_knowing("terminal", ANN) == []
    for table in ("contact", "address", "question", "consent", "session", "needs"):
        assert CANARY not in repr(await house.rows(table)), table
    assert len(await house.rows("contact")) == 2
    assert {row.kind for row in await house.rows("mark")} == {"erased", "stop", "took-part"}
    assert await house.do(BOB, Stopped())
    assert await house.do(BOB, MySubscriptions()) == ()
    assert await house.do(EVE, MySubscriptions()) == ("events",)  # as in the backup
    assert await house.do(ANN, Stopped()) is False
    assert house.contacts[ANN] not in repr(await house.rows("question"))
    await house.store.close()


async def test_R59_nothing_of_who_was_erased_is_left_in_a_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/hubbot.sqlite3"
    house = await lived(url, tmp_path)
    me = house.contacts[ANN]
    saved = tmp_path / "saved.db"
    with sqlite3.connect(saved) as raw:
        (wrapped,) = raw.execute("select data_key from contact where id = ?", (me,)).fetchone()
    await house.store.close()
    await restore(url, tmp_path, KEY, saved, real=house.time)
    saved.unlink()
    left = b"".join((tmp_path / name).read_bytes() for name in os.listdir(tmp_path))
    for it in (me.encode(), wrapped, CANARY.encode()):
        assert it not in left
    assert sorted(os.listdir(tmp_path)) == [
        "hubbot.sqlite3",
        "hubbot.sqlite3-writer",
        "hubbot.sqlite3.lock",
        "hubbot.stops",
    ]


async def test_what_waited_is_not_sent_and_nothing_speaks_by_itself(url: str, tmp_path: Path) -> None:
    house = await opened(url, tmp_path)
    await house.publish(event(seats=1))
    for who in (BOB, EVE):
        await house.do(who, wish())
    await house.turn(BOB, lambda unit: unit.put(words("queued"), "q", 0))
    await house.turn(EVE, lambda unit: unit.put(words("sending"), "s", 0))
    await house.store.claim("pl", "chat", "somebody", lambda channel, name: name == EVE)
    await house.turn(BOB, lambda unit: unit.follow("u", "chat", Start("menu"), "pl"))
    await backup(url, tmp_path / "saved.db", real=house.time)
    numbers = [row.id for row in await house.rows("outbox")]
    await house.deliver()
    await house.store.close()
    done = await restore(url, tmp_path, KEY, tmp_path / "saved.db", real=house.time)
    assert done.done.unsaid == 2
    house = await opened(url, tmp_path, house)
    rows = await house.rows("outbox")
    assert [(row.id, row.state, row.reason, row.body) for row in rows] == [
        (number, "skipped", "restored", None) for number in numbers
    ]
    assert await house.store.open_updates("pl") == []
    assert await house.store.paused() == ["pl"]
    await house.do(BOB, CancelSeat("fair"))
    await house.turn(BOB, lambda unit: unit.put(words("an answer"), "a", 0))
    assert await house.deliver() == ["an answer"]
    assert house.notices == []
    await house.store.resume("pl")
    await house.settle()
    assert house.told(EVE) == ["registration.offer"]
    await house.store.close()


async def test_numbers_and_the_clock_never_go_back(url: str, tmp_path: Path) -> None:
    house = await opened(url, tmp_path)
    await house.publish()
    assert await house.store.allow_clock()
    await house.turn(BOB, lambda unit: unit.put(words("1"), "c", 0))
    await backup(url, tmp_path / "saved.db", real=house.time)
    await house.do(BOB, KeepQuestion("?"))
    await house.turn(BOB, lambda unit: unit.put(words("2"), "d", 0))
    last = max(row.id for row in await house.rows("outbox"))
    await house.store.set_clock(NOON + timedelta(days=3))
    await house.store.close()
    await restore(url, tmp_path, KEY, tmp_path / "saved.db", real=house.time)
    house = await opened(url, tmp_path, house)
    assert await house.store.now("pl") == NOON + timedelta(days=3)
    await house.turn(BOB, lambda unit: unit.put(words("3"), "e", 0))
    assert max(row.id for row in await house.rows("outbox")) == last + 1
    assert await house.do(BOB, KeepQuestion("?")) == "Q-2"
    await house.store.close()


async def test_a_database_that_is_lost_is_made_good_by_the_list(url: str, tmp_path: Path) -> None:
    house = await lived(url, tmp_path)
    last = max(row.id for row in await house.rows("outbox"))
    await house.store.close()
    await lose(url, tmp_path)
    done = await restore(url, tmp_path, KEY, tmp_path / "saved.db", real=house.time)
    assert (done.done.stops, done.done.erasures, len(done.told)) == (1, 1, 1)
    house = await opened(url, tmp_path, house)
    assert await house.store.hubs_knowing("terminal", ANN) == []
    await house.turn(BOB, lambda unit: unit.put(words("new"), "e", 0))
    assert max(row.id for row in await house.rows("outbox")) > last + 1_000
    await house.store.close()


async def test_a_damaged_database_is_replaced(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/hubbot.sqlite3"
    house = await lived(url, tmp_path)
    await house.store.close()
    (tmp_path / "hubbot.sqlite3").write_bytes(os.urandom(100_000))
    (tmp_path / "hubbot.sqlite3-wal").write_bytes(os.urandom(10_000))
    done = await restore(url, tmp_path, KEY, tmp_path / "saved.db", real=house.time)
    assert done.done.erasures == 1
    assert "cannot be read" in done.told[0]
    await (await opened(url, tmp_path, house)).store.close()


async def test_without_the_list_it_is_said_who_may_be_back(url: str, tmp_path: Path) -> None:
    house = await lived(url, tmp_path)
    await house.store.close()
    await lose(url, tmp_path)
    StopList.of(tmp_path).path.unlink()
    house.time.at += timedelta(days=400)
    done = await restore(url, tmp_path, KEY, tmp_path / "saved.db", real=house.time)
    assert [line for line in done.told if "hubbot.stops" in line]
    assert [line for line in done.told if "delete it" in line]


async def lose(url: str, data: Path) -> None:
    if url.startswith("sqlite"):
        for path in data.glob("hubbot.sqlite3*"):  # noqa: ASYNC240
            path.unlink()
    else:
        await emptied(url, bare=True)


async def test_a_backup_of_the_one_is_restored_on_the_other(url: str, tmp_path: Path) -> None:
    """As a hub does that outgrows SQLite, or gives up its server."""
    house = await lived(url, tmp_path)
    await house.store.close()
    other = tmp_path / "other"
    other.mkdir()
    target = f"sqlite:///{other}/hubbot.sqlite3"
    await restore(target, other, KEY, tmp_path / "saved.db", real=house.time)
    house = await opened(target, other, house)
    assert await house.store.hubs_knowing("terminal", BOB) == ["pl"]
    await backup(target, other / "again.db", real=house.time)
    await house.store.close()
    await restore(url, tmp_path, KEY, other / "again.db", real=house.time)
    house = await opened(url, tmp_path, house)
    assert await house.store.hubs_knowing("terminal", BOB) == ["pl"]
    assert await house.store.hubs_knowing("terminal", ANN) == []
    await house.store.close()


async def test_who_came_back_after_an_erasure_stays(url: str, tmp_path: Path) -> None:
    house = await opened(url, tmp_path)
    await house.publish()
    await house.do(ANN, Stopped())
    await house.do(ANN, Erase())
    house.time.at += timedelta(minutes=20)
    await house.settle()
    await house.do(ANN, Stopped())
    await backup(url, tmp_path / "saved.db", real=house.time)
    await house.store.close()
    await restore(url, tmp_path, KEY, tmp_path / "saved.db", real=house.time)
    house = await opened(url, tmp_path, house)
    assert await house.store.hubs_knowing("terminal", ANN) == ["pl"]
    await house.store.close()


async def test_an_erasure_under_way_in_the_backup_ends(url: str, tmp_path: Path) -> None:
    house = await opened(url, tmp_path)
    await house.publish()

    def erase(unit: SqlUnit) -> None:
        unit.perform(Erase())
        unit.put(words("receipt"), "yes", 0)

    await house.turn(ANN, erase)
    await backup(url, tmp_path / "saved.db", real=house.time)
    await house.store.close()
    await restore(url, tmp_path, KEY, tmp_path / "saved.db", real=house.time)
    house = await opened(url, tmp_path, house)
    assert await house.rows("contact") == await house.rows("address") == await house.rows("outbox") == []
    assert [row.kind for row in await house.rows("mark")] == ["erased"]
    await house.store.close()


async def test_a_stop_that_was_lifted_later_is_not_done_again(url: str, tmp_path: Path) -> None:
    house = await opened(url, tmp_path)
    await house.publish()
    await house.do(BOB, StopAll())
    house.time.at += timedelta(hours=1)
    await house.do(BOB, Subscribe("events", given("news", "events")))
    await backup(url, tmp_path / "saved.db", real=house.time)
    await house.store.close()
    done = await restore(url, tmp_path, KEY, tmp_path / "saved.db", real=house.time)
    assert done.done.stops == 0
    house = await opened(url, tmp_path, house)
    assert await house.do(BOB, MySubscriptions()) == ("events",)
    await house.store.close()


async def test_it_refuses_while_somebody_works_on_the_database(url: str, tmp_path: Path) -> None:
    house = await lived(url, tmp_path)
    with pytest.raises(StoreError, match="stop it first"):
        await restore(url, tmp_path, KEY, tmp_path / "saved.db")
    await house.store.close()
    if not url.startswith("sqlite"):  # a process of another machine has no lock file here
        far = tmp_path / "far"
        shutil.copytree(tmp_path, far)
        house = await opened(url, far, house)
        with pytest.raises(StoreError, match="here or elsewhere"):
            await restore(url, tmp_path, KEY, tmp_path / "saved.db")
        await house.store.close()


async def test_another_key_another_database_and_no_backup_are_one_line(url: str, tmp_path: Path) -> None:
    house = await lived(url, tmp_path)
    await house.store.close()
    saved = tmp_path / "saved.db"
    wrong = base64.b64encode(os.urandom(32)).decode()
    with pytest.raises(StoreError, match="another key"):
        await restore(url, tmp_path, wrong, saved)
    with pytest.raises(StoreError, match="key is missing"):
        await restore(url, tmp_path, "", saved)
    with pytest.raises(StoreError, match=r"hubbot\.stops"):
        await restore(url, tmp_path, KEY, tmp_path / "hubbot.stops")
    other = tmp_path / "other"
    foreign = await opened(f"sqlite:///{other}/x.sqlite3", other)
    await foreign.do(BOB, Stopped())
    await backup(f"sqlite:///{other}/x.sqlite3", other / "saved.db")
    await foreign.store.close()
    with pytest.raises(StoreError, match="of another database"):
        await restore(url, tmp_path, KEY, other / "saved.db")
    StopList.of(tmp_path).path.unlink()
    with pytest.raises(StoreError, match="another database than the one here"):
        await restore(url, tmp_path, KEY, other / "saved.db")
    house = await opened(url, tmp_path, house)
    assert len(await house.rows("contact")) == 3  # Ann's receipt is still on its way
    await house.store.close()


async def test_a_database_set_back_by_hand_is_brought_up_to_its_list(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path}/hubbot.sqlite3", tmp_path / "hubbot.sqlite3"
    house = await lived(url, tmp_path)
    await house.store.close()
    shutil.copy(tmp_path / "saved.db", file)
    house = await opened(url, tmp_path, house)
    assert house.store.replayed == 2
    assert await house.store.hubs_knowing("terminal", ANN) == []
    assert await house.do(BOB, Stopped())
    assert await house.store.paused() == ["pl"]
    await house.store.close()


def kill_a_restore(folder: str, key: str, at: str) -> int:
    """See the test below, which runs this in a process of its own."""
    import alembic.command  # noqa: F401, PLC0415  # once, and not in each fork

    data, before = Path(folder) / "data", Path(folder) / "before"
    url, file = f"sqlite:///{data}/hubbot.sqlite3", Path(folder) / "saved.db"
    now, ends = datetime.fromisoformat(at), Path(folder) / "ends"

    def begin() -> None:
        shutil.rmtree(data)
        shutil.copytree(before, data)

    async def people() -> tuple[bool, int]:
        store = await open_store(url, data, key, real=lambda: now)
        house = House(store, Time(now))
        found = bool(await store.paused()), len(await house.rows("contact"))
        await store.close()
        return found

    async def look(killed: bool) -> None:
        done, known = await people()
        assert known == (2 if done else 3)
        assert not list(data.glob("*.restore*"))
        with ends.open("a") as file_:
            file_.write("01"[done])
        if killed:
            await restore(url, data, key, file, real=lambda: now)
            assert await people() == (True, 2)

    async def work(life: Life) -> None:
        life.ends_by_files(data)
        await restore(url, data, key, file, real=lambda: now)

    tried = at_each_step(begin, work, look)
    outcomes = ends.read_text()
    assert outcomes == "".join(sorted(outcomes))  # nothing had changed up to one step, and all from there on
    assert outcomes[-1] == "1"
    return tried


@pytest.mark.timeout(120)
async def test_killed_at_any_step_it_changed_nothing_or_all(tmp_path: Path) -> None:
    """The process dies at each step that touches a file, in turn; then it is run again."""
    data = tmp_path / "data"
    data.mkdir()
    house = await lived(f"sqlite:///{data}/hubbot.sqlite3", data)
    await house.store.close()
    (data / "saved.db").rename(tmp_path / "saved.db")
    shutil.copytree(data, tmp_path / "before")
    tried = await asyncio.to_thread(
        steps, "tests.storage.test_restore:kill_a_restore", str(tmp_path), KEY, house.time.at.isoformat()
    )
    assert tried > 10
