"""`hubbot report`, `export`, `erase` and `db`: what is in the database.

One rule: a command about one person does nothing until it is told in which hub.
"""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bot.app import App, hubs_in
from bot.channels.jsonl import MalformedError, duration
from bot.channels.parts import harmless, received
from bot.cli import UsageError, log
from bot.cli.service import advance, serve_all
from bot.cli.settled import begin
from bot.core.message import Json
from bot.settings import Settings
from storage.store import SqlStore, open_store


@asynccontextmanager
async def _stored(settings: Settings) -> AsyncIterator[SqlStore]:
    """The database, which must be there: a command that looks makes none."""
    _must_be_there(settings.database.removeprefix("sqlite:///"))
    store = await open_store(settings.database, settings.data, settings.key)
    try:
        yield store
    finally:
        await store.close()


def _must_be_there(path: str) -> None:
    if path.startswith("/") and not Path(path).exists():
        raise UsageError(f"{path}: there is no database here yet; `hubbot chat` or `hubbot run` makes one")


def report(given: argparse.Namespace) -> int:
    """Print the numbers of an event, a form or a hub."""
    if given.kind == "campaign":
        raise UsageError("report campaign: there are no campaigns in this release yet")
    found = asyncio.run(_report(begin(), given.kind, received(given.id), given.hub))
    if given.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        for key, value in found.items():
            print(harmless(f"{key}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"))
    return 0


async def _report(settings: Settings, kind: str, id: str, hub: str) -> Mapping[str, Json]:
    async with _stored(settings) as store:
        known = [it for it in hubs_in(settings) if await store.manifest(it)]
        if kind == "hub":
            if id not in known:
                raise UsageError(f"report hub: nobody has talked to a hub {harmless(id)!r} in this database yet")
            return await store.report("hub", id) or {}
        wanted = [hub] if hub else known
        found = {it: numbers for it in wanted if (numbers := await store.report(kind, it, id)) is not None}
    if len(found) > 1:
        used = {it: numbers for it, numbers in found.items() if _used(numbers)}
        found = used if len(used) == 1 else found
    if not found:
        raise UsageError(
            f"report {kind}: there is no {kind} {harmless(id)!r} in {' or '.join(wanted) or 'this database'}"
        )
    if len(found) > 1:
        raise UsageError(f"report {kind}: {' and '.join(found)} have a {kind} {harmless(id)!r}: say --hub")
    return next(iter(found.values()))


def _used(numbers: Mapping[str, Json]) -> bool:
    """Whether anybody ever signed up or began: of two hubs with a shared event the one where it is used is meant."""
    kinds = ("started", "held", "offered", "confirmed", "waitlisted", "cancelled", "lapsed", "expired")
    return any(numbers.get(kind) for kind in kinds)


def export(given: argparse.Namespace) -> int:
    """Print what is stored about a person; 1 where the hub knows nobody of that address."""
    return asyncio.run(_export(begin(), given.hub, *_address(given.address)))


async def _export(settings: Settings, hub: str, channel: str, name: str) -> int:
    async with _stored(settings) as store:
        await _one_hub(store, hub, channel, name)
        documents = await store.export(hub, channel, name)
    if not documents:
        return _nobody(hub)
    print(json.dumps(documents[0] if len(documents) == 1 else documents, ensure_ascii=False, indent=2))
    return 0


def erase(given: argparse.Namespace) -> int:
    """Erase a person and print the receipt; 1 where the hub knows nobody of that address."""
    return asyncio.run(_erase(begin(), given.hub, *_address(given.address)))


async def _erase(settings: Settings, hub: str, channel: str, name: str) -> int:
    async with _stored(settings) as store:
        await _one_hub(store, hub, channel, name)
        receipts = await store.erase(hub, channel, name)
    if not receipts:
        return _nobody(hub)
    for receipt in receipts:
        stays = f"; stays, without a person: {', '.join(receipt.stays)}" if receipt.stays else ""
        print(f"{receipt.reference}: erased at {receipt.at.at.isoformat(timespec='seconds')}{stays}")
    return 0


def _address(text: str) -> tuple[str, str]:
    channel, _, name = received(text).partition(":")
    if not channel or not name:
        raise UsageError("--address: not CHANNEL:ID such as telegram:12345")
    return channel, name


