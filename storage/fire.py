"""What a timer does when it falls due. One rule: one timer a unit, so that a fault of one holds up no other."""

from typing import TYPE_CHECKING

from storage import timers

if TYPE_CHECKING:
    from storage.unit import SqlUnit


def fire(unit: "SqlUnit") -> str:
    """See Unit.fire."""
    found = timers.due(unit)
    if found is None:
        return ""
    key, kind, subject, due = found
    timers.drop(unit, kind, subject)
    return f"{key}@{due.isoformat()}"
