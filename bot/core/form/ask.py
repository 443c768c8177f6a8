"""A question of a form as a question of a chat: its prompt, its words in every language, its answer as XForms stores it.

One rule: the answer is always the stored text ("" for one left empty), and the form itself says whether it holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bot.core.form.model import Field, Kind
from bot.core.form.state import Cell, State, Why
from bot.core.message import Choice, Json, Line, Param, Texts
from bot.core.prompts import (
    Date,
    Heard,
    ManyOf,
    Maybe,
    Measure,
    Number,
    OneOf,
    Problem,
    Prompt,
    Ranking,
    Text,
    as_day,
    as_number,
)

LONGEST_TEXT = 2_000  # characters of one free answer: half a message, so that it can be shown back whole
BIGGEST = 10**12  # of a whole number; a form's own constraint says what makes sense
MOST_BUTTONS = 11  # of a range, 0 to 10; a longer one is typed
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
LINES = ("form.question", "form.question-hint", "form.why-required", "form.why-constraint", "form.why-type")


@dataclass(frozen=True, slots=True)
class FormQuestion:
    """A question's words, gaps filled, in each language of the form. It counts by its path: words may be mended."""

    id: str
    label: Texts
    hint: Texts


@dataclass(frozen=True, slots=True)
class FormPrompt:
    """A prompt of the chat under the rules of a form. Its answer is the stored text."""

    state: State
    cell: Cell
    inner: Prompt[Any]

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
        return self.inner.choices()

    def parse(self, heard: Heard) -> Json | Problem:
        return self.inner.parse(heard)

    def check(self, value: Json) -> str | Problem:
        answer = self.inner.check(value)
        if isinstance(answer, Problem):
            return answer
        stored = _stored(self.state, self.cell, answer)
        why = self.state.violation(self.cell, stored)
        return stored if why is None else Problem(_refusal(self.state, self.cell, why))

    def show(self, value: Json) -> Param:
        return self.inner.show(value)


def prompt_of(state: State, cell: Cell, today: date, *, private: bool) -> FormPrompt:
    """The prompt for a question that `state` asks. `private`: what is written is looked at for nothing else (anonymous)."""
    inner = _inner(state, cell, _line(state, cell), today, private=private)
    return FormPrompt(state, cell, inner if state.required(cell) else Maybe(inner))


def words_of(state: State, cell: Cell) -> Texts:
    """The words of a question or note, gaps filled, in each language of the form, its default first."""
    return _texts(state, lambda lang: state.reading(cell, lang))


def shown(state: State, cell: Cell) -> Param:
    """The answer on record as a person reads it: labels, not names."""
    stored = cell.text()
    part = cell.part
    if not stored:
        return Line("core.skipped")
    if isinstance(part, Field) and part.choices is not None:
        labels = {option.name: _label(state, cell, option) for option in state.options(cell)}
        names = [stored] if part.kind is Kind.ONE else stored.split()
        return tuple(labels[name] for name in names if name in labels) or stored
    if isinstance(part, Field) and part.kind is Kind.DATE:
        return as_day(stored) or stored
    if isinstance(part, Field) and part.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.RANGE):
        number = as_number(stored)
        return stored if number is None else number
    return stored


def label_of(state: State, cell: Cell) -> Line:
    """A question that `state` asks, by its words alone: its name in the list of answers to change."""
    return _lines(state, cell)[1]


def _line(state: State, cell: Cell) -> Line:
    return _lines(state, cell)[0]


def _lines(state: State, cell: Cell) -> tuple[Line, Line]:
    """The question in full, and by its words alone. Where no answer stands in them they are made once for all turns."""
    known: tuple[Line, Line] | None = state.plan.fixed.get(("lines", cell.path))
    if known is not None:
        return known
    hint = _texts(state, lambda lang: state.hint(cell, lang))
    question = FormQuestion(cell.path, words_of(state, cell), hint)
    made = (
        Line("form.question-hint" if hint else "form.question", question=question),
        Line("form.label", question=question),
    )
    part = cell.part
    if isinstance(part, Field) and all(text.plain is not None for _, text in (*part.label, *part.hint)):
        state.plan.fixed["lines", cell.path] = made
    return made


def _texts(state: State, words: Any) -> Texts:
    form = state.plan.form
    codes = [form.default_language, *(it.code for it in form.languages if it.code != form.default_language)]
    pairs = [(code, words(code)) for code in codes]
    return Texts(tuple((code, text) for code, text in pairs if text))


def _inner(state: State, cell: Cell, line: Line, today: date, *, private: bool) -> Prompt[Any]:
    part = cell.part
    kind = part.kind if isinstance(part, Field) else Kind.TEXT
    match kind:
        case Kind.INTEGER:
            return Number(line, -BIGGEST, BIGGEST)
        case Kind.DECIMAL:
            return Measure(line, Decimal(-BIGGEST), Decimal(BIGGEST))
        case Kind.RANGE if isinstance(part, Field) and part.range is not None:
            return Measure(line, part.range.start, part.range.end, part.range.values(MOST_BUTTONS) or ())
        case Kind.DATE:
            return Date(line, FIRST_DAY, LAST_DAY, today)
        case Kind.ONE:
            return OneOf(line, _options(state, cell))
        case Kind.MANY:
            return ManyOf(line, _options(state, cell))
        case Kind.RANK:
            return Ranking(line, _options(state, cell))
        case Kind.ACKNOWLEDGE:
            return OneOf(line, [Choice("OK", Line("core.ok"), "OK")])
        case _:
            return Text(line, LONGEST_TEXT, open=True, private=private)


def _options(state: State, cell: Cell) -> list[Choice[str]]:
    key = ("choices", cell.part.path)
    known: list[Choice[str]] | None = state.plan.fixed.get(key)
    if known is not None:
        return known
    made = [Choice(option.name, _label(state, cell, option), option.name) for option in state.options(cell)]
    if cell.part.path in state.plan.still:
        state.plan.fixed[key] = made
    return made


def _label(state: State, cell: Cell, option: Any) -> Line:
    return Line("form.choice", text=_texts(state, lambda lang: state.option_label(cell, option, lang)))


def _stored(state: State, cell: Cell, answer: object) -> str:
    """An answer of the chat as XForms stores it."""
    part = cell.part
    match answer:
        case None | ():
            return ""
        case tuple() as names:
            texts = [str(name) for name in names]
            return state.joined(cell, texts) if isinstance(part, Field) and part.kind is Kind.MANY else " ".join(texts)
        case date() as day:
            return day.isoformat()
        case Decimal() as number:
            return part.range.stored(number) if isinstance(part, Field) and part.range else _plain(number)
        case _:
            return str(answer)


def _plain(number: Decimal) -> str:
    """Without trailing zeros and exponents: 1.50 is stored as 1.5."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _refusal(state: State, cell: Cell, why: Why) -> Line:
    """The form's own message, else ours."""
    own = _texts(state, lambda lang: state.message(cell, why, lang))
    return Line("form.own-message", text=own) if own else Line(f"form.why-{why.value}")
