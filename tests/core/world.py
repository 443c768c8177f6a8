"""A town with a hub: two languages, events, forms, articles, toy flows, and an engine of fifty lines around the core.

One rule: one update, one commit. The engine here does what the real one does, without a loop, a thread or a network.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from traceback import extract_tb
from typing import Any, Literal, TypeVar

from bot.core.articles import Found, Hit, Search
from bot.core.flow import Ask, Command, Do, Fetch, Leave, Need, Next, Query, Reopen, Request, Retype, Say
from bot.core.message import Act, Button, Change, Choice, Danger, Line, Message, Resume, Start
from bot.core.person import SetLanguage
from bot.core.ports import FollowUp, Outgoing, Person, Sender, ShownButton, Unit
from bot.core.prompts import Consent, Date, ManyOf, Maybe, Number, OneOf, Prompt, Ranking, Text, YesNo
from bot.core.respond import Detect, Flows, Guess, Recall, Situation, Spec, Turn, Unfinished, failed, respond
from bot.core.session import Session
from tests.fakes import FakeEar, FakeKnowledge, FakeVoice, MemoryStore, MemoryUnit, Rows

T = TypeVar("T")
MAX_CHAIN = 8
HUB = "town"

ENGLISH = {
    "core.yes": "Yes",
    "core.no": "No",
    "core.agree": "I agree",
    "core.agree-and-age": "I am {age} or older and I agree",
    "core.younger": "I am younger than {age}",
    "core.skip": "Skip",
    "core.skipped": "no answer",
    "core.say-something": "Please write a few words.",
    "core.too-long": "That has {count} characters, and {limit} fit. Please shorten it.",
    "core.not-a-number": "Please write a number.",
    "core.whole-number": "A whole number, please.",
    "core.number-between": "A number from {low} to {high}, please.",
    "core.not-a-day": "I did not understand the day. Please write it like 20.5.2026.",
    "core.day-between": "A day from {first} to {last}, please.",
    "core.pick-one": "Please pick one of these.",
    "core.pick-some": "Please pick from these, for example 1, 3.",
    "core.rank-all": "Please write all {count} numbers in your order, for example 2 1.",
    "core.choice-gone": "That is no longer on offer.",
    "core.yes-or-no": "Yes or no, please.",
    "core.question-passed": "That question has passed.",
    "core.question-changed": "We have changed this question, so I need to ask it anew.",
    "core.nothing-to-change": "There is nothing to go back to here.",
    "core.nothing-open": "Nothing is open.",
    "core.cancelled": "All right, we leave it there.",
    "core.cancelled-kept": "All right. I keep your answers so far.",
    "core.go-on": "Go on",
    "core.delete-draft": "Delete my answers",
    "core.draft-gave-way": "No room for more drafts: the oldest is gone.",
    "core.draft-forgotten": "Your answers are deleted.",
    "core.leave": "Leave this",
    "core.flow-gone": "This is no longer offered.",
    "core.sorry": "Sorry, something broke here. Nothing was saved.",
    "core.not-words": "I can read words only.",
    "core.not-readable": "I cannot read this.",
    "core.message-too-long": "That is too long: {limit} characters fit.",
    "core.edit-too-late": "It is too late to change that message.",
    "core.answer-changed": "I have changed your answer.",
    "core.answer-kept": "Your earlier answer stays.",
    "core.earlier-answer": "Your answer so far: {answer}",
    "core.second-miss": "An example is in the question.",
    "core.second-miss-list": "The number of a line is enough.",
    "core.third-miss": "A person can help, or we leave it.",
    "core.fourth-miss": "The menu has more.",
    "core.fifth-miss": "A person can do it with you. In an emergency, write help.",
    "command.help": "Help",
    "core.also-known": "By the way, I know something about that.",
    "core.show-answer": "Show it",
    "core.which-answer": "Which answer?",
    "core.back-to-question": "Back to the question",
    "language.en": "English",
    "language.pt": "português",
    "language.offer": "Shall we speak {language}?",
    "language.switch-to": "Speak {language}",
    "language.switched": "I now speak {language}.",
    "language.keep": "Keep {language}",
    "language.set": "From now on we speak English.",
    "welcome.program": "I am a computer program of the town's hub.",
    "welcome.how": "Ask me anything.",
    "menu.open": "Menu",
    "menu.text": "What would you like?",
    "menu.register": "Sign up",
    "menu.news": "News",
    "help.text": "In an emergency call 112.",
    "stop.messages": "Stop all messages",
    "stop.done": "You get no more news.",
    "human.ask": "Ask a person",
    "human.text": "What shall I pass on?",
    "human.kept": "I have passed it on.",
    "unknown.command": "I do not know the command {name}.",
    "unknown.link": "I do not know that link.",
    "kb.parking": "There is parking behind the hall.",
    "kb.hours": "We are open from 9 to 5.",
    "kb.useful": "Was this what you needed?",
    "kb.thanks": "Thank you.",
    "kb.unknown": "I do not know that.",
    "kb.crisis": "If life feels unbearable, call 112.",
    "kb.red-flag": "Please see a doctor soon.",
    "go-on.question": "We were in the middle of something. Go on?",
    "mine.none": "Nothing is unfinished.",
    "mine.some": "Unfinished: {count}",
    "news.topic": "News about what?",
    "news.topic.prevention": "Prevention",
    "news.topic.research": "Research",
    "news.done": "You get news.",
    "registration.welcome": "Good that you want to come!",
    "registration.which-event": "Which event?",
    "registration.event": "{event}",
    "registration.consent": "May the hub keep your name until {event} is over?",
    "registration.no-consent": "Then I keep nothing.",
    "registration.your-name": "What is your name?",
    "registration.how-many-guests": "How many people come with you?",
    "registration.guest-name": "Name of guest {n}?",
    "registration.phone": "What is your telephone number?",
    "registration.confirmed": "You have a seat at {event}.",
    "registration.waitlisted": "{event} is full; you are on the waiting list.",
    "registration.closed": "Registration for this event has closed.",
    "registration.full": "There is no seat for that many.",
    "form.progress": "Question {n}",
    "form.heard": "How did you hear of us?",
    "form.heard.friend": "A friend",
    "form.heard.press": "The press",
    "form.paper": "Which paper?",
    "form.age": "How old are you?",
    "form.topics": "Which topics?",
    "form.topics.care": "Care",
    "form.topics.data": "Data",
    "form.topics.sun": "Sun",
    "form.order": "In which order?",
    "form.mail": "Your mail address, if you like?",
    "form.visit": "When did you visit us?",
    "form.opinion": "What should be better?",
    "form.send": "Care, age, opinion: send it?",
    "form.change-any": "Change an answer",
    "form.change-topics": "Change topics",
    "form.change-opinion": "Change opinion",
    "form.thanks": "Thank you!",
}  # fmt: skip
PORTUGUESE = ENGLISH | {
    "core.yes": "Sim",
    "core.no": "Não",
    "core.agree": "Concordo",
    "core.yes-or-no": "Sim ou não, por favor.",
    "core.earlier-answer": "A sua resposta até agora: {answer}",
    "registration.your-name": "Como se chama?",
    "registration.consent": "O polo pode guardar o seu nome até ao fim de {event}?",
    "registration.how-many-guests": "Quantas pessoas vêm consigo?",
    "language.set": "A partir de agora falamos português.",
    "language.switched": "Agora falo {language}.",
    "language.keep": "Ficar com {language}",
    "kb.parking": "Há estacionamento atrás do pavilhão.",
    "kb.unknown": "Isso não sei.",
}
COMMANDS = {
    "menu": ("menu",), "help": ("help",), "back": ("back",), "cancel": ("cancel",), "stop": ("unsubscribe",),
    "news": ("news",), "language": ("language",),
}  # fmt: skip
COMANDOS = {name: (*words, *more) for name, words, more in (
    ("menu", COMMANDS["menu"], ()), ("help", COMMANDS["help"], ("ajuda",)), ("back", COMMANDS["back"], ("voltar",)),
    ("cancel", COMMANDS["cancel"], ("cancelar",)), ("news", COMMANDS["news"], ("noticias",)),
)}  # fmt: skip
STOPS = ("stop", "parar", "seis")
EARS = {
    "en": FakeEar("en", ENGLISH, COMMANDS, ("yes", "y", "ok"), ("no", "n"), STOPS),
    "pt": FakeEar("pt", PORTUGUESE, COMANDOS, ("sim",), ("nao",), STOPS, ",", "amanha", "e"),
}


# --- What the town has -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Event:
    id: str
    title: str
    seats: int = 2


@dataclass(frozen=True, slots=True)
class Events(Query[tuple[Event, ...]]):
    """Events that take registrations today."""


@dataclass(frozen=True, slots=True)
class TakeSeat(Command[Literal["confirmed", "waitlisted", "closed", "full"]]):
    event: str
    name: str
    guests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Submit(Command[None]):
    form: str
    answers: Mapping[str, object]
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class Note(Command[None]):
    """A subscription, a stop, a question for a person: whatever is done and counted."""

    kind: str
    text: str = ""


@dataclass
class Town:
    """The domain's rows. `done` is every committed effect, in order."""

    events: dict[str, Event] = field(default_factory=dict)
    done: list[tuple[str, object]] = field(default_factory=list)
    asked: int = 0  # how often the events were looked up

    def __deepcopy__(self, memo: object) -> "Town":
        return Town(dict(self.events), list(self.done), self.asked)  # what they hold is frozen

    @property
    def seats(self) -> list[TakeSeat]:
        return [it for _, it in self.done if isinstance(it, TakeSeat)]

    @property
    def responses(self) -> list[Submit]:
        return [it for _, it in self.done if isinstance(it, Submit)]

    def perform(self, request: Request, unit: MemoryUnit) -> object:
        match request:
            case Events():
                self.asked += 1
                return tuple(self.events.values())
            case TakeSeat(event=event):
                return self._seat(request, self.events.get(event), unit.contact)
            case Submit() | Note():
                self.done.append((unit.contact, request))
                return None
            case SetLanguage(lang=lang):
                unit.speak(lang, chosen=True)
                unit.lang = lang
                return None
            case _:
                raise LookupError(f"nothing performs {type(request).__name__}")

    def _seat(self, request: TakeSeat, event: Event | None, contact: str) -> str:
        if event is None:
            return "closed"
        if 1 + len(request.guests) > event.seats:
            return "full"
        taken = sum(1 + len(seat.guests) for seat in self.seats if seat.event == event.id)
        self.done.append((contact, request))
        return "confirmed" if taken + 1 + len(request.guests) <= event.seats else "waitlisted"


