"""A Line becomes text.

One rule: the catalogue's words are the only template. A line of it whose gaps are all empty is left out; a gap that has a
line to itself may hold paragraphs, or a list with one item a line; any other gap holds one line.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from babel import Locale

from bot.core.message import Line, Link, Moment, Month, Texts
from locales import formats
from locales.catalogue import GAP, Catalogues
from locales.gaps import Part, tidy, value_of
from locales.tags import locale_of, own_name

log = logging.getLogger(__name__)
DEEPEST = 8  # lines within lines; a summary within a message within a notice has three
# Where the bot presents itself, or takes up a language: there it says, once, that its words are a machine's (R87).
PRESENTS = frozenset({"welcome.hello", "welcome.program", "help.purpose", "language.set", "language.switched"})
_LANGUAGE = "language."  # ids of languages' names: CLDR knows those that no catalogue names


@dataclass(frozen=True, slots=True)
class Renderer:
    """Lines into the language `langs[0]`, and where that lacks words, into the next of `langs`; numbers and days by `locale`.

    Never raises on a line that is missing or a value that is odd: a person gets the rest of the message.
    """

    catalogues: Catalogues
    langs: tuple[str, ...]
    locale: Locale

    @classmethod
    def of(cls, catalogues: Catalogues, lang: str, default: str, country: str) -> "Renderer":
        """For one language of a hub whose own first language is `default`, in its country."""
        return cls(catalogues, tuple(dict.fromkeys((lang, default))), locale_of(lang, country))

    def line(self, line: Line) -> str:
        """One line as a person reads it; "" where nothing is left of it."""
        return self.lines((line,))

    def label(self, line: Line) -> str:
        """The words of a button: one line, and no introduction of its language."""
        text = " ".join(_Writing(self, bare=True).line(line).split())
        named = line.id.startswith(_LANGUAGE) and not line.params  # many languages write their own names small
        return text[:1].upper() + text[1:] if named else text

    def lines(self, lines: Sequence[Line]) -> str:
        """The lines of one message, each its own paragraph: a blank line between any two."""
        writing = _Writing(self)
        return "\n\n".join(text for text in map(writing.line, lines) if text)

    @property
    def rightward(self) -> bool:
        """Whether the language is written from right to left, so that what is put in must be fenced off."""
        return _rightward(self.langs[0])


@cache
def _rightward(lang: str) -> bool:
    return locale_of(lang, "").text_direction == "rtl"


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a catalogue's text: its gaps by name, and the text between them. `alone`: it is one gap and nothing else."""

    names: tuple[str, ...]
    between: tuple[str, ...]
    alone: bool


@cache
def _rows(text: str) -> tuple[_Row, ...]:
    """The lines of a catalogue's text. There are as many texts as catalogues have: they are taken apart once."""
    return tuple(map(_taken_apart, text.split("\n")))


def _taken_apart(row: str) -> _Row:
    between = GAP.split(row)
    names = tuple(between[1::2])
    return _Row(names, tuple(between[::2]), len(names) == 1 and row.strip() == f"{{{names[0]}}}")


class _Writing:
    """One message in the making: it remembers which other language it has introduced."""

    def __init__(self, to: Renderer, *, bare: bool = False) -> None:
        self.to, self.bare = to, bare
        self.introduced = ""
        mine = to.catalogues.by_lang.get(to.langs[0])
        self.owes = mine is not None and mine.machine  # to say so
        self.isolates = to.rightward

    def line(self, line: Line, depth: int = 0) -> str:
        params = dict(line.params)
        count = params.get("count")
        whole = int(count) if isinstance(count, int | Decimal) and count == int(count) else None
        found = self.to.catalogues.find(line.id, whole, *self.to.langs)
        if found is None:
            if line.id.startswith(_LANGUAGE):
                return own_name(line.id.removeprefix(_LANGUAGE))
            log.error("no catalogue has the line %s", line.id)
            return ""
        rows = [self._row(row, params, depth) for row in _rows(found[1])]
        if self.owes and line.id in PRESENTS:
            self.owes = False
            rows.append(self.line(Line("core.machine")))
        return "\n".join(row for row in rows if row is not None).strip("\n")

    def _row(self, row: _Row, params: dict[str, Any], depth: int) -> str | None:
        """One line of the catalogue's text, filled; None where all that it would have said is empty."""
        text = row.between[0]
        if not row.names:
            return text
        values = [self._value(value_of(name, params), alone=row.alone, depth=depth) for name in row.names]
        if not any(values):
            return None
        for value, after in zip(values, row.between[1:], strict=True):
            text += self._fenced(value) + after
        return text

    def _fenced(self, text: str) -> str:
        return f"\u2068{text}\u2069" if self.isolates and text else text

    def _value(self, value: Any, *, alone: bool, depth: int) -> str:  # noqa: C901  what a flow put in: one case a type
        locale = self.to.locale
        match value:
            case None:
                return ""
            case bool():
                return self.line(Line("core.yes" if value else "core.no"), depth + 1)
            case str():
                return tidy(value, lines=alone)
            case int() | float() | Decimal():
                return formats.number(value, locale)
            case datetime():
                return formats.moment(Moment(value, "UTC"), locale)
            case date():
                return formats.day(value, locale)
            case Moment():
                return formats.moment(value, locale)
            case Part(name="day"):
                return formats.moment_day(value.moment, locale)
            case Part(name="time"):
                return formats.moment_time(value.moment, locale)
            case Part():
                return formats.place(value.moment, locale)
            case Month():
                return formats.month(value, locale)
            case Link(url=url, title=title):
                return formats.link(Link(tidy(url, lines=False)), tidy(title, lines=False))
            case Texts():
                return self._texts(value, alone=alone)
            case Line():
                return self.line(value, depth + 1) if depth < DEEPEST else "…"
            case tuple() | list():
                items = [text for text in (self._value(it, alone=False, depth=depth + 1) for it in value) if text]
                return "\n".join(items) if alone else formats.listed(items, locale)
            case _:
                return self._named(value, depth)

    def _named(self, thing: object, depth: int) -> str:
        """A Thing as a whole: by its title or name."""
        known = {field.name for field in fields(thing)} if is_dataclass(thing) else set()
        name = next((name for name in ("title", "name", "label", "id") if name in known), None)
        return self._value(getattr(thing, name), alone=False, depth=depth + 1) if name and depth < DEEPEST else ""

    def _texts(self, texts: Texts, *, alone: bool) -> str:
        """A hub's text in the nearest language that it has. A whole text in another one is introduced, once a message."""
        lang, text = texts.pick(*self.to.langs)
        text = tidy(text, lines=alone)
        if not alone or self.bare or not text or lang in (self.to.langs[0], self.introduced):
            return text
        self.introduced = lang
        return f"{self.line(Line('core.in-language', language=Line(_LANGUAGE + lang)))}\n{text}"
