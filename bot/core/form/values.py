"""What an expression can give, and how one kind of value becomes another.

One rule: an answer that is empty is not zero. As a number it is none, so that comparisons with it are false.
"""

import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Final, Protocol, TypeAlias

EPOCH: Final = date(1970, 1, 1)
SPACES: Final = " \t\r\n"


class Node(Protocol):
    """One element of the answers, or of a list of choices."""

    @property
    def name(self) -> str: ...
    @property
    def parent(self) -> "Node | None": ...
    @property
    def index(self) -> int:
        """Its place among the siblings of the same name, from 1."""
        ...

    def child(self, name: str) -> Sequence["Node"]: ...
    def children(self) -> Sequence["Node"]: ...
    def text(self) -> str: ...


class Stamp(float):
    """A moment as days since 1970 on the civil calendar; as text it is the date, or date and time, that it was made of."""

    __slots__ = ("words",)
    words: str

    def __new__(cls, days: float, words: str) -> "Stamp":
        """`words` is the ISO text."""
        stamp = super().__new__(cls, days)
        stamp.words = words
        return stamp


Value: TypeAlias = "str | float | bool | list[Node]"


_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d{1,4})?|\.\d+(?:[eE][+-]?\d{1,4})?|Infinity)", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z|[-+]\d\d:\d\d)?)?", re.ASCII
)


def as_text(value: Value) -> str:
    """The value as XForms stores it: an empty text for what is no number, "true" and "false", the first of the nodes."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return value[0].text() if value else ""
    if isinstance(value, Stamp):
        return value.words
    return number_text(value)


def number_text(number: float) -> str:
    """A number as JavaScript writes it, which is how ODK Web Forms stores what it calculates: 12, 0.5, 1e+21; "" for NaN."""
    if math.isnan(number):
        return ""
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == int(number) and abs(number) < 2**53:
        return str(int(number))
    shortest = repr(number)
    if 1e-6 <= abs(number) < 1e21:  # where JavaScript writes no exponent; Python does from 1e16 and below 1e-4
        return f"{Decimal(shortest):f}".removesuffix(".0")
    digits, _, power = shortest.partition("e")
    return f"{digits.removesuffix('.0')}e{'-' if power[0] == '-' else '+'}{power.lstrip('+-').lstrip('0')}"


def as_bool(value: Value) -> bool:
    """XPath's boolean(): a node-set counts by being there at all, whatever its text."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return bool(value)


def as_number(value: Value) -> float:
    """XPath's number(), to which OpenRosa adds that an ISO date is its days since 1970. NaN for what is neither."""
    if isinstance(value, float):
        return value
    if isinstance(value, bool):
        return float(value)
    return read_number(as_text(value))


def read_number(text: str) -> float:
    """A text as a number, or NaN. Digits of other scripts are none: what is stored was made canonical when it came."""
    text = text.strip(SPACES)
    if not text:
        return math.nan
    if _NUMBER.fullmatch(text):
        return float(text)
    stamp = read_stamp(text, None)
    return math.nan if stamp is None else float(stamp)


def read_stamp(text: str, here: datetime | None) -> Stamp | None:
    """The moment that an ISO date or date and time names, or None. `here` lends the zone into which an offset is turned."""
    hit = _MOMENT.fullmatch(text)
    if hit is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = hit.groups()
    try:
        moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001
        moment += timedelta(microseconds=int((fraction or "0")[:6].ljust(6, "0")))
        if offset:
            aware = moment.replace(tzinfo=_offset(offset))
            moment = aware.astimezone(here.tzinfo if here is not None else UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    return stamp_of(moment, text)


def _offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 14 or minutes > 59:
        raise ValueError(text)
    delta = timedelta(hours=hours, minutes=minutes)
    return timezone(-delta if text[0] == "-" else delta)


def stamp_of(civil: datetime, words: str) -> Stamp:
    """`civil` is naive: the day and time that a calendar and a clock on the wall show."""
    days = (civil.date() - EPOCH).days
    seconds = civil.hour * 3600 + civil.minute * 60 + civil.second + civil.microsecond / 1e6
    return Stamp(days + seconds / 86_400, words)


def moment_text(moment: datetime) -> str:
    """An aware instant as XForms stores it: 2026-11-24T09:00:00.000+00:00."""
    return moment.isoformat(timespec="milliseconds")
