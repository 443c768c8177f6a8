"""Erasing a person: every row in one transaction, then, when their receipt has had its end, the key itself.

One rule: what stays leads to nobody. The inbox keeps the network's numbers, so that a second "yes, erase" is known; an
event keeps that a place was taken; a mark keeps a stop in force.
"""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, bindparam, delete, select, update

from bot.core.message import Moment
from bot.core.person import Erased
from storage import marks, places, seats, timers
from storage.counters import zone
from storage.references import reference
from storage.schema import (
    address,
    consent,
    contact,
    inbox,
    needs,
    outbox,
    participation,
    question,
    registration,
    response,
    session,
    subscription,
)

if TYPE_CHECKING:
    from bot.core.surveys import Survey
    from storage.unit import SqlUnit

LAST = timedelta(minutes=10)  # the receipt's at most; then the key goes all the same


def _of_person(table: Table) -> Any:
    return (table.c.hub_id == bindparam("hub")) & (table.c.contact_id == bindparam("contact"))


_forms = select(participation.c.form_id).where(_of_person(participation)).distinct()
_gone = [
    delete(table).where(_of_person(table))
    for table in (needs, session, subscription, consent, question, response, participation, outbox)
]
_places = update(registration).where(_of_person(registration)).values(contact_id=None, answers=None)
_inbox = update(inbox).where(_of_person(inbox)).values(contact_id=None, body=None, state="done")
_leave = (
    update(contact)
    .where(contact.c.hub_id == bindparam("hub"), contact.c.id == bindparam("contact"))
    .values(erased_at=bindparam("now"))
)
_erased = select(contact.c.id).where(
    contact.c.hub_id == bindparam("hub"), contact.c.id == bindparam("contact"), contact.c.erased_at.is_not(None)
)
_destroy = [
    delete(outbox).where(_of_person(outbox)),
    delete(address).where(_of_person(address)),
    delete(contact).where(contact.c.hub_id == bindparam("hub"), contact.c.id == bindparam("contact")),
]


def erase(unit: "SqlUnit", *, later: bool = False, receipt: str = "") -> Erased:
    """See Erase. `later`: queues move on by the clock, a moment from now, since nobody here can tell the next in line.
    `receipt`: it was done before, under this reference, in a database that was set back since."""
    me = unit.person_here
    key = {"hub": unit.hub, "contact": me.id}
    _free_seats(unit, later=later)
    stays = [*(["stop"] if me.stopped_at else []), "receipt"]
    if _marked(unit, list(unit.conn.execute(_forms, key).scalars())):
        stays.append("responses")
    for statement in (*_gone, _places, _inbox):
        unit.conn.execute(statement, key)
    name = receipt or reference("E")
    marks.erased(unit, name, unit.now)
    unit.conn.execute(_leave, key | {"now": unit.now})
    timers.drop_of(unit, me.id)
    timers.plan(unit, timers.DESTROY, me.id, unit.now + LAST)
    unit.notices[:] = [it for it in unit.notices if it.contact != me.id]
    unit.me = replace(me, erased_at=unit.now)
    unit.erased = unit.tidy = True
    zone_name = str(zone(unit))
    return Erased(name, Moment(unit.now, zone_name), (*stays, "backup"))


def _free_seats(unit: "SqlUnit", *, later: bool) -> None:
    """Give up every live place, event by event in a fixed order: two erasures do not wait for each other in a ring."""
    for row in sorted(places.mine(unit), key=lambda it: str(it.event_id)):
        found = places.lock(unit, row.event_id)
        places.end(unit, row, "cancelled")
        if later or found is None:
            timers.plan(unit, timers.SETTLE, row.event_id, unit.now)
        else:
            seats.settle_locked(unit, *found)


def _marked(unit: "SqlUnit", forms: list[str]) -> bool:
    """Whether something of theirs stays that nobody can find: an anonymous response. Forms that are open and take one
    answer a person keep a mark."""
    anonymous = False
    for form in forms:
        here: Survey | None = unit.published(f"survey/{form}")
        if here is None:
            continue
        anonymous = anonymous or here.mode == "anonymous"
        if here.once and not (here.closes and unit.now >= here.closes.at):
            marks.took_part(unit, form)
    return anonymous


def destroy(unit: "SqlUnit", name: str) -> bool:
    """Destroy the key, the address and the receipt of somebody who was erased; False where they are not, or gone."""
    key = {"hub": unit.hub, "contact": name}
    if unit.conn.execute(_erased, key).first() is None:
        return False
    for statement in _destroy:
        unit.conn.execute(statement, key)
    timers.drop(unit, timers.DESTROY, name)
    unit.tidy = True
    return True
