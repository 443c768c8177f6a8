"""The hub's clock: real time plus an offset that is kept in the database, the same for every process on it.

One rule: it never goes back, and it can be moved only where the first conversation was a trial's: nobody runs the periods
of deletion on real people by a slip of the hand. Whose was first is written in the commit of that conversation.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from storage.errors import StoreError
from storage.numbers import DATABASE
from storage.schema import hub, meta, timer
from storage.schema.base import MICROSECOND
from storage.swift import Conn
from storage.timers import SWEEP

OFFSET, MOVABLE, TALKED = "clock", "movable", "talked"

_read = select(meta.c.number).where(meta.c.hub_id == DATABASE, meta.c.name == bindparam("of"))
# The clock's offset, and what is published in a hub: what every unit begins with, alone or beside its first look.
SEEN = (
    select(meta.c.number).where(meta.c.hub_id == DATABASE, meta.c.name == OFFSET).scalar_subquery().label("moved"),
    select(hub.c.manifest).where(hub.c.hub_id == bindparam("hub")).scalar_subquery().label("manifest"),
)
_seen = select(*SEEN)
_new = upsert(meta)
_set = _new.on_conflict_do_update(index_elements=["hub_id", "name"], set_={"number": _new.excluded.number})
# Two processes may move it at once: the smaller offset of the two would be a step back.
_raise = _new.on_conflict_do_update(
    index_elements=["hub_id", "name"],
    set_={"number": _new.excluded.number},
    where=meta.c.number <= _new.excluded.number,
)
_first = _new.on_conflict_do_nothing()
_sooner = update(timer).where(timer.c.kind == SWEEP, timer.c.due > bindparam("to")).values(due=bindparam("to"))


def real_time() -> datetime:
    """The machine's clock. Leases and pacing use it; whatever a person can notice uses `now`."""
    return datetime.now(UTC)


def seen(conn: Conn, hub_id: str) -> Any:
    """A row of SEEN."""
    return conn.execute(_seen, {"hub": hub_id}).one()


def now(conn: Conn, real: Callable[[], datetime]) -> datetime:
    """The hub's clock."""
    return real() + _number(conn, OFFSET) * MICROSECOND


def first(conn: Conn, *, trial: bool) -> None:
    """Somebody new writes. Where nobody ever has, it is decided now and for ever whether the clock can be moved."""
    if conn.execute(_first, {"hub_id": DATABASE, "name": TALKED, "number": 1}).rowcount:
        conn.execute(_set, {"hub_id": DATABASE, "name": MOVABLE, "number": int(trial)})


def allow(conn: Conn) -> bool:
    """Let the clock be moved until somebody talks, and ever after if that is in a trial. Whether it can be moved."""
    if not talked(conn):
        conn.execute(_set, {"hub_id": DATABASE, "name": MOVABLE, "number": 1})
    return movable(conn)


def talked(conn: Conn) -> bool:
    """Whether anybody ever wrote to a hub of this database: also where nothing is left of them."""
    return _number(conn, TALKED) == 1


def movable(conn: Conn) -> bool:
    """Whether the clock can be moved."""
    return _number(conn, MOVABLE) == 1


def move(conn: Conn, real: Callable[[], datetime], by: timedelta) -> datetime:
    """Move the clock on; the new time. Raises StoreError where it must not be moved."""
    return set_to(conn, real, now(conn, real) + by) or now(conn, real)


def set_to(conn: Conn, real: Callable[[], datetime], wanted: datetime) -> datetime | None:
    """Set the clock. None: it is later already, and stays; before anybody talked there is no earlier and later.

    Raises StoreError where it must not be moved.
    """
    if not can_set(conn, real, wanted):
        return None
    row = {"hub_id": DATABASE, "name": OFFSET, "number": (wanted - real()) // MICROSECOND}
    if talked(conn):
        return wanted if conn.execute(_raise, row).rowcount else None
    conn.execute(_sooner, {"to": wanted})  # what was planned by a later clock must not wait for it
    conn.execute(_set, row)
    return wanted


def can_set(conn: Conn, real: Callable[[], datetime], wanted: datetime) -> bool:
    """Whether the clock can be set to this; False where it is later already (before anybody talked nothing is).

    Raises StoreError where it must not be moved.
    """
    if not movable(conn):
        raise StoreError(
            "the clock of this database cannot be moved: its first conversation began without a test clock"
        )
    return wanted >= now(conn, real) or not talked(conn)


def _number(conn: Conn, name: str) -> int:
    return conn.execute(_read, {"of": name}).scalar() or 0
