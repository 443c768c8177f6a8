"""The hubs' clock: one for every process, moved on a trial database alone, never back."""

from datetime import timedelta
from pathlib import Path

import pytest

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


async def test_an_erasure_does_not_make_a_real_database_a_trial_one(house: House) -> None:
    await house.publish()
    await house.turn("ann", lambda unit: None)
    await house.store.erase("pl", "terminal", "ann")
    assert await house.rows("contact") == []
    assert not await house.store.allow_clock()


async def test_a_trial_that_begins_in_the_past_is_swept_from_then_on(house: House) -> None:
    await house.publish()
    await house.store.allow_clock()
    early = NOON - timedelta(days=100)
    await house.store.set_clock(early)
    assert await house.store.next_due("pl") == early
