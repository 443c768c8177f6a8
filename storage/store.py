"""The store: opens a database, gives out units of work, and keeps the clock, the queue and what is published.

One rule: whatever changes rows goes through `run`, so that it is one transaction; what only looks goes through `reading`.
"""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from bot.core.message import Json
from bot.core.person import Erased
from bot.core.ports import FollowUp, Letter
from storage import address, arrivals, clock, erasure, mail, marks, pause, people, publish, reports, timers
from storage.connect import connect
from storage.database import Database
from storage.errors import StoreError, Unavailable
from storage.fire import fire
from storage.first import begin, wrapped_index_key
from storage.gate import enter
from storage.keys import id_of
from storage.library import Library
from storage.perform import PERFORMERS
from storage.replay import lacking, set_back
from storage.stoplist import Entry, StopList, newer
from storage.swift import Swift
from storage.unit import SqlUnit, World

T = TypeVar("T")


async def open_store(
    url: str, data_dir: Path, keys: str = "", owner: str = "", *, real: Callable[[], datetime] = clock.real_time
) -> "SqlStore":
    """The store at `url` (HUBBOT_DATABASE_URL). An empty database gets the schema, and `data_dir` a key file where `keys`
    (HUBBOT_KEY) is "". `owner` names this process in claims. Raises StoreError, whose text is one line for whoever started
    the program; Unavailable.
    """
    at = address.read(url)
    gate = enter(at, data_dir)
    try:
        database = connect(at, owner)
        try:
            secrets = await database.run(lambda conn: begin(conn, data_dir, keys))
            store = SqlStore(database, World(secrets, Library(), PERFORMERS, fire), real, StopList.of(data_dir), gate)
            await store.list_stops()
            await database.tidy(wait=False)  # of a process that was killed between an erasure and this
        except BaseException:
            await database.close()
            raise
    except BaseException:
        os.close(gate)
        raise
    return store