# --- What one can talk about -----------------------------------------------------------------------------------------


async def register(id: str | None = None) -> Next | Reopen | None:
    events = await Fetch(Events())
    options = [Choice(event.id, Line("registration.event", event=event), event) for event in events]
    await Say(Line("registration.welcome"))
    if id is None:
        event = await Ask("event", OneOf(Line("registration.which-event"), options))
    else:
        event = next((event for event in events if event.id == id), Event(id, id))
    if not await Ask("consent", Consent(Line("registration.consent", event=event, version=3))):
        await Say(Line("registration.no-consent"))
        return None
    name = await Ask("name", Text(Line("registration.your-name"), 80))
    guests = await Ask("guests", Number(Line("registration.how-many-guests"), 0, 4))
    names = [await Ask(f"guest.{n}.name", Text(Line("registration.guest-name", n=n), 80)) for n in range(1, guests + 1)]
    seat = await Do(TakeSeat(event.id, name, tuple(names)))
    await Say(Line(f"registration.{seat}", event=event))
    if seat == "full":
        return Reopen("guests")
    return Next("form", ("welcome",)) if seat == "confirmed" else None


async def register_as_of_next_release(id: str | None = None) -> None:
    """The same conversation after a deploy: phone is new, guests is gone, and the consent has a new version."""
    events = await Fetch(Events())
    options = [Choice(event.id, Line("registration.event", event=event), event) for event in events]
    event = await Ask("event", OneOf(Line("registration.which-event"), options))
    if not await Ask("consent", Consent(Line("registration.consent", event=event, version=4), age=16)):
        await Say(Line("registration.no-consent"))
        return
    phone = await Ask("phone", Number(Line("registration.phone"), 0, 10**9))
    name = await Ask("name", Text(Line("registration.your-name")))
    await Do(TakeSeat(event.id, f"{name} {phone}"))
    await Say(Line("registration.confirmed", event=event))


