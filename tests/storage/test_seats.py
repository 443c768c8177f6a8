"""Seats: never more than there are, a queue that nobody jumps, offers that end."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from bot.core.events import (
    AnswerOffer,
    CancelSeat,
    ChangeRegistration,
    EventById,
    MyRegistrations,
    OpenEvents,
    Seats,
)
from bot.core.message import Moment
from bot.core.person import Export, MyConsents, MyData
from bot.core.ports import Sender
from storage.quiet import end_of_quiet, offer_until
from storage.unit import SqlUnit
from tests.storage.kit import NOON, ZONE, House, event, given, hub, wish


@pytest_asyncio.fixture
async def fair(house: House) -> House:
    """Two seats, a waiting list, offers of 24 hours."""
    await house.publish(event(seats=2))
    return house


async def full(house: House, *waiting: str) -> None:
    """ann and bob have the two seats; the others wait, in this order."""
    for who in ("ann", "bob", *waiting):
        await house.do(who, wish())


async def test_R80_fifty_people_at_once_for_ten_seats(house: House) -> None:
    await house.publish(event(seats=10))

    def work(unit: SqlUnit, n: int) -> tuple[str, int]:
        unit.accept(f"u{n}", Sender("chat", "terminal", f"p{n}"))
        seat = unit.perform(wish())
        return seat.state, seat.registration.place  # type: ignore[attr-defined]

    ends = await asyncio.gather(*(house.store.run("pl", lambda unit, n=n: work(unit, n)) for n in range(50)))
    assert sorted(ends) == [("confirmed", 0)] * 10 + [("waitlisted", place) for place in range(1, 41)]
    report = await house.store.report("event", "pl", "fair")
    assert report
    assert (report["confirmed"], report["waitlisted"], report["overbooked"]) == (10, 40, 0)


async def test_R80_each_role_has_its_own_seats_and_queue(house: House) -> None:
    roles = (Seats("in-person/patients", 1, "in-person"), Seats("in-person/doctors", 1, "in-person"))
    await house.publish(event(seats=roles))
    for who, role in (("ann", "patients"), ("bob", "patients"), ("eve", "doctors")):
        await house.do(who, replace(wish(), role=f"in-person/{role}"))
    left = {it.role: (it.free, it.waiting) for it in (await house.do("zoe", EventById("fair"))).left}
    assert left == {"in-person/patients": (0, 1), "in-person/doctors": (0, 0)}
    assert (await house.do("zoe", replace(wish(), role="in-person/none"))).state == "closed"


async def test_a_confirmed_place_is_kept_as_it_was_given(fair: House) -> None:
    answers = {"/data/topics": "rights"}
    seat = await fair.do("ann", wish(party=2, name="Ann Żółć", answers=answers, consents=(given(),)))
    assert (seat.state, seat.registration.party, seat.registration.sequence) == ("confirmed", 2, 0)
    (mine,) = await fair.do("ann", MyRegistrations())
    assert mine.mine == seat.registration
    assert (mine.mine.name, mine.mine.answers, mine.free) == ("Ann Żółć", answers, 0)
    assert mine.mine.version == mine.event.version != ""
    (listed,) = await fair.do("bob", OpenEvents())
    assert listed.mine is None


async def test_one_live_registration_a_person(fair: House) -> None:
    first = await fair.do("ann", wish())
    again = await fair.do("ann", wish(party=2))
    assert (again.state, again.registration) == ("already", first.registration)
    assert len(await fair.rows("registration")) == 1


async def test_coming_back_after_cancelling_is_a_new_place_at_the_end(fair: House) -> None:
    await full(fair, "eve", "fay")
    await fair.do("eve", CancelSeat("fair"))
    seat = await fair.do("eve", wish())
    assert (seat.state, seat.registration.place) == ("waitlisted", 2)
    assert [row.state for row in await fair.rows("registration", contact_id=fair.contacts["eve"])] == ["waitlisted"]
    assert len(await fair.rows("registration", state="cancelled")) == 1


async def test_without_wait_a_full_event_is_full(fair: House) -> None:
    await full(fair)
    assert (await fair.do("eve", wish(wait=False))).state == "full"
    await fair.publish(event(seats=2, waitlist=False))
    assert (await fair.do("eve", wish())).state == "full"


@pytest.mark.parametrize(
    ("what", "state"),
    [
        ({"cancelled": True}, "cancelled"),
        ({"closes": Moment(NOON, ZONE)}, "closed"),
        ({"opens": Moment(NOON + timedelta(hours=1), ZONE)}, "closed"),
    ],
)
async def test_when_one_cannot_register(house: House, what: dict[str, object], state: str) -> None:
    await house.publish(event(**what))
    assert (await house.do("ann", wish())).state == state
    assert not (await house.do("ann", EventById("fair"))).open


async def test_too_large_too_many_and_no_such_event(house: House) -> None:
    await house.publish(*(event(f"e{n}", seats=3) for n in range(7)))
    assert (await house.do("ann", wish("e0", 4))).state == "too-large"
    assert (await house.do("ann", wish("e0", 0))).state == "too-large"
    assert (await house.do("ann", wish("nowhere"))).state == "closed"
    states = [(await house.do("ann", wish(f"e{n}"))).state for n in range(7)]
    assert states == ["confirmed"] * 5 + ["too-many"] * 2
    assert len(await house.do("ann", MyRegistrations())) == 5
    assert await house.do("ann", EventById("nowhere")) is None


async def test_R84_a_seat_that_is_given_up_is_offered_at_once(fair: House) -> None:
    await full(fair, "eve", "fay")
    ended = await fair.do("ann", CancelSeat("fair"))
    assert (ended.state, ended.sequence) == ("cancelled", 1)
    assert fair.told("eve") == ["registration.offer"]
    assert fair.told("fay") == []
    ((_, message),) = fair.notices
    facts = dict(message.lines[0].params)
    assert facts["until"] == Moment(NOON + timedelta(hours=24), ZONE)
    assert [button.act.args for button in message.buttons] == [("fair", "take"), ("fair", "leave")]
    assert await fair.do("ann", CancelSeat("fair")) is None
    seat = await fair.do("eve", AnswerOffer("fair", take=True))
    assert (seat.state, seat.registration.until, seat.registration.sequence) == ("confirmed", None, 0)
    assert (await fair.do("eve", AnswerOffer("fair", take=True))).state == "confirmed"


async def test_R81_an_offer_that_runs_out_goes_to_the_next(fair: House) -> None:
    await full(fair, "eve", "fay")
    await fair.do("ann", CancelSeat("fair"))
    await fair.advance(hours=23)
    assert fair.told("fay") == []
    await fair.advance(hours=2)
    assert fair.told("eve") == ["registration.offer", "registration.offer-lapsed"]
    assert fair.told("fay") == ["registration.offer"]
    assert (await fair.do("eve", AnswerOffer("fair", take=True))).state == "lapsed"
    assert (await fair.do("fay", AnswerOffer("fair", take=True))).state == "confirmed"


async def test_R81_a_declined_offer_goes_to_the_next(fair: House) -> None:
    await full(fair, "eve", "fay")
    await fair.do("ann", CancelSeat("fair"))
    assert (await fair.do("eve", AnswerOffer("fair", take=False))).state == "cancelled"
    assert fair.told("fay") == ["registration.offer"]
    assert fair.told("eve") == ["registration.offer"]


async def test_an_offer_answered_a_moment_too_late_is_told_once(fair: House) -> None:
    """The timer has not come by yet: the answer itself finds out."""
    await full(fair, "eve", "fay")
    await fair.do("ann", CancelSeat("fair"))
    fair.time.at += timedelta(hours=25)
    assert (await fair.do("eve", AnswerOffer("fair", take=True))).state == "lapsed"
    assert fair.told("eve") == ["registration.offer"]
    assert fair.told("fay") == ["registration.offer"]


async def test_R36_nobody_passes_a_waiting_party_where_order_is_kept(house: House) -> None:
    await house.publish(event(seats=3))
    for who in ("ann", "bob"):
        await house.do(who, wish())
    await house.do("group", wish(party=3))
    seat = await house.do("eve", wish())
    assert (seat.state, seat.registration.place) == ("waitlisted", 2)
    assert (await house.do("zoe", EventById("fair"))).free == 0
    await house.do("ann", CancelSeat("fair"))
    assert house.notices == []
    await house.do("bob", CancelSeat("fair"))
    assert (house.told("group"), house.told("eve")) == (["registration.offer"], [])


async def test_R36_a_smaller_party_passes_where_seats_are_filled(house: House) -> None:
    await house.publish(event(seats=3, fairness="fill-seats"))
    for who in ("ann", "bob"):
        await house.do(who, wish())
    await house.do("group", wish(party=3))
    assert (await house.do("eve", wish())).state == "confirmed"
    await house.do("fay", wish())
    await house.do("ann", CancelSeat("fair"))
    assert (house.told("group"), house.told("fay")) == ([], ["registration.offer"])


async def test_more_seats_are_offered_in_order_and_fewer_take_nobodys(fair: House) -> None:
    await full(fair, "eve", "fay", "gus")
    await fair.publish(event(seats=4))
    assert [fair.told(who) for who in ("eve", "fay", "gus")] == [["registration.offer"]] * 2 + [[]]
    await fair.publish(event(seats=1))
    report = await fair.store.report("event", "pl", "fair")
    assert report
    assert (report["confirmed"], report["offered"], report["overbooked"]) == (2, 2, 3)
    assert report["queue"] == [{"party": 1, "role": "in-person/any", "reason": "full"}]
    await fair.do("ann", CancelSeat("fair"))
    assert fair.told("gus") == []


async def test_an_event_that_is_called_off_is_told_to_all(fair: House) -> None:
    await full(fair, "eve")
    await fair.publish(event(seats=2, cancelled=True))
    assert [fair.told(who) for who in ("ann", "eve")] == [["registration.cancelled"]] * 2
    files = {name: [file.kind for file in message.files] for name, message in fair.notices}
    assert files == {fair.contacts["ann"]: ["calendar"], fair.contacts["bob"]: ["calendar"], fair.contacts["eve"]: []}
    assert await fair.do("ann", MyRegistrations()) == ()


async def test_the_list_closes_and_says_so(fair: House) -> None:
    await full(fair, "eve")
    await fair.advance(days=58, hours=1)
    assert fair.told("eve") == ["registration.lapsed"]
    assert fair.told("ann") == []
    assert [it.mine.state for it in await fair.do("ann", MyRegistrations())] == ["confirmed"]
    await fair.advance(days=3)
    assert await fair.do("ann", MyRegistrations()) == ()
    assert await fair.do("ann", OpenEvents()) == ()


async def test_an_event_out_of_the_pack_is_shown_to_who_has_a_place(fair: House) -> None:
    await fair.do("ann", wish())
    await fair.publish()
    assert await fair.do("bob", OpenEvents()) == ()
    assert len(await fair.do("ann", MyRegistrations())) == 1
    assert not (await fair.do("bob", EventById("fair"))).open
    assert (await fair.do("bob", wish())).state == "closed"
    assert (await fair.do("ann", CancelSeat("fair"))).state == "cancelled"


async def test_R41_name_and_answers_are_corrected_and_the_place_stays(fair: House) -> None:
    await fair.do("ann", wish(name="An", answers={"/data/a": "1"}))
    seat = await fair.do("ann", ChangeRegistration("fair", "Ann", {"/data/a": "2"}))
    assert (seat.state, seat.registration.name, seat.registration.answers) == ("confirmed", "Ann", {"/data/a": "2"})
    assert (await fair.do("bob", ChangeRegistration("fair", "Bob", {}))).state == "cancelled"


async def test_R82_needs_lie_apart_and_go_with_the_place(fair: House) -> None:
    await fair.do("ann", wish(needs={"/data/special_needs": "a ramp"}))
    (row,) = await fair.rows("needs")
    assert row.until == NOON + timedelta(days=67, hours=6)
    await fair.do("ann", CancelSeat("fair"))
    assert await fair.rows("needs") == []


async def given_up(house: House) -> None:
    await house.do("ann", CancelSeat("fair"))


async def declined(house: House) -> None:
    await house.do("bob", CancelSeat("fair"))
    assert (await house.do("ann", AnswerOffer("fair", take=False))).state == "cancelled"


async def ran_out(house: House) -> None:
    await house.do("bob", CancelSeat("fair"))
    await house.advance(hours=25)
    assert house.told("ann") == ["registration.offer", "registration.offer-lapsed"]


async def list_closed(house: House) -> None:
    await house.advance(days=59)
    assert house.told("ann") == ["registration.lapsed"]


async def called_off(house: House) -> None:
    await house.publish(event(seats=1, cancelled=True))
    assert house.told("ann") == ["registration.cancelled"]


@pytest.mark.parametrize("ended", [given_up, declined, ran_out, list_closed, called_off])
async def test_R84_what_was_told_for_a_place_goes_when_it_ends_and_the_number_stays(
    house: House, ended: Callable[[House], Awaitable[None]]
) -> None:
    await house.publish(event(seats=1))
    await house.do("bob", wish())
    told = {"name": "Kanarek", "answers": {"/d/a": "Kanarek"}, "needs": {"/d/n": "Kanarek"}}
    agreed = (given(), given("special-needs"))
    assert (await house.do("ann", wish(**told, consents=agreed))).state == "waitlisted"
    await ended(house)
    data = await house.do("ann", Export())
    assert "Kanarek" not in json.dumps(data)
    assert not {"registration", "needs"} & set(data)
    assert {it.kind for it in await house.do("ann", MyData())} <= {"address", "conversation", "ended"}
    assert await house.do("ann", MyConsents()) == ()
    report = await house.store.report("event", "pl", "fair")
    assert report
    assert report["cancelled"] + report["lapsed"] >= 1


async def test_R81_an_offer_in_quiet_hours_is_told_in_the_morning(fair: House) -> None:
    await full(fair, "eve")
    await fair.advance(hours=11)  # 23:00 in Warsaw
    await fair.do("ann", CancelSeat("fair"))
    assert fair.told("eve") == []
    await fair.advance(hours=9)
    assert fair.told("eve") == ["registration.offer"]
    ((_, message),) = fair.notices
    morning = NOON + timedelta(hours=20)  # 8:00
    assert dict(message.lines[0].params)["until"] == Moment(morning + timedelta(hours=24), ZONE)


async def test_an_offer_that_was_declined_in_the_night_is_not_told_any_more(fair: House) -> None:
    await full(fair, "eve")
    await fair.advance(hours=11)
    await fair.do("ann", CancelSeat("fair"))
    await fair.do("eve", AnswerOffer("fair", take=False))
    await fair.advance(hours=9)
    assert fair.told("eve") == []


def test_R81_deadlines_keep_out_of_quiet_hours() -> None:
    here, it = hub(), event(offer_hours=12)
    assert end_of_quiet(here, NOON) is None
    assert end_of_quiet(here, NOON + timedelta(hours=9)) == NOON + timedelta(hours=20)
    assert end_of_quiet(here, NOON + timedelta(hours=20)) is None
    assert offer_until(here, it, NOON) == NOON + timedelta(hours=21)  # midnight becomes nine in the morning
    late = it.closes.at - timedelta(hours=1)
    assert offer_until(here, it, late) == it.closes.at
    assert end_of_quiet(hub(quiet_start=here.quiet_end), NOON) is None
    summer = datetime(2027, 3, 27, 22, 0, tzinfo=NOON.tzinfo)  # the night in which the clock springs forward
    assert end_of_quiet(here, summer) == datetime(2027, 3, 28, 6, 0, tzinfo=NOON.tzinfo)
