"""Stops and erasures done again in a database that is older than they are (promise 7).

One rule: each is done by the same command as in the chat, in the name of the moment in which it was; then nothing speaks by
itself until somebody says go.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from bot.core.news import StopAll
from storage import clock, contacts, erasure, marks, pause
from storage.schema import address, contact, inbox, lease, outbox
from storage.stoplist import ERASED, STOP, Entry, Read, newer
from storage.unit import SqlUnit, World

_whose = (
    select(contact.c.id)
    .join(address, (address.c.hub_id == contact.c.hub_id) & (address.c.contact_id == contact.c.id))
    .where(
        address.c.hub_id == bindparam("hub"),
        address.c.index == bindparam("index_"),
        contact.c.made <= bindparam("at"),  # who came back after an erasure is somebody else
    )
)
_leaving = select(contact.c.hub_id, contact.c.id).where(contact.c.erased_at.is_not(None))
_unsaid = (
    update(outbox)
    .where(outbox.c.state.in_(("queued", "sending")))
    .values(state="skipped", reason="restored", ended=bindparam("now"), owner=None, body=None)
)
_undone = update(inbox).where(inbox.c.state == "open").values(state="done", body=None)
_leases = delete(lease)


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many addresses were stopped or erased again, and how many messages that waited will not be sent."""

    stops: int = 0
    erasures: int = 0
    unsaid: int = 0


def lacking(read: Read, known: Iterable[Entry]) -> list[Entry]:
    """What the list beside a database tells, and the database, whose marks are `known`, does not."""
    return [*newer((*read.erasures, *read.news.values()), known)]


def set_back(conn: Connection, world: World, real: Callable[[], datetime], read: Read) -> Replayed:
    """Bring a database that was set back to what the list tells, and let nothing of then be said now."""
    entries = lacking(read, marks.listed(conn))
    for hub, name in conn.execute(_leaving).all():
        erasure.destroy(_unit(conn, world, real, hub), name)
    for it in entries:
        unit = _unit(conn, world, real, it.hub, it.at)
        for name in conn.execute(_whose, {"hub": it.hub, "index_": it.index, "at": it.at}).scalars().all():
            unit.me = contacts.load(unit, name, lock=True)
            if it.kind == ERASED:
                erasure.erase(unit, later=True, receipt=it.subject)
                erasure.destroy(unit, name)
            elif it.kind == STOP:
                unit.perform(StopAll())
        marks.bring(conn, it)
    unsaid = conn.execute(_unsaid, {"now": clock.now(conn, real)}).rowcount
    conn.execute(_undone)
    conn.execute(_leases)
    pause.begin(conn)
    return Replayed(sum(it.kind == STOP for it in entries), sum(it.kind == ERASED for it in entries), unsaid)


def _unit(
    conn: Connection, world: World, real: Callable[[], datetime], hub: str, at: datetime | None = None
) -> SqlUnit:
    unit = SqlUnit(conn, hub, world, real)
    if at:
        unit.go_by(at)
    return unit
