"""The words of danger: what every text meets before anything else, in every language of the hub and in English (R12).

One rule: it takes microseconds. A text is looked through once for the strings that patterns need; only a pattern whose
string is there is searched, with a deadline.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from time import thread_time

import regex

from bot.core.articles import Safety
from bot.core.hub import HelpLine, Hub
from bot.core.message import Danger, Line, Texts
from bot.knowledge.fold import MAX_TEXT, normalised
from bot.knowledge.literals import needed

# Of this thread's own time: a busy machine, or a pattern that is compiled for the first time, must not hide a cry.
DEADLINE = 0.02  # seconds a search: a thousand times what the shipped patterns need for an ordinary message
BUDGET = 0.1  # seconds a text: nobody writes what needs it, but somebody may paste it
LONGEST = 2.0  # seconds of waiting for a busy machine
LONGEST_TEXT = 65_536  # characters that are looked at, and the end of what is longer still; no network delivers more
OVERLAP = 200  # characters that two pieces share, so that a cry is whole in one of them
_GRAM = 3  # letters by which a needed string is found: none is shorter
_KINDS = {"{crisis_lines}": ("crisis", "crisis_child"), "{cancer_lines}": ("cancer", "health")}


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One pattern of one language; `key` is what fires."""

    key: str
    lang: str
    text: str


def _pieces(text: str) -> Iterator[str]:
    """A text in pieces that `normalised` takes whole, each of which begins before the last one ends."""
    yield text[:MAX_TEXT]
    if len(text) > MAX_TEXT:
        yield text[-MAX_TEXT:]
        step = MAX_TEXT - OVERLAP
        yield from (text[at : at + MAX_TEXT] for at in range(step, min(len(text), LONGEST_TEXT), step))


