"""Stand-ins at the ports, good enough to run the real engine: a store in memory, a voice, a hub's knowledge, file makers.

One rule: nothing inside is patched. A unit works on a copy of all rows, and the copy takes their place or is dropped.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy, deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from json import dumps, loads
from typing import Any, Protocol, TypeVar, runtime_checkable
from unicodedata import combining, decimal, normalize

from bot.core.flow import Need, Request
from bot.core.message import Act, Danger, File, Line, Message, Moment, Month, Texts, act_from_json, act_to_json
from bot.core.message import Link as WebLink
from bot.core.person import Speaking
from bot.core.ports import DUE, TIMER, Attachment, FollowUp, Letter, Notice, Outgoing, Person, Sender, Shown, Unit

T = TypeVar("T")
START = datetime(2026, 5, 4, 9, tzinfo=UTC)
BUTTONS_KEPT = timedelta(days=30)


@runtime_checkable
class Domain(Protocol):
    """What a test's hub is about: rows of its own, copied with the rest."""

    def perform(self, request: Request, unit: "MemoryUnit") -> object: ...


@dataclass
class Nothing:
    """A hub that knows no query."""

    def perform(self, request: Request, unit: "MemoryUnit") -> object:
        raise LookupError(f"nothing performs {type(request).__name__}")


@dataclass
class Contact:
    id: str
    sender: Sender
    lang: str = ""
    chosen: bool = False
    last: datetime = START


@dataclass
class Inbound:
    contact: str
    state: str  # open, done, failed
    act: Any = None
    lang: str = ""
    attempts: int = 0


@dataclass
class Outbound:
    id: int
    account: str
    contact: str
    cause: tuple[str, str, int]  # the account and the update that made it, and its place
    message: Outgoing
    run: int
    at: datetime
    state: str = "queued"
    reason: str = ""


@dataclass
class Rows:
    """Everything that a transaction covers. Sessions and acts are JSON text, as they would be in a database."""

    domain: Domain = field(default_factory=Nothing)
    contacts: dict[str, Contact] = field(default_factory=dict)
    inbox: dict[tuple[str, str], Inbound] = field(default_factory=dict)
    outbox: list[Outbound] = field(default_factory=list)
    sessions: dict[str, str] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    due: list[tuple[datetime, str]] = field(default_factory=list)
    nudges: list[tuple[str, int]] = field(default_factory=list)
    resting: list[str] = field(default_factory=list)
    poison: str = ""  # a timer that raises

    def copied(self) -> "Rows":
        """A copy that nothing done to it is seen in. What is frozen is shared."""
        return Rows(
            deepcopy(self.domain),
            {id: copy(row) for id, row in self.contacts.items()},
            {id: copy(row) for id, row in self.inbox.items()},
            [copy(row) for row in self.outbox],
            dict(self.sessions),
            dict(self.counts),
            list(self.due),
            list(self.nudges),
            list(self.resting),
            self.poison,
        )


