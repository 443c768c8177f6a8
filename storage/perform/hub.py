"""The hub itself, and its day. One rule: the zone is the hub's, the clock is the unit's."""

from datetime import date, datetime

from bot.core.hub import Hub, Now, ThisHub, Today
from storage.counters import zone
from storage.unit import Performers, SqlUnit


def this_hub(unit: SqlUnit, request: ThisHub) -> Hub:  # noqa: ARG001  # a performer takes its request
    """See ThisHub. LookupError before the first publishing."""
    if unit.here is None:
        raise LookupError("nothing is published for this hub")
    return unit.here


def today(unit: SqlUnit, request: Today) -> date:  # noqa: ARG001
    """See Today."""
    return unit.now.astimezone(zone(unit)).date()


def now(unit: SqlUnit, request: Now) -> datetime:  # noqa: ARG001
    """See Now."""
    return unit.now.astimezone(zone(unit))


PERFORM: Performers = {ThisHub: this_hub, Today: today, Now: now}
