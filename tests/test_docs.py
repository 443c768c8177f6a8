"""Every command and setting that there is, is documented, and the other way round."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from bot.channels.jsonl import _KEYS
from bot.cli import parser
from bot.settings import KNOWN

ROOT = Path(__file__).resolve().parent.parent
OPERATORS = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")


def section(title: str) -> str:
    """A chapter of the handbook for operators."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", OPERATORS, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def commands(made: argparse.ArgumentParser, name: str = "hubbot") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Each command that can be called, by its whole name."""
    inner = [it for it in made._actions if isinstance(it, argparse._SubParsersAction)]
    for action in inner:
        for word, sub in action.choices.items():
            yield from commands(sub, f"{name} {word}")
    if not inner:
        yield name, made


def test_every_command_is_documented_and_no_other() -> None:
    told = dict(re.findall(r"^\| `(hubbot [a-z ]+?)` \| (.*) \|$", section("Commands"), re.MULTILINE))
    assert sorted(told) == sorted(name for name, _ in commands(parser()))


def test_every_option_is_documented_and_no_other() -> None:
    told = dict(re.findall(r"^\| `(hubbot [a-z ]+?)` \| (.*) \|$", section("Commands"), re.MULTILINE))
    for name, made in commands(parser()):
        options = {it.option_strings[-1] for it in made._actions if it.option_strings} - {"--help"}
        assert set(re.findall(r"`[^`]*?(--[a-z]+)", told[name])) == options, name


def test_every_setting_is_documented_and_no_other() -> None:
    assert re.findall(r"^\| `(HUBBOT_[A-Z_]+)`", section("Settings"), re.MULTILINE) == [*KNOWN]


def test_every_setting_is_in_the_example_and_no_other() -> None:
    """The secrets of the sample hubs stand there too, under the names that their hub.toml gives them."""
    named = {
        name
        for pack in (ROOT / "hubs").glob("*/hub.toml")
        for name in re.findall(r'= "(HUBBOT_[A-Z_]+)"', pack.read_text(encoding="utf-8"))
    }
    shown = set(re.findall(r"^# (HUBBOT_[A-Z_]+)=", EXAMPLE, re.MULTILINE))
    assert set(KNOWN) <= shown
    assert shown - set(KNOWN) <= named


def test_the_example_sets_nothing() -> None:
    assert [line for line in EXAMPLE.splitlines() if line.strip() and not line.startswith("#")] == []


def test_every_key_of_the_protocol_is_documented() -> None:
    chapter = section("`hubbot chat --jsonl`")
    for key in (*_KEYS, "to", "id", "lines", "choices", "edits", "attachments", "error", "idle"):
        assert f'"{key}"' in chapter, key


def test_W02_no_option_takes_a_secret() -> None:
    """Whoever may list the processes of a machine reads their arguments."""
    options = {name for _, made in commands(parser()) for it in made._actions for name in (*it.option_strings, it.dest)}
    assert "--hub" in options
    assert [it for it in options if re.search("key|token|pass|secret|url|database", it)] == []


def test_W25_it_is_said_where_to_report_and_who_answers_for_the_data() -> None:
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    for words in ("private security advisory", "`/privacy`", "controller", "privacy contact", "docs/security.md"):
        assert words in page
