"""A number as somebody types it.

One rule: a text is a number only when all of it is. Two numbers, a number with a unit, an exponent are none.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from babel import Locale
from babel.numbers import get_decimal_symbol

MOST = 30  # digits; no question wants more, and an int of a million digits would keep a worker busy
LONGEST = 80  # characters: 30 digits, each third with a mark, and blanks around
_BLANKS = re.compile(r"(?<=\d)[ '’](?=\d{3}(?!\d))")
_MINUS = str.maketrans({"−": "-", "–": "-", "﹣": "-", "－": "-", "٫": ",", "٬": "’", "。": "."})
_OVERRIDES = "\u202d\u202e"
_SHAPE = re.compile(r"([+-]?)(\d+(?:[.,]\d+)*|[.,]\d+)[.)]?")


@dataclass(frozen=True, slots=True)
class Numerals:
    """Reads numbers by one locale's marks."""

    decimal: str

    @classmethod
    def of(cls, locale: Locale) -> "Numerals":
        return cls("," if get_decimal_symbol(locale) == "," else ".")

    def read(self, text: str) -> Decimal | None:
        """The number that the whole text is: "3", "1 234,5", "1.234,5", "٣", "2)". None for anything else.

        Blanks and apostrophes group by threes. A point or comma is the decimal mark, except where it stands before exactly
        three digits and is not this language's: then it groups, unless nothing or only a zero stands before it.
        """
        if len(text) > LONGEST or any(map(str.isalpha, text)):  # most of what is looked at is words
            return None
        digits = plain_digits(text)
        while (grouped := _BLANKS.sub("", digits)) != digits:
            digits = grouped
        match = _SHAPE.fullmatch(digits)
        if not match or sum(map(str.isdigit, digits)) > MOST:
            return None
        number = self._marks(match[2])
        return Decimal(match[1] + number) if number else None

    def _marks(self, number: str) -> str | None:
        """Digits with at most one point, or None where the marks make no number."""
        marks = [char for char in number if char in ".,"]
        if not marks:
            return number
        last = marks[-1]
        if len(set(marks)) == 2:  # 1.234,5: the last one is the decimal mark, whatever the language
            whole, _, rest = number.rpartition(last)
            groups = whole.split(marks[0])
            return "".join(groups) + "." + rest if last not in whole and _by_threes(groups) else None
        groups = number.split(last)
        if len(marks) > 1:
            return "".join(groups) if _by_threes(groups) else None
        if last != self.decimal and _by_threes(groups):
            return "".join(groups)
        return ".".join(groups)


def plain_digits(text: str) -> str:
    """The text with any script's digits and spaces as plain ones, without invisible marks; an override stays, since with it
    the person saw another number than the digits make."""
    kept = []
    for char in text.translate(_MINUS).strip():
        value = unicodedata.decimal(char, None)
        if value is not None:
            kept.append(str(value))
        elif char.isspace():
            kept.append(" ")
        elif char in _OVERRIDES or unicodedata.category(char) not in ("Cf", "Cc"):
            kept.append(char)
    return "".join(kept).strip()


def _by_threes(groups: list[str]) -> bool:
    first, *rest = groups
    return 1 <= len(first) <= 3 and first.strip("0") != "" and all(len(group) == 3 for group in rest)
