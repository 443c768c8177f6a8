"""What the bot says of its own accord: the question underneath stays open, and is not put again."""

import pytest

from bot.core.flow import Aside, Fetch, Say
from bot.core.message import Button, Line, Start
from bot.core.respond import Unfinished
from tests.core.test_rules import install, say, start
from tests.core.world import World


async def remind() -> Aside:
    left = await Fetch(Unfinished())
    for frame in left:
        await Say(
            Line("mine.some", count=len(left)),
            Button(Line("core.go-on"), Start(frame.flow, frame.args)),
            Button(Line("core.leave"), Start("not-interested", (frame.flow, *frame.args))),
        )
    return Aside()


@pytest.fixture
def world() -> World:
    """Ana is asked her name, and reminded of it."""
    made = World()
    install(made, remind=remind)
    start(made, "register")
    say(made, "1", "yes")
    return made


def test_the_question_is_not_put_again_and_waits(world: World) -> None:
    before = len(world.said())
    start(world, "remind")
    assert [message.text for message in world.said()[before:]] == ["Unfinished: 1"]
    assert world.session().top
    assert say(world, "Ana")[0] == "We were in the middle of something. Go on?"
    assert say(world, "1")[0] == "How many people come with you?"


def test_a_number_picks_from_the_reminder(world: World) -> None:
    start(world, "remind")
    assert say(world, "1")[0] == "What is your name?"


def test_who_is_not_interested_is_left_in_peace_and_the_answers_go(world: World) -> None:
    start(world, "remind")
    assert say(world, "2") == ["Your answers are deleted."]
    assert world.session().empty
    assert not world.session().waiting
    start(world, "not-interested", "register")
    assert world.said()[-1].text == "That question has passed."


def test_only_that_one_goes(world: World) -> None:
    start(world, "form", "needs")
    say(world, "1")
    start(world, "not-interested", "register")
    assert [frame.flow for frame in world.session().frames] == ["form"]
    assert world.said()[-1].text.splitlines()[0] == "Your answers are deleted."


def test_a_reminder_of_nothing_says_nothing_and_puts_nothing_aside(world: World) -> None:
    start(world, "not-interested", "register")
    before = len(world.said())
    start(world, "remind")
    assert len(world.said()) == before
    start(world, "human")
    start(world, "remind")
    assert not world.session().waiting
