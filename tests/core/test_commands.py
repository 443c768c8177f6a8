"""What a whole message means that is a command, a word for one, or a link's payload."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import commands
from bot.core.message import Act, Back, Cancel, Start
from tests.core.world import EARS


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("/start", Start("start")),
        ("  /HELP  ", Start("help")),
        ("/help@town_bot", Start("help")),
        ("!help", Start("help")),
        ("/settings", Start("menu")),
        ("/back", Back()),
        ("!cancel", Cancel()),
        ("/start event_fair", Start("event", ("fair",))),
        ("/start@town_bot form_needs-2", Start("survey-link", ("needs-2",))),
        ("/start hub_pt", Start("hub", ("pt",))),
        ("/start news_screening", Start("subscribe", ("screening",))),
        ("/start event_", Start("unknown-link")),
        ("/start event_" + "x" * 65, Start("unknown-link")),
        ("/start door_17", Start("unknown-link")),
        ("/start 12", Start("unknown-link")),
        ("event_fair", Start("event", ("fair",))),
        ("door_17", None),
        ("/menue", Start("unknown-command", ("menue",))),
        ("/register_2", Start("unknown-command", ("register_2",))),
        ("/помощь", Start("unknown-command", ("помощь",))),
        ("/" + "x" * 99, Start("unknown-command", ("x" * 32,))),
        ("/help me, please", Start("help")),
        ("/cancel\nall", Cancel()),
        ("/etc/hosts", None),
        ("/usr is full of files", None),
        ("/", None),
        ("! important", None),
        ("!увага", None),
        ("help", Start("help")),
        ("Help!", Start("help")),
        ("help me", None),
        ("stop", Start("stop")),
        ("PARAR.", Start("stop")),
        ("back", Back()),
        ("cancel", Cancel()),
        ("ajuda", None),
        ("", None),
    ],
)
def test_reads(text: str, wanted: Act | None) -> None:
    assert commands.read(text, EARS["en"]) == wanted


def test_words_count_in_the_language_of_the_conversation_and_in_english() -> None:
    assert commands.read("voltar", EARS["pt"]) == Back()
    assert commands.read("back", EARS["pt"]) == Back()
    assert commands.read("voltar", EARS["en"]) is None


def test_a_word_that_is_a_number_is_no_stop_where_a_number_is_wanted() -> None:
    assert commands.read("seis", EARS["pt"]) == Start("stop")
    assert commands.read("seis", EARS["pt"], number_wanted=True) is None
    assert commands.read("parar", EARS["pt"], number_wanted=True) == Start("stop")
    assert commands.read("/stop", EARS["pt"], number_wanted=True) == Start("stop")


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_every_command_is_an_act(name: str) -> None:
    assert commands.read(f"/{name}", EARS["en"]) == commands.act(name) == commands.read(f"!{name} ", EARS["pt"])


@given(st.text(), st.booleans())
def test_no_text_raises(text: str, number_wanted: bool) -> None:
    commands.read(text, EARS["en"], number_wanted=number_wanted)


@given(st.from_regex(r"[/!][A-Za-z0-9_]+(@[a-z]+)?", fullmatch=True))
def test_a_word_after_a_slash_is_never_an_answer(text: str) -> None:
    assert commands.read(text, EARS["en"]) is not None or text[0] == "!"
