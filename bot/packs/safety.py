"""safety.yaml into a Safety: what is said to people in danger, and the words by which they are known.

One rule: nothing of a hub's own file can take away a shared text or pattern; it can only put its own in the same place.
"""

import re
from collections.abc import Mapping
from typing import TypeAlias, TypeVar

from bot.core.articles import Safety
from bot.core.message import Texts
from bot.packs import wording
from bot.packs.known import ID, LANGUAGES
from bot.packs.patterns import broken
from bot.packs.problems import Document, Report
from bot.packs.table import Table

KEYS = (
    "status", "signed_by", "order", "route_of", "principles", "forbidden", "texts", "person_word", "patterns",
    "examples", "lookalikes", "translation",
)  # fmt: skip
ROUTES = ("emergency", "crisis", "red_flag", "no_diagnosis")
URGENT = ("emergency", "crisis")
GAPS = frozenset({"emergency_number", "crisis_lines", "cancer_lines", "person"})
LONGEST = 700  # characters: read by somebody in fear, on a small phone
LONGEST_PATTERN = 1000
MOST_PATTERNS = 200  # of one key and language: all of them see every message

T = TypeVar("T")
By: TypeAlias = dict[str, dict[str, T]]  # language, key


def read(
    shared: Document | None, own: Document | None, report: Report, languages: tuple[str, ...], numbers: frozenset[str]
) -> Safety | None:
    """The safety texts and patterns of a hub: its own over the shared ones, by language and key. None where there are
    errors, or no file at all."""
    before = report.errors
    parts = [_Part(document, report) for document in (shared, own) if document is not None]
    if not parts:
        return None
    order = next((it.order for it in reversed(parts) if it.order), ())
    routes = {key: route for it in parts for key, route in it.routes.items()}
    wanted = tuple(dict.fromkeys((*languages, "en")))
    for part in parts:
        part.check(order, routes, numbers, wanted)
    texts = _over([it.texts for it in parts])
    safety = Safety(
        order=order,
        route_of=tuple((key, routes[key]) for key in order if key in routes),
        texts=tuple(
            (key, Texts.of({lang: texts[lang][key] for lang in wanted if key in texts.get(lang, {})})) for key in order
        ),
        patterns=_spread(_over([it.patterns for it in parts]), order, wanted),
        examples=_spread(_over([it.examples for it in parts]), order, wanted),
        lookalikes=tuple(
            (lang, tuple(text for items in keys.values() for text in items))
            for lang, keys in _over([it.lookalikes for it in parts]).items()
            if lang in wanted
        ),
    )
    return safety if report.errors == before else None


def _over(layers: list[By[T]]) -> By[T]:
    """One mapping by language and key, later layers before earlier ones."""
    found: By[T] = {}
    for layer in layers:
        for lang, keys in layer.items():
            found.setdefault(lang, {}).update(keys)
    return found


def _flat(by: By[T]) -> list[tuple[str, str, T]]:
    return [(lang, key, value) for lang, keys in by.items() for key, value in keys.items()]


def _spread(
    lists: By[tuple[str, ...]], order: tuple[str, ...], languages: tuple[str, ...]
) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    return tuple((lang, key, lists[lang][key]) for lang in languages for key in order if lists.get(lang, {}).get(key))