@dataclass
class MemoryUnit:
    """bot.core.ports.Unit over a copy of all rows."""

    hub: str
    now: datetime
    rows: Rows
    contact: str = ""
    lang: str = ""
    notices: list[Notice] = field(default_factory=list)
    erased: bool = False
    account: str = TIMER

    def accept(self, update: str, sender: Sender) -> Person | None:
        before = self.rows.inbox.get((sender.account, update), Inbound("", "tried"))
        if before.state != "tried":
            return None
        self.contact, self.account = f"{sender.account}/{sender.channel}:{sender.id}", sender.account
        new = self.contact not in self.rows.contacts
        contact = self.rows.contacts.setdefault(self.contact, Contact(self.contact, sender, last=self.now))
        silence, contact.last = self.now - contact.last, self.now
        behind = any(it.state == "open" and it.contact == self.contact for it in self.rows.inbox.values())
        self.rows.inbox[sender.account, update] = Inbound(self.contact, "done")
        return Person(contact.id, contact.lang, contact.chosen, new, silence, before.attempts, behind)

    def take(self, follow: FollowUp) -> tuple[Person, Act, str] | None:
        row = self.rows.inbox.get((follow.account, follow.update))
        if row is None or row.state != "open":
            return None
        row.state, self.contact, self.account = "done", row.contact, follow.account
        return replace(self.person(row.contact), attempts=row.attempts), act_from_json(loads(row.act)), row.lang

    def follow(self, cause: str, account: str, act: Act, lang: str) -> FollowUp:
        update = f"{cause}+"
        assert (account, update) not in self.rows.inbox
        self.rows.inbox[account, update] = Inbound(self.contact, "open", dumps(act_to_json(act)), lang)
        return FollowUp(update, account)

    def session(self, contact: str | None = None) -> dict[str, Any] | None:
        text = self.rows.sessions.get(contact or self.contact)
        return loads(text) if text else None

    def save(self, session: dict[str, Any] | None, contact: str | None = None) -> None:
        self.rows.sessions.pop(contact or self.contact, None)
        if session is not None:
            self.rows.sessions[contact or self.contact] = dumps(session)

    def shown(self, message: str | None) -> Shown | None:
        for row in reversed(self.rows.outbox):
            mine = (row.contact, row.account) == (self.contact, self.account) and self.now - row.at <= BUTTONS_KEPT
            if mine and (bool(row.message.buttons) if message is None else str(row.id) == message):
                return Shown(row.message.buttons, row.message.question)
        return None

    def perform(self, request: Request) -> object:
        return self.lang if isinstance(request, Speaking) else self.rows.domain.perform(request, self)

    def speak(self, lang: str, *, chosen: bool) -> None:
        contact = self.rows.contacts[self.contact]
        contact.lang, contact.chosen = lang, contact.chosen or chosen

    def put(self, message: Outgoing, cause: str, n: int, *, run: int = 0, contact: str | None = None) -> None:
        of, to = (self.account, cause, n), self.rows.contacts[contact or self.contact]
        assert all(row.cause != of for row in self.rows.outbox), f"{of} is said twice"
        account = to.sender.account
        self.rows.outbox.append(Outbound(len(self.rows.outbox) + 1, account, to.id, of, message, run, self.now))

    def person(self, contact: str) -> Person:
        row = self.rows.contacts[contact]
        return Person(row.id, row.lang, row.chosen)

    def forget(self, run: int) -> None:
        for row in self.rows.outbox:
            if row.contact == self.contact and row.run == run:
                row.message = replace(row.message, text="")

    def count(self, kind: str, subject: str = "") -> None:
        self.rows.counts[kind, subject] = self.rows.counts.get((kind, subject), 0) + 1

    def fire(self) -> str:
        due = sorted(it for it in self.rows.due if it[0] <= self.now)
        if not due:
            return ""
        if due[0][1] == self.rows.poison:
            raise LookupError(due[0][1])
        self.rows.due.remove(due[0])
        self.rows.inbox.pop((TIMER, DUE), None)
        return due[0][1]

    def deaths(self) -> int:
        row = self.rows.inbox.get((TIMER, DUE))
        return row.attempts if row else 0

    def put_off(self) -> bool:
        self.rows.inbox.pop((TIMER, DUE), None)
        due = sorted(it for it in self.rows.due if it[0] <= self.now)[:1]
        for at, name in due:
            self.rows.due.remove((at, name))
            self.rows.due.append((self.now + timedelta(hours=1), name))
        return bool(due)

    def nudge(self, run: int) -> None:
        self.rows.nudges.append((self.contact, run))

    def rest(self) -> None:
        self.rows.resting.append(self.contact)

    def fail(self, update: str, account: str) -> None:
        self.rows.inbox[account, update].state = "failed"


class BusyError(Exception):
    """What a database raises that cannot serve now."""


@dataclass
class MemoryStore:
    """bot.core.ports.Store: one process, one transaction at a time. `busy` makes that many runs fail before they begin."""

    rows: Rows = field(default_factory=Rows)
    clock: datetime = START
    busy: int = 0
    unavailable: tuple[type[Exception], ...] = (BusyError,)

    def work(self, hub: str, work: Callable[[Unit], T]) -> T:
        """As run, for tests without an event loop."""
        if self.busy:
            self.busy -= 1
            raise BusyError
        unit = MemoryUnit(hub, self.clock, self.rows.copied())
        done = work(unit)
        self.rows = unit.rows
        return done

    async def run(self, hub: str, work: Callable[[Unit], T]) -> T:
        return self.work(hub, work)

    async def now(self, hub: str) -> datetime:
        return self.clock

    async def attempted(self, hub: str, account: str, update: str) -> None:
        row = self.rows.inbox.setdefault((account, update), Inbound("", "tried"))
        row.attempts += 1

    async def open_updates(self, hub: str) -> Sequence[FollowUp]:
        return [FollowUp(id, account) for (account, id), row in self.rows.inbox.items() if row.state == "open"]

    async def claim(self, hub: str, account: str, owner: str, admits: Callable[[str, str], bool]) -> Sequence[Letter]:
        letters: list[Letter] = []
        busy: set[str] = set()  # one message a contact at a time, the oldest first
        for row in self.rows.outbox:
            ended = row.state in ("sent", "failed", "skipped", "unknown")
            if ended or row.account != account or row.contact in busy:
                continue
            busy.add(row.contact)
            sender = self.rows.contacts[row.contact].sender
            if row.state == "queued" and admits(sender.channel, sender.id):
                row.state = "sending"
                letters.append(Letter(row.id, sender.channel, sender.account, sender.id, row.message))
        return letters

    async def finish(self, hub: str, letter: Letter, state: str, reason: str = "") -> None:
        row = next(it for it in self.rows.outbox if it.id == letter.id)
        row.state, row.reason = state, reason

    async def next_due(self, hub: str) -> datetime | None:
        return min((at for at, _ in self.rows.due), default=None)


