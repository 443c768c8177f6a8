"""Counts of what happened on a hub's day. One rule: a number has no person, no text and no hour."""

from datetime import tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from storage.schema import counter

if TYPE_CHECKING:
    from storage.unit import SqlUnit

_new = upsert(counter)
_add = _new.on_conflict_do_update(
    index_elements=["hub_id", "day", "kind", "subject"], set_={"n": counter.c.n + _new.excluded.n}
)
_totals = (
    select(counter.c.kind, func.sum(counter.c.n).label("n"))
    .where(counter.c.hub_id == bindparam("hub"))
    .group_by(counter.c.kind)
)


def zone(unit: "SqlUnit") -> tzinfo:
    """The hub's time zone; UTC before anything is published."""
    here = unit.here
    return ZoneInfo(here.timezone if here else "UTC")


def write(unit: "SqlUnit") -> None:
    """Add what the unit counted, in a fixed order: two units that want the same rows do not wait for each other in a ring."""
    if not unit.counts:
        return
    day = unit.now.astimezone(zone(unit)).date()
    for (kind, subject), n in sorted(unit.counts.items()):
        unit.conn.execute(_add, {"hub_id": unit.hub, "day": day, "kind": kind, "subject": subject, "n": n})
    unit.counts.clear()


def totals(unit: "SqlUnit") -> dict[str, int]:
    """All that was ever counted for the hub, by kind."""
    return {it.kind: int(it.n) for it in unit.conn.execute(_totals, {"hub": unit.hub})}
