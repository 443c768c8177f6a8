"""What is wrong with a pack: where it stands, what is expected, what to do.

One rule: a problem is told in one line that a person without a programmer at hand can act on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

LONGEST_NAME = 80  # characters that are shown of one part of a key

Key: TypeAlias = tuple[str | int, ...]


def dotted(key: Key) -> str:
    """A key as people say it: ("lines", 2, "name") is "lines[3].name", counted from one. Of a very long name the beginning."""
    text = ""
    for whole in key:
        part = whole if isinstance(whole, int) or len(whole) <= LONGEST_NAME else f"{whole[:LONGEST_NAME]}…"
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `file` as the pack was named, `line` from one, `key` dotted or "" for the whole file.

    An error keeps the pack from being published; a warning does not.
    """

    file: str
    line: int
    key: str
    text: str
    warning: bool = False

    def __str__(self) -> str:  # type: ignore[explicit-override] # typing.override is not in Python 3.11
        key = f"{self.key}: " if self.key else ""
        return f"{self.file}:{self.line}: {key}{'warning: ' if self.warning else ''}{self.text}"


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: plain data, and the line of each key in it."""

    path: Path
    data: Mapping[str, object]
    lines: Mapping[Key, int]

    def line(self, key: Key) -> int:
        """The line of a key, else of the nearest table around it, else 1."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key, 1)


@dataclass(slots=True)
class Report:
    """Collects problems while a pack is read."""

    problems: list[Problem] = field(default_factory=list)

    def at(self, document: Document, key: Key, text: str, *, warning: bool = False) -> None:
        """Add what is wrong with a key of a document."""
        self.problems.append(Problem(str(document.path), document.line(key), dotted(key), text, warning))

    def whole(self, path: Path, text: str, *, line: int = 1, warning: bool = False) -> None:
        """Add what is wrong with a file as a whole."""
        self.problems.append(Problem(str(path), line, "", text, warning))

    @property
    def errors(self) -> int:
        """How many errors there are so far: a reader compares before and after."""
        return sum(not problem.warning for problem in self.problems)
