"""The real engine over the fakes: it tells every conversation of the core as it is written, and keeps its promises."""

import asyncio
from collections.abc import Coroutine
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from json import dumps
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import settings
from typing_extensions import override

from bot.core.flow import Aside, Ask, Next, Say
from bot.core.message import Act, Line, Start, Typed, act_to_json
from bot.core.ports import FollowUp, Press, Reply, Sender, Update
from bot.core.prompts import Text
from bot.core.respond import Spec
from bot.engine import Engine
from tests.core.test_transcripts import HERE, scene
from tests.core.test_walk import Walk
from tests.core.transcript import play
from tests.core.world import HUB, World
from tests.fakes import BusyError, Contact, FakeMakers, Inbound

T = TypeVar("T")


def now(doing: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(doing)


@dataclass
class EngineWorld(World):
    """The town of the core's tests, served by bot.engine."""

    @property
    def engine(self) -> Engine:
        return Engine(
            self.flows,
            self.store,
            self.voice,
            self.knowledge,
            FakeMakers(),
            self.chance,
            lambda fault: self.faults.append(f"{fault.kind} in {fault.where}"),
            lambda hub, account, update: nullcontext(),
        )

    @override
    def handle(self, id: str, who: str, act: Act | Press | Reply, hint: str = "") -> bool:
        return now(self.engine.handle(HUB, Update(id, Sender("chat", "terminal", who), act, hint)))

    @override
    def carry_on(self, follow: FollowUp | None) -> None:
        now(self.engine.recover(HUB))


@pytest.mark.parametrize("path", sorted(HERE.glob("*.txt")), ids=lambda path: path.stem)
def test_the_engine_tells_the_conversations_of_the_core(path: Path) -> None:
    world = EngineWorld()
    told = path.read_text(encoding="utf-8")
    assert play(told, world, scene(world)) == told
    assert world.faults == []


def texts(world: World, who: str = "ana") -> list[str]:
    return [message.text for message in world.said(who)]


def newest(world: World, who: str = "ana") -> str:
    return str([row.id for row in world.store.rows.outbox if row.contact == f"chat/terminal:{who}"][-1])


@pytest.mark.parametrize("choice", [1, "fair", "the Fair", "THE FAIR!"])
def test_a_press_is_found_by_its_place_its_id_and_its_words(choice: int | str) -> None:
    world = EngineWorld()
    world.handle("1", "ana", Start("register"))
    world.handle("2", "ana", Press(choice, newest(world)))
    assert texts(world)[-1] == "May the hub keep your name until the Fair is over?"


@pytest.mark.parametrize("choice", [0, 3, -1, "gala", "", "?"])
def test_a_press_that_was_never_offered_is_no_answer(choice: int | str) -> None:
    world = EngineWorld()
    world.handle("1", "ana", Start("register"))
    world.handle("2", "ana", Press(choice, newest(world)))
    assert world.session().frames[0].log == ()
    assert texts(world)[-1].splitlines()[-1] == "Which event?"
    assert world.faults == []


def test_a_press_under_an_older_message_has_passed_and_a_start_works_for_thirty_days() -> None:
    world = EngineWorld()
    world.handle("1", "ana", Start("menu"))
    menu = newest(world)
    world.handle("2", "ana", Press(1, menu))
    which = newest(world)
    world.handle("3", "ana", Press(1, which))
    world.handle("4", "ana", Press(2, which))
    assert texts(world)[-1].splitlines()[0] == "That question has passed."
    world.silence(timedelta(days=30))
    world.handle("5", "ana", Press("News", menu))
    assert texts(world)[-1] == "News about what?"
    world.silence(timedelta(days=1))
    world.handle("6", "ana", Press("News", menu))
    assert texts(world)[-1].splitlines()[0] == "That question has passed."


def test_nobody_presses_under_a_message_to_somebody_else() -> None:
    world = EngineWorld()
    world.handle("1", "ana", Start("menu"))
    world.handle("2", "rui", Press(1, newest(world)))
    assert texts(world, "rui")[-1].splitlines()[-1] == "That question has passed."


def test_a_reply_to_an_older_question_is_an_old_press_and_to_the_open_one_an_answer() -> None:
    world = EngineWorld()
    world.handle("1", "ana", Start("menu"))
    menu = newest(world)
    world.handle("2", "ana", Start("register"))
    which = newest(world)
    world.handle("3", "ana", Reply("the walk", which))
    consent = newest(world)
    assert texts(world)[-1] == "May the hub keep your name until the Walk is over?"
    world.handle("4", "ana", Reply("1", which))
    assert texts(world)[-1].splitlines()[0] == "That question has passed."
    assert [entry.key for entry in world.session().frames[0].log] == ["event"]
    world.handle("5", "ana", Reply("yes", consent))
    world.handle("6", "ana", Reply("Ana", "no such message"))
    assert texts(world)[-1] == "How many people come with you?"
    world.handle("7", "ana", Reply("2", menu))
    assert texts(world)[-1] == "News about what?"


def test_a_fault_is_told_without_a_word_of_what_anybody_wrote() -> None:
    async def breaks() -> None:
        raise ValueError(await Ask("name", Text(Line("registration.your-name"))))

    world = EngineWorld()
    world.flows = {**world.flows, "breaks": Spec(breaks)}
    world.handle("1", "ana", Start("register"))
    world.handle("2", "ana", Start("breaks"))
    world.handle("3", "ana", Typed("Ana Maria"))
    assert texts(world)[-2:] == ["Sorry, something broke here. Nothing was saved.", "Which event?"]
    assert world.faults[0].startswith("ValueError in ")
    assert "Ana" not in world.faults[0]
    assert world.store.rows.inbox["chat", "3"].state == "failed"


def test_what_a_process_left_behind_is_done_by_the_next() -> None:
    """Killed between a turn and what follows from it: the follow-up is an open row of the same commit."""
    world = EngineWorld()
    world.handle("1", "ana", Start("event", ("fair",)))
    for n, text in enumerate(["yes", "Ana"]):
        world.handle(f"2{n}", "ana", Typed(text))
    engine = world.engine

    async def killed(hub: str, follow: FollowUp | None) -> None:
        raise KeyboardInterrupt

    class Dying(Engine):
        _carry_on = staticmethod(killed)  # the process ends here

    dying = Dying(
        engine.flows,
        engine.store,
        engine.voice,
        engine.knowledge,
        engine.makers,
        engine.chance,
        engine.tell,
        engine.hold,
    )
    with pytest.raises(KeyboardInterrupt):
        now(dying.handle(HUB, Update("3", Sender("chat", "terminal", "ana"), Typed("0"))))
    assert texts(world)[-1] == "You have a seat at the Fair."
    now(engine.recover(HUB))
    now(engine.recover(HUB))
    assert texts(world)[-2:] == ["You have a seat at the Fair.", "How did you hear of us?"]
    assert not world.handle("3", "ana", Typed("0"))
    assert len(world.town.seats) == 1


def test_an_update_that_killed_three_processes_is_given_up_with_an_apology() -> None:
    world = EngineWorld()
    world.handle("1", "ana", Start("event", ("fair",)))
    for _ in range(2):
        now(world.store.attempted(HUB, "chat", "2"))
    world.handle("2", "ana", Typed("yes"))
    assert texts(world)[-1] == "What is your name?"  # twice may be chance
    for _ in range(3):
        now(world.store.attempted(HUB, "chat", "3"))
    assert world.handle("3", "ana", Typed("Ana"))
    assert texts(world)[-1] == "Sorry, something broke here. Nothing was saved."
    assert world.store.rows.inbox["chat", "3"].state == "failed"
    assert world.faults == ["Killed in 3 runs of one update"]
    assert not world.handle("3", "ana", Typed("Ana"))
    world.handle("4", "ana", Start("menu"))
    assert texts(world)[-1] == "What would you like?"


def test_what_follows_is_given_up_too() -> None:
    world = EngineWorld()
    world.store.rows.inbox["chat", "1+"] = Inbound("chat/terminal:ana", "open", '["start", "menu"]', "en", 3)
    world.store.rows.contacts["chat/terminal:ana"] = Contact(
        "chat/terminal:ana", Sender("chat", "terminal", "ana"), "en"
    )
    now(world.engine.recover(HUB))
    assert texts(world) == ["Sorry, something broke here. Nothing was saved."]
    now(world.engine.recover(HUB))
    assert len(texts(world)) == 1


def test_what_an_older_turn_left_goes_before_anything_newer() -> None:
    """Another process has it in hand, or died: whoever hears of the person next does it first."""
    world = EngineWorld()
    world.handle("1", "ana", Start("news"))
    world.store.rows.inbox["chat", "1+"] = Inbound("chat/terminal:ana", "open", '["start", "menu"]', "en")
    world.handle("2", "ana", Start("human"))
    assert texts(world)[1:] == ["What would you like?", "News about what?", "What shall I pass on?"]


def test_an_anonymous_response_leaves_no_words_in_session_or_outbox() -> None:
    world = EngineWorld()
    world.handle("1", "ana", Start("form", ("secret",)))
    for n, text in enumerate(["everything is too slow", "the press"]):
        world.handle(f"2{n}", "ana", Typed(text))
    assert texts(world)[-1] == "Thank you!"
    assert [text for text in texts(world) if text] == ["Thank you!"]
    assert "slow" not in repr(world.store.rows.sessions) + repr(world.store.rows.outbox) + repr(world.store.rows.inbox)


def test_a_new_person_is_spoken_to_in_the_language_of_their_app_where_the_hub_has_it() -> None:
    world = EngineWorld()
    world.handle("1", "ana", Start("event", ("fair",)), "pt-BR")
    world.handle("2", "rui", Start("event", ("fair",)), "fi")
    assert [world.said("ana")[-1].lang, world.said("rui")[-1].lang] == ["pt", "en"]


def test_what_follows_from_a_turn_goes_on_in_the_language_of_that_turn() -> None:
    """Heard once, a language is not settled yet; what the answer hands over to is in it all the same."""

    async def answers(text: str) -> Next:
        await Say(Line("kb.parking"))
        return Next("event", ("fair",))

    world = EngineWorld()
    world.flows = {**world.flows, "ask": Spec(answers)}
    world.handle("1", "ana", Start("menu"))
    world.handle("2", "ana", Typed("onde posso estacionar?"))
    said = world.said("ana")[-2:]
    assert [message.lang for message in said] == ["pt", "pt"]
    assert said[1].text.splitlines()[-1] == "O polo pode guardar o seu nome até ao fim de the Fair?"
    assert world.store.rows.contacts["chat/terminal:ana"].lang == "en"


def test_a_number_in_a_reply_to_a_list_that_never_had_it_is_no_answer_to_what_is_asked_now() -> None:
    world = EngineWorld()
    world.handle("1", "ana", Start("menu"))
    menu = newest(world)
    world.handle("2", "ana", Start("event", ("fair",)))
    for n, text in enumerate(["yes", "Ana"]):
        world.handle(f"3{n}", "ana", Typed(text))
    world.handle("4", "ana", Reply("3", menu))  # the menu has two lines, and the open question asks for a number
    assert texts(world)[-1].splitlines() == ["That question has passed.", "How many people come with you?"]
    assert [entry.key for entry in world.session().frames[0].log] == ["consent", "name"]


def test_a_database_that_is_away_loses_nothing_and_says_no_sorry() -> None:
    world = EngineWorld()
    world.store.busy = 1
    with pytest.raises(BusyError):
        world.handle("1", "ana", Start("menu"))
    assert world.handle("1", "ana", Start("menu"))
    assert len(texts(world)) == 1
    assert world.faults == []


class EngineWalk(Walk):
    """The walk of the core's tests, with the real engine in its middle."""

    world_of: ClassVar[type[World]] = EngineWorld


TestEngineWalk = EngineWalk.TestCase
TestEngineWalk.settings = settings(max_examples=15, stateful_step_count=40, report_multiple_bugs=False)


# What falls due


async def remind() -> Aside:
    await Say(Line("menu.text"))
    return Aside()


async def breaks() -> None:
    raise RuntimeError


def due(world: EngineWorld, *names: str) -> None:
    world.store.rows.due += [(world.store.clock, name) for name in names]


def test_an_update_that_a_timer_leaves_is_done_at_once() -> None:
    world = EngineWorld(flows={**EngineWorld().flows, "remind": Spec(remind)})
    world.handle("1", "ana", Start("menu"))
    world.store.rows.inbox["timer", "x"] = Inbound(
        "chat/terminal:ana", "open", dumps(act_to_json(Start("remind"))), "en"
    )
    due(world, "x")
    assert now(world.engine.tick(HUB))
    assert len(texts(world)) == 2
    assert texts(world)[-1] == "What would you like?"
    assert not now(world.engine.tick(HUB))


def test_a_reminder_that_breaks_says_nothing_and_ends() -> None:
    world = EngineWorld(flows={**EngineWorld().flows, "breaks": Spec(breaks)})
    world.handle("1", "ana", Start("menu"))
    world.store.rows.inbox["timer", "x"] = Inbound(
        "chat/terminal:ana", "open", dumps(act_to_json(Start("breaks"))), "en"
    )
    now(world.engine.recover(HUB))
    assert len(texts(world)) == 1
    assert world.store.rows.inbox["timer", "x"].state == "failed"
    assert len(world.faults) == 1


def test_a_timer_that_cannot_be_done_holds_up_no_other() -> None:
    world = EngineWorld()
    due(world, "a poisoned one", "b")
    world.store.rows.poison = "a poisoned one"
    for _ in range(2):
        assert now(world.engine.tick(HUB))
    assert [(name, at - world.store.clock) for at, name in world.store.rows.due] == [
        ("a poisoned one", timedelta(hours=1))
    ]
    assert world.faults == [world.faults[0]]
    assert not now(world.engine.tick(HUB))


def test_a_timer_that_three_processes_died_of_holds_up_no_other() -> None:
    world = EngineWorld()
    due(world, "a deadly one", "b")
    for _ in range(3):
        now(world.store.attempted(HUB, "timer", "due"))  # as the next process does for one that died
    for _ in range(2):
        assert now(world.engine.tick(HUB))
    assert [(name, at - world.store.clock) for at, name in world.store.rows.due] == [
        ("a deadly one", timedelta(hours=1))
    ]
    assert world.faults == ["Killed in 3 runs of one timer"]


def test_what_is_begun_and_answered_is_reminded_of_once() -> None:
    world = EngineWorld()
    world.handle("1", "ana", Start("menu"))
    world.handle("2", "ana", Start("register"))
    assert world.store.rows.nudges == []
    for n, words in enumerate(("1", "yes", "/news", "/cancel", "/mine")):
        world.handle(f"w{n}", "ana", Typed(words))
    world.handle("3", "ana", Start("register"))
    world.handle("4", "ana", Typed("Ana"))
    (run,) = {frame.run for frame in world.session().frames if frame.flow == "register"}
    assert world.store.rows.nudges == [("chat/terminal:ana", run)]


def test_R19_after_words_of_danger_a_person_rests() -> None:
    world = EngineWorld()
    world.handle("1", "ana", Typed("a lump"))
    assert world.store.rows.resting == []
    world.handle("2", "ana", Typed("life is unbearable"))
    assert world.store.rows.resting == ["chat/terminal:ana"]
