"""The kinds of question. A prompt turns what a person wrote into a value to record, and a recorded value into an answer.

One rule: whatever a person got wrong comes back as a Problem, never as an exception. `parse` and `check` accept anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Generic, Protocol, TypeVar

from bot.core.message import Choice, Json, Line, Param, T_co

T = TypeVar("T")
YES, NO = Choice("yes", Line("core.yes"), value=True), Choice("no", Line("core.no"), value=False)
MAX_TYPED = 4_096  # characters of one message; Telegram sends no more, and no question wants more


class Ear(Protocol):
    """What words mean in the person's language. Every method takes any text and raises nothing."""

    def say(self, line: Line) -> str:
        """The line as the person reads it."""
        ...

    def fold(self, text: str) -> str:
        """The form in which two texts count as the same words: case, accents, quotation marks and final stops away."""
        ...

    def command(self, text: str, *, number_wanted: bool = False) -> str | None:
        """The command that the whole message is, as its name without the slash ("back", "mydata"), or None."""
        ...

    def language(self, text: str) -> str | None:
        """The language of the hub that the whole message names or asks for ("polski", "English please"), or None."""
        ...

    def yes_or_no(self, text: str) -> bool | None:
        """Whether the whole message is yes or no in this language; None where it is neither, or could be both."""
        ...

    def number(self, text: str) -> Decimal | None:
        """The number that the whole message is, by this language's marks and any script's digits."""
        ...

    def day(self, text: str, today: date) -> date | None:
        """The day that the whole message names: 3.5.2027, 3 May 2027, "tomorrow". Day before month, as Europe writes."""
        ...

    def asks(self, text: str) -> bool:
        """Whether the text looks like a question in this language."""
        ...


