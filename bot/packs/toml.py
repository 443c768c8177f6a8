"""TOML with the line of each key, which tomllib does not tell.

One rule: tomllib alone decides what a file says and whether it is TOML; the scan after it only finds lines, and so it may
assume a well-formed text.
"""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

from bot.packs.problems import Document, Key

# tomllib takes quadratic time in the parts of a dotted key; nobody nests deeper than this, and no line of a text is longer.
DOTS = 100
NESTING = 40

_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRINGS = (
    re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}', re.DOTALL),
    re.compile(r"'''.*?'{3,5}", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)
_DIGITS = re.compile(r"[0-9_]{4000}")
_PLAIN = re.compile(r"[^,\]}#\n]*")


class TomlError(ValueError):
    """Not TOML, or more of it than anybody writes: `line` says where."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


def parse(path: Path, text: str) -> Document:
    """The data and the line of each key. TomlError with the line where the text is not TOML, or nested beyond reason."""
    text = text.replace("\r\n", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > DOTS:
            raise TomlError(number, f"this line has more than {DOTS} dots: write it as several lines")
    try:
        data = tomllib.loads(text)
        scan = _Scan(text)
        scan.document()
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        found = re.search(r" \(at line (\d+), column \d+\)", message)
        place = int(found[1]) if found else text.count("\n") + 1
        plain = message.partition(" (at ")[0]
        raise TomlError(place, f"not TOML: {plain[0].lower()}{plain[1:]}") from error
    except TomlError:
        raise
    except ValueError as error:  # Python makes no number of so many digits
        place = next((at for at, line in enumerate(text.split("\n"), 1) if _DIGITS.search(line)), 1)
        raise TomlError(place, "a number with thousands of digits") from error
    except RecursionError as error:
        raise TomlError(1, "not TOML that can be read: too many brackets inside each other") from error
    return Document(path, data, scan.lines)


class _Scan:
    """Walks a text that tomllib has accepted and notes the line of each key."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Key, int] = {}
        self.arrays: dict[Key, int] = {}  # arrays of tables: the index of the newest
        self.counted = (0, 1)

    def line(self) -> int:
        """The line of the place reached, counted on from the last one asked for."""
        at, line = self.counted
        line += self.text.count("\n", at, self.at)
        self.counted = (self.at, line)
        return line

    def skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise TomlError(self.line(), "cannot be read")
        self.at = found.end()
        return found[0]

    def here(self, token: str) -> bool:
        """Whether the token comes next; it is stepped over."""
        if self.text.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def document(self) -> None:
        table: Key = ()
        while True:
            self.skip(_BLANK)
            if self.at >= len(self.text):
                return
            if self.here("[["):
                table = self.header(array=True)
            elif self.here("["):
                table = self.header(array=False)
            else:
                self.pair(table, 0)

    def header(self, *, array: bool) -> Key:
        line = self.line()
        parts = self.key()
        self.here("]]" if array else "]")
        table: Key = ()
        for part in parts[:-1]:
            table = self.enter((*table, part), line)
        table = (*table, parts[-1])
        if array:
            self.lines.setdefault(table, line)
            self.arrays[table] = self.arrays.get(table, -1) + 1
            table = (*table, self.arrays[table])
        self.lines[table] = line
        return table

    def enter(self, table: Key, line: int) -> Key:
        self.lines.setdefault(table, line)
        return (*table, self.arrays[table]) if table in self.arrays else table

    def key(self) -> list[str]:
        parts = []
        while True:
            self.skip(_SPACE)
            if self.text[self.at] in "\"'":
                quoted = self.skip(_STRINGS[2] if self.text[self.at] == '"' else _STRINGS[3])
                parts.append(next(iter(tomllib.loads(f"{quoted} = 0"))))
            else:
                parts.append(self.skip(_BARE))
            self.skip(_SPACE)
            if not self.here("."):
                return parts

    def pair(self, table: Key, depth: int) -> None:
        line = self.line()
        parts = self.key()
        for part in parts:
            table = (*table, part)
            self.lines.setdefault(table, line)
        self.here("=")
        self.skip(_SPACE)
        self.value(table, depth)

    def value(self, key: Key, depth: int) -> None:
        if depth > NESTING:
            raise TomlError(self.line(), f"more than {NESTING} brackets inside each other")
        if self.here("["):
            self.items("]", lambda n: self.item((*key, n), depth))
        elif self.here("{"):
            self.items("}", lambda _: self.pair(key, depth + 1))
        else:
            for string in _STRINGS:
                found = string.match(self.text, self.at)
                if found:
                    self.at = found.end()
                    return
            self.skip(_PLAIN)

    def item(self, key: Key, depth: int) -> None:
        self.lines[key] = self.line()
        self.value(key, depth + 1)

    def items(self, end: str, one: Callable[[int], None]) -> None:
        number = 0
        while True:
            self.skip(_BLANK)
            if self.here(end):
                return
            one(number)
            number += 1
            self.skip(_BLANK)
            self.here(",")
