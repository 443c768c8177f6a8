"""The sample hub pl in this process: the real store, packs, voice and engine. What is measured is what is shipped."""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot import settings
from bot.app import App
from bot.channels.simulated import Address, update
from bot.core.message import Typed
from bot.core.ports import Update

ROOT = Path(__file__).resolve().parent.parent.parent
HUB = "pl"
# Signing up for an event, as tests/transcripts/sign_up.txt has it: consent, age, name, guests, the event's own questions.
SIGN_UP = (
    "/start event_cancer-mission-fair",
    "1",
    "1",
    "Ana Example",
    "2",
    "1",
    "1",
    "step-free entrance",
    "1 and 3",
    "1",
)
SUBMIT = len(SIGN_UP) - 1  # the turn that takes the seat
WITH_NEEDS = (0, 7)  # a newcomer, and words in which the language is looked for: such a turn runs twice
PLAIN = frozenset(range(SUBMIT)) - {*WITH_NEEDS}  # the places of all others


@dataclass
class Place:
    """A hub on a database. `file` is SQLite's; `env` is for another process on it."""

    app: App
    runner: asyncio.Runner
    file: Path
    env: dict[str, str]
    at: dict[str, int] = field(default_factory=dict)

    def said(self, who: str) -> float:
        """The person's next message, with all that follows from it; the seconds that it took."""
        n = self.at[who] = self.at.get(who, -1) + 1
        return self.runner.run(self._heard(update(Address("telegram", who, "en"), str(n), Typed(SIGN_UP[n]))))

    async def _heard(self, it: Update) -> float:
        began = time.process_time()  # in the loop: a service starts that once, not for each message
        await self.app.engine.handle(HUB, it)
        return time.process_time() - began

    def sign_up(self, who: str) -> list[float]:
        """Somebody new signs up: the seconds of each message."""
        return [self.said(who) for _ in SIGN_UP]


@contextmanager
def opened(database: str = "") -> Iterator[Place]:
    """A new hub in a folder of its own; on SQLite unless `database` is an address."""
    folder = Path(tempfile.mkdtemp(prefix="hubbot-bench-"))
    variables = {"HUBBOT_DATA_DIR": str(folder), "HUBBOT_PACING": "off"}
    if database:
        variables["HUBBOT_DATABASE_URL"] = database
    with asyncio.Runner() as runner:
        app = runner.run(App.open(settings.load(variables, folder), print))
        try:
            runner.run(app.serve(HUB))
            yield Place(app, runner, folder / "hubbot.sqlite3", os.environ | variables)
        finally:
            runner.run(app.close())
            shutil.rmtree(folder, ignore_errors=True)
