"""What is to be done later, by the hub's clock.

One rule: a timer is planned under a name, so that planning it twice makes one; it goes in the transaction that does it.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from storage.schema import meta, timer

if TYPE_CHECKING:
    from storage.unit import SqlUnit

SETTLE = "settle"  # an event: what has run out lapses, the next in the queue are offered
TELL = "tell"  # a registration: an offer that came in quiet hours is told at their end
SWEEP = "sweep"  # the hub: what is past its period goes
MIX = "mix"  # a form: anonymous responses that wait are shuffled
STOPPED = "stopped"  # the hub: a stop can no longer be undone, so what it ended goes
REMIND = "remind"  # an event, a rule of it and a place in its order: those who come are reminded
HALF = "half"  # a registration: half of the time for which a seat is kept is over
NUDGE = "nudge"  # a contact and a run: something that they began and left
REST = "rest"  # a contact: while this is planned they are not nudged (R19)
DESTROY = "destroy"  # a contact that was erased and whose receipt had no end: the key goes all the same

SILENT = (SWEEP, DESTROY, REST, MIX, STOPPED)  # what speaks to nobody; all else waits while the hub is paused
PAUSED = "paused"  # the fact of a hub that says so: see storage.pause
_awake = or_(
    *(timer.c.kind == it for it in SILENT),
    ~exists().where(meta.c.hub_id == bindparam("hub"), meta.c.name == PAUSED),
)

_new = upsert(timer)
_plan = _new.on_conflict_do_update(index_elements=["hub_id", "key"], set_={"due": _new.excluded.due})
_keep = _new.on_conflict_do_nothing()
_drop = delete(timer).where(timer.c.hub_id == bindparam("hub"), timer.c.key == bindparam("key_"))
_due = (
    select(timer.c.key, timer.c.kind, timer.c.subject, timer.c.due)
    .where(timer.c.hub_id == bindparam("hub"), timer.c.due <= bindparam("now"), _awake)
    .order_by(timer.c.due, timer.c.key)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_planned = select(timer.c.due).where(timer.c.hub_id == bindparam("hub"), timer.c.key == bindparam("key_"))
_drop_of = delete(timer).where(
    timer.c.hub_id == bindparam("hub"),
    or_(timer.c.key == bindparam("rest"), timer.c.key.like(bindparam("nudges"))),
)
_next = select(func.min(timer.c.due)).where(timer.c.hub_id == bindparam("hub"), _awake)


def plan(unit: "SqlUnit", kind: str, subject: str, due: datetime | None, *, keep: bool = False) -> None:
    """Do `kind` for `subject` at `due`, in place of any plan so far (`keep`: unless there is one); None: not at all."""
    key = f"{kind}:{subject}"
    if due is None:
        drop(unit, kind, subject)
        return
    row = {"hub_id": unit.hub, "key": key, "due": due, "kind": kind, "subject": subject}
    unit.conn.execute(_keep if keep else _plan, row)


def drop(unit: "SqlUnit", kind: str, subject: str) -> None:
    """Do it no more."""
    unit.conn.execute(_drop, {"hub": unit.hub, "key_": f"{kind}:{subject}"})


def planned(unit: "SqlUnit", kind: str, subject: str) -> datetime | None:
    """When it is to be done; None: not at all."""
    found: datetime | None = unit.conn.execute(_planned, {"hub": unit.hub, "key_": f"{kind}:{subject}"}).scalar()
    return found


def drop_of(unit: "SqlUnit", contact: str) -> None:
    """Nothing more is planned for a person."""
    unit.conn.execute(_drop_of, {"hub": unit.hub, "rest": f"{REST}:{contact}", "nudges": f"{NUDGE}:{contact}/%"})


def put_off(unit: "SqlUnit", by: timedelta) -> bool:
    """What is due first is due later; False where nothing is due."""
    found = due(unit)
    if found is None:
        return False
    plan(unit, found[1], found[2], unit.now + by)
    return True


def due(unit: "SqlUnit") -> tuple[str, str, str, datetime] | None:
    """Key, kind, subject and time of the earliest timer that is due; its row is locked, for whoever sees it first."""
    row = unit.conn.execute(_due, {"hub": unit.hub, "now": unit.now}).first()
    return (row.key, row.kind, row.subject, row.due) if row else None


def next_due(unit: "SqlUnit") -> datetime | None:
    """When the next timer falls due."""
    found: datetime | None = unit.conn.execute(_next, {"hub": unit.hub}).scalar()
    return found
