"""Whatever anybody writes, at whatever question: a helpful reply, no crash, nothing that could fool a terminal, no step that
nobody took, and in time.

messages.jsonl has a message a line, {"kind", "text"}, repeated where it says "times"; it is written with escapes, so that it
fools no editor. The hub is real; its store and its knowledge are listened to at their ports, nothing is sent, and each
turn is undone before the next.
"""

import asyncio
import json
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.simulated import NETWORKS, Address, parts, update
from bot.channels.terminal import Look, page
from bot.core.flow import Need
from bot.core.message import Edited, Typed
from bot.core.ports import FollowUp, Outgoing, Person, Press, Reply, Sender, Shown
from tests.talks.place import Place

pytestmark = pytest.mark.timeout(120)  # each test plays some five hundred turns
HERE = Path(__file__).parent
LONGEST = 1.0  # seconds of processor time for one turn: a busy machine makes it no longer
SHEET = """survey,,,,,
,type,name,label::English (en),required,parameters
,text,text,Which words?,true,
,integer,number,How many?,true,
,date,date,Which day?,true,
,select_one three,one_of,Which one?,true,
,select_multiple three,many_of,Which ones?,true,
,rank three,ranking,In which order?,true,
,range,scale,How much?,true,start=0 end=10 step=1
choices,,,
,list_name,name,label::English (en)
,three,a,Apples
,three,b,Bread
,three,c,Cheese
"""
SURVEY = """mode = "confidential"
opens = 2026-11-01T09:00:00
closes = 2027-06-30T18:00:00
title = { pl = "Wszystko", uk = "Усе", en = "Everything" }
"""
# How one comes to each kind of open question: what is written, [pressed], or waited for.
FORM = ("/start form_everything", "[yes]", "some words", "3", "1.5.2027", "1", "1, 2", "1 2 3")
PROMPTS = {
    "menu": ("/menu",),
    "consent": FORM[:1],
    "text": FORM[:2],
    "number": FORM[:3],
    "date": FORM[:4],
    "one_of": FORM[:5],
    "many_of": FORM[:6],
    "ranking": FORM[:7],
    "scale": FORM[:8],
    "language": ("/language",),
    "erase": ("/mydata", "[erase]"),
    "yes_no": (*FORM[:2], timedelta(hours=13), "are you there"),
}
ACTS: dict[str, Callable[[str], Any]] = {
    "typed": Typed,
    "pressed": Press,
    "replied": lambda text: Reply(text, "1"),
    "edited": lambda text: Edited("an older one", text),
}
ANSWERS = {"digits", "number", "date", "answer"}  # what may be one, at some of the questions
COMMANDS = {"start", "command"}  # what may lead away, from any
ENDS = {"core.message-too-long", "core.question-passed", "core.edit-too-late"}  # which say all that there is to say


@dataclass(frozen=True)
class Message:
    kind: str
    text: str


def messages() -> list[Message]:
    lines = map(json.loads, (HERE / "messages.jsonl").read_text(encoding="ascii").splitlines())
    return [Message(line["kind"], line["text"] * line.get("times", 1)) for line in lines]


@dataclass
class Turn:
    """What came of one message: what was said, by the act that said it; the session that it left; what it cost."""

    said: dict[str, list[Outgoing]] = field(default_factory=dict)
    session: dict[str, Any] | None = None
    erased: bool = False
    failed: bool = False
    cost: float = 0.0


@dataclass
class Overheard:
    """A store of one unit of the real one, in which somebody stands where `session` does, under the message `under`."""

    unit: Any
    session: dict[str, Any]
    under: Shown
    unavailable: tuple[type[Exception], ...] = ()
    turn: Turn = field(default_factory=Turn)

    async def run(self, hub: str, work: Callable[[Any], Any]) -> Any:
        began, undoing = time.thread_time(), self.unit.conn.conn.begin_nested()
        try:
            done = work(HeardUnit(self.unit, self))
        except BaseException:
            undoing.rollback()
            raise
        undoing.commit()
        self.turn.cost = max(self.turn.cost, time.thread_time() - began)
        return done

    async def now(self, hub: str) -> datetime:
        now: datetime = self.unit.now
        return now


