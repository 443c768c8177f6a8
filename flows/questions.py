"""The questions of a form, one at a time: shared by surveys and by the sign-up for an event."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import date

from bot.core.flow import Ask
from bot.core.form.ask import FormQuestion, label_of, prompt_of, shown, words_of
from bot.core.form.state import Cell, State
from bot.core.message import Button, Change, Choice, Line, Texts
from bot.core.prompts import OneOf

PROGRESS_FROM = 4  # fewer questions are seen at a glance


@dataclass(frozen=True, slots=True)
class Count:
    """Where a person is: `done` answers, and `more` questions that come beside those of the form."""

    done: int
    more: int

    def line(self, state: State) -> tuple[Line, ...]:
        """ "3 of 12" in words, counting only what is relevant; nothing where there are too few to count."""
        done, total = state.progress()
        if total + self.more < PROGRESS_FROM:
            return ()
        return (Line("core.progress", n=done + self.done + 1, total=total + self.more),)


async def ask_all(
    state: State,
    count: Count,
    today: date,
    *,
    private: bool = False,
    allowed: Callable[[Cell], Awaitable[bool]] | None = None,
) -> None:
    """Ask every question that `state` finds relevant, and put each answer into it.

    Notes come with the question that follows them. `allowed` is asked before a question; one that is not is left empty.
    """
    asked = ""
    while cell := state.next():
        if allowed and not await allowed(cell):
            state.put(cell.path, "")
            continue
        before = (*notes(state, asked, cell), *count.line(state))
        prompt = prompt_of(state, cell, today, private=private)
        state.put(cell.path, await Ask(cell.path, prompt, before=before, label=label_of(state, cell)))
        asked = cell.path
    while stops := state.stops():
        # A stop sign cannot be passed: its words, and the answers that may be changed.
        line = Line("form.question", question=FormQuestion(stops[0].path, words_of(state, stops[0]), Texts()))
        await Ask(stops[0].path, OneOf[str](line, []), buttons=(Button(Line("core.change-answer"), Change("")),))


def notes(state: State, after: str, until: Cell | None) -> tuple[Line, ...]:
    """The notes between two questions, as they read now; `until` None means to the end."""
    told: list[Line] = []
    for cell in state.before(until):
        if cell.path == after or state.asks(cell):
            break
        if state.shows(cell):
            told.append(Line("form.note", text=words_of(state, cell)))
    return tuple(reversed(told))


def summary(state: State, left_out: Collection[str] = ()) -> tuple[Line, ...]:
    """One line for each answer that counts; `left_out` names questions that were not put."""
    return tuple(
        Line("core.summary-answer", question=words_of(state, cell), answer=shown(state, cell))
        for cell in state.leaves()
        if state.asks(cell) and state.answered(cell.path) and cell.name not in left_out
    )


def relevant(state: State) -> dict[str, str]:
    """The values that are handed in: of every leaf that is relevant and not empty, calculations included."""
    return {path: value for path, (value, counts) in state.values().items() if counts and value}


def check(line: Line, send: Line) -> tuple[OneOf[str], tuple[Button, ...]]:
    """The last question: all is as it should be, or an answer is changed first."""
    return OneOf(line, [Choice("send", send, "send")]), (Button(Line("core.change-answer"), Change("")),)
