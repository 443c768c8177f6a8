"""After a restore nothing speaks by itself until somebody says go; who writes is answered."""

from datetime import timedelta

import pytest

from bot.core.events import CancelSeat, EventById
from tests.storage.kit import NOON, House, event, pause, wish


@pytest.mark.parametrize("fairness", ["keep-order", "fill-seats"])
async def test_a_paused_hub_offers_nothing_and_nobody_passes_who_waits(house: House, fairness: str) -> None:
    await house.publish(event(seats=1, fairness=fairness))
    for who in ("ann", "bob"):
        await house.do(who, wish())
    await pause(house)
    await house.do("ann", CancelSeat("fair"))
    await house.settle()
    assert house.notices == []
    assert [it.free for it in (await house.do("eve", EventById("fair"))).left] == [0]
    assert (await house.do("eve", wish())).state == "waitlisted"
    assert await house.store.resume("pl")
    await house.settle()
    assert house.told("bob") == ["registration.offer"]
    assert [row.state for row in await house.rows("registration", contact_id=house.contacts["eve"])] == ["waitlisted"]


async def test_a_paused_hub_lapses_nobody_and_still_forgets_what_is_past_its_period(house: House) -> None:
    await house.publish(event(seats=1))
    for who in ("ann", "bob"):
        await house.do(who, wish())
    await house.do("ann", CancelSeat("fair"))
    house.notices.clear()
    await pause(house)
    await house.advance(days=3)  # beyond the end of Bob's offer; a night, so that the sweep ran
    assert house.notices == []
    assert await house.store.next_due("pl") == (NOON + timedelta(days=4)).replace(hour=2, minute=30)
    await house.advance(days=5)
    assert len(await house.rows("inbox")) == 0
    assert await house.store.resume("pl")
    await house.settle()
    assert house.told("bob") == ["registration.offer-lapsed"]


async def test_the_pause_is_each_hubs_own_and_ends_once(house: House) -> None:
    await house.publish(event())
    assert await house.store.paused() == []
    await pause(house)
    assert await house.store.paused() == ["pl"]
    assert not await house.store.resume("pt")
    assert await house.store.resume("pl")
    assert not await house.store.resume("pl")
    assert await house.store.paused() == []