class _Part:
    """One safety.yaml, as far as it goes: a hub's own may hold one text only."""

    def __init__(self, document: Document, report: Report) -> None:
        self.top = Table(document, (), document.data, KEYS, report)
        self.top.unknown()
        self.report, self.document = report, document
        self.order = self.top.list_of("order", "keys such as emergency, crisis", shape=ID)
        self.routes = self._routes()
        self.forbidden = self._words("forbidden")
        self.texts = self._texts()
        self.patterns = self._lists("patterns")
        self.examples = self._lists("examples")
        self.lookalikes = self._lists("lookalikes")

    def _open(self, name: str) -> Table:
        data = self.top.data.get(name) if self.top.has(name) else {}
        return self.top.table(name, tuple(data) if isinstance(data, dict) else ())

    def _routes(self) -> dict[str, str]:
        table = self._open("route_of")
        return {key: table.one_of(key, ROUTES, "no_diagnosis") for key in table.known}

    def _languages(self, name: str) -> list[tuple[str, Table]]:
        table = self._open(name)
        found = []
        for lang in table.known:
            if lang not in LANGUAGES:
                table.wrong(lang, "not the code of a language, such as en, pl, pt, uk")
                continue
            data = table.data[lang]
            found.append((lang, table.table(lang, tuple(data) if isinstance(data, dict) else ())))
        return found

    def _words(self, name: str) -> dict[str, tuple[str, ...]]:
        table = self._open(name)
        return {lang: table.list_of(lang, "words") for lang in table.known}

    def _texts(self) -> dict[str, dict[str, str]]:
        return {
            lang: {key: text for key in table.known if (text := table.text(key, "a text", required=True))}
            for lang, table in self._languages("texts")
        }

    def _lists(self, name: str) -> dict[str, dict[str, tuple[str, ...]]]:
        return {
            lang: {key: table.list_of(key, "texts") for key in table.known} for lang, table in self._languages(name)
        }

    def check(
        self, order: tuple[str, ...], routes: Mapping[str, str], numbers: frozenset[str], wanted: tuple[str, ...]
    ) -> None:
        """What holds for the file as a whole, once the order of keys is known."""
        if not order:
            self.top.need("order", "the keys, the most urgent first")
        for key in order:
            if key not in routes:
                self.report.at(self.document, ("route_of", key), f"missing: one of {', '.join(ROUTES)}")
        strange = f"unknown key; order has {', '.join(order)}"
        for name, parts in (("texts", self.texts), ("patterns", self.patterns), ("examples", self.examples)):
            for place in ((name, lang, key) for lang, keys in parts.items() for key in keys.keys() - set(order)):
                self.report.at(self.document, place, strange)
        for lang, key, text in _flat(self.texts):
            for wrong in self._wrong(lang, text, routes.get(key, ""), numbers):
                self.report.at(self.document, ("texts", lang, key), wrong)
        for lang, key, patterns in _flat(self.patterns):
            self._patterns(lang, key, patterns, compiled=lang in wanted)

    def _wrong(self, lang: str, text: str, route: str, numbers: frozenset[str]) -> list[str]:
        wrong = []
        urgent = route in URGENT
        if urgent and "{emergency_number}" not in text.partition("\n")[0]:
            wrong.append("the first line must hold {emergency_number}: it is what people need first (R13)")
        if urgent and "?" in text:
            wrong.append("asks something back: somebody in danger is told whom to call, and asked nothing (R15)")
        if bad := next((word for word in self.forbidden.get(lang, ()) if word.casefold() in text.casefold()), ""):
            wrong.append(f"{bad!r} may not stand in a safety text (R15)")
        if gaps := sorted(set(re.findall(r"\{([^{}]*)\}", text)) - GAPS):
            wrong.append(f"{{{gaps[0]}}} is filled by nothing; there are {', '.join(sorted(GAPS))}")
        if len(text) > LONGEST:
            wrong.append(f"{len(text)} characters; {LONGEST} at most can be taken in")
        if found := next(iter(wording.phones(text, numbers)), None):
            wrong.append(f"{found[1]!r} looks like a phone number: write {{crisis_lines}} or {{cancer_lines}} (R94)")
        return wrong

    def _patterns(self, lang: str, key: str, patterns: tuple[str, ...], *, compiled: bool) -> None:
        """A pattern that does not compile would find nobody. It takes a millisecond each: only the hub's languages."""
        if len(patterns) > MOST_PATTERNS:
            self.report.at(self.document, ("patterns", lang, key), f"{len(patterns)} patterns; {MOST_PATTERNS} at most")
        for number, pattern in enumerate(patterns):
            wrong = f"{len(pattern)} characters; {LONGEST_PATTERN} at most" if len(pattern) > LONGEST_PATTERN else ""
            if not wrong and compiled:
                wrong = broken(pattern)
            if wrong:
                self.report.at(self.document, ("patterns", lang, key, number), wrong)
