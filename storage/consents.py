"""Consents as they were given, and taken back.

One rule: a record is never changed but by its end; the same purpose, subject and version is given once (R26).
"""

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, insert, select, update

from bot.core.events import Given
from storage.schema import consent

if TYPE_CHECKING:
    from storage.unit import SqlUnit

_mine = and_(consent.c.hub_id == bindparam("hub"), consent.c.contact_id == bindparam("contact"))
_about = and_(_mine, consent.c.purpose == bindparam("purpose_"), consent.c.subject == bindparam("subject_"))
_in_force = select(consent).where(_mine, consent.c.withdrawn.is_(None)).order_by(consent.c.given, consent.c.id)
_this = select(consent.c.version).where(_about, consent.c.withdrawn.is_(None))
_end = update(consent).where(_about, consent.c.withdrawn.is_(None)).values(withdrawn=bindparam("now"))
_place = (
    update(consent)
    .where(
        _mine,
        consent.c.purpose.in_(("event", "special-needs")),
        consent.c.subject == bindparam("subject_"),
        consent.c.withdrawn.is_(None),
    )
    .values(withdrawn=bindparam("now"))
)
_new = insert(consent)
_revive = update(consent).where(_about, consent.c.withdrawn == bindparam("at")).values(withdrawn=None)


def give(unit: "SqlUnit", given: Iterable[Given]) -> None:
    """Record what the person agreed to. Another version of the same takes the place of the one before."""
    me = unit.person_here
    for it in given:
        key = {"hub": unit.hub, "contact": me.id, "purpose_": it.purpose, "subject_": it.subject}
        before = unit.conn.execute(_this, key).scalar_one_or_none()
        if before == it.version:
            continue
        if before is not None:
            unit.conn.execute(_end, key | {"now": unit.now})
        row = {
            "hub_id": unit.hub,
            "contact_id": me.id,
            "id": secrets.token_hex(8),
            "purpose": it.purpose,
            "subject": it.subject,
            "version": it.version,
            "lang": unit.lang,
            "channel": me.channel,
            "given": unit.now,
        }
        unit.conn.execute(_new, row)


def withdraw(unit: "SqlUnit", purpose: str, subject: str) -> bool:
    """Take one back; False where none is in force."""
    key = {"hub": unit.hub, "contact": unit.person_here.id, "purpose_": purpose, "subject_": subject}
    return unit.conn.execute(_end, key | {"now": unit.now}).rowcount > 0


def place_ended(unit: "SqlUnit", contact: str | None, event: str) -> None:
    """What somebody agreed to for a place at an event ends with the place; the record stays for its proof."""
    unit.conn.execute(_place, {"hub": unit.hub, "contact": contact, "subject_": event, "now": unit.now})


def revive(unit: "SqlUnit", purpose: str, subject: str, at: Any) -> None:
    """Undo a withdrawal that happened at `at`, by a stop that is now undone."""
    key = {"hub": unit.hub, "contact": unit.person_here.id, "purpose_": purpose, "subject_": subject}
    if unit.conn.execute(_this, key).first() is None:
        unit.conn.execute(_revive, key | {"at": at})


def in_force(unit: "SqlUnit") -> list[Any]:
    """The person's consents that are in force, the oldest first."""
    return list(unit.conn.execute(_in_force, {"hub": unit.hub, "contact": unit.person_here.id}))
