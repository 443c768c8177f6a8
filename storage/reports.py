"""The numbers that a coordinator sees, as JSON. One rule: each counts rows that can be listed; what would show fewer than
k people is null (R75).
"""

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, func, select

from bot.core.form.model import CHOOSING, Form, Kind
from bot.core.message import Json
from bot.core.surveys import Survey
from storage import ballots, contacts, counters, places, publish, seats, sessions
from storage.schema import contact, participation, question, registration, response, session, subscription

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.core.events import Event
    from storage.unit import SqlUnit

STATES = ("held", "offered", "confirmed", "waitlisted", "cancelled", "lapsed", "expired")
COUNTED = (
    "answered",
    "suggested",
    "unknown",
    "emergency",
    "crisis",
    "red_flag",
    "no_diagnosis",
    "useful",
    "not_useful",
)
SURVEY = "survey"  # the flow whose frames are responses under way; its arguments are the form and its version
TABLED = CHOOSING | {Kind.RANGE}  # what makes a table: closed questions

_of_hub = registration.c.hub_id == bindparam("hub")
_states = (
    select(
        registration.c.role, registration.c.state, registration.c.forced, func.sum(registration.c.party).label("seats")
    )
    .where(_of_hub, registration.c.event_id == bindparam("event"))
    .group_by(registration.c.role, registration.c.state, registration.c.forced)
)
_sent = (
    select(func.count())
    .select_from(participation)
    .where(participation.c.hub_id == bindparam("hub"), participation.c.form_id == bindparam("form"))
)
_responses = (
    select(response.c.mode, response.c.contact_id, response.c.answers, contact.c.data_key)
    .outerjoin(contact, and_(contact.c.hub_id == response.c.hub_id, contact.c.id == response.c.contact_id))
    .where(response.c.hub_id == bindparam("hub"), response.c.form_id == bindparam("form"))
)
_sessions = (
    select(session.c.contact_id, session.c.state, contact.c.data_key)
    .join(contact, and_(contact.c.hub_id == session.c.hub_id, contact.c.id == session.c.contact_id))
    .where(session.c.hub_id == bindparam("hub"))
)
_questions = (
    select(question.c.state, func.count().label("n"))
    .where(question.c.hub_id == bindparam("hub"))
    .group_by(question.c.state)
)
_contacts = (
    select(func.count()).select_from(contact).where(contact.c.hub_id == bindparam("hub"), contact.c.erased_at.is_(None))
)
_subscriptions = (
    select(func.count())
    .select_from(subscription)
    .where(subscription.c.hub_id == bindparam("hub"), subscription.c.stopped_at.is_(None))
)


def event(unit: "SqlUnit", name: str) -> dict[str, Json] | None:
    """An event's numbers: people, guests included. None where there was never such an event."""
    here = places.latest(unit, name)
    if here is None:
        return None
    rows = list(unit.conn.execute(_states, {"hub": unit.hub, "event": name}))
    roles = {role.role: _seats(role.capacity, [row for row in rows if row.role == role.role]) for role in here.seats}
    whole = _seats(sum(role.capacity for role in here.seats), rows)
    state = "cancelled" if here.cancelled else _running(unit, here)
    return {"id": name, "state": state, **whole, "roles": roles, "queue": _queue(unit, here)}


def _running(unit: "SqlUnit", here: "Event") -> str:
    if unit.now >= here.end.at:
        return "over"
    if unit.now >= here.start.at:
        return "running"
    return "open" if here.taking(unit.now) else "closed"


def _seats(capacity: int, rows: "Iterable[Any]") -> dict[str, Json]:
    numbers: Counter[str] = Counter()
    for row in rows:
        numbers[row.state] += int(row.seats)
        if row.forced and row.state in places.SEATED:
            numbers["forced"] += int(row.seats)
    taken = sum(numbers[state] for state in places.SEATED)
    found: dict[str, Json] = {"capacity": capacity, "overbooked": max(0, taken - capacity)}
    found |= {state: numbers[state] for state in STATES}
    return found | {"forced": numbers["forced"], "in": 0, "no_show": 0}  # nobody is checked in yet


