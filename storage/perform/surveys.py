"""Surveys on offer, and responses handed in.

One rule: an anonymous response is written without a person, without an hour, under the hub's key, to be mixed with others;
what is kept beside it says that somebody took part, not what they said (R74).
"""

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select

from bot.core.form.state import Plan
from bot.core.surveys import LoadForm, OpenSurveys, Receipt, SubmitResponse, Survey, SurveyById
from storage import ballots, consents, marks
from storage.references import reference
from storage.schema import participation, response
from storage.unit import Performers, SqlUnit

LATEST = datetime.max.replace(tzinfo=UTC)

_mine = select(participation.c.form_id, participation.c.reference).where(
    participation.c.hub_id == bindparam("hub"), participation.c.contact_id == bindparam("contact")
)
_respond = insert(response)
_took_part = insert(participation)


def open_surveys(unit: SqlUnit, request: OpenSurveys) -> tuple[Survey, ...]:  # noqa: ARG001
    """See OpenSurveys: the first to close comes first."""
    done = answered(unit)
    found = [_told(unit, key, done) for key in unit.entries if key.startswith("survey/")]
    shown = [it for it in found if it.listed and it.closed in ("", "answered") and _time(unit, it) == ""]
    return tuple(sorted(shown, key=lambda it: (it.closes.at if it.closes else LATEST, it.id)))


def survey_by_id(unit: SqlUnit, request: SurveyById) -> Survey | None:
    """See SurveyById."""
    key = f"survey/{request.id}"
    return _told(unit, key, answered(unit)) if key in unit.entries else None


def load_form(unit: SqlUnit, request: LoadForm) -> Plan | None:
    """See LoadForm. A digest of something else is no form, whoever put it into a button."""
    try:
        found: Plan | None = unit.world.library.at(unit.conn, unit.hub, "plan", request.version)
    except ValueError:
        return None
    return found


def submit(unit: SqlUnit, wish: SubmitResponse) -> Receipt:
    """See SubmitResponse. Raises ValueError where the flow promised another anonymity than the form has."""
    here: Survey | None = unit.published(f"survey/{wish.form}")
    if here is None:
        return Receipt("gone")
    if closed := _time(unit, here):
        return Receipt(closed)
    if here.once and wish.form in answered(unit):
        return Receipt("answered", _references(unit).get(wish.form, ""))
    anonymous = here.mode == ballots.ANONYMOUS
    if anonymous != wish.anonymous:
        raise ValueError(f"survey/{wish.form} is {here.mode}")
    me, mine = unit.person_here, reference("R")
    if anonymous:
        ballots.cast(unit, wish.form, wish.version, wish.answers)
    else:
        unit.conn.execute(_respond, _row(unit, wish, here.mode))
    row = {"hub_id": unit.hub, "form_id": wish.form, "reference": mine, "contact_id": me.id}
    unit.conn.execute(_took_part, row)
    consents.give(unit, wish.consents)
    unit.tidy = unit.tidy or anonymous  # the log still holds the session that the answers came from
    return Receipt("sent", mine)


def _row(unit: SqlUnit, wish: SubmitResponse, mode: str) -> dict[str, Any]:
    me = unit.person_here
    return {
        "hub_id": unit.hub,
        "form_id": wish.form,
        "id": secrets.token_hex(16),
        "version": wish.version,
        "mode": mode,
        "contact_id": me.id,
        "at": unit.now,
        "answers": me.box.seal("response", "answers", dict(wish.answers)),
    }


def answered(unit: SqlUnit) -> set[str]:
    """The forms in which this person took part, a life before an erasure included."""
    return set(_references(unit)) | marks.subjects(unit, marks.TOOK_PART) if unit.me else set()


def _references(unit: SqlUnit) -> dict[str, str]:
    rows = unit.conn.execute(_mine, {"hub": unit.hub, "contact": unit.person_here.id})
    return {row.form_id: row.reference for row in rows}


def _told(unit: SqlUnit, key: str, done: set[str]) -> Survey:
    here: Survey = unit.published(key)
    if here.once and here.id in done:
        return replace(here, closed="answered")
    return replace(here, closed=_time(unit, here))


def _time(unit: SqlUnit, it: Survey) -> str:
    if it.opens and unit.now < it.opens.at:
        return "early"
    return "over" if it.closes and unit.now >= it.closes.at else ""


PERFORM: Performers = {
    OpenSurveys: open_surveys,
    SurveyById: survey_by_id,
    LoadForm: load_form,
    SubmitResponse: submit,
}
