"""A person's own data: what there is, what it says, and its end. One rule: it concerns the unit's person and nobody else."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, and_, bindparam, delete, func, select, true

from bot.core.hub import Retention
from bot.core.message import Json, Moment
from bot.core.person import (
    ConsentRecord,
    Erase,
    Erased,
    Export,
    Holding,
    MyConsents,
    MyData,
    SetLanguage,
    Speaking,
    WithdrawConsent,
)
from storage import consents, erasure, person
from storage.counters import zone
from storage.perform import news, questions
from storage.schema import (
    address,
    consent,
    event,
    needs,
    participation,
    question,
    registration,
    response,
    session,
    subscription,
)
from storage.sweep import UNDO
from storage.unit import Performers, SqlUnit

_ends = (
    select(func.max(event.c.ends))
    .select_from(registration)
    .join(event, and_(event.c.hub_id == registration.c.hub_id, event.c.id == registration.c.event_id))
    .where(registration.c.hub_id == bindparam("hub"), registration.c.contact_id == bindparam("contact"))
)
_untils = {
    "registrations": _ends,
    "needs": select(func.max(needs.c.until)).where(
        needs.c.hub_id == bindparam("hub"), needs.c.contact_id == bindparam("contact")
    ),
    "questions": select(func.max(question.c.until)).where(
        question.c.hub_id == bindparam("hub"), question.c.contact_id == bindparam("contact")
    ),
    "conversation": select(func.max(session.c.touched)).where(
        session.c.hub_id == bindparam("hub"), session.c.contact_id == bindparam("contact")
    ),
    "stopped": select(func.max(subscription.c.stopped_at)).where(
        subscription.c.hub_id == bindparam("hub"), subscription.c.contact_id == bindparam("contact")
    ),
    "ended": select(func.max(consent.c.withdrawn)).where(
        consent.c.hub_id == bindparam("hub"), consent.c.contact_id == bindparam("contact")
    ),
}
# Kind of holding, the table whose rows it counts, and which of them where it is not all.
KINDS: tuple[tuple[str, Table, Any], ...] = (
    ("address", address, true()),
    ("conversation", session, true()),
    ("registrations", registration, true()),
    ("needs", needs, true()),
    ("subscriptions", subscription, subscription.c.stopped_at.is_(None)),
    ("stopped", subscription, subscription.c.stopped_at.is_not(None)),
    ("consents", consent, consent.c.withdrawn.is_(None)),
    ("ended", consent, consent.c.withdrawn.is_not(None)),
    ("questions", question, true()),
    ("responses", response, true()),
    ("participations", participation, true()),
)
_counts = {
    kind: select(func.count())
    .select_from(table)
    .where(table.c.hub_id == bindparam("hub"), table.c.contact_id == bindparam("contact"), which)
    for kind, table, which in KINDS
}
_no_needs = delete(needs).where(
    needs.c.hub_id == bindparam("hub"),
    needs.c.contact_id == bindparam("contact"),
    needs.c.event_id == bindparam("subject_"),
)
_no_response = delete(response).where(
    response.c.hub_id == bindparam("hub"),
    response.c.contact_id == bindparam("contact"),
    response.c.form_id == bindparam("subject_"),
)


def set_language(unit: SqlUnit, wish: SetLanguage) -> None:
    """See SetLanguage. The rest of the turn speaks it, too."""
    unit.speak(wish.lang, chosen=True)
    unit.lang = wish.lang


def speaking(unit: SqlUnit, request: Speaking) -> str:  # noqa: ARG001
    """See Speaking."""
    return unit.lang


def my_consents(unit: SqlUnit, request: MyConsents) -> tuple[ConsentRecord, ...]:  # noqa: ARG001
    """See MyConsents."""
    here = str(zone(unit))
    return tuple(
        ConsentRecord(row.purpose, row.subject, row.version, row.lang, row.channel, Moment(row.given, here))
        for row in consents.in_force(unit)
    )


def withdraw(unit: SqlUnit, wish: WithdrawConsent) -> bool:
    """See WithdrawConsent."""
    if not consents.withdraw(unit, wish.purpose, wish.subject):
        return False
    key = {"hub": unit.hub, "contact": unit.person_here.id, "subject_": wish.subject}
    match wish.purpose:
        case "news":
            news.end(unit, wish.subject)
        case "special-needs":
            unit.conn.execute(_no_needs, key)
        case "survey":
            unit.conn.execute(_no_response, key)  # an anonymous one has no person, so it stays
        case "question":
            questions.take_back(unit, wish.subject)
        case _:
            pass  # a seat stays until it is given up (R28)
    return True


def my_data(unit: SqlUnit, request: MyData) -> tuple[Holding, ...]:  # noqa: ARG001
    """See MyData."""
    me = unit.person_here
    key = {"hub": unit.hub, "contact": me.id}
    counts = {kind: int(unit.conn.execute(count, key).scalar_one()) for kind, count in _counts.items()}
    found = [Holding(kind, count, _until(unit, kind)) for kind, count in counts.items() if count]
    if me.lang:
        found.insert(1, Holding("language", 1))
    if me.stopped_at:
        found.append(Holding("stop", 1))
    return tuple(found)


def _until(unit: SqlUnit, kind: str) -> Moment | None:
    """How long the newest of a kind is kept; None where it depends on what the person does next."""
    kept = unit.here.retention if unit.here else Retention()
    at: datetime | None = None
    if kind == "address":
        at = unit.now + timedelta(days=kept.subscription_inactive)
    elif kind in _untils:
        key: dict[str, Any] = {"hub": unit.hub, "contact": unit.person_here.id}
        at = unit.conn.execute(_untils[kind], key).scalar()
    longer = {
        "registrations": timedelta(days=kept.registration_after_event),
        "conversation": timedelta(days=kept.conversation),
        "stopped": UNDO,
        "ended": timedelta(days=kept.audit),
    }
    if at and kind in longer:
        at += longer[kind]
    return Moment(at, str(zone(unit))) if at else None


def export(unit: SqlUnit, request: Export) -> Json:  # noqa: ARG001
    """See Export."""
    return person.export(unit)


def erase(unit: SqlUnit, request: Erase) -> Erased:  # noqa: ARG001
    """See Erase."""
    return erasure.erase(unit)


PERFORM: Performers = {
    SetLanguage: set_language,
    Speaking: speaking,
    MyConsents: my_consents,
    WithdrawConsent: withdraw,
    MyData: my_data,
    Export: export,
    Erase: erase,
}