def options_of(name: str, *ids: str) -> list[Choice[str]]:
    return [Choice(id, Line(f"form.{name}.{id}"), id) for id in ids]


PROMPTS: dict[str, Prompt[object]] = {
    "heard": OneOf(Line("form.heard"), options_of("heard", "friend", "press")),
    "paper": Text(Line("form.paper"), 100),
    "age": Number(Line("form.age"), 0, 120),
    "topics": ManyOf(Line("form.topics"), options_of("topics", "care", "data", "sun")),
    "order": Ranking(Line("form.order"), options_of("topics", "care", "sun")),
    "mail": Maybe(Text(Line("form.mail"), 80)),
    "visit": Maybe(Date(Line("form.visit"), date(2026, 1, 1), date(2026, 12, 31), date(2026, 5, 4))),
    "opinion": Text(Line("form.opinion"), 500, open=True),
    "secret": Text(Line("form.opinion"), 500, open=True, private=True),
}
FORMS = {
    "welcome": ("heard", "paper", "age"),
    "needs": ("topics", "order", "mail", "visit", "opinion"),
    "secret": ("secret", "heard"),
}


async def form(id: str) -> None:
    answers: dict[str, object] = {}
    for n, name in enumerate(FORMS[id], 1):
        if name != "paper" or answers["heard"] == "press":
            before = (Line("form.progress", n=n),) if id == "needs" else ()
            change = (Button(Line("form.change-any"), Change("")),) if name in ("mail", "opinion") else ()
            answers[name] = await Ask(name, PROMPTS[name], before=before, buttons=change)
    if id == "needs":
        both = [Button(Line(f"form.change-{key}"), Change(key)) for key in ("topics", "opinion")]
        await Ask("send", YesNo(Line("form.send")), buttons=tuple(both))
    await Do(Submit(id, answers, id == "secret"))
    await Say(Line("form.thanks"))


