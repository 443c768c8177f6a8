"""Where a conversation stands, sealed. One rule: it is read and saved in the transaction of the turn, under the person's lock."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, exists, select
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.core.ports import TIMER
from bot.core.session import Session
from storage.keys import Box, KeyMismatch
from storage.schema import contact, inbox, session
from storage.schema.queue import OPEN

if TYPE_CHECKING:
    from storage.contacts import Contact
    from storage.unit import SqlUnit

# What a turn of the person left to be done, or another process has in hand: it goes before anything newer. It is looked for
# after the person's row is locked, in a statement of its own: on PostgreSQL the one that waits for the lock sees what was
# there when it began to wait.
_behind = exists().where(inbox.c.hub_id == contact.c.hub_id, inbox.c.contact_id == contact.c.id, inbox.c.state == OPEN)
_read = (
    select(contact.c.id, session.c.state, session.c.touched, _behind.label("behind"))
    .select_from(
        contact.outerjoin(session, and_(session.c.hub_id == contact.c.hub_id, session.c.contact_id == contact.c.id))
    )
    .where(contact.c.hub_id == bindparam("hub"), contact.c.id == bindparam("contact"))
)
_new = upsert(session)
_save = _new.on_conflict_do_update(
    index_elements=["hub_id", "contact_id"], set_={"state": _new.excluded.state, "touched": _new.excluded.touched}
)
_change = _new.on_conflict_do_update(index_elements=["hub_id", "contact_id"], set_={"state": _new.excluded.state})
_drop = delete(session).where(session.c.hub_id == bindparam("hub"), session.c.contact_id == bindparam("contact"))


def stored(unit: "SqlUnit") -> Any:
    """The row of the person's session: state and touched, None where there is none, and whether something of theirs is
    `behind`. The person's row is locked: that locks this, too."""
    me = unit.person_here
    if unit.kept is None or unit.kept.id != me.id:
        unit.kept = unit.conn.execute(_read, {"hub": unit.hub, "contact": me.id}).one()
    return unit.kept


def read(unit: "SqlUnit", who: "Contact") -> dict[str, Any] | None:
    """The session of a contact, or None. The contact's row is locked already."""
    mine = unit.me is not None and unit.me.id == who.id
    row = stored(unit) if mine else unit.conn.execute(_read, {"hub": unit.hub, "contact": who.id}).one()
    if row.state is None:
        return None
    state: Any = who.box.open("session", "state", row.state)
    return dict(state)


def save(unit: "SqlUnit", who: "Contact", state: dict[str, Any] | None) -> None:
    """Save it, or drop it where it is None. What nobody wrote (a reminder, a notice) is no reason to keep it longer."""
    mine = unit.me is not None and unit.me.id == who.id
    if mine:
        unit.kept = None
    if state is None:
        unit.conn.execute(_drop, {"hub": unit.hub, "contact": who.id})
        return
    row = {
        "hub_id": unit.hub,
        "contact_id": who.id,
        "state": who.box.seal("session", "state", state),
        "touched": unit.now,
    }
    unit.conn.execute(_save if mine and unit.account != TIMER else _change, row)


def known(unit: "SqlUnit") -> Session | None:
    """The session of the unit's person, for a timer. None where there is none that can be read."""
    me = unit.person_here
    row = stored(unit)
    return opened(me.box, row.state) if row.state is not None else None


def opened(box: Box, sealed: bytes) -> Session | None:
    """A session of anybody, for a sweep or a count. None for one that cannot be read: one that a newer release wrote, or a
    damaged one, must not hold up everybody else's."""
    try:
        state: Any = box.open("session", "state", sealed)
        return Session.load(state) if isinstance(state, dict) else None
    except (KeyMismatch, LookupError, TypeError, ValueError, AttributeError):
        return None