@dataclass(frozen=True, slots=True)
class Problem:
    """What was wrong with an answer, in words that say how to mend it. `gone`: what was chosen is no longer there."""

    line: Line
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What was typed, with the choice ids as they were numbered when the question was shown.

    `shown` is why "2" means the second line that the person saw, even when the list has changed since.
    """

    text: str
    shown: tuple[str, ...]
    ear: Ear


class Prompt(Protocol[T_co]):
    """A question with answers of one type. Covariant, so that Prompt[Event] serves where Prompt[object] is wanted."""

    @property
    def line(self) -> Line: ...
    @property
    def free(self) -> bool:
        """Whether any text is an answer, so that whatever is written is kept as one."""
        ...

    @property
    def numbered(self) -> bool:
        """Whether a typed number picks a choice. Not where a number, a day or any text may be the answer itself."""
        ...

    def choices(self) -> Sequence[Choice[object]]: ...
    def parse(self, heard: Heard) -> Json | Problem:
        """The value to record. It need not be checked: `check` sees it next."""
        ...

    def check(self, value: Json) -> T_co | Problem:
        """The answer that a recorded value stands for now, under today's choices and limits. Called again at every turn.

        The value may have any shape: it was recorded before a release that made another kind of question of this one.
        """
        ...

    def show(self, value: Json) -> Param:
        """A recorded value as a person reads it in "your answer so far" and in a summary."""
        ...


SKIP = "skip."  # the id of the choice that leaves an optional question empty; no choice of a hub ends in a full stop


@dataclass(frozen=True)
class Maybe(Generic[T]):
    """An optional question: an answer of `inner`, or None by the choice `skip`."""

    inner: Prompt[T]
    skip: Line = Line("core.skip")

    @property
    def line(self) -> Line:
        return self.inner.line

    @property
    def free(self) -> bool:
        return self.inner.free

    @property
    def numbered(self) -> bool:
        return self.inner.numbered

    def choices(self) -> Sequence[Choice[object]]:
        return (*self.inner.choices(), Choice(SKIP, self.skip, None))

    def parse(self, heard: Heard) -> Json | Problem:
        ear = heard.ear
        if ear.fold(heard.text) == ear.fold(ear.say(self.skip)):
            return SKIP
        if self.numbered and numbered(self.choices(), heard) == SKIP:
            return SKIP
        # It is the last of the list, so that without it the numbers stay as they were shown.
        return self.inner.parse(replace(heard, shown=tuple(id for id in heard.shown if id != SKIP)))

    def check(self, value: Json) -> T | Problem | None:
        return None if value in (SKIP, [SKIP]) else self.inner.check(value)

    def show(self, value: Json) -> Param:
        return Line("core.skipped") if value in (SKIP, [SKIP]) else self.inner.show(value)


@dataclass(frozen=True, slots=True)
class Text:
    """Free text of 1 to `limit` characters.

    `open` says that whole sentences may come (an opinion, a question), not a name or an address: only then is the
    language of what was written looked at, or an article offered beside. `private` forbids both (anonymous forms).
    """

    line: Line
    limit: int = 200
    open: bool = False
    private: bool = False
    free: bool = field(default=True, init=False)
    numbered: bool = field(default=False, init=False)

    def choices(self) -> tuple[()]:
        return ()

    def parse(self, heard: Heard) -> Json | Problem:
        return clean(heard.text)

    def check(self, value: Json) -> str | Problem:
        if not isinstance(value, str) or not value:
            return Problem(Line("core.say-something"))
        return value if len(value) <= self.limit else Problem(Line("core.too-long", limit=self.limit, count=len(value)))

    def show(self, value: Json) -> Param:
        return str(value)


def clean(text: str) -> str:
    """One line of what was typed: white space folded, control and direction characters and lone surrogates away."""
    kept = "".join(" " if char.isspace() else char for char in text if char.isprintable() or char.isspace())
    return " ".join(kept.split())


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number from `low` to `high`, both included. Recorded as text, as a Measure is."""

    line: Line
    low: int
    high: int
    free: bool = field(default=False, init=False)
    numbered: bool = field(default=False, init=False)

    def choices(self) -> tuple[()]:
        return ()

    def parse(self, heard: Heard) -> Json | Problem:
        return spelled(heard.ear.number(heard.text)) or Problem(Line("core.not-a-number"))

    def check(self, value: Json) -> int | Problem:
        number = as_number(value)
        if number is None:
            return Problem(Line("core.not-a-number"))
        if number != number.to_integral_value():
            return Problem(Line("core.whole-number"))
        return int(number) if self.low <= number <= self.high else _between(self.low, self.high)

    def show(self, value: Json) -> Param:
        return as_number(value) or 0


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with decimals from `low` to `high`, both included. Recorded as text, so that 0.1 stays 0.1.

    Each of `steps` has a button; a typed number is the number itself, never a place in that list.
    """

    line: Line
    low: Decimal
    high: Decimal
    steps: tuple[str, ...] = ()
    free: bool = field(default=False, init=False)
    numbered: bool = field(default=False, init=False)

    def choices(self) -> Sequence[Choice[str]]:
        return [Choice(step, Line("core.number", number=Decimal(step)), step) for step in self.steps]

    def parse(self, heard: Heard) -> Json | Problem:
        return spelled(heard.ear.number(heard.text)) or Problem(Line("core.not-a-number"))

    def check(self, value: Json) -> Decimal | Problem:
        number = as_number(value)
        if number is None:
            return Problem(Line("core.not-a-number"))
        return number if self.low <= number <= self.high else _between(self.low, self.high)

    def show(self, value: Json) -> Param:
        return as_number(value) or 0


def _between(low: int | Decimal, high: int | Decimal) -> Problem:
    return Problem(Line("core.number-between", low=low, high=high))


def spelled(number: Decimal | None) -> str | None:
    """A number as it is recorded, in digits; None where there is none, or one that no question asks for."""
    if number is None or not number.is_finite() or abs(number.adjusted()) > 30:
        return None
    return f"{number:f}"


def as_number(value: Json) -> Decimal | None:
    """A recorded value as a finite number of at most 30 digits, or None. Never raises."""
    text = str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    if not 0 < len(text) <= 30:
        return None
    try:
        number = Decimal(text)
    except ArithmeticError:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= 30 else None  # 1e999999 would fill the memory


@dataclass(frozen=True, slots=True)
class Date:
    """A day from `first` to `last`, both included, in any way that people write one. Recorded in ISO form."""

    line: Line
    first: date
    last: date
    today: date
    free: bool = field(default=False, init=False)
    numbered: bool = field(default=False, init=False)

    def choices(self) -> tuple[()]:
        return ()

    def parse(self, heard: Heard) -> Json | Problem:
        day = heard.ear.day(heard.text, self.today)
        return day.isoformat() if day else Problem(Line("core.not-a-day"))

    def check(self, value: Json) -> date | Problem:
        day = as_day(value)
        if day is None:
            return Problem(Line("core.not-a-day"))
        if not self.first <= day <= self.last:
            return Problem(Line("core.day-between", first=self.first, last=self.last))
        return day

    def show(self, value: Json) -> Param:
        return as_day(value) or ""


def as_day(value: Json) -> date | None:
    """A recorded value as a day, or None. Never raises."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def place(number: Decimal | None, count: int) -> int | None:
    """The place from 0 that a typed number names in a list of `count`, or None."""
    if number is None or not number.is_finite() or not 1 <= number <= count:
        return None
    return int(number) - 1 if number == number.to_integral_value() else None


