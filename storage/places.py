"""Registrations as rows, and as what the core knows of them.

One rule: a name and an answer are read with the box of the person whose they are, and with no other. What has ended keeps
neither: it is a number of its event.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from bot.core.events import Event, Registration
from bot.core.message import Moment
from storage import consents
from storage.keys import Box
from storage.schema import event, needs, registration
from storage.schema.base import among

if TYPE_CHECKING:
    from storage.unit import SqlUnit

LIVE = ("held", "waitlisted", "offered", "confirmed")
SEATED = ("held", "offered", "confirmed")  # what takes a seat
KEPT = ("held", "offered")  # what takes one for a while

COLUMNS = tuple(it for it in registration.c if it.name != "hub_id")

_of_event = and_(registration.c.hub_id == bindparam("hub"), registration.c.event_id == bindparam("event"))
_mine = and_(registration.c.hub_id == bindparam("hub"), registration.c.contact_id == bindparam("contact"))
_live, _seated, _kept = (among(registration.c.state, states) for states in (LIVE, SEATED, KEPT))

_lock = (
    select(event.c.version, event.c.gone)
    .where(event.c.hub_id == bindparam("hub"), event.c.id == bindparam("event"))
    .with_for_update(key_share=True)
)
_version = select(event.c.version).where(event.c.hub_id == bindparam("hub"), event.c.id == bindparam("event"))
_taken = (
    select(registration.c.role, func.sum(registration.c.party).label("seats"))
    .where(_of_event, _seated)
    .group_by(registration.c.role)
)
_queue = select(*COLUMNS).where(_of_event, registration.c.state == "waitlisted").order_by(registration.c.rank)
_run_out = (
    select(*COLUMNS).where(_of_event, _kept, registration.c.until <= bindparam("now")).order_by(registration.c.rank)
)
_all_live = select(*COLUMNS).where(_of_event, _live).order_by(registration.c.rank)
_coming = (
    select(*COLUMNS)
    .where(_of_event, registration.c.state == "confirmed", registration.c.rank > bindparam("after"))
    .order_by(registration.c.rank)
    .limit(bindparam("most"))
)
_one = select(*COLUMNS).where(_of_event, registration.c.id == bindparam("id_"))
_of_mine = select(*COLUMNS).where(_mine, _live)
_mine_here = select(*COLUMNS).where(_mine, _live, registration.c.event_id == bindparam("event"))
_before = (
    select(func.count())
    .select_from(registration)
    .where(
        _of_event,
        registration.c.state == "waitlisted",
        registration.c.role == bindparam("role_"),
        registration.c.rank < bindparam("rank_"),
    )
)
_last = select(func.coalesce(func.max(registration.c.rank), 0)).where(_of_event)
_next_until = select(func.min(registration.c.until)).where(_of_event, _kept)
_sums = (
    select(
        registration.c.event_id,
        registration.c.role,
        registration.c.state,
        func.sum(registration.c.party).label("seats"),
        func.count().label("parties"),
    )
    .where(registration.c.hub_id == bindparam("hub"), _live)
    .group_by(registration.c.event_id, registration.c.role, registration.c.state)
)
_totals_of_one = _sums.where(registration.c.event_id == bindparam("event"))
_totals = _sums.where(registration.c.event_id.in_(bindparam("events", expanding=True)))
_new = insert(registration)
_end = (
    update(registration)
    .where(_of_event, registration.c.id == bindparam("id_"))
    .values(
        state=bindparam("state_"),
        since=bindparam("now"),
        until=None,
        sequence=bindparam("sequence_"),
        contact_id=None,
        answers=None,
    )
)
_no_needs = delete(needs).where(
    needs.c.hub_id == bindparam("hub"),
    needs.c.event_id == bindparam("event"),
    needs.c.registration_id == bindparam("id_"),
)
_offer = (
    update(registration)
    .where(_of_event, registration.c.id == bindparam("id_"))
    .values(state="offered", since=bindparam("now"), until=bindparam("until_"))
)
_confirm = (
    update(registration)
    .where(_of_event, registration.c.id == bindparam("id_"))
    .values(state="confirmed", since=bindparam("now"), until=None, confirmed_at=bindparam("now"))
)
_answers = update(registration).where(_of_event, registration.c.id == bindparam("id_")).values(answers=bindparam("to"))


def lock(unit: "SqlUnit", name: str) -> tuple[Event, bool] | None:
    """An event as last published, its row locked until the commit, and whether it left the pack. None: never published.

    Whoever counts seats has come by here: counting without the lock is the race.
    """
    row = unit.conn.execute(_lock, {"hub": unit.hub, "event": name}).first()
    found: Event | None = row and _at(unit, row.version)
    return (found, bool(row.gone)) if row and found else None


def latest(unit: "SqlUnit", name: str) -> Event | None:
    """An event as last published, whether or not it is in the pack still."""
    version = (
        unit.entries.get(f"event/{name}") or unit.conn.execute(_version, {"hub": unit.hub, "event": name}).scalar()
    )
    return _at(unit, version) if version else None


def _at(unit: "SqlUnit", version: str) -> Event | None:
    found: Event | None = unit.world.library.at(unit.conn, unit.hub, "event", version)
    return found


def taken(unit: "SqlUnit", name: str) -> dict[str, int]:
    """The seats that are taken, by role."""
    rows = unit.conn.execute(_taken, {"hub": unit.hub, "event": name})
    return {row.role: int(row.seats) for row in rows}


def totals(unit: "SqlUnit", names: list[str]) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Seats and parties of several events by event, role and state."""
    if len(names) == 1:
        rows = unit.conn.execute(_totals_of_one, {"hub": unit.hub, "event": names[0]})
    else:
        rows = unit.conn.execute(_totals, {"hub": unit.hub, "events": names})
    return {(row.event_id, row.role, row.state): (int(row.seats), int(row.parties)) for row in rows}


