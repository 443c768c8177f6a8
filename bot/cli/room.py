"""One chat process: the people who write here, what they are answered, and what else is owed to them.

One rule: a line is done when its turns, their follow-ups and the messages to those whom we serve are; not before.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.app import App
from bot.channels.simulated import ACCOUNT
from bot.cli import fault, log
from bot.core.ports import Letter, Update
from bot.outbox import End, deliver
from bot.timers import Timers
from storage.errors import Unavailable

PAUSE = 1.0  # seconds between two looks for what others caused: an offer, an answer, a timer that fell due


@dataclass(slots=True)
class Room:
    """`show` prints a message; it runs on the loop's thread, one message at a time."""

    app: App
    hub: str
    show: Callable[[Letter], None]
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    failed: Exception | None = None
    tasks: "set[asyncio.Task[Any]]" = field(default_factory=set)

    async def begin(self, at: datetime | None = None) -> bool:
        """Set the clock to `at`, do what processes that died have left to be done, and print what is owed.

        False: the clock is later than `at` already, and stays. StoreError where it must not be moved.
        """
        async with self.busy:
            set_ = at is None or await self._move(at)
            await self.app.engine.recover(self.hub)
            await self._settle()
            await self._deliver(self.hub)
            return set_

    async def hear(self, update: Update) -> None:
        """What one person did, and all that follows from it."""
        async with self.busy:
            self._raise()
            self.app.presence.serve(update.sender.channel, update.sender.id)
            await self.app.refresh(self.hub)
            await self.app.ready(self.hub)
            await self._settle()
            if not await self.app.engine.handle(self.hub, update):
                await self.app.inherit(self.hub)  # it came again: who had it may have died while sending the answer
            await self.app.engine.recover(self.hub)  # a process that began meanwhile may have taken a follow-up of ours
            await self._settle()
            await self._deliver(self.hub)

    async def advance(self, by: timedelta) -> None:
        """Move the clock on, by way of everything that falls due. StoreError where it must not be moved."""
        async with self.busy:
            self._raise()
            await self.app.refresh(self.hub)
            await self._move(await self.app.now(self.hub) + by)
            await self._deliver(self.hub)

    async def watch(self) -> None:
        """From now on look by ourselves for what others caused, while nobody writes here."""
        task = asyncio.create_task(self._watch())
        self.tasks.add(task)

    def warm(self) -> None:
        """Make ready what the first question needs. In a thread that holds up nobody, the end of the process included."""
        threading.Thread(target=self._warmed, name="warm", daemon=True).start()

    def _warmed(self) -> None:
        self.app.engine.makers.warm()
        self.app.shelf.packs[self.hub].warm()

    async def _watch(self) -> None:
        try:
            while True:
                await asyncio.sleep(PAUSE)
                async with self.busy:
                    await self.app.list_stops()
                    await self.app.inherit(self.hub)
                    await self._settle()
                    await self._deliver(self.hub)
        except Exception as fault:  # noqa: BLE001  # told at the next line: until then there is nobody to tell
            self.failed = fault

    def _raise(self) -> None:
        if self.failed is not None:
            failed, self.failed = self.failed, None
            raise failed

    async def _settle(self) -> None:
        """Do what is due."""
        await self.app.now(self.hub)
        try:
            await self._timers().settle(self.hub)
        except Unavailable:
            raise
        except Exception as wrong:  # noqa: BLE001  # a timer that fails must not silence the people who write here
            log.told(f"what fell due could not be done: {fault.told(wrong)}")

    async def _move(self, to: datetime) -> bool:
        """The clock is one for all hubs of a database: what falls due in the others happens in its turn, too."""
        if not await self.app.store.can_set_clock(to):
            return False
        others = await self.app.others(self.hub)
        await self._timers().advance([self.hub, *others], to, self._set)
        return True

    async def _set(self, at: datetime) -> None:
        await self.app.store.set_clock(at)
        await self.app.now(self.hub)

    def _timers(self) -> Timers:
        return Timers(self.app.engine.tick, self.app.store, self._deliver)

    async def _deliver(self, hub: str) -> None:
        """Send what is owed. What is owed to people of another hub waits for a process of that hub."""
        if hub == self.hub:
            presence = self.app.presence
            await deliver(self.app.store, hub, ACCOUNT, presence.owner, presence.admits, self._send)

    async def _send(self, letter: Letter) -> End:
        self.show(letter)
        return End()
