"""The master key is changed while the bot works; killed half-way and run again, it ends right."""

import asyncio
import base64
import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.core.articles import KeepQuestion, MyQuestions
from bot.core.news import StopAll, Stopped
from bot.core.person import Erase
from storage import keys
from storage.errors import StoreError
from storage.rekey import rekey
from storage.schema import metadata
from storage.stoplist import StopList
from storage.store import open_store
from tests.kills import steps
from tests.storage.kit import House, Time, pack
from tests.storage.test_erasure import a_life, planted

PEOPLE = 12
ANN = planted("address")
LATER = timedelta(minutes=20)  # than a receipt waits


def key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


OLD, NEW = key(), key()


async def opened(url: str, data: Path, given: str, before: House | None = None) -> House:
    """The store as it is now; numbers of updates and the clock go on."""
    time = before.time if before else Time()
    house = House(await open_store(url, data, given, real=time), time)
    if before:
        house.numbers, house.contacts = before.numbers, before.contacts
    return house


async def peopled(url: str, data: Path) -> House:
    """Twelve people under the old key, one of whom has all that can be had; one was erased, and came to stop."""
    house = await opened(url, data, OLD)
    await a_life(house, ANN)
    for n in range(PEOPLE - 1):
        await house.do(f"p{n}", KeepQuestion(f"question {n}"))
    await house.do("gone", StopAll(), Erase())
    house.time.at += LATER
    await house.settle()
    return house


def under(conn: Connection, secret: str) -> int:
    """How many wrapped keys there are that a master key opens."""
    master, found = keys.parse(secret), 0
    for statement, place in (
        ("select hub_id, id, data_key from contact", ("contact",)),
        ("select hub_id, data_key from hub", ("hub",)),
        ("select name, secret from meta where secret is not null", ("meta",)),
    ):
        for *names, wrapped in conn.exec_driver_sql(statement):
            try:
                master.unwrap(bytes(wrapped), *place, *names)
            except keys.KeyMismatch:
                continue
            found += 1
    return found


async def test_afterwards_the_new_key_opens_all_and_the_old_one_nothing(url: str, tmp_path: Path) -> None:
    house = await peopled(url, tmp_path)
    before = await house.store.export("pl", "terminal", ANN)
    everything = await house.store.database.read(lambda conn: under(conn, OLD))
    assert everything == PEOPLE + 2
    await house.store.close()
    done = await rekey(url, tmp_path, f"{NEW},{OLD}", batch=5)
    assert (done.people, done.hubs, done.index, done.lost) == (PEOPLE, 1, 1, 0)
    with pytest.raises(StoreError, match="another key"):
        await open_store(url, tmp_path, OLD)
    house = await opened(url, tmp_path, NEW, house)
    assert await house.store.database.read(lambda conn: under(conn, OLD)) == 0
    assert await house.store.database.read(lambda conn: under(conn, NEW)) == everything
    assert await house.store.export("pl", "terminal", ANN) == before
    assert await house.do("p3", MyQuestions())
    assert await house.do("gone", Stopped())  # the hashes of addresses are the same
    await house.store.close()
    again = await rekey(url, tmp_path, f"{NEW},{OLD}")
    assert (again.people, again.hubs, again.index) == (0, 0, 0)


async def test_nothing_under_the_old_key_is_left_in_a_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/hubbot.sqlite3"
    house = await peopled(url, tmp_path)
    await house.store.close()
    id = keys.parse(OLD).keys[0].id
    assert id in everything_on(tmp_path)
    assert base64.b64encode(StopList.of(tmp_path).read().keys[0][1]) in StopList.of(tmp_path).path.read_bytes()
    entries = StopList.of(tmp_path).read().entries
    await rekey(url, tmp_path, f"{NEW},{OLD}")
    assert id not in everything_on(tmp_path)
    listed = StopList.of(tmp_path).read()
    assert listed.entries == entries
    assert [wrapped[1:5] for _, wrapped in listed.keys] == [keys.parse(NEW).keys[0].id]