async def _one_hub(store: SqlStore, hub: str, channel: str, name: str) -> None:
    """Without a hub: list those that know the address, and do nothing."""
    if hub:
        return
    known: Sequence[str] = await store.hubs_knowing(channel, name)
    for it in known:
        print(it)
    raise UsageError("nothing was done: say --hub, one of those listed" if known else "no hub knows this address")


def _nobody(hub: str) -> int:
    log.told(f"hub {hub} knows nobody of this address; nothing was done")
    return 1


def upgrade(given: argparse.Namespace) -> int:  # noqa: ARG001  # every command is handed its arguments
    """Bring the database to this release's schema, or make it."""
    from storage.upgrade import upgrade as upgraded  # noqa: PLC0415  # alembic: a quarter of a second

    settings = begin()
    revision = asyncio.run(upgraded(settings.database, settings.made_data(), settings.key))
    print(f"the database has schema {revision}, as this release needs it")
    return 0


def backup(given: argparse.Namespace) -> int:
    """Copy the database to a file that is not there yet."""
    from storage.backup import backup as written  # noqa: PLC0415  # with what no other command needs

    settings = begin()
    _must_be_there(settings.database.removeprefix("sqlite:///"))
    facts = asyncio.run(written(settings.database, Path(given.file)))
    rows = sum(facts.rows.values())
    until = f"; delete it by {facts.until.isoformat()} ([retention] backup)" if facts.until else ""
    print(f"{given.file}: {rows} rows, schema {facts.revision}, made {facts.made.isoformat(timespec='seconds')}{until}")
    return 0


def restore(given: argparse.Namespace) -> int:
    """Put a backup in the place of the database. Nobody may work on it."""
    from storage.restore import restore as restored  # noqa: PLC0415  # with what no other command needs

    settings = begin()
    it = asyncio.run(restored(settings.database, settings.data, settings.key, Path(given.file)))
    for line in it.told:
        log.told(line)
    done = it.done
    print(f"restored: {it.people} people, as of {it.facts.made.isoformat(timespec='seconds')}")
    print(f"done again: {done.stops} stops, {done.erasures} erasures; {done.unsaid} waiting messages are not sent")
    print("campaigns, reminders and offers are paused until `hubbot db resume`")
    return 0


def resume(given: argparse.Namespace) -> int:
    """Let hubs speak by themselves again after a restore."""
    return asyncio.run(_resume(begin(), given.hub))


async def _resume(settings: Settings, hub: str) -> int:
    async with _stored(settings) as store:
        if hub and not await store.manifest(hub):
            raise UsageError(f"db resume: there is no hub {harmless(hub)!r} in this database")
        paused = await store.paused()
        wanted = [it for it in paused if hub in ("", it)]
        for it in wanted:
            await store.resume(it)
            print(f"hub {it} speaks by itself again")
    if not wanted:
        print("nothing is paused")
    return 0


def rekey(given: argparse.Namespace) -> int:  # noqa: ARG001  # every command is handed its arguments
    """Wrap every key under the first master key; 1 where some are under a key that was not given."""
    from storage.rekey import rekey as rekeyed  # noqa: PLC0415  # with what no other command needs

    settings = begin()
    _must_be_there(settings.database.removeprefix("sqlite:///"))
    done = asyncio.run(rekeyed(settings.database, settings.data, settings.key))
    print(f"wrapped anew: {done.people} keys of people, {done.hubs} of hubs, {done.index} of the list of addresses")
    if done.lost:
        log.told(f"{done.lost} keys of people are under a key that was not given: nobody can read their data")
        return 1
    print("nothing is left under another key than the first")
    return 0


def clock(given: argparse.Namespace) -> int:
    """Move the clock of a test database; print the new time."""
    try:
        by = duration(given.by)
    except MalformedError as wrong:
        raise UsageError(f"db clock: {wrong}") from None
    print(asyncio.run(_clock(begin(), by)))
    return 0


async def _clock(settings: Settings, by: timedelta) -> str:
    if not settings.test_clock:  # what is refused anyway makes no database
        _must_be_there(settings.database.removeprefix("sqlite:///"))
    app = await App.open(settings, log.told)
    try:
        if settings.test_clock:
            await app.store.allow_clock()
        to = await app.store.now("") + by
        await app.store.can_set_clock(to)  # raises where it must not be moved, before anything is done
        hubs = await serve_all(app)
        await advance(app, hubs, to)
        return (await app.now(hubs[0])).isoformat(timespec="seconds")
    finally:
        await app.close()
