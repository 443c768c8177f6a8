"""A flow: a plain `async def` that awaits only Say, Ask, Fetch and Do, and is run again from the top at every turn.

One rule: the runner owns no clock, no loop and no store. It is a generator that yields each query or command and is sent
the result, so the same core serves an async database, a plain dict, and a test.
"""

from collections.abc import Coroutine, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from bot.core.message import Button, Choice, File, Json, Line, Tap, Typed, digest
from bot.core.prompts import Heard, Problem, Prompt

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
MAX_STEPS = (
    5_000  # of one turn; a form has 600 questions at most, so more steps than that is a loop, not a conversation
)


class FlowError(Exception):
    """The flow broke a rule: a key used twice, a question after a Do, steps without end."""


class Query(Generic[T_co]):
    """A question to the store, answered with a T. Subclass it with a frozen dataclass of plain values."""

    __slots__ = ()


class Need(Query[T_co]):
    """A query that costs more than a millisecond and no store: it is worked out in a thread, outside any transaction.

    The turn that yields one without its result at hand is undone, and run again when the result is there.
    """

    __slots__ = ()


class Command(Generic[T_co]):
    """A change to the store, answered with a T. It re-checks every fact that it relies on: queries only saw a moment."""

    __slots__ = ()


class Say:
    """Words that come with the next question, or end the flow. Never repeated; what MUST be read belongs to a question."""

    def __init__(self, line: Line, *buttons: Button, files: tuple[File, ...] = ()) -> None:
        self.line, self.buttons, self.files = line, buttons, files

    def __await__(self) -> Generator[Any, Any, None]:
        yield self


class Ask(Generic[T]):
    """Wait for an answer. `key` is its name in this run: stable across releases, unique, indexed in loops (guest.1.name).

    `before` are lines that come with the question each time it is put (progress, a note); they do not count in its digest.
    `buttons` are offered under it beside its choices. `label` is its short name in the list of answers to change.
    """

    def __init__(
        self,
        key: str,
        prompt: Prompt[T],
        *,
        before: tuple[Line, ...] = (),
        buttons: tuple[Button, ...] = (),
        label: Line | None = None,
    ) -> None:
        self.key, self.prompt, self.before, self.buttons, self.label = key, prompt, before, buttons, label

    def __await__(self) -> Generator[Any, Any, T]:
        answer: T = yield self
        return answer


class Fetch(Generic[T]):
    """Look something up, afresh at every turn. Keep it out of loops: its cost is paid once for each answer of the person."""

    def __init__(self, query: Query[T]) -> None:
        self.query = query

    def __await__(self) -> Generator[Any, Any, T]:
        found: T = yield self
        return found


class Do(Generic[T]):
    """Change something, once, in the turn's transaction. No question may follow; what comes next is another flow (Next)."""

    def __init__(self, command: Command[T]) -> None:
        self.command = command

    def __await__(self) -> Generator[Any, Any, T]:
        done: T = yield self
        return done


@dataclass(frozen=True, slots=True)
class Next:
    """Returned by a flow that hands over to another, which begins in a turn of its own and knows only its `args`."""

    flow: str
    args: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Retype:
    """Returned by a flow that held words back: they now go to the conversation underneath, as if typed this moment."""

    text: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Returned by a flow that ends the conversation underneath as well, keeping its answers as a draft."""


@dataclass(frozen=True, slots=True)
class Reopen:
    """Returned by a flow whose command found the world changed (the last seat is gone): every answer stays, and the
    question `key` is put again. The command must have changed nothing."""

    key: str


@dataclass(frozen=True, slots=True)
class Aside:
    """Returned by a flow that spoke up by itself, as a reminder does. Nobody had asked, so the question underneath is not put
    again; it waits, and the next words meet "go on?" first."""


After: TypeAlias = Next | Retype | Leave | Reopen | Aside | None
Step: TypeAlias = Say | Ask[Any] | Fetch[Any] | Do[Any]
Flow: TypeAlias = Coroutine[Any, Any, After]
Request: TypeAlias = Query[Any] | Command[Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded answer, the digest of the question it was given to, and the update that brought it."""

    key: str
    value: Json
    digest: str
    update: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    """The question that waits, as the person saw it. `misses` counts what was written to it in vain.

    `numbered`: a typed number picks from `shown`; it is no answer by itself.
    """

    key: str
    digest: str
    shown: tuple[str, ...]
    numbered: bool = True
    misses: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """What the person did about the open question, and by which update."""

    to: Open
    act: Typed | Tap
    heard: Heard
    update: str = ""