def everything_on(data: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(data.glob("hubbot.sqlite3*")))


async def test_people_are_served_meanwhile(url: str, tmp_path: Path) -> None:
    house = await peopled(url, tmp_path)
    await house.store.close()
    bot = await opened(url, tmp_path, f"{NEW},{OLD}", house)

    async def talk() -> None:
        for n in range(PEOPLE - 1):
            assert await bot.do(f"p{n}", MyQuestions())
            await bot.do(f"newcomer {n}", KeepQuestion("?"))

    _, done = await asyncio.gather(talk(), rekey(url, tmp_path, f"{NEW},{OLD}", batch=2))
    assert done.people == PEOPLE
    assert await bot.do("p3", MyQuestions())
    await bot.store.close()
    house = await opened(url, tmp_path, NEW, bot)
    for n in range(PEOPLE - 1):
        assert await house.do(f"p{n}", MyQuestions())
        assert await house.do(f"newcomer {n}", MyQuestions())
    await house.store.close()


async def test_who_came_to_a_process_with_the_old_key_first_is_done_too(url: str, tmp_path: Path) -> None:
    house = await peopled(url, tmp_path)
    came = []

    def told(done: int) -> None:
        if done == PEOPLE and not came:
            came.append(asyncio.get_running_loop().create_task(house.do("late", KeepQuestion("?"))))

    done = await rekey(url, tmp_path, f"{NEW},{OLD}", batch=5, told=told)
    await asyncio.gather(*came)
    rest = await rekey(url, tmp_path, f"{NEW},{OLD}")
    assert (done.people + rest.people, rest.hubs) == (PEOPLE + 1, 0)
    await house.store.close()
    house = await opened(url, tmp_path, NEW, house)
    assert await house.do("late", MyQuestions())
    await house.store.close()


async def test_a_key_that_nobody_has_is_counted_and_holds_up_nobody(url: str, tmp_path: Path) -> None:
    house = await peopled(url, tmp_path)
    third = keys.parse(key()).wrap(keys.new_secret(), "contact", "pl", house.contacts["p3"])
    await house.store.database.run(
        lambda conn: (
            conn.execute(
                metadata.tables["contact"].update().where(metadata.tables["contact"].c.id == house.contacts["p3"]),
                {"data_key": third},
            )
            and None
        )
    )
    await house.store.close()
    done = await rekey(url, tmp_path, f"{NEW},{OLD}", batch=2)
    assert (done.people, done.lost) == (PEOPLE - 1, 1)


def kill_between(url: str, folder: str, given: str, at: str) -> int:
    """See the test below."""

    def told(done: int) -> None:
        if done >= int(at):
            os.kill(os.getpid(), signal.SIGKILL)

    done = asyncio.run(rekey(url, Path(folder), given, batch=2, told=told))
    return done.people


async def test_killed_between_two_batches_all_is_readable_and_a_second_run_does_the_rest(
    url: str, tmp_path: Path
) -> None:
    house = await peopled(url, tmp_path)
    await house.store.close()
    both = f"{NEW},{OLD}"
    with pytest.raises(AssertionError):  # -9 is no end
        await asyncio.to_thread(steps, "tests.storage.test_rekey:kill_between", url, str(tmp_path), both, "4")
    bot = await opened(url, tmp_path, both, house)
    assert await bot.store.database.read(lambda conn: under(conn, OLD)) == PEOPLE - 4
    for n in range(PEOPLE - 1):
        assert await bot.do(f"p{n}", MyQuestions())
    await bot.store.close()
    done = await rekey(url, tmp_path, both)
    assert (done.people, done.hubs, done.index) == (PEOPLE - 4, 0, 0)
    house = await opened(url, tmp_path, NEW, bot)
    assert await house.do("p3", MyQuestions())
    assert await house.store.publish("pl", pack())
    await house.store.close()
