"""Publishing: what a hub's people wrote becomes what everybody sees, under versions that never change.

One rule: a text is stored under the digest of its canonical form, and what is current is one row of the hub.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, union_all, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.core.codec import version
from bot.core.message import Json
from storage import timers
from storage.errors import StoreError
from storage.keys import Box, Key, new_secret
from storage.schema import ballot, consent_text, content, event, hub, response

if TYPE_CHECKING:
    from storage.unit import SqlUnit

_hub = select(hub.c.manifest, hub.c.data_key).where(hub.c.hub_id == bindparam("hub"))
_lock = _hub.with_for_update()
_first = upsert(hub).on_conflict_do_nothing()
_move = update(hub).where(hub.c.hub_id == bindparam("hub")).values(manifest=bindparam("to"), published=bindparam("now"))
_known = select(content.c.digest).where(
    content.c.hub_id == bindparam("hub"), content.c.digest.in_(bindparam("digests", expanding=True))
)
_content = upsert(content).on_conflict_do_nothing()
_consent = select(consent_text.c.digest).where(
    consent_text.c.hub_id == bindparam("hub"),
    consent_text.c.purpose == bindparam("purpose"),
    consent_text.c.version == bindparam("version"),
)
_new_consent = insert(consent_text)
_new_event = upsert(event)
_event = _new_event.on_conflict_do_update(
    index_elements=["hub_id", "id"],
    set_={name: _new_event.excluded[name] for name in ("version", "capacity", "ends", "cancelled", "gone")},
)
_gone = update(event).where(event.c.hub_id == bindparam("hub"), event.c.id == bindparam("id_")).values(gone=True)
_answered = union_all(
    *(
        select(it.c.id).where(it.c.hub_id == bindparam("hub"), it.c.form_id == bindparam("form"))
        for it in (response, ballot)
    )
).limit(1)


def publish(unit: "SqlUnit", contents: Mapping[str, Json]) -> str:
    """Make `contents` (key to plain data) what is current; the digest of the whole. Raises StoreError, and changes
    nothing then: on a consent text that changed under its number, and on an anonymous form that would lose its promise.
    """
    before = _locked(unit)
    old = unit.entries
    new = {key: version(data) for key, data in sorted(contents.items())}
    whole = version(new)
    if whole == before:
        return whole
    for key, data in contents.items():
        if key.startswith("consent/"):
            _check_consent(unit, key.removeprefix("consent/"), data, new[key])
        if key.startswith("survey/") and new[key] != old.get(key):
            _check_survey(unit, key, data)
    bodies = {new[key]: _body(data) for key, data in contents.items()} | {whole: _body(new)}
    there = set(unit.conn.execute(_known, {"hub": unit.hub, "digests": list(bodies)}).scalars())
    rows = [{"hub_id": unit.hub, "digest": it, "body": body} for it, body in bodies.items() if it not in there]
    if rows:
        unit.conn.execute(_content, rows)
    unit.conn.execute(_move, {"hub": unit.hub, "to": whole, "now": unit.now})
    unit.turn_to(whole)
    _events(unit, old, new)
    timers.plan(unit, timers.SWEEP, "", unit.now, keep=True)
    return whole


def hub_box(unit: "SqlUnit") -> Box:
    """What seals values that belong to no person. LookupError before the first publishing."""
    row = unit.conn.execute(_hub, {"hub": unit.hub}).first()
    if row is None:
        raise LookupError("nothing is published for this hub")
    return Box(Key.of(unit.world.secrets.master.unwrap(row.data_key, "hub", unit.hub)), unit.hub, "")


def _locked(unit: "SqlUnit") -> str:
    """The hub's row, made where there is none, and locked: two processes publish one after the other."""
    row = unit.conn.execute(_lock, {"hub": unit.hub}).first()
    if row is None:
        wrapped = unit.world.secrets.master.wrap(new_secret(), "hub", unit.hub)
        unit.conn.execute(_first, {"hub_id": unit.hub, "manifest": "", "data_key": wrapped, "published": unit.now})
        row = unit.conn.execute(_lock, {"hub": unit.hub}).one()
    unit.turn_to(str(row.manifest))
    return unit.manifest


def _body(data: Json) -> str:
    """JSON in the author's order: a reader may rely on which language comes first. Its digest is of the sorted form."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _check_consent(unit: "SqlUnit", purpose: str, data: Any, digest: str) -> None:
    key = {"hub": unit.hub, "purpose": purpose, "version": data["version"]}
    known = unit.conn.execute(_consent, key).scalar_one_or_none()
    if known is None:
        row = {"hub_id": unit.hub, "purpose": purpose, "version": data["version"], "digest": digest}
        unit.conn.execute(_new_consent, row)
    elif known != digest:
        raise StoreError(
            f"consent/{purpose}: the text changed and is still called version {data['version']}; give it a new number"
        )


def _check_survey(unit: "SqlUnit", key: str, data: Any) -> None:
    """S5: who answered under the promise of anonymity keeps it."""
    before, form = unit.published(key), key.removeprefix("survey/")
    if before is None or before.mode != "anonymous" or data["mode"] == "anonymous":
        return
    if unit.conn.execute(_answered, {"hub": unit.hub, "form": form}).first():
        raise StoreError(f"{key}: people answered it as anonymous, so it cannot become {data['mode']}; make a new form")


def _events(unit: "SqlUnit", old: Mapping[str, str], new: Mapping[str, str]) -> None:
    """The row of each event, and a plan to settle each that changed: more seats are offered, a cancelled one is told."""
    for key in new:
        if not key.startswith("event/") or new[key] == old.get(key):
            continue
        it = unit.published(key)
        row = {
            "hub_id": unit.hub,
            "id": it.id,
            "version": new[key],
            "capacity": sum(seats.capacity for seats in it.seats),
            "ends": it.end.at,
            "cancelled": it.cancelled,
            "gone": False,
        }
        unit.conn.execute(_event, row)
        timers.plan(unit, timers.SETTLE, it.id, unit.now)
    for key in old.keys() - new.keys():
        if key.startswith("event/"):
            unit.conn.execute(_gone, {"hub": unit.hub, "id_": key.removeprefix("event/")})


def contents(unit: "SqlUnit") -> dict[str, Json]:
    """What is current, as it was published."""
    bodies = select(content.c.digest, content.c.body).where(content.c.hub_id == unit.hub)
    rows = unit.conn.execute(bodies.where(content.c.digest.in_(set(unit.entries.values()))))
    by_digest = {row.digest: row.body for row in rows}
    return {key: json.loads(by_digest[digest]) for key, digest in unit.entries.items()}