def _queue(unit: "SqlUnit", here: "Event") -> list[Json]:
    """For each waiting party, in order, why it has no offer: list-closed, full, too-large, or behind another."""
    taken, found, behind = places.taken(unit, here.id), list[Json](), set[str]()
    for row in places.queue(unit, here.id):
        free = seats.free(here, row.role, taken)
        if not here.taking(unit.now):
            reason = "list-closed"
        elif free == 0:
            reason = "full"
        elif row.role in behind and here.fairness == seats.KEEP_ORDER:
            reason = "behind"
        else:
            reason = "too-large"
        behind.add(row.role)
        found.append({"party": row.party, "role": row.role, "reason": reason})
    return found


def form(unit: "SqlUnit", name: str) -> dict[str, Json] | None:
    """A form's numbers. None where there is no such form on offer."""
    here: Survey | None = unit.published(f"survey/{name}")
    if here is None:
        return None
    k = ballots.least(unit.here)
    answers = _answers(unit, name)
    # Who took part is forgotten some time after the form has closed; what was said is not.
    sent = max(int(unit.conn.execute(_sent, {"hub": unit.hub, "form": name}).scalar_one()), len(answers))
    drafts = _drafts(unit, name)
    return {
        "id": name,
        "mode": here.mode,
        "invited": 0,  # nobody is invited by name yet
        "started": sum(drafts.values()) + sent,
        "sent": sent,
        "drafts": dict(drafts),
        "results": _results(unit, here, answers, k) if len(answers) >= k else None,
    }


def _drafts(unit: "SqlUnit", name: str) -> Counter[str]:
    """People in the middle of a form, by its version."""
    found: Counter[str] = Counter()
    for row in unit.conn.execute(_sessions, {"hub": unit.hub}):
        box = contacts.box_of(unit.world.secrets.master, unit.hub, row.contact_id, row.data_key)
        was = sessions.opened(box, row.state)
        args = [it.args for it in (*was.frames, *was.drafts) if it.flow == SURVEY] if was else []
        found.update({str(it[1]) for it in args if len(it) == 2 and it[0] == name})
    return found


def _answers(unit: "SqlUnit", name: str) -> "list[Mapping[str, str]]":
    rows = unit.conn.execute(_responses, {"hub": unit.hub, "form": name}).all()
    hub, found = publish.hub_box(unit), list[Any]()
    for row in rows:
        master = unit.world.secrets.master
        box = contacts.box_of(master, unit.hub, row.contact_id, row.data_key) if row.contact_id else hub
        found.append(box.open("response", "answers", row.answers))
    return found


def _results(unit: "SqlUnit", here: Survey, answers: "list[Mapping[str, str]]", k: int) -> dict[str, Json]:
    """A table for each closed question of the form as now published. Free text is read by a person first (R76)."""
    known = unit.world.library.at(unit.conn, unit.hub, "form", here.version)
    fields = known.questions if isinstance(known, Form) else ()
    found: dict[str, Json] = {}
    for field in fields:
        if field.kind in TABLED:
            values = [answer[field.path] for answer in answers if answer.get(field.path)]
            many = field.kind in (Kind.MANY, Kind.RANK)
            counts = Counter(part for value in values for part in (value.split() if many else [value]))
            found[field.path] = suppress(counts, len(values), k)
    return {"responses": len(answers) // k * k, "questions": found}


def suppress(counts: "Mapping[str, int]", answered: int, k: int) -> Json:
    """A table whose cells below k are null, and a second one too where the hidden one could be worked out."""
    if answered < k:
        return None
    hidden = {name for name, n in counts.items() if n < k}
    shown = sorted((name for name in counts if name not in hidden), key=lambda name: (counts[name], name))
    if shown and hidden and (len(hidden) == 1 or sum(counts[name] for name in hidden) < k):
        hidden.add(shown[0])
    return {name: None if name in hidden else n for name, n in sorted(counts.items())}


def hub(unit: "SqlUnit") -> dict[str, Json]:
    """A hub's numbers."""
    totals = counters.totals(unit)
    states = {row.state: int(row.n) for row in unit.conn.execute(_questions, {"hub": unit.hub})}
    key = {"hub": unit.hub}
    return {
        **{kind: totals.get(kind, 0) for kind in COUNTED},
        "open_questions": states.get("open", 0),
        "closed_questions": states.get("answered", 0) + states.get("closed", 0),
        "contacts": int(unit.conn.execute(_contacts, key).scalar_one()),
        "subscriptions": int(unit.conn.execute(_subscriptions, key).scalar_one()),
    }
