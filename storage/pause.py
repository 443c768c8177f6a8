"""The pause after a restore: nothing speaks by itself until somebody says go (promise 7).

One rule: who writes is answered as ever; whatever would speak first (a campaign, a reminder, an offer) asks `on` before.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from storage import timers
from storage.schema import event, hub, meta

if TYPE_CHECKING:
    from storage.unit import SqlUnit

_on = select(meta.c.hub_id).where(meta.c.hub_id == bindparam("hub"), meta.c.name == timers.PAUSED)
_all = select(meta.c.hub_id).where(meta.c.name == timers.PAUSED).order_by(meta.c.hub_id)
_hubs = select(hub.c.hub_id)
_begin = upsert(meta).on_conflict_do_nothing()
_end = delete(meta).where(meta.c.hub_id == bindparam("hub"), meta.c.name == timers.PAUSED)
_events = select(event.c.id).where(event.c.hub_id == bindparam("hub"))


def on(unit: "SqlUnit") -> bool:
    """Whether the unit's hub is paused."""
    return unit.conn.execute(_on, {"hub": unit.hub}).first() is not None


def hubs(conn: Connection) -> Sequence[str]:
    """Every hub that is."""
    return conn.execute(_all).scalars().all()


def begin(conn: Connection) -> None:
    """Pause every hub of the database."""
    for name in conn.execute(_hubs).scalars().all():
        conn.execute(_begin, {"hub_id": name, "name": timers.PAUSED, "number": 1})


def end(unit: "SqlUnit") -> bool:
    """Go on: what fell due meanwhile is done now. False where the hub was not paused."""
    if unit.conn.execute(_end, {"hub": unit.hub}).rowcount == 0:
        return False
    for name in unit.conn.execute(_events, {"hub": unit.hub}).scalars().all():
        timers.plan(unit, timers.SETTLE, name, unit.now)
    return True
