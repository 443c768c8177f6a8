"""What can be seen of events. One rule: what is seen is a moment; only a command that locks the event gives a seat."""

from dataclasses import replace
from typing import Any

from bot.core.events import Availability, Event, EventById, Listed, MyRegistrations, OpenEvents
from storage import pause, places, seats
from storage.unit import Performers, SqlUnit


def open_events(unit: SqlUnit, request: OpenEvents) -> tuple[Listed, ...]:  # noqa: ARG001
    """See OpenEvents."""
    digests = [digest for key, digest in unit.entries.items() if key.startswith("event/")]
    events = unit.world.library.all(unit.conn, unit.hub, "event", digests)
    return listed(unit, [it for it in events.values() if it.end.at > unit.now])


def event_by_id(unit: SqlUnit, request: EventById) -> Listed | None:
    """See EventById."""
    event = places.latest(unit, request.id)
    return replace(listed(unit, [event])[0], plan=unit.world.library.plan(event)) if event else None


def my_registrations(unit: SqlUnit, request: MyRegistrations) -> tuple[Listed, ...]:  # noqa: ARG001
    """See MyRegistrations: until the event is over, since then there is nothing to do about it."""
    events = [places.latest(unit, row.event_id) for row in places.mine(unit)]
    return listed(unit, [it for it in events if it and it.end.at > unit.now])


def listed(unit: SqlUnit, events: list[Event]) -> tuple[Listed, ...]:
    """Events with what is left of them, the earliest first."""
    totals = places.totals(unit, [event.id for event in events]) if events else {}
    mine = {row.event_id: row for row in places.mine(unit)} if unit.me else {}
    found = [_listed(unit, event, totals, mine.get(event.id)) for event in events]
    return tuple(sorted(found, key=lambda it: (it.event.start.at, it.event.id)))


def _listed(unit: SqlUnit, event: Event, totals: dict[tuple[str, str, str], tuple[int, int]], row: Any) -> Listed:
    left = []
    for role in event.seats:
        taken = sum(totals.get((event.id, role.role, state), (0, 0))[0] for state in places.SEATED)
        waiting = totals.get((event.id, role.role, "waitlisted"), (0, 0))[1]
        free = seats.free(event, role.role, {role.role: taken})
        if waiting and (event.fairness == seats.KEEP_ORDER or pause.on(unit)):
            free = 0  # a free seat that somebody waits for is not free for a newcomer
        left.append(Availability(role.role, free, waiting))
    box = unit.me.box if unit.me else None
    mine = places.told(unit, row, event, box) if row else None
    is_open = f"event/{event.id}" in unit.entries and event.taking(unit.now)
    return Listed(event, tuple(left), mine, is_open)


PERFORM: Performers = {OpenEvents: open_events, EventById: event_by_id, MyRegistrations: my_registrations}
