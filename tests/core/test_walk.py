"""People who do anything at any time; events, releases and faults that come and go: whatever happens, nothing breaks."""

from collections import Counter
from copy import deepcopy
from datetime import timedelta
from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from typing_extensions import override

from bot.core.flow import Do, Entry, Say
from bot.core.message import Act, Back, Cancel, Change, Edited, Line, Sent, Start, Tap, Typed
from bot.core.prompts import SKIP
from bot.core.respond import Spec
from bot.core.session import MAX_DEPTH, MAX_DRAFTS, Session
from tests.core.transcript import polite, steady
from tests.core.world import FLOWS, Event, Note, Submit, TakeSeat, World, danger_of, register_as_of_next_release
from tests.fakes import BusyError

PEOPLE = ("ana", "rui")
SOMEONE = st.sampled_from(["ana", "ana", "ana", "rui"])  # one who gets far, and another one
WORDS = [
    "1", "2", "3", "4", "1, 2", "2 1", "yes", "No", "sim", "Ana", "where can I park?", "opening hours?", "", "30", "the Fair",
    "-1", "٣", "5.5.2026", "skip", "life is unbearable", "a lump", "onde posso estacionar?", "melhor", "help", "cancel",
    "back", "stop", "seis", "/menu", "/mine", "/nonsense", "event_fair", "form_needs", "/start news_x", "português", "x" * 5000,
    "Change topics", "Sign up", "Go on", "Delete my answers", "Concordo", "I agree", "\ud800", "👍", "A friend", "The press",
]  # fmt: skip
KEYS = [
    "",
    "event",
    "consent",
    "name",
    "guests",
    "guest.1.name",
    "heard",
    "paper",
    "age",
    "topics",
    "opinion",
    "send",
    "no-such",
]
STARTS = [
    Start("register"), Start("event", ("fair",)), Start("event", ("gala",)), Start("form", ("welcome",)), Start("news"),
    Start("form", ("needs",)), Start("form", ("secret",)), Start("human"), Start("mine"), Start("no-such-flow"),
    Start("ask", ("what are your opening hours?",)), Start("language", ("pt",)), Start("forget-draft", ("form", "needs")),
    Start("forget-draft", ("register",)), Start("start"), Start("menu"), Start("news", ("too", "many")),
]  # fmt: skip
# What is done is said, once: by these lines, of which there are as many as there are effects.
SAID = {
    "registration.confirmed": "seat", "registration.waitlisted": "seat", "form.thanks": "response", "news.done": "news",
    "stop.done": "stop", "human.kept": "human", "kb.thanks": "kb",
}  # fmt: skip


async def broken(*_: object) -> None:
    raise ZeroDivisionError


async def short(id: str) -> None:
    """The form as of a release that asks nothing any more: whoever comes by it is at its end."""
    await Do(Submit(id, {}))
    await Say(Line("form.thanks"))


def answers(session: Session) -> dict[tuple[int, str], Entry]:
    return {(frame.run, entry.key): entry for frame in session.frames for entry in frame.log}


def before_by_key(session: Session, run: int, key: str) -> list[Entry]:
    """What was on record under this key, branches that were closed and drafts included."""
    frames = (*session.frames, *session.drafts)
    return [it for frame in frames if frame.run == run for it in (*frame.log, *frame.spare) if it.key == key]


def effect(it: object) -> str:
    match it:
        case TakeSeat():
            return "seat"
        case Submit():
            return "response"
        case Note(kind="useful" | "useless"):
            return "kb"
        case Note(kind=kind):
            return kind
        case _:
            raise LookupError(it)


