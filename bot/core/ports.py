"""What the engine asks of the world: a store with units of work, a voice, a hub's knowledge, a safety watch, file makers.

One rule: the engine knows these shapes and nothing behind them; bot.app puts the real ones in, tests put their own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol, TypeVar

from bot.core.flow import Need, Request
from bot.core.message import Act, Danger, File, Line, Message
from bot.core.prompts import Ear

T = TypeVar("T")
TIMER = "timer"  # the account of updates that nobody wrote
DUE = "due"  # under that account: the timer that is due first, while it is in hand


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote, by a channel's own id: the account that it was written to, the channel, the person's id there."""

    account: str
    channel: str
    id: str


@dataclass(frozen=True, slots=True)
class Press:
    """A button under a message of the bot: by its place from 1, its choice id, or its words. `message` None: the newest
    message with buttons."""

    choice: int | str
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """Words written as the network's reply to a message of the bot."""

    text: str
    to: str


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that came in. `id` is the network's, unique for the account: the same id again is a redelivery.

    `hint` is the language of the person's app, "" where the network does not tell.
    """

    id: str
    sender: Sender
    act: Act | Press | Reply
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """The contact that an update came from. `silence`: since their last update; `new`: this is their first.

    `lang` is "" until a language was chosen or guessed; `chosen` says that the person chose it. `attempts`: how many
    processes died while they had this update in hand. `behind`: something older of this person is not done yet.
    """

    id: str
    lang: str = ""
    chosen: bool = False
    new: bool = False
    silence: timedelta = timedelta(0)
    attempts: int = 0
    behind: bool = False


@dataclass(frozen=True, slots=True)
class ShownButton:
    """A button as it was sent: `id` for machines (the choice's id, or the start's flow and arguments), words, and act."""

    id: str
    label: str
    act: Act


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as it is sent."""

    name: str
    mimetype: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message in one language, ready to send. `lines` are the catalogue ids, in order; `question` is (run, digest).

    `numbered`: channels without buttons number the choices, and a typed number counts.
    """

    text: str
    lang: str
    lines: tuple[str, ...] = ()
    buttons: tuple[ShownButton, ...] = ()
    files: tuple[Attachment, ...] = ()
    question: tuple[int, str] | None = None
    numbered: bool = True

    @property
    def listed(self) -> tuple[tuple[str, Act], ...]:
        """Its list, as a session remembers the newest."""
        return tuple((button.label, button.act) for button in self.buttons)


@dataclass(frozen=True, slots=True)
class Shown:
    """What stays of a delivered message for 30 days: its buttons, and the question that it asked."""

    buttons: tuple[ShownButton, ...]
    question: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class Notice:
    """Words for a person who did not cause this turn: a seat that became free, an event called off."""

    contact: str
    message: Message


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a committed turn left to be done: an open inbox row."""

    update: str
    account: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A claimed outbox row: `id` is unique in the database for ever, `to` the network's id of the person."""

    id: int
    channel: str
    account: str
    to: str
    message: Outgoing
    again: bool = False  # it was being sent when a process died: a second copy is possible


