"""Puts the parts together: settings, store, packs, voice, engine. The only package that knows all of them.

One rule: nothing is decided here. Each part is made, given what it needs, and let go in the end.
"""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.app.cache import Cache
from bot.app.hubs import Shelf
from bot.app.pack import PackError
from bot.app.speech import LateVoice, Speech
from bot.attempts import Attempts, left_by_dead
from bot.core.ports import Fault
from bot.engine import Engine
from bot.files import Makers
from bot.presence import Presence
from bot.settings import Settings
from flows import flows
from storage.errors import StoreError
from storage.store import SqlStore, open_store

__all__ = ["App", "PackError"]

LISTED_EVERY = 3600.0  # seconds; our own lines are written at once, so only those of other hosts can be late
FIRST_RUN = 1_000_000_000  # below this a new session's runs begin by chance: an old button fits one in a billion


@dataclass(slots=True)
class Clock:
    """The hubs' clock as it was last read, for makers of files: inside a turn they cannot ask the database."""

    offset: timedelta = timedelta(0)

    def now(self, hub: str) -> datetime:  # noqa: ARG002  # one clock for all hubs of a database
        """Real time and the offset."""
        return datetime.now(UTC) + self.offset


@dataclass(slots=True)
class App:
    """All that a process works with. Made by `open`, which opens the database; `serve` adds a hub."""

    settings: Settings
    store: SqlStore
    shelf: Shelf
    engine: Engine
    presence: Presence
    attempts: Attempts
    clock: Clock
    heard: set[str] = field(default_factory=set)  # hubs that are ready to hear somebody
    listed: float = field(default_factory=time.monotonic)  # when the list of stops was last brought up to date

    @classmethod
    async def open(cls, settings: Settings, told: Callable[[str], None]) -> "App":
        """Open the database, make it where it is empty. `told` takes lines for whoever runs the process.

        Raises SettingsError, StoreError, Unavailable, OSError.
        """
        presence = Presence.begin(settings.made_data())
        try:
            store = await open_store(settings.database, settings.data, settings.key, presence.owner)
        except BaseException:
            presence.end()
            raise
        if store.replayed:
            told(f"the database was older than its list of stops: {store.replayed} stops and erasures were done again")
        speech = Speech.shipped()
        shelf = Shelf(settings.hubs, Cache(settings.data / "cache"), speech, told)
        voice = LateVoice(shelf.hub, speech)
        clock = Clock()
        makers = Makers(clock.now)

        def fault(it: Fault) -> None:
            told(f"a turn failed and was undone: {it.kind} at {it.where}")

        attempts = Attempts.begin(presence.folder, presence.owner)
        engine = Engine(flows(match), store, voice, shelf, makers, chance, fault, attempts.hold)
        return cls(settings, store, shelf, engine, presence, attempts, clock)

    async def serve(self, hub: str) -> None:
        """Read a hub's pack, publish it, and take back what dead processes were sending. PackError, LookupError."""
        pack = self.shelf.packs.get(hub) or self.shelf.open(hub)
        await self.now(hub)
        await self.store.publish(hub, pack.contents)
        await self.inherit(hub)

    async def inherit(self, hub: str) -> None:
        """Take over from processes that died: count what they had in hand, and queue again what they were sending."""
        for it in left_by_dead(self.presence.folder, self.presence.dead):
            await self.store.attempted(it.hub, it.account, it.update)
        await self.store.reclaim(hub, self.presence.dead)

    async def ready(self, hub: str) -> None:
        """Read the catalogues and the words of danger now, in a thread: every other process would wait for it where the
        first turn does it, which holds the database."""

        def read() -> None:
            lang = self.shelf.hub(hub).languages[0]
            self.engine.voice.ear(hub, lang)
            self.engine.knowledge.danger("", hub, lang, self.clock.now(hub).date())

        if hub not in self.heard:
            await asyncio.to_thread(read)
            self.heard.add(hub)

    async def refresh(self, hub: str) -> None:
        """Publish the pack anew where its files changed. A change that is refused is told, and the old pack stays."""
        was = self.shelf.packs[hub]
        pack = self.shelf.changed(hub)
        if pack is None:
            return
        try:
            await self.store.publish(hub, pack.contents)
        except StoreError as refused:
            self.shelf.back(hub, was)
            self.shelf.told(f"{refused}. The pack stays as it was.")

    async def others(self, hub: str) -> list[str]:
        """The other hubs of the database, served from now on. One whose pack is broken is told and left out."""
        for it in self.hubs:
            if it != hub and it not in self.shelf.packs and await self.store.manifest(it):
                try:
                    await self.serve(it)
                except (PackError, StoreError) as wrong:
                    self.shelf.packs.pop(it, None)
                    self.shelf.told(f"hub {it} is left out: {wrong}")
        return [it for it in self.shelf.packs if it != hub]

    async def list_stops(self) -> None:
        """Bring the list of stops beside the database up to what other processes wrote: once an hour, and at once where a
        line of ours could not be written. OSError while it cannot be."""
        if self.store.behind or time.monotonic() - self.listed > LISTED_EVERY:
            self.listed = time.monotonic()
            await self.store.list_stops()

    async def now(self, hub: str) -> datetime:
        """The hub's clock."""
        now = await self.store.now(hub)
        self.clock.offset = now - datetime.now(UTC)
        return now

    @property
    def hubs(self) -> tuple[str, ...]:
        """Every hub that has a pack."""
        return hubs_in(self.settings)

    async def close(self) -> None:
        """Finish what is under way and go."""
        self.attempts.end()
        self.presence.end()
        await self.store.close()


def match(pattern: str, text: str) -> bool:
    """Whether a pattern of a form's author fits a text, within a time."""
    from bot.forms.patterns import match as matched  # noqa: PLC0415  # a first prompt has no form

    return matched(pattern, text)


def hubs_in(settings: Settings) -> tuple[str, ...]:
    """The ids of the packs in the folder of packs."""
    from bot.packs.loader import hubs  # noqa: PLC0415  # a first prompt needs no list of all hubs

    return hubs(settings.hubs)


def chance() -> int:
    """Where the runs of a new session begin."""
    return secrets.randbelow(FIRST_RUN)
