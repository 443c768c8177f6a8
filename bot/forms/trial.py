"""Answers a form to its end with random valid answers, and tries wrong ones, so that an author sees how it behaves.

One rule: the same form, seed, language and clock give the same trial. What it tells is fixed: others replay it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from bot.core.form.model import CHOOSING, Expression, Field, Form, Group, Kind
from bot.core.form.state import Cell, Plan, State, Why
from bot.core.form.values import moment_text, read_number, read_stamp
from bot.core.form.xpath import Call, Literal, Number, paths_used, walk
from bot.forms.patterns import match
from bot.forms.sample import sample

FORMAT: Final = 1
MAX_STEPS: Final = 20_000  # 600 questions in 30 instances; a form that asks for more has no end
MAX_TRIES: Final = 250  # candidates for one question
MAX_REFUSED: Final = 3  # refusals shown for one question
MANY: Final = 12  # the most that is answered where a repeat comes as often as the answer says
OPEN_REPEATS: Final = 3  # instances of a repeat without a count
_NAMES: Final = {Kind.IMAGE: "photo.jpg", Kind.AUDIO: "sound.m4a", Kind.VIDEO: "film.mp4", Kind.FILE: "paper.pdf"}
_WORDS: Final = ("tak", "nie wiem", "Coimbra", "спорт", "a longer answer with several words", "Ana", "0", "12", "x")


@dataclass(slots=True)
class Trial:
    """One way through a form."""

    state: State
    random: Random
    steps: list[dict[str, Any]] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    entered: set[str] = field(default_factory=set)
    heads: list[str] = field(default_factory=list)  # words of table heads, for the question that comes next
    last: Cell | None = None
    reason: str = ""

    def run(self) -> None:
        """To the end, or to where no answer leads on; `reason` says why then."""
        self.state.values()  # an engine works out everything when the form opens: repeats with a fixed count are there
        for _ in range(MAX_STEPS):
            cell = self._next()
            if self._again(cell):
                continue
            if cell is None or self.reason:
                break
            self._step(cell)
        else:
            self.reason = f"more than {MAX_STEPS} steps"

    def _next(self) -> Cell | None:
        """The first that has not been shown or asked: an answer may open a question further up."""
        state = self.state
        waits = (cell for cell in state.leaves() if cell.path not in self.done)
        return next((cell for cell in waits if state.asks(cell) or state.shows(cell)), None)

    def _again(self, following: Cell | None) -> bool:
        """Leaving the last instance of a repeat without a count: whether another one was added."""
        cell, self_last = self.last, self.last
        while cell is not None and self_last is not None:
            part, parent = cell.part, cell.parent
            inside = following is not None and following.path.startswith(cell.path + "/")
            if isinstance(part, Group) and part.repeats and part.count is None and parent is not None and not inside:
                key = f"{parent.path}/{part.name}[]"
                last = len(parent.child(part.name)) == cell.index
                if last and key not in self.done:
                    if cell.index < OPEN_REPEATS and self.random.random() < 0.5:
                        self.state.put(key, str(cell.index + 1))
                        return True
                    self.done.add(key)
            cell = parent
        return False

    def _step(self, cell: Cell) -> None:
        self.done.add(cell.path)
        part = cell.part
        if isinstance(part, Group):
            return
        if part.header:
            self.heads.append(self.state.label(cell))
            return
        if part.calculate is not None and not (part.kind is Kind.NOTE or self.state.locked(cell)):
            self.last = cell  # an engine shows it filled in, and lets people type over it
            self.steps.append(self._asked(cell, part) | {"rejected": [], "value": cell.text()})
            return
        if not self.state.asks(cell):
            self.steps.append({"kind": "note", "path": cell.path, "text": self._text(cell), "value": None})
            if cell in self.state.stops():
                self.reason = f"stuck at {cell.path}: a required note without a value forbids to go on"
            return
        self.last = cell
        step = self._asked(cell, part)
        self.steps.append(step | self._answer(cell, part))

    def _asked(self, cell: Cell, part: Field) -> dict[str, Any]:
        step: dict[str, Any] = {"kind": "ask", "path": cell.path, "type": part.kind.value, "text": self._text(cell)}
        if part.kind in CHOOSING:
            shuffled = part.choices is not None and "randomize(" in part.choices.nodes.source
            step["choices"] = [option.name for option in self.state.options(cell)]
            step["ordered"] = not shuffled
        return step

    def _answer(self, cell: Cell, part: Field) -> dict[str, Any]:
        refused, value = self._candidates(cell, part)
        if value is None:
            self.reason = f"stuck at {cell.path}: no answer was found that the form accepts"
        else:
            self.state.put(cell.path, value)
        return {"rejected": refused, "value": value or ""}

    def _candidates(self, cell: Cell, part: Field) -> tuple[list[dict[str, str]], str | None]:
        """The refusals met, and the first valid value (None: there was none)."""
        refused: list[dict[str, str]] = []
        spare: str | None = None
        optional = self.state.violation(cell, "") is None
        if optional and self.random.random() < 0.12 and self._goes_on(cell, ""):
            return self._wrong_ones(cell, part, refused), ""
        self._wrong_ones(cell, part, refused)
        for _, value in zip(range(MAX_TRIES), self._values(cell, part), strict=False):
            why = self.state.violation(cell, value)
            if why is None and self._goes_on(cell, value):
                return refused, value
            if why is None and spare is None:
                spare = value  # valid, but leads to a note that forbids to go on
            elif why is Why.CONSTRAINT and len(refused) < MAX_REFUSED:
                _refuse(refused, value, why)
        return refused, "" if optional and (spare is None or self._goes_on(cell, "")) else spare

    def _wrong_ones(self, cell: Cell, part: Field, refused: list[dict[str, str]]) -> list[dict[str, str]]:
        """Values that should be refused: each that is goes into the list."""
        for value in ("", _mistyped(part)):
            why = self.state.violation(cell, value) if value is not None else None
            if why is not None and value is not None:
                _refuse(refused, value, why)
        if part.constraint is not None:
            for _, value in zip(range(12), self._values(cell, part), strict=False):
                if self.state.violation(cell, value) is Why.CONSTRAINT:
                    _refuse(refused, value, Why.CONSTRAINT)
                    break
        return refused

    def _goes_on(self, cell: Cell, value: str) -> bool:
        """Whether no note forbids to go on after this answer."""
        if not self.state.plan.stops:
            return True
        self.state.put(cell.path, value)
        stands = bool(self.state.stops())
        self.state.drop(cell.path)
        return not stands

    # Values.

    def _values(self, cell: Cell, part: Field) -> Iterator[str]:
        """Candidates without end, those that the constraint hints at among them."""
        clues = _clues(self.state, cell, part)
        while True:
            yield self._value(cell, part, clues)

    def _value(self, cell: Cell, part: Field, clues: "Clues") -> str:
        chance = self.random
        names = list(dict.fromkeys(option.name for option in self.state.options(cell))) if part.kind in CHOOSING else []
        match part.kind:
            case Kind.ONE:
                return chance.choice(names) if names else ""
            case Kind.MANY:
                size = chance.choice([1, 1, 2, 2, 3, len(names)])
                return self.state.joined(cell, chance.sample(names, min(size, len(names))))
            case Kind.RANK:
                return " ".join(chance.sample(names, len(names)))
            case Kind.RANGE if part.range is not None:
                steps = int((part.range.end - part.range.start) / part.range.step) if part.range.step else 0
                return part.range.stored(
                    part.range.start + part.range.step * chance.randint(min(0, steps), max(0, steps))
                )
            case Kind.INTEGER | Kind.DECIMAL:
                return self._number(part, clues)
            case Kind.DATE | Kind.TIME | Kind.DATE_TIME:
                return self._moment(part, clues)
            case _:
                return self._written(part, clues)

    def _number(self, part: Field, clues: "Clues") -> str:
        chance = self.random
        if clues.numbers and chance.random() < 0.7:
            number = chance.choice(clues.numbers) + chance.choice([0, 0, 1, -1])
        else:
            number = Decimal(chance.choice([chance.randint(0, 10), chance.randint(0, 120), chance.randint(0, 100_000)]))
        digits = [text for text in clues.texts if text.isdecimal() and len(text) < 10]
        if digits and chance.random() < 0.3:
            number = Decimal(chance.choice(digits))
        if _counts(self.state, part):
            number = min(number, Decimal(MANY))
        if part.kind is Kind.INTEGER:
            return f"{number.to_integral_value():f}"
        return f"{number + Decimal(chance.choice(['0.5', '0.25', '0.1'])):f}"

    def _moment(self, part: Field, clues: "Clues") -> str:
        chance, now = self.random, self.state.now
        days = [*clues.days, now.date()]
        day = chance.choice(days) + timedelta(days=chance.choice([0, 1, -1, 30, -30, 400, -4_000, -9_000, -12_000]))
        hour = now.replace(hour=chance.randint(0, 23), minute=chance.choice([0, 15, 30]), second=0, microsecond=0)
        moment = datetime.combine(day, hour.timetz())
        if part.kind is Kind.DATE:
            return day.isoformat()
        return moment_text(moment) if part.kind is Kind.DATE_TIME else moment_text(moment).partition("T")[2]

    def _written(self, part: Field, clues: "Clues") -> str:
        chance = self.random
        match part.kind:
            case Kind.ACKNOWLEDGE:
                return "OK"
            case Kind.POINT:
                return self._point()
            case Kind.TRACE:
                return ";".join(self._point() for _ in range(3))
            case Kind.SHAPE:
                corners = [self._point() for _ in range(3)]
                return ";".join([*corners, corners[0]])
            case Kind.IMAGE | Kind.AUDIO | Kind.VIDEO | Kind.FILE:
                return _NAMES[part.kind]
            case _:
                return self._sentence(clues, chance)

    def _sentence(self, clues: "Clues", chance: Random) -> str:
        ways = ["words", *(["pattern"] * 4 if clues.patterns else []), *(["length"] * 2 if clues.numbers else [])]
        ways += ["clue"] if clues.texts else []
        match chance.choice(ways):
            case "pattern":
                return sample(chance.choice(clues.patterns), chance).strip()
            case "length":
                wanted = int(chance.choice(clues.numbers)) + chance.choice([0, 0, 1, -1])
                size = max(1, min(wanted, 2_000))
                return "".join(chance.choices("0123456789" if chance.random() < 0.5 else "abcdefgh", k=size))
            case "clue":
                return chance.choice(clues.texts)
            case _:
                return chance.choice(_WORDS)

    def _point(self) -> str:
        lat, lon = self.random.uniform(36, 69), self.random.uniform(-9, 30)
        return f"{round(lat, 5)} {round(lon, 5)} 0.0 0.0"

    # Words.

    def _text(self, cell: Cell) -> str:
        """What a person reads: names of the groups just entered, heads, label, hint, and the choices with their numbers."""
        state = self.state
        words = [*self._entering(cell), *self.heads, state.label(cell), state.hint(cell)]
        self.heads.clear()
        if isinstance(cell.part, Field) and cell.part.kind in CHOOSING:
            words += [f"{n}. {state.option_label(cell, it)}" for n, it in enumerate(state.options(cell), 1)]
        return "\n".join(filter(None, words))

    def _entering(self, cell: Cell) -> list[str]:
        fresh: list[str] = []
        parent = cell.parent
        while parent is not None and parent.path not in self.entered:
            self.entered.add(parent.path)
            label = self.state.label(parent)
            repeats = isinstance(parent.part, Group) and parent.part.repeats
            fresh.insert(0, f"{label} {parent.index}" if repeats and label else label)
            parent = parent.parent
        return fresh


@dataclass(frozen=True, slots=True)
class Clues:
    """What a constraint says about the values that it wants."""

    numbers: tuple[Decimal, ...]
    days: tuple[date, ...]
    texts: tuple[str, ...]
    patterns: tuple[str, ...]


def _clues(state: State, cell: Cell, part: Field) -> Clues:
    rule = part.constraint
    if rule is None:
        return Clues((), (), (), ())
    words = [*_written_in(rule), *_answers_in(state, cell, rule)]
    numbers = [it.value for it in walk(rule.tree) if isinstance(it, Number)]
    numbers += [number for number in map(read_number, words) if abs(number) < 1e9]
    stamps = [stamp for stamp in (read_stamp(word, state.now) for word in words) if stamp is not None]
    patterns = [
        call.args[1].value
        for call in walk(rule.tree)
        if isinstance(call, Call) and call.name == "regex" and len(call.args) == 2 and isinstance(call.args[1], Literal)
    ]
    return Clues(
        tuple(dict.fromkeys(Decimal(str(number)) for number in numbers)),
        tuple(date(1970, 1, 1) + timedelta(days=int(stamp)) for stamp in stamps if abs(stamp) < 700_000),
        tuple(word for word in words if word and word not in patterns),
        tuple(patterns),
    )


def _written_in(rule: Expression) -> Iterator[str]:
    return (it.value for it in walk(rule.tree) if isinstance(it, Literal))


def _answers_in(state: State, cell: Cell, rule: Expression) -> Iterator[str]:
    """The values of the other questions that the constraint looks at."""
    for path in paths_used(rule.tree, cell.part.path):
        if path != cell.part.path and path in state.plan.parts:
            yield from (other.text() for other in state.all(path))


def _counts(state: State, part: Field) -> bool:
    """Whether a repeat comes as often as this question says: a wrong answer of 100,000 is no service to anybody's engine."""
    parts = (state.plan.parts.get(path) for path in state.plan.affected(part.path))
    return any(isinstance(it, Group) and it.repeats for it in parts)


