"""A day as somebody types it.

One rule: the day comes before the month, as all of Europe but the machines writes it; a year first means ISO order. What
could be read in two ways, or contradicts its own weekday, is no day: it is asked again.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from babel import Locale
from babel.dates import get_day_names, get_month_names

from locales.folding import fold
from locales.numerals import plain_digits
from locales.tags import locale_of
from locales.words import Words

LONGEST = 80  # characters; "Wednesday, the 23rd of September 2027" has 37
_YEAR_FIRST = re.compile(r"(\d{4})(?:\. ?|[-/ ])(\d{1,2})(?:\. ?|[-/ ])(\d{1,2})\.?")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:\. ?|[-/ ])(\d{1,2})(?:(?:\. ?|[-/ ])(\d{4}|\d{2}))?\.?")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_PAST, _AHEAD = 80, 19  # a year of two digits is the one from 80 years back to 19 years ahead of now


@dataclass(frozen=True, slots=True)
class Calendar:
    """Reads days in some languages: their names of months and weekdays, and their words for today and tomorrow."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    words: Mapping[str, int]
    filler: frozenset[str]

    @classmethod
    def of(cls, words: Words, *langs: str) -> "Calendar":
        """For these languages; where one word means two things, the earlier language's meaning counts."""
        months: dict[str, int] = {}
        weekdays: dict[str, int] = {}
        ahead: dict[str, int] = {}
        filler: set[str] = set()
        for lang in langs:
            locale = locale_of(lang, "")
            months = {**_months(locale), **months}
            weekdays = {**_weekdays(locale), **weekdays}
            ahead = {**words.of(lang).days, **ahead}
            filler |= words.of(lang).filler
        return cls(months, weekdays, ahead, frozenset(filler))

    def read(self, text: str, today: date) -> date | None:
        """The day that the whole text names, or None. Without a year: the next such day, today included; a weekday
        alone: the next one after today."""
        if len(text) > LONGEST:
            return None
        plain = plain_digits(text)
        if match := _YEAR_FIRST.fullmatch(plain):
            return _date(int(match[1]), int(match[2]), int(match[3]))
        if match := _DAY_FIRST.fullmatch(plain):
            return _day(int(match[1]), int(match[2]), match[3], today)
        words = fold(plain)
        if words in self.words:
            return _shifted(today, self.words[words])
        return self._in_words([token for token in self._names(words) if token not in self.filler], today)

    def _names(self, words: str) -> list[str]:
        """The words, with a name of several ("sexta-feira", "Dé Céadaoin") as one."""
        tokens = _TOKEN.findall(words)
        names = []
        while tokens:
            sizes = (
                size for size in (3, 2) if (name := " ".join(tokens[:size])) in self.weekdays or name in self.months
            )
            size = next(sizes, 1)
            names.append(" ".join(tokens[:size]))
            tokens = tokens[size:]
        return names

    def _in_words(self, tokens: list[str], today: date) -> date | None:
        """A day by names: "piątek, 21 maja 2027", "21 May", "May 21", "Friday"."""
        if len(tokens) > 4:
            return None
        numbers = [token for token in tokens if token.isdecimal()]
        named = [token for token in tokens if not token.isdecimal()]
        weekdays = [day for token in named if (day := _meant(token, self.weekdays)) is not None]
        months = [month for token in named if (month := _meant(token, self.months)) is not None]
        if len(weekdays) == len(named) == 1 and not numbers:
            return _shifted(today, (weekdays[0] - today.weekday() - 1) % 7 + 1)
        # A word may be both ("mar" is March or Tuesday): it is taken for what is lacking.
        if not (len(months) == 1 and len(named) - 1 <= len(weekdays) <= 2 and 1 <= len(numbers) <= 2):
            return None
        first, year = numbers[0], numbers[1] if len(numbers) == 2 else None
        if year is not None and len(year) not in (2, 4):
            return None
        found = _day(int(first), months[0], year, today) if len(first) <= 2 else None
        right = len(named) == 1 or (found is not None and found.weekday() in weekdays)
        return found if right else None


def _meant(token: str, names: Mapping[str, int]) -> int | None:
    """What a name or an unmistakable beginning of one, of three letters or more, means."""
    if token in names:
        return names[token]
    begun = {value for name, value in names.items() if len(token) >= 3 and name.startswith(token)}
    return begun.pop() if len(begun) == 1 else None


def _day(day: int, month: int, year: str | None, today: date) -> date | None:
    if year is None:
        nexts: Iterable[date | None] = (_date(today.year + ahead, month, day) for ahead in range(9))  # 29 February
        return next((it for it in nexts if it and it >= today), None)
    if len(year) == 4:
        return _date(int(year), month, day)
    ages = range(today.year - _PAST, today.year + _AHEAD + 1)
    return next((_date(full, month, day) for full in ages if full % 100 == int(year)), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _shifted(today: date, ahead: int) -> date | None:
    try:
        return today + timedelta(days=ahead)
    except OverflowError:
        return None


@cache
def _months(locale: Locale) -> dict[str, int]:
    """Every form of a month's name: full and short, alone and within a date."""
    forms = [
        get_month_names(width, context, locale)
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
    ]
    return {word: number for names in forms for number, name in names.items() if (word := _word(name))}


@cache
def _weekdays(locale: Locale) -> dict[str, int]:
    forms = [
        get_day_names(width, context, locale)
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
    ]
    found = {word: number for names in forms for number, name in names.items() if (word := _word(name))}
    firsts: dict[str, set[int]] = {}
    for word, number in found.items():
        firsts.setdefault(word.split()[0], set()).add(number)
    alone = {first: numbers.pop() for first, numbers in firsts.items() if len(numbers) == 1}
    return alone | found  # "segunda" for "segunda-feira", but no "dé" for all seven of "Dé Luain"


def _word(name: str) -> str:
    """A name as tokens with blanks between; "" where CLDR has numbers for names."""
    return " ".join(_TOKEN.findall(fold(name))) if not name.isdecimal() else ""
