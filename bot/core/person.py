"""What a person may know and decide about their own data: language, consents, show, export, correct, erase."""

from dataclasses import dataclass

from bot.core.flow import Command, Query
from bot.core.message import Json, Moment


@dataclass(frozen=True, slots=True)
class SetLanguage(Command[None]):
    """Speak this language from now on, because the person said so."""

    lang: str


@dataclass(frozen=True, slots=True)
class Speaking(Query[str]):
    """The language that this turn speaks."""


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """A consent that was given (R26). `subject` is the event, form or topic that it is about."""

    purpose: str
    subject: str
    version: int
    lang: str
    channel: str
    given: Moment
    withdrawn: Moment | None = None


@dataclass(frozen=True, slots=True)
class MyConsents(Query[tuple[ConsentRecord, ...]]):
    """The person's consents that are in force, the oldest first."""


@dataclass(frozen=True, slots=True)
class WithdrawConsent(Command[bool]):
    """Take one consent back and undo what rested on it alone: a subscription, the answers about needs. A seat stays (R28)."""

    purpose: str
    subject: str


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of what is stored about the person: `kind` names a catalogue line, `count` how many, `until` for how long."""

    kind: str
    count: int
    until: Moment | None = None


@dataclass(frozen=True, slots=True)
class MyData(Query[tuple[Holding, ...]]):
    """What is stored about the person, kind by kind; kinds of which there is nothing are left out."""


@dataclass(frozen=True, slots=True)
class Export(Query[Json]):
    """Everything that is stored about the person, as plain data with field names (R40): nothing about anybody else."""


@dataclass(frozen=True, slots=True)
class Erased:
    """The receipt of an erasure. `stays` names catalogue lines of what must stay, without a person."""

    reference: str
    at: Moment
    stays: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Erase(Command[Erased]):
    """Erase the person: every row, then the key that could read a forgotten copy. Seats are freed, queues move on.

    The receipt is the last message; the key goes when its outbox row has an end.
    """