@dataclass(slots=True)
class SqlStore:
    """See bot.core.ports.Store. Made by open_store."""

    database: Database
    world: World
    real: Callable[[], datetime]
    stops: StopList
    gate: int  # held open: see storage.gate
    behind: bool = False  # the list could not be written when it should have been
    replayed: int = 0  # stops and erasures that the list knew and the database did not: it was set back by hand
    unavailable: tuple[type[Exception], ...] = (Unavailable,)

    async def run(self, hub: str, work: Callable[[SqlUnit], T]) -> T:
        """See Store.run. `work` may be run several times, and only its last run counts."""

        def whole(conn: Connection) -> tuple[T, SqlUnit]:
            unit = self._unit(conn, hub)
            done = work(unit)
            unit.close()
            return done, unit

        done, unit = await self.database.run(whole)
        if unit.outlive:
            try:
                await asyncio.to_thread(self.stops.add, unit.outlive)
            except OSError:  # what is committed is done: `list_stops` brings the line later, or says why it cannot
                self.behind = True
        if unit.tidy:
            await self.database.tidy()
        return done

    async def reading(self, hub: str, work: Callable[[SqlUnit], T]) -> T:
        """A unit that changes nothing: it waits for no turn and holds none up."""
        return await self.database.read(lambda conn: work(self._unit(conn, hub)))

    async def close(self) -> None:
        """Finish what is queued and let the database go."""
        await self.database.close()
        os.close(self.gate)

    async def attempted(self, hub: str, account: str, update: str) -> None:
        """See Store.attempted."""
        await self.run(hub, lambda unit: arrivals.attempted(unit, account, update))

    async def list_stops(self) -> int:
        """Add to the list beside the database what it lacks: of a process that died after a commit, or of another one that
        has a list of its own. How many lines. Raises OSError where the list cannot be written.

        Where the database lacks what the list tells, somebody set it back without `hubbot db restore`: it is replayed.
        """
        read = await asyncio.to_thread(self.stops.read)  # before the table: a line is written after its commit

        def look(conn: Connection) -> tuple[list[Entry], bytes]:
            return marks.listed(conn), wrapped_index_key(conn)

        entries, wrapped = await self.database.read(look)
        if behind := len(lacking(read, entries)):
            await self.database.run(lambda conn: set_back(conn, self.world, self.real, read))
            await self.database.tidy()
            self.replayed += behind
        key = (id_of(self.world.secrets.index_key), wrapped)
        lines = [*newer(entries, read.entries)]

        def add() -> None:
            if read.keys != (key,):
                self.stops.set_key(*key)
            self.stops.add(lines)

        await asyncio.to_thread(add)
        self.behind = False
        return len(lines)

    async def open_updates(self, hub: str) -> Sequence[FollowUp]:
        """See Store.open_updates."""
        return await self.reading(hub, arrivals.left)

    async def claim(self, hub: str, account: str, owner: str, admits: Callable[[str, str], bool]) -> Sequence[Letter]:
        """See Store.claim."""
        return await self.run(hub, lambda unit: mail.claim(unit, account, owner, admits))

    async def finish(self, hub: str, letter: Letter, state: str, reason: str = "", network_id: str = "") -> None:
        """See Store.finish. `queued` puts it back; `network_id` is the network's number of the message."""

        def work(unit: SqlUnit) -> None:
            last = mail.finish(unit, letter.id, state, reason, network_id)
            if last is not None:
                erasure.destroy(unit, last)  # where it was a receipt of an erasure; nobody else is touched

        await self.run(hub, work)

    async def reclaim(self, hub: str, dead: Callable[[str], bool]) -> int:
        """Queue again what owners that are dead were sending, marked as a possible second copy. How many messages."""
        await self.database.fence(dead)
        if not await self.reading(hub, lambda unit: mail.lost(unit, dead)):  # as nearly always: no writer has to wait
            return 0
        return await self.run(hub, lambda unit: mail.reclaim(unit, dead))

    async def next_due(self, hub: str) -> datetime | None:
        """See Store.next_due."""
        return await self.reading(hub, timers.next_due)

    async def publish(self, hub: str, contents: Mapping[str, Json]) -> str:
        """See publish.publish. Keys are article/ID/LANG, event/ID, form/ID, survey/ID, hub, safety, consent/PURPOSE."""
        return await self.run(hub, lambda unit: publish.publish(unit, contents))

    async def manifest(self, hub: str) -> str:
        """The digest of what is current, "" before the first publishing."""
        return await self.reading(hub, lambda unit: unit.manifest)

    async def contents(self, hub: str) -> Mapping[str, Json]:
        """What is current, as it was published."""
        return await self.reading(hub, publish.contents)

    async def report(self, kind: str, hub: str, name: str = "") -> dict[str, Json] | None:
        """The numbers of an event, a form or the hub (`kind`: event, form, hub). None where there is no such thing."""
        match kind:
            case "event":
                return await self.reading(hub, lambda unit: reports.event(unit, name))
            case "form":
                return await self.reading(hub, lambda unit: reports.form(unit, name))
            case "hub":
                return await self.reading(hub, reports.hub)
            case _:
                raise ValueError(f"no report on a {kind}")

    async def hubs_knowing(self, channel: str, network_id: str) -> Sequence[str]:
        """The hubs that know an address, by id."""
        secrets = self.world.secrets
        return [*await self.database.read(lambda conn: people.known(conn, secrets, channel, network_id))]

    async def export(self, hub: str, channel: str, network_id: str) -> Sequence[Json]:
        """See people.export: one document a contact, none where the hub does not know the address."""
        return await self.run(hub, lambda unit: people.export(unit, channel, network_id))

    async def erase(self, hub: str, channel: str, network_id: str) -> Sequence[Erased]:
        """See people.erase: one receipt a contact, none where the hub does not know the address."""
        return await self.run(hub, lambda unit: people.erase(unit, channel, network_id))

    async def paused(self) -> Sequence[str]:
        """The hubs that speak to nobody by themselves since the database was restored."""
        return await self.database.read(pause.hubs)

    async def resume(self, hub: str) -> bool:
        """Let a hub speak by itself again; False where it was not paused."""
        return await self.run(hub, pause.end)

    async def now(self, hub: str) -> datetime:
        """The hub's clock."""
        return await self.reading(hub, lambda unit: unit.now)

    async def allow_clock(self) -> bool:
        """From now on this process is a trial: see clock.allow. Whether the clock can be moved."""
        self.world = replace(self.world, trial=True)
        return await self.database.run(clock.allow)

    async def talked(self) -> bool:
        """See clock.talked."""
        return await self.database.read(clock.talked)

    async def set_clock(self, now: datetime) -> bool:
        """Set the hub's clock. False: it is later already, and stays. Raises StoreError where it must not be moved."""
        return await self.database.run(lambda conn: clock.set_to(conn, self.real, now)) is not None

    async def can_set_clock(self, now: datetime) -> bool:
        """Whether set_clock would set it: False where it is later already. Raises StoreError as set_clock does."""
        return await self.database.read(lambda conn: clock.can_set(conn, self.real, now))

    async def move(self, by: timedelta) -> datetime:
        """Move the hub's clock on; the new time. Raises StoreError where it must not be moved, or backwards."""
        if by < timedelta(0):
            raise StoreError("the clock does not go back")
        return await self.database.run(lambda conn: clock.move(conn, self.real, by))

    def _unit(self, conn: Connection, hub: str) -> SqlUnit:
        return SqlUnit(Swift.of(conn), hub, self.world, self.real)
