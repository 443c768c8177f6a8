"""Who gets a seat: one function that settles an event, called in the transaction of every change and by the clock.

One rule: it is the only writer of offers. What has run out lapses, then the first in each queue who fits is offered a seat,
until nothing changes; a newcomer never takes what somebody who fits waits for.
"""

from typing import TYPE_CHECKING, Any

from bot.core.events import Event, calendar_data
from bot.core.message import Button, File, Line, Message, Moment, Start
from bot.core.ports import Notice
from storage import pause, places, reminders, timers
from storage.quiet import end_of_quiet, offer_until

if TYPE_CHECKING:
    from storage.unit import SqlUnit

KEEP_ORDER = "keep-order"  # nobody passes a waiting party; fill-seats: a smaller party may


def settle(unit: "SqlUnit", name: str) -> None:
    """Bring an event up to date with the clock and its seats, and plan when to look again. Locks the event."""
    found = places.lock(unit, name)
    if found:
        settle_locked(unit, *found)
        reminders.plan(unit, found[0])


def settle_locked(unit: "SqlUnit", event: Event, gone: bool) -> None:  # noqa: FBT001  # the pair that lock gives
    """The same for who holds the lock. While the hub is paused nobody is offered, told or lapsed."""
    if pause.on(unit):
        return
    for row in places.run_out(unit, event.id):
        places.end(unit, row, "expired" if row.state == "held" else "lapsed")
        if row.state == "offered":
            _tell(unit, row, Message((Line("registration.offer-lapsed", event=event),), (_again(event),)))
    if event.cancelled:
        _call_off(unit, event)
    elif unit.now >= event.closes.at:
        for row in places.queue(unit, event.id):
            places.end(unit, row, "lapsed")
            _tell(unit, row, Message((Line("registration.lapsed", event=event),)))
    elif not gone:
        _offer(unit, event)
    _plan(unit, event)


def free(event: Event, role: str, taken: dict[str, int]) -> int:
    """The seats of a role that nobody has. More can be taken than there are: a coordinator may lower or force."""
    capacity = sum(seats.capacity for seats in event.seats if seats.role == role)
    return max(0, capacity - taken.get(role, 0))


def fits_newcomer(unit: "SqlUnit", event: Event, role: str, party: int) -> bool:
    """Whether a newcomer may sit down now. To be asked after settling: then nobody who fits waits any more."""
    if party > free(event, role, places.taken(unit, event.id)):
        return False
    waits = any(row.role == role for row in places.queue(unit, event.id))
    return not (waits and (event.fairness == KEEP_ORDER or pause.on(unit)))


def _offer(unit: "SqlUnit", event: Event) -> None:
    """Each seat that is free to the first of its role's queue, or to the first who fits."""
    waiting = places.queue(unit, event.id)
    if not waiting:
        return
    taken = places.taken(unit, event.id)
    blocked: set[str] = set()
    for row in waiting:
        if row.role in blocked:
            continue
        if row.party > free(event, row.role, taken):
            if event.fairness == KEEP_ORDER:
                blocked.add(row.role)
            continue
        taken[row.role] = taken.get(row.role, 0) + row.party
        places.offer(unit, row, offer_until(unit.here, event, unit.now))
        if quiet := end_of_quiet(unit.here, unit.now):
            timers.plan(unit, timers.TELL, f"{event.id}/{row.id}", quiet)
        else:
            tell_offer(unit, event, places.one(unit, event.id, row.id))


def tell_offer(unit: "SqlUnit", event: Event, row: Any) -> None:
    """Say that a seat is kept, and until when; nothing where it is not any more."""
    if row is None or row.state != "offered":
        return
    line = Line("registration.offer", event=event, until=Moment(row.until, event.start.zone))
    take = Button(Line("offer.take"), Start("offer", (event.id, "take")))
    leave = Button(Line("offer.leave"), Start("offer", (event.id, "leave")))
    _tell(unit, row, Message((line,), (take, leave)))
    reminders.plan_half(unit, row)


def _call_off(unit: "SqlUnit", event: Event) -> None:
    """Everybody who has a place, or waits for one, hears that there is none; a calendar entry is taken back."""
    organiser = unit.here.contact.email if unit.here else ""
    for row in places.all_live(unit, event.id):
        places.end(unit, row, "cancelled")
        files: tuple[File, ...] = ()
        if row.confirmed_at:
            ended = places.told(unit, places.one(unit, event.id, row.id), event, None)
            data = calendar_data(event, ended, organiser, cancelled=True)
            files = (File("calendar", Line("event.file-name", event=event), data),)
        _tell(unit, row, Message((Line("registration.cancelled", event=event),), files=files))


def _plan(unit: "SqlUnit", event: Event) -> None:
    """Look again when a seat is lost, or when the list closes."""
    soon = [places.next_until(unit, event.id)]
    if unit.now < event.closes.at and places.queue(unit, event.id):
        soon.append(event.closes.at)
    timers.plan(unit, timers.SETTLE, event.id, min((at for at in soon if at), default=None))


def _again(event: Event) -> Button:
    return Button(Line("event.join-again"), Start("register", (event.id,)))


def _tell(unit: "SqlUnit", row: Any, message: Message) -> None:
    if row.contact_id:
        unit.notices.append(Notice(row.contact_id, message))