class Unit(Protocol):
    """One transaction (or one savepoint in a shared one). Every method is plain and synchronous; nothing of it is kept
    when the work raises."""

    hub: str
    lang: str
    """The language that the turn speaks: the performers record consents in it; the engine sets it before the flow runs."""
    notices: list[Notice]
    """Filled by performers; the engine renders and queues them in the same commit."""
    erased: bool
    """Whether an Erase was performed: no session is saved then, and the receipt is the person's last message."""

    @property
    def now(self) -> datetime:
        """The hub's clock, aware, UTC; the same throughout the unit."""
        ...

    def accept(self, update: str, sender: Sender) -> Person | None:
        """Record an update and find or make its contact. None: it was seen before, and nothing more may happen."""
        ...

    def take(self, follow: FollowUp) -> tuple[Person, Act, str] | None:
        """An open inbox row: its person, act, and the language of the turn that caused it. None: another took it."""
        ...

    def follow(self, cause: str, account: str, act: Act, lang: str) -> FollowUp:
        """Leave an act to be done after this commit, before anything newer of this person."""
        ...

    def session(self, contact: str | None = None) -> dict[str, Any] | None:
        """The person's session as it was saved, locked until the commit; None for a new one.

        Of another contact, for a notice: None also while they are in a turn of their own, whose message is their newest.
        """
        ...

    def save(self, session: dict[str, Any] | None, contact: str | None = None) -> None: ...
    def shown(self, message: str | None) -> Shown | None:
        """The buttons of a message to this person from the account of this unit: by its id, or the newest that has buttons.
        None: unknown, or too old."""
        ...

    def perform(self, request: Request) -> object:
        """Answer a query or do a command, for this person. LookupError on a request that nothing performs."""
        ...

    def speak(self, lang: str, *, chosen: bool) -> None:
        """Record the person's language."""
        ...

    def put(self, message: Outgoing, cause: str, n: int, *, run: int = 0, contact: str | None = None) -> None:
        """Queue a message: for the person of this unit, or for another contact. (cause, n) is unique: no double."""
        ...

    def person(self, contact: str) -> Person:
        """Another contact of this hub, for a notice."""
        ...

    def forget(self, run: int) -> None:
        """Take the words of a run out of the inbox and the outbox: an anonymous response was handed in."""
        ...

    def count(self, kind: str, subject: str = "") -> None:
        """One more of `kind` on the hub's day."""
        ...

    def fire(self) -> str:
        """Do the earliest timer that is due at `now`: settle an event, sweep what is past its period. The timer's name,
        as a cause for its notices; "" when nothing is due. What is to be said in a conversation, such as a reminder, is
        left as an open update of the account TIMER."""
        ...

    def deaths(self) -> int:
        """How many processes died with a timer in hand since one was last done or put off."""
        ...

    def put_off(self) -> bool:
        """What is due now and cannot be done is tried again in an hour, so that it holds up nothing else. False: nothing."""
        ...

    def nudge(self, run: int) -> None:
        """The person has begun something, and has answered: remind them once, next morning, if they leave it."""
        ...

    def rest(self) -> None:
        """The person was answered about danger: for a day nothing reminds them of what they left (R19)."""
        ...

    def fail(self, update: str, account: str) -> None:
        """The update ends as failed."""
        ...


class Store(Protocol):
    """The database. `run` gives a unit to `work` and commits what it did, or nothing at all when it raises."""

    unavailable: tuple[type[Exception], ...]
    """What `run` raises when the database itself cannot serve now (busy, gone): no fault of a flow."""

    async def run(self, hub: str, work: Callable[[Unit], T]) -> T: ...
    async def now(self, hub: str) -> datetime:
        """The hub's clock."""
        ...

    async def attempted(self, hub: str, account: str, update: str) -> None:
        """Record that a process died while it had this update in hand, accepted or not."""
        ...

    async def open_updates(self, hub: str) -> Sequence[FollowUp]:
        """Turns that a process left behind, in order."""
        ...

    async def claim(self, hub: str, account: str, owner: str, admits: Callable[[str, str], bool]) -> Sequence[Letter]:
        """What `owner` is to send from an account, marked as sending: the oldest unsent message to each contact whose
        (channel, network id) `admits` admits. What another account has to say holds up nothing."""
        ...

    async def finish(self, hub: str, letter: Letter, state: str, reason: str = "") -> None:
        """Record the end of a sending: sent, failed, skipped, unknown; its words leave the database, its buttons stay."""
        ...

    async def next_due(self, hub: str) -> datetime | None:
        """When the next timer falls due, on the hub's clock."""
        ...


class Voice(Protocol):
    """Lines into a language."""

    def languages(self, hub: str) -> Sequence[str]: ...
    def ear(self, hub: str, lang: str) -> Ear: ...
    def render(self, message: Message, hub: str, lang: str) -> tuple[str, tuple[str, ...]]:
        """The text of a message and the label of each button. Never raises on a missing line: it falls back."""
        ...


class Knowledge(Protocol):
    """What a hub knows, worked out without a store."""

    def meet(self, need: Need[Any], hub: str, lang: str, now: datetime) -> object:
        """The result of a need. Runs in a thread."""
        ...

    def danger(self, text: str, hub: str, lang: str, today: date) -> Danger | None:
        """What the safety words find in a text, in microseconds, in every language of the hub."""
        ...


class Makers(Protocol):
    """Files out of plain data."""

    def warm(self) -> None:
        """Load what the first file would wait for; in a thread."""
        ...

    def make(self, file: File, hub: str, lang: str, say: Callable[[Line], str]) -> Attachment: ...


@dataclass(slots=True)
class Fault:
    """What is told of a flow that raised: enough to find it, and nothing that anybody wrote (security: repro logs)."""

    kind: str
    where: str
