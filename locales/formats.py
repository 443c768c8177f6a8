"""Values as a language writes them: numbers, days, moments, months, lists, links. All of it is CLDR's.

One rule: no date, list or number is put together from parts of our own, and nothing raises.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_decimal

from bot.core.message import Link, Moment, Month

LONGEST = 40  # digits of a number that is written out; a longer one is nobody's answer and could fill the memory


@lru_cache(maxsize=4_096)
def number(value: int | float | Decimal, locale: Locale) -> str:
    """A number with the language's marks and its decimals, without zeros at the end. The same few come all the time."""
    exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite() or abs(exact.adjusted()) > LONGEST:
        return str(value)[:LONGEST]
    return format_decimal(exact, locale=locale, decimal_quantization=False)


def day(value: date, locale: Locale) -> str:
    """A day in full, with its weekday: "Friday, 21 May 2027"."""
    return format_date(value, "full", locale=locale)


def month(value: Month, locale: Locale) -> str:
    """A month of a year: "November 2026"."""
    return format_skeleton("yMMMM", value.day, locale=locale)


def moment(value: Moment, locale: Locale) -> str:
    """A day and a time with the place whose time it is (R83): "Friday, 21 May 2027, 10:00 (Warsaw)"."""
    glue = str(get_datetime_format("full", locale=locale)).replace("'", "")
    return glue.replace("{1}", moment_day(value, locale)).replace(
        "{0}", f"{moment_time(value, locale)} ({place(value, locale)})"
    )


def moment_day(value: Moment, locale: Locale) -> str:
    """The day of a moment, in its own zone."""
    return day(_local(value).date(), locale)


def moment_time(value: Moment, locale: Locale) -> str:
    """The time of day of a moment in its own zone: "10:00"."""
    return format_time(_local(value), "short", tzinfo=_local(value).tzinfo, locale=locale)


def place(value: Moment, locale: Locale) -> str:
    """The place by which people know the moment's zone: "Warsaw", not "Central European Summer Time"."""
    return get_timezone_location(_zone(value.zone), locale=locale, return_city=True)


def _local(value: Moment) -> datetime:
    at = value.at if value.at.tzinfo else value.at.replace(tzinfo=UTC)
    return at.astimezone(_zone(value.zone))


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def listed(items: Sequence[str], locale: Locale) -> str:
    """Several things in a row: "a, b and c"."""
    return format_list([*items], "standard", locale)


def link(value: Link, title: str) -> str:
    """The words of a link and its address: "Sign-up page: https://..."."""
    return f"{title}: {value.url}" if title else value.url
