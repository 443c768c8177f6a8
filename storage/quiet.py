"""Quiet hours: when nobody is to be woken, and what that does to a deadline (R81). One rule: the zone is the hub's."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.events import Event
from bot.core.hub import Hub

MORNING = time(9)
BEFOREHAND = timedelta(hours=1)  # what would come in quiet hours comes this long before them
AFTERWARDS = timedelta(hours=1)  # a deadline that would fall into the quiet hours falls this long after them


def end_of_quiet(hub: Hub | None, at: datetime) -> datetime | None:
    """When the quiet hours around `at` end, in UTC; None where it is not in any."""
    if hub is None or hub.quiet_start == hub.quiet_end:
        return None
    zone = ZoneInfo(hub.timezone)
    here = at.astimezone(zone)
    if not _within(here.time(), hub.quiet_start, hub.quiet_end):
        return None
    day = here.date() if here.time() < hub.quiet_end else here.date() + timedelta(days=1)
    return datetime.combine(day, hub.quiet_end, zone).astimezone(at.tzinfo)


def before_quiet(hub: Hub | None, at: datetime) -> datetime:
    """`at`, or where it is in quiet hours, an hour before these begin."""
    if hub is None or end_of_quiet(hub, at) is None:
        return at
    here = at.astimezone(ZoneInfo(hub.timezone))
    day = here.date() if here.time() >= hub.quiet_start else here.date() - timedelta(days=1)
    return datetime.combine(day, hub.quiet_start, ZoneInfo(hub.timezone)).astimezone(at.tzinfo) - BEFOREHAND


def next_morning(hub: Hub | None, after: datetime) -> datetime:
    """The morning of the day that follows, in the hub's zone, outside quiet hours."""
    zone = ZoneInfo(hub.timezone if hub else "UTC")
    day = after.astimezone(zone).date() + timedelta(days=1)
    at = datetime.combine(day, MORNING, zone).astimezone(after.tzinfo)
    return end_of_quiet(hub, at) or at


def offer_until(hub: Hub | None, event: Event, now: datetime) -> datetime:
    """The end of an offer that is made now: told and running from the end of quiet hours, never ending in them, and never
    after registration closes."""
    until = (end_of_quiet(hub, now) or now) + timedelta(hours=event.offer_hours)
    if quiet := end_of_quiet(hub, until):
        until = quiet + AFTERWARDS
    return min(until, event.closes.at)


def _within(at: time, start: time, end: time) -> bool:
    return start <= at < end if start < end else at >= start or at < end
