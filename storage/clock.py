"""The hub's clock: real time plus an offset that is kept in the database, the same for every process on it.

One rule: it never goes back, and it can be moved only where a test or a trial was the first to talk (DESIGN of retention:
nobody runs the periods on real people by a slip of the hand).
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, insert, select, union_all, update

from storage.errors import StoreError
from storage.numbers import DATABASE
from storage.schema import contact, hub, inbox, mark, meta, timer
from storage.schema.base import MICROSECOND
from storage.timers import SWEEP

OFFSET, MOVABLE = "clock", "movable"

_read = select(meta.c.number).where(meta.c.hub_id == DATABASE, meta.c.name == bindparam("of"))
_here = select(
    select(meta.c.number).where(meta.c.hub_id == DATABASE, meta.c.name == OFFSET).scalar_subquery().label("offset"),
    select(hub.c.manifest).where(hub.c.hub_id == bindparam("hub")).scalar_subquery().label("manifest"),
)
_write = update(meta).where(meta.c.hub_id == DATABASE, meta.c.name == bindparam("of")).values(number=bindparam("to"))
_first = insert(meta).values(hub_id=DATABASE, name=bindparam("of"), number=bindparam("to"))
# Somebody who is known, or what is left of somebody who was: an erasure must not make a real database a trial one.
_anybody = union_all(select(contact.c.id), select(inbox.c.update_id), select(mark.c.subject)).limit(1)
_sooner = update(timer).where(timer.c.kind == SWEEP, timer.c.due > bindparam("to")).values(due=bindparam("to"))


def real_time() -> datetime:
    """The machine's clock. Leases and pacing use it; whatever a person can notice uses `now`."""
    return datetime.now(UTC)


def here(conn: Connection, real: Callable[[], datetime], hub_id: str) -> tuple[datetime, str]:
    """The hub's clock and what is published there ("" for nothing), in one look: every unit begins with it."""
    row = conn.execute(_here, {"hub": hub_id}).one()
    return real() + (row.offset or 0) * MICROSECOND, row.manifest or ""


def now(conn: Connection, real: Callable[[], datetime]) -> datetime:
    """The hub's clock."""
    return real() + (conn.execute(_read, {"of": OFFSET}).scalar() or 0) * MICROSECOND


def allow(conn: Connection) -> bool:
    """Let the clock be moved, where nobody has talked yet. Whether it can be moved."""
    if movable(conn):
        return True
    if talked(conn):
        return False
    _set(conn, MOVABLE, 1)
    return True


def talked(conn: Connection) -> bool:
    """Whether anybody ever wrote to a hub of this database."""
    return conn.execute(_anybody).first() is not None


def movable(conn: Connection) -> bool:
    """Whether the clock can be moved."""
    return bool(conn.execute(_read, {"of": MOVABLE}).scalar())


def move(conn: Connection, real: Callable[[], datetime], by: timedelta) -> datetime:
    """Move the clock on; the new time. Raises StoreError where it must not be moved."""
    return set_to(conn, real, now(conn, real) + by) or now(conn, real)


def set_to(conn: Connection, real: Callable[[], datetime], wanted: datetime) -> datetime | None:
    """Set the clock. None: it is later already, and stays; before anybody talked there is no earlier and later.

    Raises StoreError where it must not be moved.
    """
    if not can_set(conn, real, wanted):
        return None
    if wanted < now(conn, real):  # nobody has talked: what was planned by the later clock must not wait for it
        conn.execute(_sooner, {"to": wanted})
    _set(conn, OFFSET, (wanted - real()) // MICROSECOND)
    return wanted


def can_set(conn: Connection, real: Callable[[], datetime], wanted: datetime) -> bool:
    """Whether the clock can be set to this; False where it is later already (before anybody talked nothing is).

    Raises StoreError where it must not be moved.
    """
    if not movable(conn):
        raise StoreError(
            "the clock of this database cannot be moved: its first conversation began without a test clock"
        )
    return wanted >= now(conn, real) or not talked(conn)


def _set(conn: Connection, name: str, number: int) -> None:
    if conn.execute(_write, {"of": name, "to": number}).rowcount == 0:
        conn.execute(_first, {"of": name, "to": number})
