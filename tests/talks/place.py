"""A whole hub in one process: the real store, packs, voice and engine, without a keyboard. For tests of conversations.

One rule: nothing of the product is replaced; only the clock is set, as `--now` does.
"""

import asyncio
import shutil
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from bot import settings
from bot.app import App
from bot.channels.simulated import Address, update
from bot.cli.room import Room
from bot.core.message import Edited, Sent, Typed
from bot.core.ports import Letter, Outgoing, Press
from tests import warm
from tests.acceptance.player import ROOT

T = TypeVar("T")
MORNING = datetime(2026, 12, 1, 8, tzinfo=UTC)


@dataclass
class Place:
    """One hub. `letters` is everything that anybody was sent, in order."""

    folder: Path
    hub: str = "pl"
    packs: Path = ROOT / "hubs"
    at: datetime = MORNING
    letters: list[Letter] = field(default_factory=list)
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)
    count: int = 0

    def __post_init__(self) -> None:
        if self.packs == ROOT / "hubs":
            warm.begin(self.folder / "data")
        variables = {"HUBBOT_DATA_DIR": str(self.folder / "data"), "HUBBOT_HUBS": str(self.packs)}
        self.told: list[str] = []
        self.app = self.wait(App.open(settings.load(variables, self.folder), self.told.append))
        self.wait(self.app.serve(self.hub))
        self.wait(self.app.store.allow_clock())
        self.room = Room(self.app, self.hub, self.letters.append)
        self.wait(self.room.begin(self.at))

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def own(self) -> Path:
        """A copy of the packs that a test may change; served from now on."""
        folder = self.folder / "hubs"
        shutil.copytree(self.packs, folder)
        self.packs = self.app.shelf.folder = folder
        return folder / self.hub

    def does(self, act: Any, who: str = "ana", channel: str = "terminal", lang: str = "en") -> list[Outgoing]:
        """What the person is sent for an act."""
        before = len(self.letters)
        self.count += 1
        self.wait(self.room.hear(update(Address(channel, who, lang), f"u{self.count}", act)))
        assert not self.told, self.told
        return [letter.message for letter in self.letters[before:] if letter.to == who]

    def say(self, text: str, who: str = "ana", **where: str) -> list[Outgoing]:
        return self.does(Typed(text), who, **where)

    def press(self, choice: int | str, who: str = "ana", message: str | None = None, **where: str) -> list[Outgoing]:
        return self.does(Press(choice, message), who, **where)

    def edit(self, of: str, text: str, who: str = "ana") -> list[Outgoing]:
        return self.does(Edited(of, text), who)

    def send(self, kind: str, who: str = "ana") -> list[Outgoing]:
        return self.does(Sent(kind), who)

    def later(self, by: timedelta) -> None:
        self.wait(self.room.advance(by))

    def close(self) -> None:
        self.wait(self.app.close())
        self.runner.close()


def text_of(messages: list[Outgoing]) -> str:
    return "\n\n".join(message.text for message in messages)


def lines_of(messages: list[Outgoing]) -> list[str]:
    return [line for message in messages for line in message.lines]


def labels_of(messages: list[Outgoing]) -> list[str]:
    return [button.label for message in messages for button in message.buttons]


Maker = Callable[..., Place]
