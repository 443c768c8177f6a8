"""The shipped hubs as libraries, and the questions kept for measuring.

The *.jsonl files beside this one were written without a look at the articles' wordings or at the Ukrainian and Portuguese
patterns, by one person in an hour: they show a gap of ten points, not of two.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.knowledge.library import Library
from bot.packs import load

HERE = Path(__file__).parent
HUBS = HERE.parents[1] / "hubs"
TODAY = date(2026, 12, 1)
PERSON = {"en": "person", "pl": "człowiek", "pt": "pessoa", "uk": "людина"}

Rows = list[dict[str, Any]]


def rows(name: str) -> Rows:
    return [json.loads(line) for line in (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


class Parts:
    """What a library is made of, to make others of it."""

    def __init__(self, name: str) -> None:
        loaded = load(HUBS, name)
        assert loaded.hub is not None
        assert loaded.safety is not None
        self.hub, self.articles, self.safety = loaded.hub, loaded.articles, loaded.safety

    def library(self, **changes: Any) -> Library:
        given: dict[str, Any] = {"hub": self.hub, "articles": self.articles, "safety": self.safety, "person": PERSON}
        given |= changes
        hub, articles, safety = given.pop("hub"), given.pop("articles"), given.pop("safety")
        return Library(hub, articles, safety, **given)


@pytest.fixture(scope="session")
def parts() -> Mapping[str, Parts]:
    return {name: Parts(name) for name in ("pl", "pt")}


@pytest.fixture(scope="session")
def libraries(parts: Mapping[str, Parts]) -> Mapping[str, Library]:
    return {name: it.library() for name, it in parts.items()}


@pytest.fixture(scope="session")
def pl(libraries: Mapping[str, Library]) -> Library:
    return libraries["pl"]


@pytest.fixture(scope="session")
def verified(parts: Mapping[str, Parts]) -> Callable[..., Library]:
    """A library whose lines were all verified on a day, or whose hub is otherwise changed."""

    def make(name: str = "pl", day: date | None = TODAY, **changes: Any) -> Library:
        hub = parts[name].hub
        lines = tuple(replace(line, verified_on=day) for line in hub.lines)
        return parts[name].library(hub=replace(hub, lines=lines, **changes))

    return make
