"""Plays a transcript and writes down what really happens: the same text, or a difference to read.

    # why this conversation is worth having
    > what a citizen writes             > [Label] presses the newest button with this label, > [Label]^ the oldest
    < what the bot says                 > again  brings the last update a second time
    ! something that happens            > edit TEXT  changes the last message, > edit OLD => NEW  that message
                                        > silence 13h  passes, > (sticker)  is something without words

One rule: nothing lives between two turns but JSON. After each of them the open question is asked twice more, on a copy:
it must be the same question, word for word, and leave the same answers. A flow that depends on time, chance or a global
is caught in whichever transcript comes by it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

from bot.core.message import Act, Edited, Sent, Typed
from bot.core.ports import Outgoing, Person
from tests.core.world import HUB, World, danger_of
from tests.fakes import MemoryUnit

Scene = Mapping[str, Callable[[str], None]]
UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


@dataclass
class Player:
    """One person at the other end. `typed`: each message of theirs, with the update that brought it."""

    world: World
    who: str = "ana"
    turn: int = 0
    last: tuple[str, Act] | None = None
    typed: list[tuple[str, str]] = field(default_factory=list)

    def row(self, row: str) -> list[str]:
        """What the bot says to one row that begins with "> "."""
        text = row.removeprefix("> ")
        if text.startswith("silence "):
            self.world.silence(int(text[8:-1]) * UNITS[text[-1]])
            return []
        if text != "again":
            self.turn += 1
            self.last = (f"{self.who}-{self.turn}", self.act(text))
        assert self.last
        return self.do(*self.last)

    def do(self, update: str, act: Act) -> list[str]:
        before = len(self.world.said(self.who))
        self.world.handle(update, self.who, act)
        said = self.world.said(self.who)[before:]
        polite(said)
        steady(self.world, self.who, self.world.said(self.who))
        return [row for message in said for row in show(message)]

    def act(self, text: str) -> Act:
        if text.startswith("[") and text.rstrip("^").endswith("]"):
            return self.press(text.rstrip("^")[1:-1], oldest=text.endswith("^"))
        if text.startswith("(") and text.endswith(")"):
            return Sent(text[1:-1])
        if text.startswith("edit "):
            old, arrow, new = text[5:].partition(" => ")
            of = next(update for update, was in reversed(self.typed) if not arrow or was == old)
            new = new if arrow else old
            self.typed = [(update, new if update == of else was) for update, was in self.typed]
            return Edited(of, new, danger_of(new))
        text = text.replace("\\n", "\n")
        self.typed.append((f"{self.who}-{self.turn}", text))
        return Typed(text, danger_of(text))

    def press(self, label: str, *, oldest: bool) -> Act:
        found = [it.act for said in self.world.said(self.who) for it in said.buttons if it.label == label]
        assert found, f"nobody was shown [{label}]"
        return found[0 if oldest else -1]


def play(script: str, world: World, scene: Scene | None = None, who: str = "ana") -> str:
    """The transcript as it really went. Compare it with `script`: a golden conversation is equal to its replay."""
    player = Player(world, who)
    out: list[str] = []
    for row in script.splitlines():
        if row.startswith("<"):
            continue
        out.append(row)
        if row.startswith("! "):
            name, _, argument = row[2:].partition(" ")
            (scene or {})[name](argument)
        elif row.startswith("> "):
            out += [f"< {line}" for line in player.row(row)]
    return "\n".join(out) + "\n"


def show(message: Outgoing) -> list[str]:
    """A message as the transcript has it: numbers where a typed number counts."""
    if message.numbered:
        buttons = [f"{n} {button.label}" for n, button in enumerate(message.buttons, 1)]
    else:
        buttons = [f"[{button.label}]" for button in message.buttons]
    return [*message.text.splitlines(), *(["   ".join(buttons)] if buttons else [])]


def polite(said: list[Outgoing]) -> None:
    """No message twice in a row, and a question is the last that is said."""
    for one, two in pairwise(said):
        assert one.text != two.text, f"said twice: {one.text}"
        assert one.question is None, f"{one.text!r} is a question, and something follows it"


def steady(world: World, who: str, said: list[Outgoing]) -> None:
    """Put the open question twice more, on a copy: the same words and choices, and the same answers on record."""
    session = world.session(who)
    asked = [message for message in said if message.question]
    if session.top is None or session.top.open is None or not asked:
        return
    contact = world.store.rows.contacts[f"chat/terminal:{who}"]
    unit = MemoryUnit(HUB, world.store.clock, world.store.rows.copied(), contact.id, said[-1].lang)
    person = Person(contact.id, unit.lang, contact.chosen)
    once, twice = (world.ask_again(session, unit, person) for _ in range(2))
    assert once == twice, f"not the same twice: {once} then {twice}"
    assert once.session.frames == session.frames, f"not the same twice: {session.frames} then {once.session.frames}"
    if said[-1].question:
        assert_same(world.outgoing(once.message, unit.lang), said[-1])


def assert_same(once: Outgoing, said: Outgoing) -> None:
    """The same question with the same choices; beside them may have stood more, which came with that turn alone."""
    assert once.question == said.question, f"not the same twice: {said} then {once}"
    assert once.lines[-1] == said.lines[-1]
    before, after = ([(it.label, it.act) for it in message.buttons] for message in (said, once))
    assert after == [it for it in before if it in after], f"not the same twice: {before} then {after}"
