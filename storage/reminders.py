"""What a person is reminded of: an event at which they have a place, an offer whose time runs, a thing they left half-way.

One rule: once each, never in quiet hours, and only while it is true: every fact is looked at again when it falls due. What is
said is left as an open update, so that it goes through the conversation like everything else.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from bot.core.events import Event
from bot.core.message import Act, Moment, Start
from bot.core.ports import TIMER
from storage import contacts, places, sessions, timers
from storage.quiet import before_quiet, end_of_quiet, next_morning
from storage.schema import contact

if TYPE_CHECKING:
    from storage.unit import SqlUnit

_BEFORE = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
PAGE = 50  # people in one transaction
REST = timedelta(days=1)  # R19

_reachable = select(contact.c.stopped_at).where(
    contact.c.hub_id == bindparam("hub"),
    contact.c.id == bindparam("contact"),
    contact.c.erased_at.is_(None),
    contact.c.blocked_at.is_(None),
)


def plan(unit: "SqlUnit", event: Event) -> None:
    """Plan each of an event's reminders that is still to come: one timer a rule, whoever will have a place by then. An event
    that moved is planned anew."""
    for rule in event.reminders:
        at = _when(unit, event, rule)
        if event.cancelled:
            timers.drop(unit, timers.REMIND, f"{event.id}/{rule}/0")
        elif at > unit.now:
            timers.plan(unit, timers.REMIND, f"{event.id}/{rule}/0", at)


def remind(unit: "SqlUnit", subject: str) -> None:
    """Remind those who come of their event, page by page: `subject` is the event, the rule, and the last rank that was done.
    Whoever got the place after the rule's hour is not reminded by it, and of two rules that are late the later one counts."""
    name, rule, last = subject.split("/")
    event, hub = places.latest(unit, name), unit.here
    if event is None or event.cancelled or unit.now >= event.start.at or rule not in event.reminders:
        return
    at = _when(unit, event, rule)
    if at > unit.now:
        timers.plan(unit, timers.REMIND, subject, at)  # the event was moved
        return
    if any(at < _when(unit, event, it) <= unit.now for it in event.reminders):
        return
    if quiet := end_of_quiet(hub, unit.now):  # the service was away at the hour
        timers.plan(unit, timers.REMIND, subject, quiet if quiet < event.start.at else None)
        return
    rows = places.coming(unit, name, int(last), PAGE)
    for row in rows:
        if row.confirmed_at <= at and row.contact_id:
            _leave(unit, row.contact_id, Start("event-reminder", (name,)), f"remind:{row.id}/{rule}@{at.isoformat()}")
    if len(rows) == PAGE:
        timers.plan(unit, timers.REMIND, f"{name}/{rule}/{rows[-1].rank}", unit.now)


def plan_half(unit: "SqlUnit", row: Any) -> None:
    """Somebody was just offered a seat: remind them when half of their time is over, or before the quiet hours that it is
    over in."""
    half = unit.now + (row.until - unit.now) / 2
    early = before_quiet(unit.here, half)
    at = early if early > unit.now else end_of_quiet(unit.here, half) or half
    timers.plan(unit, timers.HALF, f"{row.event_id}/{row.id}", at if at < row.until else None)


def half(unit: "SqlUnit", subject: str) -> None:
    """Remind somebody of a seat that is kept for them, while it is."""
    name, _, number = subject.partition("/")
    row = places.one(unit, name, number)
    if row is None or row.state != "offered" or row.until <= unit.now or not row.contact_id:
        return
    if quiet := end_of_quiet(unit.here, unit.now):
        timers.plan(unit, timers.HALF, subject, quiet if quiet < row.until else None)
        return
    _leave(unit, row.contact_id, Start("offer-reminder", (name,)), f"half:{subject}@{row.until.isoformat()}")


def plan_nudge(unit: "SqlUnit", run: int) -> None:
    """See Unit.nudge."""
    timers.plan(unit, timers.NUDGE, f"{unit.person_here.id}/{run}", next_morning(unit.here, unit.now))


def plan_rest(unit: "SqlUnit") -> None:
    """See Unit.rest."""
    timers.plan(unit, timers.REST, unit.person_here.id, unit.now + REST)


def nudge(unit: "SqlUnit", subject: str) -> None:
    """Remind somebody of what they left half-way, on a morning after their last message; never after a stop."""
    name, _, run = subject.partition("/")
    reached = unit.conn.execute(_reachable, {"hub": unit.hub, "contact": name}).first()
    if reached is None or reached.stopped_at:
        return
    unit.me = contacts.load(unit, name, lock=True)
    due = next_morning(unit.here, unit.me.touched)
    if rest := timers.planned(unit, timers.REST, name):
        due = max(due, next_morning(unit.here, rest))
    due = max(due, end_of_quiet(unit.here, unit.now) or unit.now)
    if due > unit.now:
        timers.plan(unit, timers.NUDGE, subject, due)
        return
    there = sessions.known(unit)
    if there and any(it.run == int(run) for it in (*there.frames, *there.drafts)):
        _leave(unit, name, Start("unfinished", (int(run),)), f"nudge:{subject}")


def before(start: Moment, rule: str) -> datetime:
    """When a reminder of `rule` ("P7D", "PT3H") is due before a start, in UTC. Days are the calendar's of the place: a day
    before ten o'clock is ten o'clock, also when the clocks change in between."""
    found = _BEFORE.fullmatch(rule)
    days, hours, minutes = (int(it or 0) for it in found.groups()) if found else (0, 0, 0)
    day = start.at.astimezone(ZoneInfo(start.zone)) - timedelta(days=days)  # civil: the zone is the same object
    return day.astimezone(UTC) - timedelta(hours=hours, minutes=minutes)


def _when(unit: "SqlUnit", event: Event, rule: str) -> datetime:
    """The hour of a rule: in quiet hours it comes before them."""
    return before_quiet(unit.here, before(event.start, rule))


def _leave(unit: "SqlUnit", name: str, act: Act, cause: str) -> None:
    """Leave an act to be done in somebody's conversation, after this commit; nothing where they cannot be reached."""
    if unit.conn.execute(_reachable, {"hub": unit.hub, "contact": name}).first() is None:
        return
    unit.me = contacts.load(unit, name, lock=True)
    unit.follow(cause, TIMER, act, unit.me.lang)
    unit.me = None