@dataclass(frozen=True)
class Asked:
    """A run that came to an open question. `log`: the answers that it used, in order. `took`: `given` was one of them.

    `passed`: the key and the label (else the words) of each question that has its answer; `answered`: the prompt that took `given`.
    """

    log: tuple[Entry, ...]
    says: tuple[Say, ...]
    open: Open
    ask: Ask[Any]
    choices: tuple[Choice[object], ...]
    problem: Problem | None
    took: bool
    passed: tuple[tuple[str, Line], ...] = ()
    answered: Prompt[Any] | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that came to its end. `log`: every answer that it used."""

    log: tuple[Entry, ...]
    says: tuple[Say, ...]
    after: After


def run(flow: Flow, kept: Mapping[str, Entry], given: Given | None = None) -> Generator[Request, Any, Asked | Ended]:
    """Drive `flow` to its first open question or its end, taking `given` where it fits the question it was given to.

    `kept` is every answer on record; a log holds only those that this run came by. Raises FlowError, TypeError for a
    foreign await, and whatever the flow or a request raises: the caller rolls back.
    """
    log: dict[str, Entry] = {}
    passed: list[tuple[str, Line]] = []
    says: list[Say] = []
    acted = False
    answered: Prompt[Any] | None = None
    result: object = None
    try:
        for _ in range(MAX_STEPS):
            try:
                step: Step = flow.send(result)
            except StopIteration as stop:
                return Ended(tuple(log.values()), tuple(says), stop.value)
            match step:
                case Say():
                    says.append(step)
                    result = None
                case Fetch():
                    result = yield step.query
                case Do():
                    acted = True
                    result = yield step.command
                case Ask(key=key, prompt=prompt):
                    if key in log or acted:
                        raise FlowError(f"{key}: " + ("asked after a Do" if acted else "asked twice"))
                    mark = digest(key, prompt.line)
                    mine = given if given and (given.to.key, given.to.digest) == (key, mark) else None
                    entry, result = _settle(prompt, mark, kept.get(key), mine)
                    if entry is None:
                        options = tuple(prompt.choices())
                        waits = Open(key, mark, tuple(option.id for option in options), prompt.numbered)
                        problem = result if isinstance(result, Problem) else None
                        used, took = tuple(log.values()), answered is not None
                        return Asked(used, tuple(says), waits, step, options, problem, took, tuple(passed), answered)
                    log[key], answered = entry, prompt if mine else answered
                    passed.append((key, step.label or prompt.line))
                    says.clear()  # they were said with the question that is now answered
                case _:
                    raise TypeError(f"a flow may await only its own steps, not {type(step).__name__}")
        raise FlowError(f"{MAX_STEPS} steps without a question")
    finally:
        flow.close()


def _settle(prompt: Prompt[object], mark: str, entry: Entry | None, given: Given | None) -> tuple[Entry | None, object]:
    """The entry that answers this question and what it stands for now; or no entry, and a Problem if there was one."""
    if given:
        value = given.act.choice if isinstance(given.act, Tap) else prompt.parse(given.heard)
        if isinstance(value, Problem):
            return None, value
        entry = Entry(given.to.key, value, mark, given.update)
    if entry is None or entry.digest != mark:
        return None, None
    answer = prompt.check(entry.value)
    return (None if isinstance(answer, Problem) else entry), answer