class Watch:
    """The patterns of one hub, made ready once. Every method takes any text and raises nothing."""

    def __init__(self, safety: Safety, hub: Hub, person: Mapping[str, str], checked: str = "") -> None:
        """`person`: per language, the word to type for a person. `checked`: the id of a line with a gap {day}, said after
        a text that holds numbers: the day on which the oldest of them was verified (S9); "": not said.

        Patterns are compiled when a text first may match them, since all of them cost a tenth of a second at start.
        """
        self._hub, self._person, self._checked = hub, person, checked
        self._order, self._route_of, self._texts = safety.order, dict(safety.route_of), dict(safety.texts)
        wanted = {*hub.languages, "en"}
        rows = [
            row for row in safety.patterns if row[0] in wanted and row[1] in self._route_of and row[1] in safety.order
        ]
        rows.sort(key=lambda row: safety.order.index(row[1]))
        self._patterns = tuple(_Pattern(key, lang, text) for lang, key, patterns in rows for text in patterns)
        self._compiled: dict[int, regex.Pattern[str]] = {}
        # A string is found by that group of its letters which the pack's own sentences use least.
        sentences = [it for *_, texts in (*safety.examples, *safety.lookalikes) for it in texts]
        common = Counter(gram for it in sentences for gram in _grams(normalised(it)))
        self._always = set[int]()
        self._grams: dict[str, list[tuple[str, int]]] = {}
        for n, pattern in enumerate(self._patterns):
            strings = needed(pattern.text)
            if strings is None:
                self._always.add(n)
            for string in sorted(strings or ()):
                gram = min(_grams(string), key=lambda it: (common[it], it))
                self._grams.setdefault(gram, []).append((string, n))

    def candidates(self, plain: str) -> list[int]:
        """Which patterns could match a normalised text, in the order of their keys."""
        grams = _grams(plain) & self._grams.keys()
        found = {n for gram in grams for string, n in self._grams[gram] if string in plain}
        return sorted(found | self._always)

    def fired(self, text: str) -> dict[str, str]:
        """The keys that the text sets off, in the order of the pack, each with a language whose pattern matched.

        A long one is read in pieces, the last of them before those in the middle: what weighs most is said first or last.
        At most BUDGET seconds, whatever the text: of a piece the keys that count most are looked for first.
        """
        found = dict[str, str]()
        left = BUDGET
        for piece in _pieces(text):
            if left <= 0:
                break
            left -= self._look(normalised(piece), found, left)
        return {key: found[key] for key in self._order if key in found}

    def _look(self, plain: str, found: dict[str, str], budget: float) -> float:
        """Add what a piece sets off; the seconds that it took."""
        spent = 0.0
        for n in self.candidates(plain):
            pattern = self._patterns[n]
            if pattern.key in found:
                continue
            if spent >= budget:
                break
            matches, time = self._matches(n, plain)
            spent += time
            if matches:
                found[pattern.key] = pattern.lang
        return spent

    def warm(self) -> None:
        """Compile every pattern. Raises `regex.error` on one that is none: a pack with such is refused before."""
        for n in range(len(self._patterns)):
            self._regex(n)

    def _regex(self, n: int) -> "regex.Pattern[str]":
        if n not in self._compiled:
            self._compiled[n] = regex.compile(self._patterns[n].text, regex.VERSION0)
        return self._compiled[n]

    def _matches(self, n: int, plain: str) -> tuple[bool, float]:
        """Whether a pattern is found, and what the search took. One that this text defeats is not: others look at it still."""
        try:
            pattern = self._regex(n)
        except regex.error:
            return False, 0.0
        start, patience = thread_time(), DEADLINE
        while True:
            try:
                return pattern.search(plain, timeout=patience) is not None, thread_time() - start
            except TimeoutError:
                spent = thread_time() - start
                patience *= 2  # of the clock on the wall
                if spent >= DEADLINE * 0.8 or patience > LONGEST:
                    return False, spent

    def danger(self, text: str, lang: str, today: date) -> Danger | None:
        """What the text gets before anything else, in `lang`; None where it sets nothing off.

        The first key that fires decides. An emergency that is a crisis too gets both texts, the emergency's first (R22).
        """
        fired = self.fired(text)
        if not fired:
            return None
        first = next(iter(fired))
        keys = [first]
        if self._route_of[first] == "emergency":
            keys += [key for key in fired if self._route_of[key] == "crisis"][:1]
        says = [line for key in keys for line in self.says(key, lang, today, typed=fired[key])]
        days = [line.verified_on for key in keys for line in self._shown(key, today) if line.verified_on]
        if days and self._checked:
            says.append(Line(self._checked, day=min(days)))
        return Danger(self._route_of[first], tuple(says))

    def says(self, key: str, lang: str, today: date, *, typed: str = "") -> tuple[Line, ...]:
        """The text of a key. A language that the pack lacks gets the hub's default and English, and before them the
        language `typed`, whose words were recognised."""
        filled = {it: self._filled(text, it, today) for it, text in self._texts.get(key, Texts()).pairs}
        if lang in filled:
            order = dict.fromkeys([self._hub.default, *self._hub.languages, *filled])
            return (Line("safety.text", text=Texts(tuple((it, filled[it]) for it in order if it in filled))),)
        shown = dict.fromkeys([typed, self._hub.default, "en"])
        return tuple(Line("safety.text", text=Texts(((it, filled[it]),))) for it in shown if it in filled)

    def _shown(self, key: str, today: date) -> tuple[HelpLine, ...]:
        """The lines of the hub that the text of a key shows, besides the emergency number."""
        texts = [text for _, text in self._texts.get(key, Texts()).pairs]
        kinds = [kind for gap, them in _KINDS.items() if any(gap in it for it in texts) for kind in them]
        return self._hub.numbers(today, *kinds)

    def _filled(self, text: str, lang: str, today: date) -> str:
        """The text with the hub's numbers in it. A line with an empty gap goes, and the line before, if it ends in a colon."""
        gaps = {
            "{emergency_number}": self._hub.emergency,
            **{gap: self._lines(kinds, lang, today) for gap, kinds in _KINDS.items()},
            "{person}": self._person.get(lang, ""),
        }
        kept = list[str]()
        for line in text.split("\n"):
            if any(gap in line and not value for gap, value in gaps.items()):
                if kept and kept[-1].rstrip().endswith(":"):
                    kept.pop()
                continue
            for gap, value in gaps.items():
                line = line.replace(gap, value)  # noqa: PLW2901 - the gaps of one line are filled one after the other
            kept.append(line)
        return "\n".join(kept)

    def _lines(self, kinds: Sequence[str], lang: str, today: date) -> str:
        """The lines that people may be given, each with its hours; those that always answer first (R14, R16, R17)."""
        lines = self._hub.numbers(today, *kinds)
        return "\n".join(_line(it, lang) for it in sorted(lines, key=lambda it: it.hours != "24/7"))


def _grams(text: str) -> set[str]:
    return {text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1)}


def _line(line: HelpLine, lang: str) -> str:
    _, name = line.name.pick(lang, "en")
    return f"{name}: {line.number} ({line.hours})" if line.hours else f"{name}: {line.number}"