def queue(unit: "SqlUnit", name: str) -> list[Any]:
    """Who waits, in order."""
    return list(unit.conn.execute(_queue, {"hub": unit.hub, "event": name}))


def run_out(unit: "SqlUnit", name: str) -> list[Any]:
    """Held and offered seats whose time is over."""
    return list(unit.conn.execute(_run_out, {"hub": unit.hub, "event": name, "now": unit.now}))


def all_live(unit: "SqlUnit", name: str) -> list[Any]:
    """Everybody who has a place or waits for one."""
    return list(unit.conn.execute(_all_live, {"hub": unit.hub, "event": name}))


def one(unit: "SqlUnit", name: str, number: str) -> Any:
    """One registration, or None."""
    return unit.conn.execute(_one, {"hub": unit.hub, "event": name, "id_": number}).first()


def coming(unit: "SqlUnit", name: str, after: int, most: int) -> list[Any]:
    """Who has a place for certain, in order, beginning behind one of them."""
    key = {"hub": unit.hub, "event": name, "after": after, "most": most}
    return list(unit.conn.execute(_coming, key))


def mine(unit: "SqlUnit") -> list[Any]:
    """All live registrations of the unit's person."""
    return list(unit.conn.execute(_of_mine, {"hub": unit.hub, "contact": unit.person_here.id}))


def mine_at(unit: "SqlUnit", name: str) -> Any:
    """The person's live registration at one event, or None."""
    key = {"hub": unit.hub, "contact": unit.person_here.id, "event": name}
    return unit.conn.execute(_mine_here, key).first()


def next_until(unit: "SqlUnit", name: str) -> Any:
    """When the next held or offered seat is lost, or None."""
    return unit.conn.execute(_next_until, {"hub": unit.hub, "event": name}).scalar()


def write(unit: "SqlUnit", row: dict[str, Any]) -> None:
    """A new registration, at the end of its event's order."""
    rank = unit.conn.execute(_last, {"hub": unit.hub, "event": row["event_id"]}).scalar_one() + 1
    unit.conn.execute(_new, row | {"hub_id": unit.hub, "rank": rank, "since": unit.now, "sequence": 0, "forced": False})


def end(unit: "SqlUnit", row: Any, state: str) -> None:
    """The end of a registration. A calendar entry that exists is cancelled by a higher sequence.

    Whose it was, what they told for it, and the consents that it rested on end with it: `row` is the last that knows.
    """
    sequence = row.sequence + 1 if row.confirmed_at and state == "cancelled" else row.sequence
    unit.conn.execute(_end, _key(unit, row) | {"state_": state, "now": unit.now, "sequence_": sequence})
    unit.conn.execute(_no_needs, _key(unit, row))
    consents.place_ended(unit, row.contact_id, row.event_id)


def offer(unit: "SqlUnit", row: Any, until: Any) -> None:
    """A seat is kept for somebody who waits."""
    unit.conn.execute(_offer, _key(unit, row) | {"now": unit.now, "until_": until})


def confirm(unit: "SqlUnit", row: Any) -> None:
    """An offered seat is taken."""
    unit.conn.execute(_confirm, _key(unit, row) | {"now": unit.now})


def rename(unit: "SqlUnit", row: Any, sealed: bytes) -> None:
    """New name and answers."""
    unit.conn.execute(_answers, _key(unit, row) | {"to": sealed})


def _key(unit: "SqlUnit", row: Any) -> dict[str, Any]:
    return {"hub": unit.hub, "event": row.event_id, "id_": row.id}


def seal(box: Box, name: str, answers: Any) -> bytes:
    """Name and answers for the column."""
    return box.seal("registration", "answers", {"name": name, "answers": dict(answers)})


def told(unit: "SqlUnit", row: Any, event_now: Event, box: Box | None) -> Registration:
    """A row as the core knows it. Without its person's box the name and the answers stay empty."""
    inner: Any = (
        box.open("registration", "answers", row.answers) if box and row.answers else {"name": "", "answers": {}}
    )
    place = 0
    if row.state == "waitlisted":
        key = {"hub": unit.hub, "event": row.event_id, "role_": row.role, "rank_": row.rank}
        place = int(unit.conn.execute(_before, key).scalar_one()) + 1
    until = Moment(row.until, event_now.start.zone) if row.until else None
    return Registration(
        row.id,
        row.event_id,
        row.role,
        row.party,
        row.state,
        inner["name"],
        inner["answers"],
        place,
        until,
        row.uid,
        row.sequence,
        row.version,
    )