def _mistyped(part: Field) -> str | None:
    match part.kind:
        case Kind.INTEGER | Kind.DECIMAL:
            return "abc"
        case Kind.DATE | Kind.DATE_TIME | Kind.TIME:
            return "soon"
        case Kind.ONE | Kind.MANY | Kind.RANK:
            return "no_such_choice"
        case Kind.RANGE if part.range is not None:
            return part.range.stored(max(part.range.start, part.range.end) + abs(part.range.step or Decimal(1)))
        case _:
            return None


def _refuse(refused: list[dict[str, str]], value: str, why: Why) -> None:
    entry = {"value": value, "why": why.value}
    if entry not in refused:
        refused.append(entry)


def language_of(form: Form, wanted: str) -> str | None:
    """The code of a language by its code or full name, in any case; the default for ""; None for one that it has not."""
    if not wanted:
        return form.default_language
    for language in form.languages:
        if wanted.casefold() in (language.code.casefold(), language.name.casefold()):
            return language.code
    return None


def try_form(form: Form, seed: int, lang: str, now: datetime) -> dict[str, Any]:
    """One trial, as `hubbot form try --json` prints it. `lang` is a code of the form, "" where it has none."""
    trial = Trial(State(Plan(form), now, seed, match, lang=lang), Random(seed))  # noqa: S311 # not for secrets
    trial.run()
    names = {language.code: language.name for language in form.languages}
    values = trial.state.values()
    return {
        "format": FORMAT,
        "status": "stuck" if trial.reason else "complete",
        "reason": trial.reason or None,
        "form": {"title": form.title, "languages": [*names.values()]},
        "lang": names.get(lang),
        "seed": seed,
        "now": moment_text(now),
        "steps": trial.steps,
        "values": {path: {"value": value, "relevant": relevant} for path, (value, relevant) in values.items()},
    }