async def ask(text: str) -> None:
    found = await Fetch(Search(text))
    if not found.hits:
        await Say(Line("kb.unknown"), Button(Line("human.ask"), Start("human", (text,))))
        return
    await Say(Line(f"kb.{found.hits[0].id}"))
    if found.hits[0].id == "hours":
        useful = await Ask("useful", YesNo(Line("kb.useful")))
        await Do(Note("useful" if useful else "useless"))
        await Say(Line("kb.thanks"))


async def go_on(text: str) -> Retype | Leave:
    return Retype(text) if await Ask("go-on", YesNo(Line("go-on.question"))) else Leave()


async def start() -> None:
    await Say(Line("welcome.program"))
    await Say(Line("welcome.how"), Button(Line("menu.open"), Start("menu")))


async def menu() -> None:
    buttons = Button(Line("menu.register"), Start("register")), Button(Line("menu.news"), Start("news"))
    await Say(Line("menu.text"), *buttons)


async def help_() -> None:
    await Say(Line("help.text"))


async def news() -> None:
    options = [Choice(id, Line(f"news.topic.{id}"), id) for id in ("prevention", "research")]
    topic = await Ask("topic", OneOf(Line("news.topic"), options))
    await Do(Note("news", topic))
    await Say(Line("news.done"))


async def stop() -> None:
    await Do(Note("stop"))
    await Say(Line("stop.done"))


async def human(text: str = "") -> None:
    text = text or await Ask("text", Text(Line("human.text"), 1000, open=True))
    await Do(Note("human", text))
    await Say(Line("human.kept"))


async def mine() -> None:
    frames = await Fetch(Unfinished())
    buttons = [Button(Line("core.go-on"), Start(frame.flow, frame.args)) for frame in frames]
    await Say(Line("mine.some", count=len(frames)) if frames else Line("mine.none"), *buttons)


async def language(lang: str = "en") -> None:
    await Do(SetLanguage(lang))
    await Say(Line("language.set"))


async def unknown_command(name: str) -> None:
    await Say(Line("unknown.command", name=name), Button(Line("menu.open"), Start("menu")))


