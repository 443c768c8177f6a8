"""What a person sees in the terminal."""

import io

from bot.channels.terminal import Look, page
from bot.core.message import Start
from bot.core.ports import Outgoing, ShownButton


def message(text: str, *labels: str, numbered: bool = True) -> Outgoing:
    buttons = tuple(ShownButton(label, label, Start("menu")) for label in labels)
    return Outgoing(text, "en", (), buttons, numbered=numbered)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_gets_plain_lines() -> None:
    look = Look.of(io.StringIO(), {"TERM": "xterm"}, 80)
    long = "word " * 50
    assert page(message(long + "\nend", "Yes", "No"), look) == f"{long}\nend\n\n  1. Yes\n  2. No\n"


def test_a_terminal_gets_its_width_and_colours() -> None:
    look = Look.of(Terminal(), {"TERM": "xterm"}, 30)
    text = page(message("word " * 20, "A label that needs more than one line"), look, paths=["/tmp/a.ics"])
    assert all(len(line.replace("\x1b[1m", "").replace("\x1b[0m", "")) <= 30 for line in text.splitlines()[:-1])
    assert "\x1b[1m1.\x1b[0m A label" in text
    assert "\x1b[2m/tmp/a.ics\x1b[0m" in text


def test_no_colours_where_none_are_wanted() -> None:
    for environment in ({"TERM": "xterm", "NO_COLOR": "1"}, {"TERM": "dumb"}, {}):
        look = Look.of(Terminal(), environment, 80)
        assert "\x1b" not in page(message("hello", "Yes"), look)


def test_an_address_is_not_cut() -> None:
    url = "https://example.org/" + "a" * 60
    assert url in page(message(f"See {url}"), Look(30))


def test_nothing_reaches_the_terminal_raw() -> None:
    text = page(message("a\x1b[2Jb\x00\u202ec\ud800", "l\x07"), Look(80, colour=False), paths=["/tmp/\x1b"], to="x\x1b")
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\x00" not in text
    assert "\u202e" not in text
    text.encode()
