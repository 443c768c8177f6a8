"""Taking, changing and giving up a seat. One rule: the event's row is locked first; then what was seen before is checked."""

import secrets
from datetime import timedelta

from sqlalchemy import insert

from bot.core.events import AnswerOffer, CancelSeat, ChangeRegistration, Event, Registration, Seat, TakeSeat
from bot.core.hub import Retention
from storage import consents, places
from storage import seats as house
from storage.schema import needs
from storage.unit import Performers, SqlUnit

MOST_OPEN = 5  # security note 23: nobody hoards places
LONGEST_QUEUE = 1_000  # parties of one role; a longer list gives nobody hope. A guess

_needs = insert(needs)


def take(unit: SqlUnit, wish: TakeSeat) -> Seat:
    """See TakeSeat."""
    found = places.lock(unit, wish.event)
    if found is None:
        return Seat("closed")
    event, gone = found
    if event.cancelled:
        return Seat("cancelled")
    mine = places.mine_at(unit, wish.event)
    if mine:
        return Seat("already", places.told(unit, mine, event, unit.person_here.box))
    if gone or not event.taking(unit.now):
        return Seat("closed")
    if refused := _refused(unit, event, wish):
        return Seat(refused)
    house.settle_locked(unit, event, gone)
    state = _place_for(unit, event, wish)
    if state == "full":
        return Seat("full")
    number = _write(unit, event, wish, state)
    consents.give(unit, wish.consents)
    house.settle_locked(unit, event, gone)
    row = places.one(unit, event.id, number)
    return Seat(state, places.told(unit, row, event, unit.person_here.box))


def _refused(unit: SqlUnit, event: Event, wish: TakeSeat) -> str:
    """Why this wish cannot be met whatever is free; "" where it can."""
    ever = [seats.capacity for seats in event.seats if seats.role == wish.role]
    if not ever:
        return "closed"  # the hub took the role away
    if not 1 <= wish.party <= min(sum(ever), 1 + event.guests_max):
        return "too-large"
    others = [places.latest(unit, row.event_id) for row in places.mine(unit)]
    return "too-many" if sum(1 for it in others if it and it.end.at > unit.now) >= MOST_OPEN else ""


def _place_for(unit: SqlUnit, event: Event, wish: TakeSeat) -> str:
    """confirmed, waitlisted or full."""
    if house.fits_newcomer(unit, event, wish.role, wish.party):
        return "confirmed"
    waiting = sum(1 for row in places.queue(unit, event.id) if row.role == wish.role)
    return "waitlisted" if event.waitlist and wish.wait and waiting < LONGEST_QUEUE else "full"


def _write(unit: SqlUnit, event: Event, wish: TakeSeat, state: str) -> str:
    me, number = unit.person_here, secrets.token_hex(8)
    row = {
        "event_id": event.id,
        "id": number,
        "contact_id": me.id,
        "role": wish.role,
        "party": wish.party,
        "state": state,
        "until": None,
        "version": event.version,
        "uid": f"{secrets.token_hex(16)}@hubbot",
        "confirmed_at": unit.now if state == "confirmed" else None,
        "answers": places.seal(me.box, wish.name, wish.answers),
    }
    places.write(unit, row)
    if wish.needs:
        kept = (unit.here.retention if unit.here else Retention()).special_needs_after_event
        apart = {
            "hub_id": unit.hub,
            "event_id": event.id,
            "registration_id": number,
            "contact_id": me.id,
            "answers": me.box.seal("needs", "answers", dict(wish.needs)),
            "until": event.end.at + timedelta(days=kept),
        }
        unit.conn.execute(_needs, apart)
    return number


def change(unit: SqlUnit, wish: ChangeRegistration) -> Seat:
    """See ChangeRegistration. `cancelled` where there is no place to change."""
    found, mine = places.lock(unit, wish.event), places.mine_at(unit, wish.event)
    if found is None or mine is None or found[0].end.at <= unit.now:
        return Seat("cancelled")
    me = unit.person_here
    places.rename(unit, mine, places.seal(me.box, wish.name, wish.answers))
    row = places.one(unit, wish.event, mine.id)
    return Seat(row.state, places.told(unit, row, found[0], me.box))


def cancel(unit: SqlUnit, wish: CancelSeat) -> Registration | None:
    """See CancelSeat."""
    found, mine = places.lock(unit, wish.event), places.mine_at(unit, wish.event)
    if found is None or mine is None or found[0].end.at <= unit.now:
        return None
    places.end(unit, mine, "cancelled")
    house.settle_locked(unit, *found)
    return places.told(unit, places.one(unit, wish.event, mine.id), found[0], unit.person_here.box)


def answer(unit: SqlUnit, wish: AnswerOffer) -> Seat:
    """See AnswerOffer. Pressing twice takes once."""
    found, mine = places.lock(unit, wish.event), places.mine_at(unit, wish.event)
    if found is None or mine is None:
        return Seat("lapsed")
    event, box = found[0], unit.person_here.box
    if mine.state != "offered":
        state = "confirmed" if mine.state == "confirmed" and wish.take else "lapsed"
        return Seat(state, places.told(unit, mine, event, box))
    if mine.until <= unit.now:
        places.end(unit, mine, "lapsed")  # they are told by the answer, so settle must not tell them again
        state = "lapsed"
    elif wish.take:
        places.confirm(unit, mine)
        state = "confirmed"
    else:
        places.end(unit, mine, "cancelled")
        state = "cancelled"
    house.settle_locked(unit, *found)
    return Seat(state, places.told(unit, places.one(unit, wish.event, mine.id), event, box))


PERFORM: Performers = {TakeSeat: take, ChangeRegistration: change, CancelSeat: cancel, AnswerOffer: answer}
