"""A table of a pack file, read key by key: each method says what it expects, and reports where something else stands.

One rule: a wrong value is reported and stands in as the default; whoever reads compares the report's errors before and
after, and builds nothing from a table that had any.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from bot.core.message import Moment, Texts
from bot.packs.known import HTTPS, LANGUAGES, instant
from bot.packs.problems import Document, Key, Report
from bot.packs.wording import SCHEME, not_allowed

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")  # but for tab and line feed
LONGEST = 4000  # characters of one text: a message holds 4,096


@dataclass(frozen=True, slots=True)
class Setting:
    """What a file of a pack is read for: the hub's languages (the default first), its time zone, and the digits of its
    lines, which no other text may hold. `shared`: the file is one that all hubs share."""

    languages: tuple[str, ...]
    zone: str
    numbers: frozenset[str] = frozenset()
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping in a document, at `key`. `known` are the keys that it may have.

    `languages`: the hub's, the default first. `shared`: what all hubs share may speak more languages, or fewer.
    """

    document: Document
    key: Key
    data: Mapping[str, object]
    known: tuple[str, ...]
    report: Report
    languages: tuple[str, ...] = ()
    shared: bool = False

    def wrong(self, name: str | int, text: str, *, warning: bool = False) -> None:
        """Report a problem with one key of the table."""
        self.report.at(self.document, (*self.key, name), text, warning=warning)

    def unknown(self) -> None:
        """Warn of each key that nobody reads; most are typing errors."""
        for name in self.data:
            if name not in self.known:
                self.wrong(name, f"unknown key, nobody reads it; known here: {', '.join(self.known)}", warning=True)

    def has(self, name: str) -> bool:
        """Whether the key is there."""
        if name not in self.known:
            raise KeyError(f"{name} is read and not declared in the keys of this table")
        return self.data.get(name) is not None

    def need(self, name: str, what: str) -> None:
        """Report a key that must be there, at the table's own line."""
        self.report.at(self.document, (*self.key, name), f"missing: {what}")

    def text(
        self,
        name: str,
        what: str,
        *,
        shape: re.Pattern[str] | None = None,
        required: bool = False,
        longest: int = LONGEST,
    ) -> str:
        """One text, in full the shape; "" where there is none. `what` says what is expected, for a person."""
        if not self.has(name):
            if required:
                self.need(name, what)
            return ""
        value = self.data[name]
        if not isinstance(value, str) or (required and not value.strip()) or (shape and not shape.fullmatch(value)):
            self.wrong(name, f"expected {what}, not {_shown(value)}")
            return ""
        if bad := _bad(value, longest):
            self.wrong(name, bad)
            return ""
        return value

    def whole(self, name: str, default: int, low: int, high: int, what: str) -> int:
        """A whole number from `low` to `high`."""
        if not self.has(name):
            return default
        value = self.data[name]
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.wrong(name, f"expected {what}, a whole number from {low} to {high}, not {_shown(value)}")
            return default
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """True or false."""
        if not self.has(name):
            return default
        value = self.data[name]
        if not isinstance(value, bool):
            self.wrong(name, f"expected true or false, not {_shown(value)}")
            return default
        return value

    def one_of(self, name: str, values: tuple[str, ...], default: str = "") -> str:
        """One of a few words; without a default the key is required."""
        if not self.has(name):
            if not default:
                self.need(name, f"one of {', '.join(values)}")
            return default
        value = self.data[name]
        if value not in values:
            self.wrong(name, f"expected one of {', '.join(values)}, not {_shown(value)}")
            return default
        return str(value)

    def day(self, name: str) -> date | None:
        """A day, written 2026-11-24 without quotation marks."""
        if not self.has(name):
            return None
        value = self.data[name]
        if not isinstance(value, date) or isinstance(value, datetime):
            self.wrong(name, f"expected a day such as 2026-11-24, without quotation marks, not {_shown(value)}")
            return None
        return value

    def local(self, name: str) -> datetime | None:
        """A civil time, written 2027-05-21T10:00:00 without quotation marks and without an offset."""
        if not self.has(name):
            return None
        value = self.data[name]
        if not isinstance(value, datetime) or value.tzinfo is not None:
            plain = "a local time such as 2027-05-21T10:00:00, without quotation marks and without an offset"
            self.wrong(name, f"expected {plain}, not {_shown(value)}")
            return None
        return value

    def moment(self, name: str, zone: str) -> Moment | None:
        """A civil time as the instant that it is in `zone`; one that does not exist or happens twice is wrong."""
        local = self.local(name)
        if local is None:
            return None
        at = instant(local, zone)
        if isinstance(at, str):
            self.wrong(name, at)
            return None
        return Moment(at, zone)

    def clock(self, name: str, default: time) -> time:
        """An hour of the day, written "21:00"."""
        text = self.text(name, 'an hour of the day such as "21:00"', shape=re.compile(r"([01]\d|2[0-3]):[0-5]\d"))
        return time.fromisoformat(text) if text else default

    def url(self, name: str, what: str, *, required: bool = False) -> str:
        """A web address that begins with https://."""
        return self.text(name, f"{what}, an address that begins with https://", shape=HTTPS, required=required)

    def list_of(self, name: str, what: str, *, shape: re.Pattern[str] | None = None) -> tuple[str, ...]:
        """A list of texts."""
        if not self.has(name):
            return ()
        value = self.data[name]
        if not isinstance(value, list):
            self.wrong(name, f"expected a list of {what}, not {_shown(value)}")
            return ()
        good = []
        for number, item in enumerate(value):
            if not isinstance(item, str) or not item.strip() or (shape and not shape.fullmatch(item)):
                self.report.at(self.document, (*self.key, name, number), f"expected {what}, not {_shown(item)}")
            elif bad := _bad(item, LONGEST):
                self.report.at(self.document, (*self.key, name, number), bad)
            else:
                good.append(item)
        return tuple(good)

    def table(self, name: str, known: tuple[str, ...]) -> "Table":
        """The table under a key, empty where there is none. Its unknown keys are warned of."""
        value = self.data.get(name, {}) if self.has(name) else {}
        if not isinstance(value, Mapping):
            self.wrong(name, f"expected a table, [{name}], not {_shown(value)}")
            value = {}
        inner = Table(self.document, (*self.key, name), value, known, self.report, self.languages, self.shared)
        inner.unknown()
        return inner

    def tables(self, name: str, known: tuple[str, ...]) -> tuple["Table", ...]:
        """The tables of a list, [[name]]. Their unknown keys are warned of."""
        value = self.data.get(name, []) if self.has(name) else []
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            self.wrong(name, f"expected tables, each begun by [[{name}]], not {_shown(value)}")
            return ()
        found = tuple(
            Table(self.document, (*self.key, name, number), item, known, self.report, self.languages, self.shared)
            for number, item in enumerate(value)
        )
        for inner in found:
            inner.unknown()
        return found

    def texts(self, name: str, what: str, *, required: bool = True, longest: int = LONGEST) -> Texts:
        """A text per language, [name] with a line for each: the hub's languages in their order, then English. Missing
        ones: an error for the hub's default language, a warning for another."""
        if not self.has(name):
            if required:
                self.need(name, f"{what}, in a table [{name}] with a line per language")
            return Texts()
        value = self.data[name]
        if not isinstance(value, Mapping):
            self.wrong(name, f'expected a text per language, as in {{ en = "..." }}, not {_shown(value)}')
            return Texts()
        inner = Table(self.document, (*self.key, name), value, tuple(value), self.report, self.languages, self.shared)
        return inner.per_language(what, tuple(value), longest)

    def per_language(self, what: str, have: Iterable[str], longest: int = LONGEST) -> Texts:
        """The keys `have` of the table itself as a text per language."""
        good: dict[str, str] = {}
        have, languages = tuple(have), self.languages
        for lang in have:
            if lang not in LANGUAGES:
                self.wrong(lang, "not the code of a language, such as en, pl, pt, uk")
                continue
            text = self.text(lang, f"{what}, a text", required=True, longest=longest)
            if link := SCHEME.search(text):
                self.wrong(lang, not_allowed(link[0]))
            elif text:
                good[lang] = text
            if not self.shared and languages and lang not in languages:
                self.wrong(lang, f"never shown: the hub speaks {', '.join(languages)}", warning=True)
        for lang in () if self.shared else languages:
            if lang not in have:
                self.wrong(lang, f"missing: {what} in this language", warning=lang != languages[0])
        order = dict.fromkeys((*(languages or good), "en"))
        chosen = {lang: good[lang] for lang in order if lang in good}
        return Texts.of(chosen or good)


def _bad(text: str, longest: int) -> str:
    """What is wrong with the characters of a text: too many, or control and direction characters, which nobody sees."""
    if len(text) > longest:
        return f"{len(text)} characters, at most {longest} can be shown: make it shorter"
    found = UNSEEN.search(text)
    return f"a character that cannot be seen (U+{ord(found[0]):04X}): take it out" if found else ""


def _shown(value: object) -> str:
    """A value as a message shows it: short, and in the words of the file."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, int) and abs(value) >= 10**15:
        return "a number of many digits"  # Python writes none of more than 4,300
    text = value.isoformat() if isinstance(value, datetime | date | time) else str(value)
    text = "".join(char if char.isprintable() else "?" for char in text)
    return repr(text if len(text) <= 40 else text[:37] + "...") if isinstance(value, str) else text[:40]