def counted(labels: Sequence[str], ear: Ear) -> bool:
    """Whether a list of such labels may be numbered, so that a typed number is a place in it.

    Not where a label is a number: then "3" means the value 3. Nor where two begin with the number of another's place ("0
    people", "1 person"); one alone is a title that happens to.
    """
    begun = 0
    for at, label in enumerate(labels, 1):
        if ear.number(label) is not None:
            return False
        first = place(ear.number(_first_word(label)), len(labels))
        begun += first is not None and first != at - 1
    return begun < 2


def _first_word(label: str) -> str:
    return next(iter(label.split(maxsplit=1)), "")


def valued(labels: Sequence[str], number: Decimal, ear: Ear) -> int | None:
    """The place from 0 of the only label that is `number`, else of the only one that begins with it, or None."""
    for part in (str, _first_word):
        found = [at for at, label in enumerate(labels) if ear.number(part(label)) == number]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def numbered(choices: Sequence[Choice[object]], heard: Heard) -> str | None:
    """The id of the choice whose number, as it was shown, the whole text is."""
    return _Labels.of(choices, heard).numbered(heard.text)


def pick(choices: Sequence[Choice[object]], heard: Heard, *parts: str) -> list[str | None]:
    """The id of the choice that each of `parts` names: by its words, by its number, or by an unmistakable beginning."""
    labels = _Labels.of(choices, heard)
    return [labels.pick(part) for part in parts]


@dataclass(frozen=True, slots=True)
class _Labels:
    """The choices of a list as the person reads them, and whether a number is a place among them."""

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    folded: tuple[str, ...]
    shown: tuple[str, ...]
    ear: Ear
    counted: bool

    @classmethod
    def of(cls, choices: Sequence[Choice[object]], heard: Heard) -> "_Labels":
        labels = tuple(heard.ear.say(choice.label) for choice in choices)
        folded = tuple(map(heard.ear.fold, labels))
        ids = tuple(choice.id for choice in choices)
        return cls(ids, labels, folded, heard.shown, heard.ear, counted(labels, heard.ear))

    def numbered(self, text: str) -> str | None:
        """The id that a number means: its place as it was shown, or where labels are numbers themselves, its value."""
        number = self.ear.number(text)
        if number is None:
            return None
        at = place(number, len(self.shown)) if self.counted else valued(self.labels, number, self.ear)
        return None if at is None else (self.shown if self.counted else self.ids)[at]

    def pick(self, text: str) -> str | None:
        """See `pick`. Words go first: among the choices "0", "1", "2" a typed 1 is the one that reads 1."""
        words = self.ear.fold(text)
        if words and words in self.folded:
            return self.ids[self.folded.index(words)]
        meant = self.numbered(text)
        if meant is not None or len(words) < 2 or not (self.counted or self.ear.number(text) is None):
            return meant
        begun = [id for id, label in zip(self.ids, self.folded, strict=True) if label.startswith(words)]
        return begun[0] if len(begun) == 1 else None