class HeardUnit:
    """The real unit, save for its session and its mail; see bot.core.ports.Unit."""

    def __init__(self, unit: Any, to: Overheard) -> None:
        self.__dict__.update(unit=unit, to=to, turn=to.turn, act="")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unit, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.unit, name, value)

    def _begins(self, act: str) -> None:
        self.turn.said[act] = []  # a turn that waits for something is undone and run again
        self.__dict__.update(act=act)

    def accept(self, update: str, sender: Sender) -> Person:
        self._begins(update)
        return replace(self.unit.accept(update, sender), lang="en", chosen=True)

    def take(self, follow: FollowUp) -> Any:
        self._begins(follow.update)
        return self.unit.take(follow)

    def session(self) -> dict[str, Any]:
        return self.turn.session or self.to.session

    def save(self, session: dict[str, Any]) -> None:
        self.turn.session = session

    def shown(self, message: str | None) -> Shown:
        return self.to.under

    def put(self, message: Outgoing, *given: Any, contact: str | None = None, **more: Any) -> None:
        assert contact is None
        self.turn.said[self.act].append(message)
        self.turn.erased |= self.unit.erased

    def fail(self, *given: Any) -> None:
        self.turn.failed = True
        self.unit.fail(*given)


@dataclass
class Timed:
    """The real knowledge, and the need that cost most."""

    knowledge: Any
    worst: tuple[float, str] = (0.0, "")

    def meet(self, need: Need[Any], *given: Any) -> object:
        began = time.thread_time()
        try:
            return self.knowledge.meet(need, *given)
        finally:
            self.worst = max(self.worst, (time.thread_time() - began, ascii(need)[:80]))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.knowledge, name)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One hub for all questions: somebody comes to each of them, and everybody else is put in their place."""
    place = Place(tmp_path_factory.mktemp("hub"))
    forms = place.own() / "forms"
    forms.mkdir(exist_ok=True)
    (forms / "everything.csv").write_text(SHEET, encoding="utf-8")
    (forms / "everything.toml").write_text(SURVEY, encoding="utf-8")
    place.app.shelf.packs[place.hub].warm()  # what a first question waits for is no cost of the question
    yield place
    place.close()


def brought(hub: Place, prompt: str, who: str) -> tuple[dict[str, Any], Shown]:
    """The session of somebody who came to this question step by step, and what is shown there."""
    for step in PROMPTS[prompt]:
        if isinstance(step, timedelta):
            hub.later(step)
        elif step.startswith("["):
            hub.press(step[1:-1], who)
        else:
            hub.say(step, who)

    def session(unit: Any) -> Any:
        unit.accept(f"look {who}", Sender("chat", "terminal", who))
        return unit.session()

    found: dict[str, Any] = hub.wait(hub.app.store.run(hub.hub, session))
    assert (found["frames"] == []) == (prompt == "menu")
    message = hub.letters[-1].message
    return found, Shown(message.buttons, message.question)


def played(hub: Place, prompt: str, act: str, corpus: list[Message]) -> tuple[list[Turn], dict[str, Any], Timed]:
    """Each message at this question, as if it were the only one: the turns, and where they began."""
    who = f"{prompt} {act}"
    session, under = brought(hub, prompt, who)
    knowledge = Timed(hub.app.shelf)
    turns: list[Turn] = []

    async def each(unit: Any) -> None:
        here = Address("terminal", who, "en")
        for n, it in enumerate(corpus):
            store = Overheard(unit, session, under)
            engine = replace(hub.app.engine, store=store, knowledge=knowledge)
            undone = unit.conn.conn.begin_nested()
            await engine.handle(hub.hub, update(here, f"{n}", ACTS[act](it.text)))
            undone.rollback()
            unit.erased = False
            turns.append(store.turn)

    hub.wait(hub.app.store.run(hub.hub, lambda unit: asyncio.run(each(unit))))
    return turns, session, knowledge


def texts(message: Outgoing) -> Iterator[tuple[str, str]]:
    """Every text that a network shows of a message."""
    for channel in NETWORKS:
        for part in parts(1, message, channel):
            yield channel, part.text
    yield "terminal", page(message, Look(40))


def fooling(text: str, *, isolates: bool) -> list[str]:
    """The characters that move a cursor, turn a line round or are half of one."""
    kinds = {"Cc", "Cs", "Zl", "Zp"}
    turning = {"LRE", "RLE", "LRO", "RLO", "PDF", *(() if isolates else ("LRI", "RLI", "FSI", "PDI"))}
    return [
        f"U+{ord(it):04X}"
        for it in text
        if it != "\n" and (unicodedata.category(it) in kinds or unicodedata.bidirectional(it) in turning)
    ]


def standing(session: dict[str, Any]) -> list[Any]:
    """Where a session stands: its conversations, with their answers and the question that each waits at."""
    return [(it["flow"], it["args"], it["run"], it["log"], it["open"] and it["open"][:2]) for it in session["frames"]]


def wrong(prompt: str, message: Message, turn: Turn, before: dict[str, Any]) -> str:
    """What is wrong with a turn, "" for nothing."""
    said = [it for act in turn.said.values() for it in act]
    lines = {line for it in said for line in it.lines}
    if turn.failed or "core.sorry" in lines:
        return "it failed"
    if not said or not all(it.text for it in said):
        return "no reply"
    if len(said) > 2:
        return f"{len(said)} messages"
    if not (said[-1].buttons or said[-1].question or lines & ENDS or message.kind in ANSWERS | COMMANDS):
        return "no way on"
    if turn.cost > LONGEST:
        return f"{turn.cost:.2f} s"
    for it in said:
        for channel, text in texts(it):
            if found := fooling(text, isolates=channel != "terminal"):
                return f"on {channel}: {found[:5]}"
    return moved(prompt, message, turn, before)


def moved(prompt: str, message: Message, turn: Turn, before: dict[str, Any]) -> str:
    """Where garbage has led to; where free text is wanted, what is fooling in what was kept of it."""
    if turn.erased:
        return "" if prompt == "erase" and message.kind in ANSWERS else "the person was erased"
    if prompt == "menu" or message.kind in COMMANDS or turn.session is None:
        return ""
    after, was = standing(turn.session), standing(before)
    if prompt == "text" and after != was:
        answer = after[-1][3][-1][1]
        return f"it kept {ascii(answer)[:80]}" if not isinstance(answer, str) or fooling(answer, isolates=False) else ""
    return "" if after == was or message.kind in ANSWERS else f"it moved to {after}"


@pytest.mark.parametrize(
    ("prompt", "act"),
    [*((prompt, "typed") for prompt in PROMPTS), *(("one_of", act) for act in ("pressed", "replied", "edited"))],
)
def test_whatever_anybody_does_is_answered(prompt: str, act: str, hub: Place) -> None:
    corpus = messages()
    turns, before, knowledge = played(hub, prompt, act, corpus)
    bad = [
        f"{it.kind} {it.text[:60]!a}: {why}"
        for it, turn in zip(corpus, turns, strict=True)
        if (why := wrong(prompt, it, turn, before))
    ]
    assert bad == [], "\n".join(bad)
    assert knowledge.worst[0] < LONGEST, knowledge.worst


def test_the_messages_are_many_and_fool_nobody_who_reads_them() -> None:
    text = (HERE / "messages.jsonl").read_text(encoding="ascii")
    assert all(it.isprintable() for it in text.splitlines())
    corpus = messages()
    assert len(corpus) == len({it.text for it in corpus}) >= 500
    assert len({it.kind for it in corpus}) >= 30
