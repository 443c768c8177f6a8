"""Makes texts that a regular expression may match, so that a trial can answer questions with one.

One rule: best effort. What it makes is a candidate; whether it fits is decided by running the pattern.
"""

from dataclasses import dataclass
from random import Random
from typing import Final

_MANY: Final = 4  # how much more than its least a repetition without an end may give
_LEAST: Final = 200  # no text needs more of one piece
_CLASSES: Final = {
    "d": "0123456789",
    "w": "abcdefghijkmnopqrstuvwxyzABCDEF0123456789_",
    "s": " ",
    "D": "abcxyz-",
    "W": " -.,",
    "S": "abcxyz019",
    "t": "\t",
    "n": "\n",
    "r": "\r",
}
_ANY: Final = "abcdefghij klmnop0123456789"
_LETTERS: Final = "aąbcdeéfghijłmnoprstuvwxyz"


@dataclass(slots=True)
class _Reader:
    pattern: str
    random: Random
    at: int = 0
    depth: int = 0

    def peek(self, ahead: int = 0) -> str:
        return self.pattern[self.at + ahead : self.at + ahead + 1]

    def take(self) -> str:
        char = self.peek()
        self.at += 1
        return char

    def either(self) -> list[str]:
        """Pieces of one of the alternatives, chosen by chance; all are read."""
        ways = [self.row()]
        while self.peek() == "|":
            self.at += 1
            ways.append(self.row())
        return self.random.choice(ways)

    def row(self) -> list[str]:
        made: list[str] = []
        while self.at < len(self.pattern) and self.peek() not in ("|", ")"):
            start = self.at
            piece = self.atom()
            low, high = self.often()
            end = self.at
            for turn in range(self.random.randint(low, high)):
                if turn:  # read it again, so that each turn makes its own choice
                    self.at = start
                    piece = self.atom()
                    self.at = end
                made += piece
            self.at = end
        return made

    def often(self) -> tuple[int, int]:
        """How often the piece before comes."""
        low, high = 1, 1
        match self.peek():
            case "?":
                low, high = 0, 1
            case "*":
                low, high = 0, _MANY
            case "+":
                low, high = 1, 1 + _MANY
            case "{" if "}" in self.pattern[self.at :]:
                end = self.pattern.index("}", self.at)
                first, comma, last = self.pattern[self.at + 1 : end].partition(",")
                if not (first or last or "x").replace(" ", "").isdecimal():
                    return 1, 1
                low = int(first or 0)
                high = int(last) if last else low + _MANY if comma else low
                self.at = end
            case _:
                return 1, 1
        self.at += 1
        if self.peek() and self.peek() in "?+":
            self.at += 1
        return min(low, _LEAST), min(max(low, high), _LEAST)

    def atom(self) -> list[str]:
        char = self.take()
        match char:
            case "(":
                return self.group()
            case "[":
                return [self.one_of()]
            case ".":
                return [self.random.choice(_ANY)]
            case "^" | "$":
                return []
            case "\\":
                return self.escaped()
            case _:
                return [char]

    def escaped(self) -> list[str]:
        char = self.take()
        if char in "bBAzZG":
            return []
        if char in "pP":
            self._property()
            return [self.random.choice(_LETTERS)]
        return [self.random.choice(_CLASSES.get(char, char or "\\"))]

    def _property(self) -> None:
        if self.peek() == "{" and "}" in self.pattern[self.at :]:
            self.at = self.pattern.index("}", self.at) + 1
        else:
            self.at += 1

    def group(self) -> list[str]:
        kept = True
        if self.peek() == "?":
            self.at += 1
            if self.peek() in ("=", "!") or self.pattern[self.at : self.at + 2] in ("<=", "<!"):
                kept = False
                self.at += 1 if self.peek() != "<" else 2
            elif self.peek() in ("<", "P"):
                self.at = (self.pattern + ">").index(">", self.at) + 1
            else:
                self.at += 1
        made = self.either()
        self.at += 1  # the closing bracket
        return made if kept else []

    def one_of(self) -> str:
        wanted = self.peek() != "^"
        self.at += 0 if wanted else 1
        have: list[str] = []
        while self.at < len(self.pattern) and (self.peek() != "]" or not have):
            char = self.take()
            if char == "\\":
                char = self.take()
                if char in "pP":
                    self._property()
                    have += _LETTERS
                    continue
                if char in _CLASSES:
                    have += _CLASSES[char]
                    continue
            if self.peek() == "-" and self.peek(1) not in ("]", ""):
                self.at += 1
                have += [chr(code) for code in range(ord(char), min(ord(self.take()), ord(char) + 500) + 1)]
            else:
                have.append(char)
        self.at += 1
        return self.random.choice(have if wanted else [char for char in _ANY + "ABC.-" if char not in have] or ["~"])


def sample(pattern: str, random: Random) -> str:
    """A text that `pattern` may match. Raises nothing; the same for the same state of `random`."""
    reader = _Reader(pattern[:500], random)
    try:
        return "".join(reader.either())[:2_000]
    except (ValueError, IndexError, RecursionError):
        return ""