@dataclass(frozen=True)
class OneOf(Generic[T]):
    """One of `options`."""

    line: Line
    options: Sequence[Choice[T]]
    free: bool = field(default=False, init=False)
    numbered: bool = field(default=True, init=False)

    def choices(self) -> Sequence[Choice[object]]:
        return self.options

    def parse(self, heard: Heard) -> Json | Problem:
        return pick(self.choices(), heard, heard.text)[0] or Problem(Line("core.pick-one"))

    def check(self, value: Json) -> T | Problem:
        for option in self.options:
            if option.id == value:
                return option.value
        return Problem(Line("core.choice-gone"), gone=True)

    def show(self, value: Json) -> Param:
        return _label(self.options, value)


def _label(options: Sequence[Choice[object]], value: Json) -> Line:
    return next((option.label for option in options if option.id == value), Line("core.skipped"))


@dataclass(frozen=True)
class ManyOf(Generic[T]):
    """Any number of choices from 1, typed as "1, 3". A gone choice reopens the question."""

    line: Line
    options: Sequence[Choice[T]]
    free: bool = field(default=False, init=False)
    numbered: bool = field(default=True, init=False)

    def choices(self) -> Sequence[Choice[object]]:
        return self.options

    def parse(self, heard: Heard) -> Json | Problem:
        whole, *ids = pick(self.options, heard, heard.text, *split(heard))
        if whole is not None:
            return [whole]
        found = [id for id in dict.fromkeys(ids) if id is not None]
        return [*found] if found and None not in ids else Problem(Line("core.pick-some"))

    def check(self, value: Json) -> tuple[T, ...] | Problem:
        ids = value if isinstance(value, list) else [value]  # a tap brings one bare id
        found = tuple(option.value for option in self.options if option.id in ids)
        if found and len(found) == len(ids):
            return found
        return Problem(Line("core.choice-gone"), gone=True)

    def show(self, value: Json) -> Param:
        ids = value if isinstance(value, list) else [value]
        labels = tuple(option.label for option in self.options if option.id in ids)
        return labels or Line("core.skipped")


def split(heard: Heard) -> list[str]:
    """The parts of "1, 3", "1 3", "1;3", "1, 2 and 3": numbers stand apart by blanks or the language's own "and", words by
    commas. No other word may stand between numbers: "1 not 3" is neither."""
    text = heard.text
    for mark in (";", "\n", "،", "、"):
        text = text.replace(mark, ",")
    parts: list[str] = []
    for part in filter(str.strip, text.split(",")):
        numbers = [word for word in part.split() if heard.ear.number(word) is not None]
        rest = {heard.ear.fold(word) for word in part.split() if word not in numbers}
        parts += numbers if numbers and (not rest or rest <= _and(heard.ear)) else [part]
    return parts


def _and(ear: Ear) -> set[str]:
    """What this language puts between two things, as the catalogue lists them in a sentence."""
    said = ear.fold(ear.say(Line("core.earlier-answer", answer=("1", "2")))).split()
    return set(said[said.index("1") + 1 : said.index("2")]) if "1" in said and "2" in said else set()


