"""What a timer does when it falls due. One rule: one timer a unit, so that a fault of one holds up no other."""

from typing import TYPE_CHECKING

from storage import ballots, erasure, places, reminders, seats, timers
from storage.sweep import forget_stopped, sweep

if TYPE_CHECKING:
    from storage.unit import SqlUnit


def fire(unit: "SqlUnit") -> str:  # noqa: C901  # every kind of timer in one match
    """See Unit.fire."""
    found = timers.due(unit)
    if found is None:
        return ""
    key, kind, subject, due = found
    timers.drop(unit, kind, subject)
    match kind:
        case timers.SETTLE:
            seats.settle(unit, subject)
        case timers.TELL:
            _tell(unit, subject)
        case timers.MIX:
            ballots.mix(unit, subject)
        case timers.REMIND:
            reminders.remind(unit, subject)
        case timers.HALF:
            reminders.half(unit, subject)
        case timers.NUDGE:
            reminders.nudge(unit, subject)
        case timers.REST:
            pass  # it is over
        case timers.DESTROY:
            erasure.destroy(unit, subject)
        case timers.STOPPED:
            forget_stopped(unit)
        case timers.SWEEP:
            sweep(unit)
        case _:
            raise LookupError(f"nothing does a timer of kind {kind}")
    return f"{key}@{due.isoformat()}"


def _tell(unit: "SqlUnit", subject: str) -> None:
    """The quiet hours are over: an offer that was made in them is told, if it still stands."""
    name, _, number = subject.partition("/")
    found = places.lock(unit, name)
    if found:
        seats.tell_offer(unit, found[0], places.one(unit, name, number))
