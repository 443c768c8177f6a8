"""What goes into a line's gaps: {name}, {event.title}, {event.start.day}.

One rule: a gap names fields of dataclasses and nothing else. No index, no call, no underscore, no format; and what is put
in is never looked at for gaps again, so that nobody's text is a template.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any

from bot.core.message import Moment

# A moment's parts that a sentence may need alone: "on {event.start.day} from {event.start.time} to {event.end.time}".
MOMENT_PARTS = ("day", "time", "place")
_JOINERS = "\u200c\u200d"  # within Persian words and within emoji: the only invisible marks that carry meaning


class Part:
    """A part of a moment, to be written by the language."""

    __slots__ = ("moment", "name")

    def __init__(self, moment: Moment, name: str) -> None:
        self.moment, self.name = moment, name


def value_of(gap: str, params: Mapping[str, Any]) -> Any:
    """The value that a gap names, or None where there is none of that name."""
    name, *path = gap.split(".")
    value = params.get(name)
    for step in path:
        if isinstance(value, Moment) and step in MOMENT_PARTS:
            return Part(value, step)
        kind: Any = type(value)
        if step not in _fields(kind):
            return None
        value = getattr(value, step, None)
    return value.value if isinstance(value, Enum) else value


@cache
def _fields(kind: type) -> frozenset[str]:
    return frozenset(field.name for field in fields(kind)) if is_dataclass(kind) else frozenset()


def tidy(text: str, *, lines: bool) -> str:
    """Text from elsewhere without control, direction and other invisible characters, fit to stand in one of our lines.

    `lines`: it stands alone, so its own line ends stay; otherwise they become blanks, that it may not pass for several lines.
    """
    if text.isprintable():  # as nearly always: none of them is
        return text.strip()
    text = re.sub(r"\r\n?|[\u2028\u2029\x0b\x0c]", "\n", text).replace("\t", " ")
    kept = "".join(
        char
        for char in text
        if char == "\n" or char in _JOINERS or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co")
    )
    if not lines:
        return " ".join(kept.split("\n")).strip()
    return re.sub(r"\n{3,}", "\n\n", kept).strip()
