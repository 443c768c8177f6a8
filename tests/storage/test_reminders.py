"""Reminders fall due once, in the day, and only while they are true."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.core.events import AnswerOffer, CancelSeat, Event
from bot.core.message import Moment, Start
from bot.core.news import StopAll
from bot.core.person import Erase
from bot.core.session import Frame, Session
from storage import reminders
from storage.quiet import before_quiet, next_morning
from storage.unit import SqlUnit
from tests.storage.kit import NOON, ZONE, House, event, hub, pause, wish

DAY = timedelta(days=1)
START = NOON + 60 * DAY  # of the event of the kit: a Sunday at noon in Warsaw


async def said(house: House) -> list[tuple[str, str]]:
    """Who was reminded of what since the last look: the acts that timers left."""
    names = {name: who for who, name in house.contacts.items()}
    found = []
    for follow in await house.store.open_updates("pl"):

        def take(unit: SqlUnit, follow: Any = follow) -> tuple[str, str]:
            took = unit.take(follow)
            assert took
            person, act, _ = took
            assert isinstance(act, Start)
            return names[person.id], act.flow

        found.append(await house.store.run("pl", take))
    return found


def at(day: str, zone: str = ZONE) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "rule", "when"),
    [
        ("2027-05-21T10:00", "P1D", "2027-05-20T10:00"),
        ("2027-05-21T10:00", "PT3H", "2027-05-21T07:00"),
        ("2027-05-21T10:00", "P7DT2H30M", "2027-05-14T07:30"),
        (
            "2027-03-28T10:00",
            "P1D",
            "2027-03-27T10:00",
        ),  # the clocks went forward that morning: the same hour, not 24 h
        ("2027-03-28T10:00", "PT12H", "2027-03-27T21:00"),
        ("2027-10-31T10:00", "P1D", "2027-10-30T10:00"),
    ],
)
def test_R83_a_day_before_is_the_same_hour_whatever_the_clocks_do(start: str, rule: str, when: str) -> None:
    assert reminders.before(Moment(at(start), ZONE), rule) == at(when)


@pytest.mark.parametrize(
    ("wanted", "comes"),
    [("12:00", "12:00"), ("08:00", "08:00"), ("20:59", "20:59"), ("21:00", "20:00"), ("23:30", "20:00")],
)
def test_a_reminder_comes_before_the_quiet_hours(wanted: str, comes: str) -> None:
    assert before_quiet(hub(), at(f"2027-05-21T{wanted}")) == at(f"2027-05-21T{comes}")


def test_a_reminder_of_the_small_hours_comes_the_evening_before() -> None:
    assert before_quiet(hub(), at("2027-05-21T06:00")) == at("2027-05-20T20:00")
    assert before_quiet(hub(quiet_end=time(21)), at("2027-05-21T06:00")) == at("2027-05-21T06:00")  # none at all


def test_the_next_morning_is_the_next_days_and_not_quiet() -> None:
    assert next_morning(hub(), at("2027-05-20T23:30")) == at("2027-05-21T09:00")
    assert next_morning(hub(), at("2027-05-21T00:30")) == at("2027-05-22T09:00")
    assert next_morning(hub(quiet_end=time(10)), at("2027-05-20T12:00")) == at("2027-05-21T10:00")


async def test_who_comes_is_reminded_by_each_rule_once(house: House) -> None:
    await house.publish(event(seats=2, reminders=("P7D", "P1D", "PT3H")))
    for who in ("ann", "bob", "eve"):
        await house.do(who, wish())  # Eve waits
    found = {}
    for day in range(62):
        await house.advance(days=1)
        if told := await said(house):
            found[day + 1] = told
    both = [("ann", "event-reminder"), ("bob", "event-reminder")]
    assert found == {53: both, 59: both, 60: both}
    assert len(await house.rows("inbox", account="timer")) == 4  # of the last seven days


async def test_the_hour_is_the_rules(house: House) -> None:
    await house.publish(event(reminders=("P1D", "PT14H")))
    await house.do("ann", wish())
    house.time.at = START - DAY - timedelta(minutes=1)
    await house.settle()
    assert await said(house) == []
    await house.advance(minutes=1)
    assert await said(house) == [("ann", "event-reminder")]
    await house.advance(hours=7, minutes=59)  # fourteen hours before are ten in the evening: it comes at eight
    assert await said(house) == []
    await house.advance(minutes=1)
    assert await said(house) == [("ann", "event-reminder")]


async def test_no_reminder_after_a_cancellation_a_late_sign_up_or_an_erasure(house: House) -> None:
    await house.publish(event(reminders=("P7D",), closes=Moment(START, ZONE)))
    for who in ("ann", "bob", "eve"):
        await house.do(who, wish())
    await house.do("bob", CancelSeat("fair"))
    await house.do("eve", Erase())
    await house.advance(days=53, minutes=1)
    assert await said(house) == [("ann", "event-reminder")]
    await house.do("late", wish())
    await house.advance(days=8)
    assert await said(house) == []


async def test_a_stop_ends_no_reminder_of_ones_own_place(house: House) -> None:
    await house.publish(event(reminders=("P1D",)))
    await house.do("ann", wish(), StopAll())
    await house.advance(days=59, minutes=1)
    assert await said(house) == [("ann", "event-reminder")]


async def test_an_event_that_is_called_off_reminds_nobody(house: House) -> None:
    await house.publish(event(reminders=("P1D",)))
    await house.do("ann", wish())
    await house.publish(event(reminders=("P1D",), cancelled=True))
    await house.advance(days=61)
    assert await said(house) == []


async def test_an_event_that_moves_reminds_by_its_new_date(house: House) -> None:
    await house.publish(event(reminders=("P1D", "P2D")))
    await house.do("ann", wish())
    await house.publish(moved(event(reminders=("P1D", "P2D")), -10 * DAY))
    await house.advance(days=48, minutes=1)
    assert await said(house) == [("ann", "event-reminder")]
    await house.publish(moved(event(reminders=("P1D",)), 5 * DAY))
    await house.advance(days=15)
    assert await said(house) == []
    await house.advance(days=1)
    assert await said(house) == [("ann", "event-reminder")]


def moved(it: Event, by: timedelta) -> Event:
    at = {name: Moment(getattr(it, name).at + by, ZONE) for name in ("start", "end", "closes", "cancel_until")}
    return event(reminders=it.reminders, **at)


async def test_of_reminders_that_are_late_only_the_last_is_said_and_none_after_the_start(house: House) -> None:
    await house.publish(event(reminders=("P7D", "P1D", "PT3H")))
    await house.do("ann", wish())
    house.time.at = START - timedelta(hours=20)  # the service was away, and comes back in the afternoon
    await house.settle()
    assert await said(house) == [("ann", "event-reminder")]
    house.time.at = START + timedelta(hours=1)
    await house.settle()
    assert await said(house) == []


async def test_a_late_reminder_waits_for_the_morning(house: House) -> None:
    await house.publish(event(reminders=("P1D",)))
    await house.do("ann", wish())
    house.time.at = at("2027-01-24T02:00")  # the night before; noon is the start
    await house.settle()
    assert await said(house) == []
    await house.advance(hours=6)
    assert await said(house) == [("ann", "event-reminder")]


async def test_many_people_are_reminded_page_by_page(house: House) -> None:
    count = reminders.PAGE + 3
    await house.publish(event(seats=count, reminders=("P1D",)))
    for n in range(count):
        await house.do(f"p{n}", wish())
    await house.advance(days=59, minutes=1)
    assert sorted(await said(house)) == sorted((f"p{n}", "event-reminder") for n in range(count))


async def test_an_offer_is_reminded_of_at_half_time_in_the_day(house: House) -> None:
    await house.publish(event(seats=1, offer_hours=24))
    for who in ("ann", "bob"):
        await house.do(who, wish())
    await house.do("ann", CancelSeat("fair"))
    await house.advance(hours=7, minutes=59)  # half of it is midnight: it comes at eight in the evening
    assert await said(house) == []
    await house.advance(minutes=1)
    assert await said(house) == [("bob", "offer-reminder")]
    await house.advance(hours=15)
    assert await said(house) == []


async def test_an_offer_of_the_evening_is_reminded_of_in_the_morning(house: House) -> None:
    await house.publish(event(seats=1, offer_hours=13))
    for who in ("ann", "bob"):
        await house.do(who, wish())
    await house.advance(hours=8, minutes=30)  # half past eight: it ends at half past nine
    await house.do("ann", CancelSeat("fair"))
    await house.advance(hours=11, minutes=29)
    assert await said(house) == []
    await house.advance(minutes=1)
    assert await said(house) == [("bob", "offer-reminder")]


async def test_an_offer_that_was_answered_is_not_reminded_of(house: House) -> None:
    await house.publish(event(seats=1, offer_hours=4))
    for who in ("ann", "bob"):
        await house.do(who, wish())
    await house.do("ann", CancelSeat("fair"))
    await house.do("bob", AnswerOffer("fair", take=True))
    await house.advance(hours=4)
    assert await said(house) == []


def begun(unit: SqlUnit, run: int = 7) -> None:
    """As the engine does after a first answer."""
    unit.save(Session((Frame("survey", ("views", "v"), run),), runs=run).dump())
    unit.nudge(run)


async def test_what_was_left_is_reminded_of_next_morning_and_once(house: House) -> None:
    await house.publish()
    await house.turn("ann", begun)
    await house.advance(hours=20, minutes=59)
    assert await said(house) == []
    await house.advance(minutes=1)  # nine o'clock
    assert await said(house) == [("ann", "unfinished")]
    await house.advance(days=10)
    assert await said(house) == []


async def test_who_writes_in_the_morning_is_reminded_the_morning_after(house: House) -> None:
    await house.publish()
    await house.turn("ann", begun)
    await house.advance(hours=20)
    await house.turn("ann", lambda unit: None)
    await house.advance(hours=2)
    assert await said(house) == []
    await house.advance(days=1)
    assert await said(house) == [("ann", "unfinished")]


async def test_nobody_is_reminded_of_what_is_done_or_after_a_stop_or_an_erasure(house: House) -> None:
    await house.publish()
    for who in ("ann", "bob", "eve"):
        await house.turn(who, begun)
    await house.turn("ann", lambda unit: unit.save(Session().dump()))
    await house.do("bob", StopAll())
    await house.do("eve", Erase())
    assert house.contacts["eve"] not in repr(await house.rows("timer", kind="nudge"))
    await house.advance(days=2)
    assert await said(house) == []


async def test_R19_after_words_of_danger_a_day_passes_without_a_reminder(house: House) -> None:
    await house.publish()

    def both(unit: SqlUnit) -> None:
        begun(unit)
        unit.rest()

    await house.turn("ann", both)
    await house.advance(hours=24)
    assert await said(house) == []
    await house.advance(hours=21)
    assert await said(house) == [("ann", "unfinished")]


async def test_a_reminder_keeps_a_conversation_no_longer(house: House) -> None:
    await house.publish()
    await house.turn("ann", begun)
    await house.advance(days=1)
    (follow,) = await house.store.open_updates("pl")

    def turn(unit: SqlUnit) -> None:
        assert unit.take(follow)
        unit.save(Session((Frame("survey", ("views", "v"), 7),), runs=8).dump())

    await house.store.run("pl", turn)
    (row,) = await house.rows("session")
    assert row.touched == NOON


async def test_a_paused_hub_reminds_nobody_and_makes_it_good_if_there_is_time(house: House) -> None:
    await house.publish(event(reminders=("P2D",)))
    await house.do("ann", wish())
    await house.turn("bob", begun)
    await pause(house)
    await house.advance(days=59)
    assert await said(house) == []
    await house.store.resume("pl")
    await house.settle()
    assert await said(house) == [("ann", "event-reminder")]  # Bob's draft is long gone
