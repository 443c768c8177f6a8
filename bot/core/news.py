"""News that a person asked for, and stopping it.

One rule: a stop is never undone by anything but the person asking for news again (promise 7).
"""

from dataclasses import dataclass

from bot.core.events import Given
from bot.core.flow import Command, Query


@dataclass(frozen=True, slots=True)
class MySubscriptions(Query[tuple[str, ...]]):
    """The topics that the person subscribed to, under the consent version now in force."""


@dataclass(frozen=True, slots=True)
class Subscribe(Command[None]):
    """News on one topic, under one consent."""

    topic: str
    consent: Given


@dataclass(frozen=True, slots=True)
class Unsubscribe(Command[bool]):
    """No more news on one topic, and the consent is taken back; False where there was none."""

    topic: str


@dataclass(frozen=True, slots=True)
class StopAll(Command[tuple[str, ...]]):
    """No more announcements at all, at once; the topics that were subscribed to, for an undo."""


@dataclass(frozen=True, slots=True)
class UndoStop(Command[bool]):
    """Take the last stop back, within 10 minutes of it; False where it is too late."""


@dataclass(frozen=True, slots=True)
class Stopped(Query[bool]):
    """Whether the person has stopped announcements."""
