"""The hubs' clock: one for every process, moved on a trial database alone, never back."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.ports import Sender
from storage.errors import StoreError
from storage.store import open_store
from tests.storage.kit import NOON, House, Time


async def test_the_clock_is_real_time_until_it_is_moved(house: House) -> None:
    assert await house.store.now("pl") == NOON
    house.time.at += timedelta(seconds=5)
    assert await house.store.now("pl") == NOON + timedelta(seconds=5)


async def test_every_process_reads_the_same_clock(house: House, url: str, tmp_path: Path, time: Time) -> None:
    other = await open_store(url, tmp_path, real=time)
    assert await house.store.allow_clock()
    assert await house.store.move(timedelta(days=3)) == NOON + timedelta(days=3)
    assert await other.now("pt") == NOON + timedelta(days=3)
    time.at += timedelta(hours=1)  # it runs on between two moves
    assert await other.now("pl") == NOON + timedelta(days=3, hours=1)
    await other.close()


async def test_it_never_goes_back_once_somebody_has_talked(house: House) -> None:
    await house.store.allow_clock()
    assert await house.store.set_clock(NOON - timedelta(days=400))  # a trial may begin in the past
    assert await house.store.set_clock(NOON)
    await house.turn("ann", lambda unit: None)
    assert await house.store.talked()
    assert not await house.store.can_set_clock(NOON - timedelta(seconds=1))
    assert not await house.store.set_clock(NOON - timedelta(seconds=1))
    assert await house.store.now("pl") == NOON
    assert await house.store.can_set_clock(NOON + timedelta(days=1))
    assert await house.store.now("pl") == NOON
    with pytest.raises(StoreError, match="does not go back"):
        await house.store.move(timedelta(seconds=-1))


async def test_a_database_of_real_people_has_no_movable_clock(house: House) -> None:
    await house.turn("ann", lambda unit: None)
    assert not await house.store.allow_clock()
    for moved in (house.store.move(timedelta(1)), house.store.set_clock(NOON), house.store.can_set_clock(NOON)):
        with pytest.raises(StoreError, match="cannot be moved"):
            await moved


async def test_whose_conversation_was_first_is_decided_for_ever(
    house: House, url: str, tmp_path: Path, time: Time
) -> None:
    """A trial that nobody talked in leaves a database of real people; that is so after the last of them has gone."""
    real = await open_store(url, tmp_path, real=time)
    await house.publish()
    assert await house.store.allow_clock()
    person = await real.run("pl", lambda unit: unit.accept("u1", Sender("bot", "telegram", "ann")))
    assert person
    for _ in range(2):
        assert not await house.store.allow_clock()
        with pytest.raises(StoreError, match="cannot be moved"):
            await house.store.move(timedelta(days=1))
        await real.erase("pl", "telegram", "ann")
        assert await house.rows("contact") == []
        time.at += timedelta(days=8)
        await house.settle()
        assert await house.rows("inbox") == []
    await real.close()


async def test_a_trial_stays_one_whoever_talks_later(house: House, url: str, tmp_path: Path, time: Time) -> None:
    await house.store.allow_clock()
    await house.turn("ann", lambda unit: None)
    other = await open_store(url, tmp_path, real=time)
    await other.run("pl", lambda unit: unit.accept("u1", Sender("bot", "telegram", "bob")))
    assert await other.move(timedelta(days=1)) == NOON + timedelta(days=1)
    await other.close()


async def test_of_two_who_move_it_at_once_the_later_wins(house: House) -> None:
    await house.store.allow_clock()
    await house.turn("ann", lambda unit: None)
    days = (3, 1, 5, 2, 4)
    done = await asyncio.gather(*(house.store.set_clock(NOON + timedelta(days=n)) for n in days))
    assert done[days.index(5)]
    assert await house.store.now("pl") == NOON + timedelta(days=5)


async def test_a_trial_that_begins_in_the_past_is_swept_from_then_on(house: House) -> None:
    await house.publish()
    await house.store.allow_clock()
    early = NOON - timedelta(days=100)
    await house.store.set_clock(early)
    assert await house.store.next_due("pl") == early