async def unknown_link() -> None:
    await Say(Line("unknown.link"), Button(Line("menu.open"), Start("menu")))


FLOWS: dict[str, Spec] = {
    "register": Spec(register, lasting=True),
    "event": Spec(register, lasting=True),
    "form": Spec(form, lasting=True),
    "survey-link": Spec(form, lasting=True),
    "ask": Spec(ask, again=True),
    "go-on": Spec(go_on),
    "start": Spec(start),
    "menu": Spec(menu),
    "help": Spec(help_),
    "news": Spec(news),
    "stop": Spec(stop),
    "human": Spec(human),
    "mine": Spec(mine),
    "language": Spec(language),
    "unknown-command": Spec(unknown_command),
    "unknown-link": Spec(unknown_link),
}

DANGERS = {
    "unbearable": Danger("crisis", (Line("kb.crisis"),)),
    "lump": Danger("red_flag", (Line("kb.red-flag"),)),
}
PT_WORDS = {"onde", "posso", "estacionar", "quero", "ajuda", "melhor", "horas"}


def needs(need: Need[Any], lang: str) -> object:
    """What the town's hub knows: parking and opening hours, and Portuguese by its words (two are sure, one is a guess)."""
    match need:
        case Recall(text=text):
            return bool(known(text))
        case Search(text=text):
            return Found("answer", known(text)) if known(text) else Found("unknown")
        case Detect(text=text, hint=hint):
            words = {word.strip("?.,!") for word in text.casefold().split()}
            count = len(words & PT_WORDS)
            other = "en" if {"where", "what", "the"} & words else hint
            return Guess("pt", count > 1) if count else Guess(other, sure=other != hint)
        case _:
            raise LookupError(type(need).__name__)


def known(text: str) -> tuple[Hit, ...]:
    folded = text.casefold()
    if "park" in folded or "estacionar" in folded:
        return (Hit("parking", 0.9),)
    return (Hit("hours", 0.9),) if "opening hours" in folded else ()


# --- The engine ------------------------------------------------------------------------------------------------------


class _Needed(Exception):  # noqa: N818  # as in the engine: it carries a need out of the unit
    def __init__(self, need: Need[Any], lang: str) -> None:
        super().__init__()
        self.need, self.lang = need, lang


def town() -> Town:
    return Town({id: Event(id, title) for id, title in {"fair": "the Fair", "walk": "the Walk"}.items()})


