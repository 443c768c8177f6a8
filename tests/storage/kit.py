"""What the storage tests talk with: a store on either database, a clock that stands until it is moved, people with names."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, select

from bot.core.articles import Article
from bot.core.codec import dump, version
from bot.core.events import Event, Given, Seats, TakeSeat
from bot.core.flow import Request
from bot.core.form.model import Choices, Expression, Field, Form, Group, Item, Kind, Language, Text
from bot.core.hub import Contact, Controller, Hub, OwnConsent, Topic
from bot.core.message import Json, Message, Moment, Start, Texts
from bot.core.ports import Outgoing, Sender, ShownButton
from bot.core.session import Frame, Session
from bot.core.surveys import Survey
from storage.pause import begin as begin_pause
from storage.schema import metadata
from storage.store import SqlStore
from storage.unit import SqlUnit

NOON = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)  # a Wednesday, noon in Warsaw: no quiet hours
ZONE = "Europe/Warsaw"


def texts(words: str) -> Texts:
    return Texts.of({"pl": words, "en": words})


def hub(name: str = "pl", **more: Any) -> Hub:
    settings: dict[str, Any] = {
        "topics": (Topic("screening", texts("Screening")), Topic("events", texts("Events"))),
        "quiet_start": time(21),
        "quiet_end": time(8),
        "k_default": 5,
    }
    who = Controller("Institute", "Street 1", "privacy@example.org")
    return Hub(
        name, texts(f"Hub {name}"), "PL", ZONE, ("pl", "en"), Contact("hub@example.org"), who, (), **(settings | more)
    )


def article(name: str, lang: str = "pl", **more: Any) -> Article:
    facts: dict[str, Any] = {"title": f"{name} in {lang}", "topics": ("screening",), "reviewed": NOON.date()}
    return Article(name, lang, body="Body.", **(facts | more))


def event(name: str = "fair", seats: int | tuple[Seats, ...] = 10, **more: Any) -> Event:
    at = NOON + timedelta(days=60)
    facts: dict[str, Any] = {
        "seats": (Seats("in-person/any", seats, "in-person"),) if isinstance(seats, int) else seats,
        "waitlist": True,
        "guests_max": 4,
        "start": Moment(at, ZONE),
        "end": Moment(at + timedelta(hours=6), ZONE),
        "opens": Moment(NOON - timedelta(days=1), ZONE),
        "closes": Moment(at - timedelta(days=2), ZONE),
        "cancel_until": Moment(at, ZONE),
    }
    return Event(name, texts(name), texts(""), texts("Room 1"), "in-person", **(facts | more))


def form(name: str = "views") -> Form:
    words = (("en", Text((name,))),)
    choices = Choices(Expression.of("instance('yn')/root/item"), Expression.of("name"), Expression.of("label"))
    fields = (
        Field("/data/agree", Kind.ONE, label=words, choices=choices),
        Field("/data/why", Kind.TEXT, label=words),
    )
    items = tuple(Item((("name", it),), words) for it in ("yes", "no"))
    return Form(name, name, "1", (Language("en", "English"),), Group("/data", fields), (("yn", items),))


def survey(name: str = "views", mode: str = "anonymous", **more: Any) -> Survey:
    facts: dict[str, Any] = {"once": True, "opens": None, "closes": Moment(NOON + timedelta(days=30), ZONE)}
    return Survey(name, texts(name), mode, version=version(dump(form(name))), questions=2, **(facts | more))


def pack(*things: Any, of: Hub | None = None) -> dict[str, Json]:
    """Contents ready to publish."""
    contents: dict[str, Json] = {"hub": dump(of or hub())}
    for it in things:
        match it:
            case Article():
                contents[f"article/{it.id}/{it.lang}"] = dump(it)
            case Event():
                contents[f"event/{it.id}"] = dump(it)
            case Survey():
                contents[f"survey/{it.id}"] = dump(it)
                contents[f"form/{it.id}"] = dump(form(it.id))
            case OwnConsent():
                contents[f"consent/{it.purpose}"] = dump(it)
    return contents


def wish(at: str = "fair", party: int = 1, **more: Any) -> TakeSeat:
    facts: dict[str, Any] = {"name": "Somebody", "answers": {}, "needs": {}, "consents": (), "wait": True}
    return TakeSeat(at, "in-person/any", party, **(facts | more))


def given(purpose: str = "event", subject: str = "fair", version: int = 1) -> Given:
    return Given(purpose, subject, version)


def words(text: str = "Hello", *, button: str = "", question: tuple[int, str] | None = None) -> Outgoing:
    buttons = (ShownButton(button, button, Start("menu")),) if button else ()
    return Outgoing(text, "en", ("a.line",), buttons, question=question)


def talk(*frames: tuple[str, ...]) -> dict[str, Any]:
    """A saved session: the first frame under way, the others drafts; each is a flow and its arguments."""
    made = tuple(Frame(flow, tuple(args), n) for n, (flow, *args) in enumerate(frames))
    return Session(tuple(made[:1]), 9, drafts=made[1:]).dump()


@dataclass(slots=True)
class Time:
    """Real time that stands still."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at


