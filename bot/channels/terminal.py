"""The conversation for a person: text of the terminal's width, choices with numbers, colours where there are some.

One rule: what goes to the terminal went through `harmless` first, so that no message can move the cursor.
"""

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TextIO

from bot.channels.parts import harmless
from bot.channels.simulated import choices
from bot.core.ports import Outgoing

WIDEST = 100  # columns; longer lines are hard to read, however wide the window is
NARROWEST = 20

_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Look:
    """How to write. `width` 0: lines stay as they are, for a file or another program."""

    width: int = 0
    colour: bool = False

    @classmethod
    def of(cls, out: TextIO, environment: Mapping[str, str], columns: int) -> "Look":
        """For this output: as wide as the terminal, coloured unless NO_COLOR is set or the terminal is dumb."""
        if not out.isatty():
            return cls()
        colour = not environment.get("NO_COLOR") and environment.get("TERM") not in (None, "", "dumb")
        return cls(max(NARROWEST, min(columns, WIDEST)), colour)

    def dim(self, text: str) -> str:
        """What stands at the edge: hints, paths."""
        return f"{_DIM}{text}{_PLAIN}" if self.colour else text

    def bold(self, text: str) -> str:
        """What is to be seen first."""
        return f"{_BOLD}{text}{_PLAIN}" if self.colour else text


def page(message: Outgoing, look: Look, paths: Iterable[str] = (), to: str = "") -> str:
    """A message as it is printed, with an empty line after it. `to` names another person than the one who types here."""
    blocks = [look.dim(f"({harmless(to)})")] if to else []
    blocks += [_fill(line, look) for line in harmless(message.text).split("\n")]
    listed = [_choice(harmless(line), look) for line in choices(message, "terminal")]
    if listed:
        blocks += ["", *listed]
    blocks += [look.dim(harmless(path)) for path in paths]
    return "\n".join(blocks) + "\n"


def _fill(line: str, look: Look, indent: str = "") -> str:
    if not look.width or len(line) <= look.width:
        return line
    return textwrap.fill(
        line, look.width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )


def _choice(line: str, look: Look) -> str:
    number, dot, label = line.partition(". ")
    if not dot or not number.isdecimal():
        return _fill(line, look)
    filled = _fill(f"{number:>3}. {label}", look, "     ")
    return filled.replace(f"{number}.", look.bold(f"{number}."), 1)