@dataclass
class World:
    flows: Flows = field(default_factory=lambda: dict(FLOWS))
    store: MemoryStore = field(default_factory=lambda: MemoryStore(Rows(town())))
    voice: FakeVoice = field(default_factory=lambda: FakeVoice(dict(EARS)))
    knowledge: FakeKnowledge = field(default_factory=lambda: FakeKnowledge(needs, DANGERS))
    chance: Callable[[], int] = lambda: 1000
    faults: list[str] = field(default_factory=list)

    @property
    def town(self) -> Town:
        domain = self.store.rows.domain
        assert isinstance(domain, Town)
        return domain

    def session(self, who: str = "ana") -> Session:
        unit = MemoryUnit(HUB, self.store.clock, self.store.rows, f"chat/terminal:{who}")
        return self._session(unit)

    def said(self, who: str = "ana") -> list[Outgoing]:
        return [row.message for row in self.store.rows.outbox if row.contact == f"chat/terminal:{who}"]

    def silence(self, time: timedelta) -> None:
        self.store.clock += time

    def handle(self, id: str, who: str, act: Act) -> bool:
        """Accept, respond, record and queue, all or nothing, and then what follows. False: seen before."""
        sender = Sender("chat", "terminal", who)

        def accepted(unit: Unit) -> tuple[Person, Act, str] | None:
            person = unit.accept(id, sender)
            return (person, act, "") if person else None

        seen, follow = self._turn(accepted, id)
        self.carry_on(follow)
        return seen

    def carry_on(self, follow: FollowUp | None) -> None:
        """What a turn left to be done, and what that leaves."""
        for _ in range(MAX_CHAIN):
            if follow is None:
                return
            _, follow = self._turn(_taken(follow), follow.update)
        raise AssertionError("acts that follow one another without end")

    def drive(self, turn: Generator[Request, Any, T], unit: Unit, met: dict[Need[Any], object], chosen: bool) -> T:
        result: object = None
        try:
            while True:
                request = turn.send(result)
                if not isinstance(request, Need):
                    result = unit.perform(request)
                elif request not in met:
                    raise _Needed(request, unit.lang)
                else:
                    result = met[request]
                    if isinstance(result, Guess) and result.sure and not chosen:
                        unit.lang = result.lang
        except StopIteration as done:
            value: T = done.value
            return value

    def ask_again(self, session: Session, unit: MemoryUnit, person: Person) -> Turn:
        """The turn of a Resume in `unit`, which is thrown away."""
        met: dict[Need[Any], object] = {}
        while True:
            try:
                turn = respond(session, Resume(), self.situation(unit.lang, "again", person))
                return self.drive(turn, unit, met, chosen=True)
            except _Needed as missing:
                met[missing.need] = self.knowledge.needs(missing.need, unit.lang)

    def _turn(
        self, begin: Callable[[Unit], tuple[Person, Act, str] | None], update: str
    ) -> tuple[bool, FollowUp | None]:
        met: dict[Need[Any], object] = {}
        while True:
            try:
                return self.store.work(HUB, lambda unit: self._work(unit, begin, update, met))
            except _Needed as missing:
                met[missing.need] = self.knowledge.meet(missing.need, HUB, missing.lang, self.store.clock)
            except self.store.unavailable:
                raise
            except Exception as fault:  # noqa: BLE001  # a flow may raise anything
                where = ", ".join(f"{step.name}:{step.lineno}" for step in extract_tb(fault.__traceback__)[-2:])
                self.faults.append(f"{type(fault).__name__} in {where}")
                return self.store.work(HUB, lambda unit: self._work(unit, begin, update, None))

    def _work(
        self,
        unit: Unit,
        begin: Callable[[Unit], tuple[Person, Act, str] | None],
        update: str,
        met: dict[Need[Any], object] | None,
    ) -> tuple[bool, FollowUp | None]:
        """`met` is None where the turn has raised, and an apology takes its place."""
        began = begin(unit)
        if began is None:
            return False, None
        person, act, lang = began
        unit.lang = lang or person.lang or self.voice.languages(HUB)[0]
        session, at = self._session(unit), self.situation(unit.lang, update, person)
        if met is None:
            unit.fail(update, "chat")
            return True, self._commit(unit, failed(session, act, at), update)
        return True, self._commit(unit, self.drive(respond(session, act, at), unit, met, at.chosen), update)

    def situation(self, lang: str, update: str, person: Person) -> Situation:
        ear, languages = self.voice.ear(HUB, lang), tuple(self.voice.languages(HUB))
        return Situation(self.flows, ear, update, lang, person.chosen, person.new, person.silence, languages)

    def _session(self, unit: Unit) -> Session:
        data = unit.session()
        return Session.load(data) if data else Session(runs=self.chance())

    def _commit(self, unit: Unit, turn: Turn, update: str) -> FollowUp | None:
        if turn.settled:
            unit.speak(unit.lang, chosen=False)
        session = turn.session
        if turn.forget:
            unit.forget(turn.forget)
        if turn.message.lines:
            message = self.outgoing(turn.message, unit.lang)
            session = session.show(tuple((it.label, it.act) for it in message.buttons))
            unit.put(message, update, 0, run=turn.message.question[0] if turn.message.question else turn.forget)
        unit.save(session.dump())
        return unit.follow(update, "chat", turn.then, unit.lang) if turn.then else None

    def outgoing(self, message: Message, lang: str) -> Outgoing:
        text, labels = self.voice.render(message, HUB, lang)
        buttons = tuple(ShownButton("", label, it.act) for it, label in zip(message.buttons, labels, strict=True))
        ids = tuple(line.id for line in message.lines)
        return Outgoing(text, lang, ids, buttons, (), message.question, message.numbered)


def _taken(follow: FollowUp) -> Callable[[Unit], tuple[Person, Act, str] | None]:
    return lambda unit: unit.take(follow)


def danger_of(text: str) -> Danger | None:
    return next((danger for word, danger in DANGERS.items() if word in text.casefold()), None)
