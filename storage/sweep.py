"""The daily sweep: what is past its period goes, by the hub's own periods (R48).

One rule: this is the only place that deletes by age, and it says for each table which period it follows.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, and_, bindparam, delete, exists, func, or_, select, update

from bot.core.hub import Retention
from bot.core.session import Frame
from storage import ballots, contacts, marks, sessions, timers
from storage.counters import zone
from storage.schema import (
    address,
    consent,
    contact,
    event,
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

AT = time(3, 30)  # in the hub's zone: the quietest hour
INBOX = timedelta(days=7)  # networks redeliver for a day at most
OUTBOX = timedelta(days=30)  # as long as a button under an old message is understood; an unsent one is no news by then
UNDO = timedelta(minutes=10)  # for how long a stop can be taken back
SURVEY = "survey"  # the flow whose drafts have a period of their own


def _before(table: Table, name: str) -> Any:
    return and_(table.c.hub_id == bindparam("hub"), table.c[name] < bindparam("before"))


_inbox = delete(inbox).where(_before(inbox, "received"), inbox.c.state != "open")
_outbox = delete(outbox).where(_before(outbox, "ended"))
_unsent = (
    update(outbox)
    .where(_before(outbox, "made"), outbox.c.ended.is_(None))
    .values(state="skipped", reason="too-old", ended=bindparam("now"), owner=None, body=None)
)
_sessions = delete(session).where(_before(session, "touched"))
_drafts = (
    select(session.c.contact_id, session.c.state, contact.c.data_key)
    .join(contact, and_(contact.c.hub_id == session.c.hub_id, contact.c.id == session.c.contact_id))
    .where(_before(session, "touched"), session.c.contact_id > bindparam("after"))
    .order_by(session.c.contact_id)
    .limit(500)
)
_redraft = (
    update(session)
    .where(session.c.hub_id == bindparam("hub"), session.c.contact_id == bindparam("contact"))
    .values(state=bindparam("to"))
)
_questions = delete(question).where(_before(question, "until"))
_needs = delete(needs).where(_before(needs, "until"))
_over = select(event.c.id).where(event.c.hub_id == bindparam("hub"), event.c.ends < bindparam("before"))
_places = (
    update(registration)
    .where(
        registration.c.hub_id == bindparam("hub"),
        registration.c.event_id.in_(_over),
        or_(registration.c.contact_id.is_not(None), registration.c.answers.is_not(None)),
    )
    .values(contact_id=None, answers=None)
)
_event_consents = delete(consent).where(
    consent.c.hub_id == bindparam("hub"),
    consent.c.purpose.in_(("event", "special-needs")),
    consent.c.subject.in_(_over),
)
_consents = delete(consent).where(_before(consent, "withdrawn"))
_stopped = delete(subscription).where(
    subscription.c.hub_id == bindparam("hub"), subscription.c.stopped_at <= bindparam("before")
)
_still_stopped = select(func.min(subscription.c.stopped_at)).where(subscription.c.hub_id == bindparam("hub"))
_responses = delete(response).where(
    response.c.hub_id == bindparam("hub"), response.c.form_id == bindparam("form"), response.c.contact_id.is_not(None)
)
_participations = delete(participation).where(
    participation.c.hub_id == bindparam("hub"), participation.c.form_id == bindparam("form")
)
_forms = (
    select(participation.c.form_id)
    .where(participation.c.hub_id == bindparam("hub"))
    .union(select(response.c.form_id).where(response.c.hub_id == bindparam("hub"), response.c.contact_id.is_not(None)))
)
_has = [
    exists().where(table.c.hub_id == contact.c.hub_id, table.c.contact_id == contact.c.id)
    for table in (session, registration, question, response, outbox, needs)
]
_silent = select(contact.c.id).where(_before(contact, "touched"), contact.c.erased_at.is_(None), ~or_(*_has)).limit(500)
_contact_rows = [
    delete(table).where(table.c.hub_id == bindparam("hub"), table.c.contact_id == bindparam("contact"))
    for table in (subscription, consent, participation, address)
]
_contact = delete(contact).where(contact.c.hub_id == bindparam("hub"), contact.c.id == bindparam("contact"))
_unlink = (
    update(inbox)
    .where(inbox.c.hub_id == bindparam("hub"), inbox.c.contact_id == bindparam("contact"))
    .values(contact_id=None)
)


def sweep(unit: "SqlUnit") -> None:
    """Delete what is past its period, and plan the next day's."""
    kept = unit.here.retention if unit.here else Retention()
    for statement, age in (
        (_inbox, INBOX),
        (_outbox, OUTBOX),
        (_unsent, OUTBOX),
        (_sessions, timedelta(days=kept.conversation)),
        (_questions, timedelta(0)),
        (_needs, timedelta(0)),
        (_places, timedelta(days=kept.registration_after_event)),
        (_event_consents, timedelta(days=kept.registration_after_event)),
        (_consents, timedelta(days=kept.audit)),
    ):
        unit.conn.execute(statement, {"hub": unit.hub, "before": unit.now - age, "now": unit.now})
    _forget_drafts(unit, unit.now - timedelta(days=kept.survey_session))
    _close_forms(unit, kept)
    _forget_silent(unit, unit.now - timedelta(days=kept.subscription_inactive))
    unit.tidy = True
    timers.plan(unit, timers.SWEEP, "", _next(unit))