@dataclass(frozen=True)
class FakeEar:
    """What words mean in a language of a small catalogue. A line that the catalogue lacks raises: a test has a typo.

    `words` is (command -> words for it), the language's own and English ones; `stops` count in every language.
    """

    lang: str
    lines: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    comma: str = "."  # the decimal mark
    tomorrow: str = "tomorrow"
    also: str = "and"

    def say(self, line: Line) -> str:
        if line.id not in self.lines:
            raise LookupError(f"the catalogue has no {line.id}")
        return self.lines[line.id].format(**{name: self._gap(value) for name, value in line.params})

    def _gap(self, value: object) -> str:
        match value:
            case Line():
                return self.say(value)
            case tuple() | list():
                head, tail = [self._gap(it) for it in value[:-1]], [self._gap(it) for it in value[-1:]]
                return f" {self.also} ".join(filter(None, [", ".join(head), *tail]))
            case Texts():
                return value.pick(self.lang)[1]
            case Moment(at=at):
                return f"{at:%d.%m.%Y %H:%M}"
            case Month(day=day):
                return f"{day:%m/%Y}"
            case date():
                return f"{value:%d.%m.%Y}"
            case WebLink(url=url, title=title):
                return f"{title} {url}"
            case Decimal():
                return f"{value.normalize():f}".replace(".", self.comma)
            case str() | int():
                return str(value)
            case _:
                return str(getattr(value, "title", value))

    def fold(self, text: str) -> str:
        plain = "".join(char for char in normalize("NFKD", text.casefold()) if not combining(char))
        kept = "".join(" " if char.isspace() else char for char in plain if char.isalnum() or char.isspace())
        return " ".join(kept.split())

    def command(self, text: str, *, number_wanted: bool = False) -> str | None:
        folded = self.fold(text)
        if folded in self.stops and not (number_wanted and folded == "seis"):
            return "stop"
        return next((name for name, words in self.words.items() if folded in words), None)

    def language(self, text: str) -> str | None:
        named = {
            self.fold(name): id.partition(".")[2]
            for id, name in self.lines.items()
            if id in ("language.en", "language.pt")
        }
        return named.get(self.fold(text))

    def yes_or_no(self, text: str) -> bool | None:
        folded = self.fold(text)
        return True if folded in self.yes else False if folded in self.no else None

    def number(self, text: str) -> Decimal | None:
        kept = "".join(str(decimal(char, char)) for char in text.strip().rstrip("."))
        kept = kept.replace(" ", "").replace(self.comma, ".")
        if not 0 < len(kept) <= 30 or "_" in kept:
            return None
        try:
            number = Decimal(kept)
        except InvalidOperation:
            return None
        return number if number.is_finite() and abs(number.adjusted()) < 30 else None

    def day(self, text: str, today: date) -> date | None:
        if self.fold(text) == self.tomorrow:
            return today + timedelta(days=1)
        parts = text.strip().replace("/", ".").replace("-", ".").split(".")
        try:
            numbers = [int(part) for part in parts if len(part) <= 4]
            return date(*numbers) if numbers[0] > 31 else date(numbers[2], numbers[1], numbers[0])
        except (ValueError, TypeError, IndexError):
            return None

    def asks(self, text: str) -> bool:
        return text.rstrip().endswith("?")


@dataclass
class FakeVoice:
    """Lines into the languages of its ears; the first is the hub's own."""

    ears: dict[str, FakeEar]

    def languages(self, hub: str) -> Sequence[str]:
        return tuple(self.ears)

    def ear(self, hub: str, lang: str) -> FakeEar:
        return self.ears[lang]

    def render(self, message: Message, hub: str, lang: str) -> tuple[str, tuple[str, ...]]:
        say = self.ears[lang].say
        return "\n".join(map(say, message.lines)), tuple(say(button.label) for button in message.buttons)


@dataclass
class FakeKnowledge:
    """Needs and danger by functions that a test hands in. `met` is what was worked out, in order."""

    needs: Callable[[Need[Any], str], object]
    dangers: Mapping[str, Danger] = field(default_factory=dict)
    met: list[Need[Any]] = field(default_factory=list)

    def meet(self, need: Need[Any], hub: str, lang: str, now: datetime) -> object:
        self.met.append(need)
        return self.needs(need, lang)

    def danger(self, text: str, hub: str, lang: str, today: date) -> Danger | None:
        return next((danger for word, danger in self.dangers.items() if word in text.casefold()), None)


@dataclass
class FakeMakers:
    def warm(self) -> None:
        """Nothing to load."""

    def make(self, file: File, hub: str, lang: str, say: Callable[[Line], str]) -> Attachment:
        return Attachment(f"{say(file.name)}.json", "application/json", dumps(file.data).encode())