class Walk(RuleBasedStateMachine):
    """A town, two people, and everything that they and the world may do."""

    world_of: ClassVar[type[World]] = World

    @initialize()
    def begin(self) -> None:
        self.world = self.world_of()
        self.n = 0
        self.acts: list[tuple[str, str, Act]] = []
        self.broke = False

    # What people do

    @rule(who=SOMEONE, text=st.sampled_from(WORDS))
    def types(self, who: str, text: str) -> None:
        self.act(who, Typed(text, danger_of(text)))

    @rule(who=SOMEONE, number=st.integers(1, 4))
    def types_a_number(self, who: str, number: int) -> None:
        self.act(who, Typed(str(number)))

    @rule(who=SOMEONE, place=st.integers(0, 30))
    def presses_the_newest(self, who: str, place: int) -> None:
        said = [message for message in self.world.said(who) if message.buttons]
        if said:
            buttons = said[-1].buttons
            self.act(who, buttons[place % len(buttons)].act)

    @rule(who=SOMEONE, n=st.integers(0, 9), times=st.integers(1, 4))
    def answers_well(self, who: str, n: int, times: int) -> None:
        """Goes on with what is open, so that a walk comes to the end of something now and then."""
        for _ in range(times):
            session = self.world.session(who)
            if session.top is None or session.top.open is None:
                return
            shown = [it for it in session.top.open.shown if it != SKIP]
            many = {"order": "2 1", "topics": "1, 3"}.get(session.top.open.key)
            good = many or (str(n % len(shown) + 1) if shown else ("1", "2", "30", "Ana", "4.5.2026")[n % 5])
            self.act(who, Typed(good))

    @rule(who=SOMEONE, starts=st.lists(st.sampled_from(STARTS[:8]), min_size=2, max_size=4))
    def digresses(self, who: str, starts: list[Start]) -> None:
        for start in starts:
            self.act(who, start)

    @rule(who=SOMEONE, text=st.sampled_from(["1", "Ana", "where can I park?"]))
    def comes_back_after_long(self, who: str, text: str) -> None:
        self.world.silence(timedelta(hours=13))
        self.act(who, Typed(text))

    @rule(who=SOMEONE, place=st.integers(0, 999))
    def presses_anything_ever_shown(self, who: str, place: int) -> None:
        buttons = [button for message in self.world.said(who) for button in message.buttons]
        self.act(who, buttons[place % len(buttons)].act if buttons else Tap(1, "", "yes"))

    @rule(who=SOMEONE, start=st.sampled_from(STARTS))
    def starts(self, who: str, start: Start) -> None:
        if start.flow == "news" and start.args:
            self.broke = True  # arguments that no release takes: our fault, and said so
        self.act(who, start)

    @rule(who=SOMEONE, key=st.sampled_from(KEYS))
    def changes(self, who: str, key: str) -> None:
        self.act(who, Change(key))

    @rule(who=SOMEONE, act=st.sampled_from([Back(), Back(), Cancel(), Sent("sticker"), Sent("other")]))
    def moves(self, who: str, act: Act) -> None:
        self.act(who, act)

    @rule(place=st.integers(0, 999), text=st.sampled_from(WORDS))
    def edits(self, place: int, text: str) -> None:
        typed = [(update, who) for update, who, act in self.acts if isinstance(act, Typed)]
        if typed:
            update, who = typed[-1 - place % len(typed)]
            self.act(who, Edited(update, text, danger_of(text)))

    @rule(place=st.integers(0, 999))
    def is_delivered_again(self, place: int) -> None:
        self.world.store.busy = 0
        if self.acts:
            before = repr(self.world.store.rows)
            assert not self.world.handle(*self.acts[place % len(self.acts)])
            assert repr(self.world.store.rows) == before

    # What the world does

    @rule(hours=st.sampled_from([1, 11, 13, 24 * 400]))
    def time_passes(self, hours: int) -> None:
        self.world.silence(timedelta(hours=hours))

    @rule(id=st.sampled_from(["fair", "walk", "gala"]), seats=st.integers(0, 4))
    def an_event_comes_or_goes(self, id: str, seats: int) -> None:
        events = self.world.town.events
        if id in events and seats % 2:
            del events[id]
        else:
            self.world.town.events = {id: Event(id, f"the {id.title()}", seats), **events}

    @rule(
        release=st.sampled_from(
            ["now", "next", "no register", "no form", "no news", "broken news", "broken ask", "short form"]
        )
    )
    def a_release_comes(self, release: str) -> None:
        word, _, flow = release.rpartition(" ")
        self.world.flows = dict(FLOWS)
        if release == "next":
            self.world.flows["register"] = Spec(register_as_of_next_release, lasting=True)
        elif word == "no":
            del self.world.flows[flow]
        elif word == "short":
            self.world.flows[flow] = Spec(short, lasting=True)
        elif word == "broken":
            self.broke = True
            self.world.flows[flow] = Spec(broken, again=True)

    @rule()
    def the_database_is_away_for_a_moment(self) -> None:
        self.world.store.busy = 1

    # What must hold

    def act(self, who: str, act: Act) -> None:
        self.n += 1
        update = f"u{self.n}"
        done, heard, before = list(self.world.town.done), len(self.world.said(who)), self.world.session(who)
        try:
            self.world.handle(update, who, act)
        except BusyError:
            assert self.world.town.done == done
            assert self.world.handle(update, who, act), "an update whose unit never began was taken for a redelivery"
        self.acts.append((update, who, act))
        said = self.world.said(who)[heard:]
        assert said, f"{act} is not answered"
        polite(said)
        assert self.world.town.done[: len(done)] == done
        assert all(whose == f"chat/terminal:{who}" for whose, _ in self.world.town.done[len(done) :])
        for message in said:
            assert message.text.strip()
        self.answers_are_new_only_by(update, act, before, self.world.session(who))
        try:
            steady(self.world, who, self.world.said(who))
        except ZeroDivisionError:
            assert self.broke

    def answers_are_new_only_by(self, update: str, act: Act, before: Session, after: Session) -> None:
        """An answer comes from this update, or from the message that it edits; a press gives one to its own question alone."""
        new = [(run, it) for (run, key), it in answers(after).items() if it not in before_by_key(before, run, key)]
        by = {it.update.rstrip("+") for _, it in new}
        assert by <= ({act.of} if isinstance(act, Edited) else {update})
        if isinstance(act, Tap):
            going_on = before.frames and before.frames[-1].flow == "go-on"  # a press there lets the words through
            assert all((run, it.digest) == (act.run, act.digest) or going_on for run, it in new)
        elif not isinstance(act, Typed | Edited):
            assert not new

    @invariant()
    def effects_are_done_once_and_said_once(self) -> None:
        done = Counter(effect(it) for _, it in self.world.town.done)
        lines = [line for row in self.world.store.rows.outbox for line in row.message.lines]
        assert Counter(SAID[line] for line in lines if line in SAID) == done

    @invariant()
    def sessions_are_bounded_and_sound(self) -> None:
        for who in PEOPLE:
            session = self.world.session(who)
            asking = session.frames[-1].flow == "go-on" if session.frames else False
            assert len(session.frames) <= MAX_DEPTH + asking
            assert len(session.drafts) <= MAX_DRAFTS
            assert Session.load(session.dump()) == session
            runs = [frame.run for frame in (*session.frames, *session.drafts)]
            assert len(set(runs)) == len(runs)
            assert all(run <= session.runs for run in runs)
            for frame in session.frames:
                assert frame.open
                keys = [entry.key for entry in frame.spare + frame.log]
                assert len(set(keys)) == len(keys)
                assert frame.open.key not in keys

    @invariant()
    def faults_are_only_those_that_were_put_in(self) -> None:
        kinds = {fault.partition(" ")[0] for fault in self.world.faults}
        assert kinds <= ({"ZeroDivisionError", "TypeError"} if self.broke else set())

    @override
    def teardown(self) -> None:
        """Always a way out: /menu answers, and enough of /cancel ends everything."""
        if not hasattr(self, "world"):
            return
        self.world.store.busy = 0
        for who in PEOPLE:
            world = deepcopy(self.world)
            before = len(world.said(who))
            world.handle("menu", who, Typed("/menu"))
            assert "menu.text" in [line for message in world.said(who)[before:] for line in message.lines]
            for n in range(MAX_DEPTH + 2):
                world.handle(f"cancel-{n}", who, Typed("/cancel"))
            assert world.session(who).frames == ()
            assert world.said(who)[-1].lines[-1] == "core.nothing-open"


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=50, stateful_step_count=45, report_multiple_bugs=False)