def forget_stopped(unit: "SqlUnit") -> None:
    """Delete the subscriptions whose stop can no longer be undone, and plan the next."""
    unit.conn.execute(_stopped, {"hub": unit.hub, "before": unit.now - UNDO})
    left: datetime | None = unit.conn.execute(_still_stopped, {"hub": unit.hub}).scalar()
    timers.plan(unit, timers.STOPPED, "", left and left + UNDO)


def _next(unit: "SqlUnit") -> datetime:
    here = zone(unit)
    today: date = unit.now.astimezone(here).date()
    at = datetime.combine(today, AT, here)
    return at if at > unit.now else datetime.combine(today + timedelta(days=1), AT, here)


def _forget_drafts(unit: "SqlUnit", before: datetime) -> None:
    """Unfinished surveys of people who have been silent for their period; the rest of the conversation stays."""
    after = ""
    while rows := unit.conn.execute(_drafts, {"hub": unit.hub, "before": before, "after": after}).all():
        after = rows[-1].contact_id
        for row in rows:
            box = contacts.box_of(unit.world.secrets.master, unit.hub, row.contact_id, row.data_key)
            was = sessions.opened(box, row.state)
            if was is None:
                continue
            now = replace(was, frames=_without(was.frames), drafts=_without(was.drafts))
            if now != was:
                sealed = box.seal("session", "state", now.dump())
                unit.conn.execute(_redraft, {"hub": unit.hub, "contact": row.contact_id, "to": sealed})


def _without(frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
    return tuple(it for it in frames if it.flow != SURVEY)


def _close_forms(unit: "SqlUnit", kept: Retention) -> None:
    """What belongs to a form that has closed: marks go and the last ballots are mixed at once, participations and
    responses go after their periods."""
    waiting = ballots.forms(unit)
    for form in {*waiting, *marks.forms(unit), *unit.conn.execute(_forms, {"hub": unit.hub}).scalars()}:
        here: Survey | None = unit.published(f"survey/{form}")
        closed = here.closes.at if here and here.closes else None
        if closed is None or unit.now < closed:
            continue  # one that left the pack may come back, and must not be answered twice then
        marks.close(unit, form)
        if form in waiting:
            timers.plan(unit, timers.MIX, form, unit.now)
        key = {"hub": unit.hub, "form": form}
        if unit.now - closed > timedelta(days=kept.survey_session):
            unit.conn.execute(_participations, key)
        if unit.now - closed > timedelta(days=kept.audit):
            unit.conn.execute(_responses, key)


def _forget_silent(unit: "SqlUnit", before: datetime) -> None:
    """People of whom nothing is left but where they were reached, and who have been silent for long."""
    while names := unit.conn.execute(_silent, {"hub": unit.hub, "before": before}).scalars().all():
        for name in names:
            key = {"hub": unit.hub, "contact": name}
            for statement in (*_contact_rows, _contact, _unlink):
                unit.conn.execute(statement, key)