@dataclass(slots=True)
class House:
    """A store with hub `pl` open, and what it said to people who had not asked."""

    store: SqlStore
    time: Time
    hub: str = "pl"
    notices: list[tuple[str, Message]] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    contacts: dict[str, str] = field(default_factory=dict)

    async def turn(
        self,
        who: str,
        work: Callable[[SqlUnit], Any],
        *,
        hub: str = "",
        channel: str = "terminal",
        account: str = "chat",
    ) -> Any:
        """One update of a person, never seen before."""
        number = f"u{next(self.numbers)}"

        def whole(unit: SqlUnit) -> Any:
            person = unit.accept(number, Sender(account, channel, who))
            assert person is not None
            unit.lang = unit.lang or "en"
            done = work(unit)
            return done, person.id, list(unit.notices)

        done, name, notices = await self.store.run(hub or self.hub, whole)
        self.contacts[who] = name
        self._heard(notices)
        return done

    async def do(self, who: str, *requests: Request, hub: str = "") -> Any:
        """Perform requests in one turn; the result of the last."""
        return await self.turn(who, lambda unit: [unit.perform(it) for it in requests][-1], hub=hub)

    async def settle(self) -> int:
        """Do what is due; how many timers."""
        for done in range(1_000):

            def work(unit: SqlUnit) -> tuple[str, list[Any]]:
                return unit.fire(), list(unit.notices)

            cause, notices = await self.store.run(self.hub, work)
            self._heard(notices)
            if not cause:
                return done
        raise AssertionError("timers without end")

    async def advance(self, **by: float) -> None:
        """The clock moves on and stops at each due timer."""
        to = self.time.at + timedelta(**by)
        while (due := await self.store.next_due(self.hub)) is not None and due <= to:
            self.time.at = max(due, self.time.at)
            await self.settle()
        self.time.at = to
        await self.settle()

    async def publish(self, *things: Any, of: Hub | None = None) -> str:
        digest = await self.store.publish((of or hub()).id, pack(*things, of=of))
        await self.settle()
        return digest

    async def deliver(self) -> list[str]:
        """Send what is owed; the texts."""
        said = []
        while letters := await self.store.claim(self.hub, "chat", "tests", lambda channel, who: True):
            for letter in letters:
                said.append(letter.message.text)
                await self.store.finish(self.hub, letter, "sent")
        return said

    def told(self, who: str) -> list[str]:
        """The lines that a person got without asking."""
        return [line.id for name, message in self.notices if name == self.contacts[who] for line in message.lines]

    def _heard(self, notices: list[Any]) -> None:
        self.notices += [(it.contact, it.message) for it in notices]

    async def rows(self, table: str, **where: Any) -> list[Any]:
        """Rows as they are stored."""
        of = metadata.tables[table]

        def look(conn: Connection) -> list[Any]:
            statement = select(of)
            for name, value in where.items():
                statement = statement.where(of.c[name] == value)
            return list(conn.execute(statement.order_by(*of.primary_key)))

        return await self.store.database.read(look)


async def pause(house: House) -> None:
    """As after a restore."""
    await house.store.database.run(begin_pause)