@dataclass(frozen=True)
class Ranking(Generic[T]):
    """All of `options` in the person's order, typed as "3 1 2" or as names with commas."""

    line: Line
    options: Sequence[Choice[T]]
    free: bool = field(default=False, init=False)
    numbered: bool = field(default=True, init=False)

    def choices(self) -> Sequence[Choice[object]]:
        return self.options

    def parse(self, heard: Heard) -> Json | Problem:
        ids = pick(self.options, heard, *split(heard))
        whole = len(set(ids)) == len(ids) == len(self.options) and None not in ids
        return [*ids] if whole else Problem(Line("core.rank-all", count=len(self.options)))

    def check(self, value: Json) -> tuple[T, ...] | Problem:
        by_id = {option.id: option.value for option in self.options}
        if not isinstance(value, list):
            return Problem(Line("core.rank-all", count=len(self.options)))
        if not all(isinstance(id, str) and id in by_id for id in value):
            return Problem(Line("core.choice-gone"), gone=True)
        if len({*value}) != len(value) or len(value) != len(by_id):
            return Problem(Line("core.rank-all", count=len(self.options)))
        return tuple(by_id[id] for id in value)

    def show(self, value: Json) -> Param:
        if not isinstance(value, list):
            return Line("core.skipped")
        labels = {option.id: option.label for option in self.options}
        return tuple(labels[id] for id in value if isinstance(id, str) and id in labels)


YOUNGER = "younger"


@dataclass(frozen=True, slots=True)
class Consent:
    """Yes or no to one purpose: True, False, or None where the person is younger than `age` (R31: one question, not two).

    Put what the consent is FOR (event, version of the text) into the line: see digest(). A thumb counts as little as
    silence: only the button, its number as shown, its words, or the language's own yes and no, in letters.
    """

    line: Line
    age: int | None = None
    free: bool = field(default=False, init=False)
    numbered: bool = field(default=True, init=False)

    def choices(self) -> Sequence[Choice[bool | None]]:
        if self.age is None:
            return (Choice("yes", Line("core.agree"), value=True), Choice("no", Line("core.no"), value=False))
        return (
            Choice("yes", Line("core.agree-and-age", age=self.age), value=True),
            Choice(YOUNGER, Line("core.younger", age=self.age), None),
            Choice("no", Line("core.no"), value=False),
        )

    def parse(self, heard: Heard) -> Json | Problem:
        said = heard.ear.yes_or_no(heard.text) if any(char.isalpha() for char in heard.text) else None
        if said is not None:
            return "yes" if said else "no"
        return pick(self.choices(), heard, heard.text)[0] or Problem(Line("core.yes-or-no"))

    def check(self, value: Json) -> bool | Problem | None:
        for choice in self.choices():
            if choice.id == value:
                return choice.value
        return Problem(Line("core.yes-or-no"))

    def show(self, value: Json) -> Param:
        return _label(self.choices(), value)


# Skin tones, and the sign that asks for the coloured picture, change nothing.
_TONES = dict.fromkeys((*range(0x1F3FB, 0x1F400), 0xFE0F))
_THUMBS = {"\N{THUMBS UP SIGN}": True, "\N{THUMBS DOWN SIGN}": False}


def thumb(text: str) -> bool | None:
    """Whether the whole text is a thumb up (True) or down (False), in any colour, once or several times."""
    signs = {*"".join(text[:40].translate(_TONES).split())}
    return _THUMBS.get(signs.pop()) if len(signs) == 1 and len(text) <= 40 else None


@dataclass(frozen=True, slots=True)
class YesNo:
    """A plain yes or no. `binding`: something that cannot be undone follows, so that a thumb up is too little (as in Consent)."""

    line: Line
    yes: Line = YES.label
    no: Line = NO.label
    binding: bool = False
    free: bool = field(default=False, init=False)
    numbered: bool = field(default=True, init=False)

    def choices(self) -> Sequence[Choice[bool]]:
        return (Choice("yes", self.yes, value=True), Choice("no", self.no, value=False))

    def parse(self, heard: Heard) -> Json | Problem:
        said = heard.ear.yes_or_no(heard.text)
        if said is None:
            said = thumb(heard.text)
            said = None if said and self.binding else said
        if said is not None:
            return "yes" if said else "no"
        return pick(self.choices(), heard, heard.text)[0] or Problem(Line("core.yes-or-no"))

    def check(self, value: Json) -> bool | Problem:
        return value == "yes" if value in ("yes", "no") else Problem(Line("core.yes-or-no"))

    def show(self, value: Json) -> Param:
        return _label(self.choices(), value)
