"""`hubbot run` and `hubbot health`: the service that serves every hub, and whether it does.

One rule: a hub that cannot be served is told and left out; it holds up no other.
"""

import argparse
import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.app import App, PackError
from bot.cli import UsageError, fault, log
from bot.cli.settled import begin
from bot.presence import FOLDER
from bot.settings import Settings
from bot.timers import Timers
from storage.errors import StoreError, Unavailable

PAUSE = 0.5  # seconds between two looks at what is due: a clock that was moved is seen within one second
PULSE = ".health"  # a file beside the lock files, touched after each round that went well
PAUSED = "is paused since a restore: it answers, and says nothing by itself until `hubbot db resume`"
ALIVE = 15.0  # seconds: ten rounds with a slow database in between


def run(given: argparse.Namespace) -> int:  # noqa: ARG001  # every command is handed its arguments
    """Serve until SIGTERM or Ctrl-C."""
    settings = begin()
    asyncio.run(_run(settings))
    return 0


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    app = await App.open(settings, log.told)
    try:
        if settings.test_clock:
            await app.store.allow_clock()
        hubs = await serve_all(app)
        log.told(f"serving {', '.join(hubs)}. No network is configured: only what falls due is done.")
        tell_paused(await app.store.paused())
        await _rounds(app, hubs, stop)
    finally:
        await app.close()
    log.told("stopped")


async def _rounds(app: App, hubs: Sequence[str], stop: asyncio.Event) -> None:
    pulse = pulse_of(app.settings)
    troubles: set[str] = set()
    while not stop.is_set():
        well = [await _round(app, hub, troubles) for hub in hubs]
        if all(well):
            with contextlib.suppress(Unavailable):  # a round without a pulse is what that means
                pulse.write_text(" ".join(await app.store.paused()), encoding="utf-8")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), PAUSE)
    pulse.unlink(missing_ok=True)


async def _round(app: App, hub: str, troubles: set[str]) -> bool:
    """Do what is due in one hub; whether it went well. Each kind of trouble is told once, not twice a second."""
    try:
        await app.list_stops()
        await app.refresh(hub)
        await app.inherit(hub)
        await app.now(hub)
        await Timers(app.engine.tick, app.store, _nothing).settle(hub)
    except Exception as trouble:  # noqa: BLE001  # a timer of one hub that fails must not stop the others
        if (what := f"hub {hub}: {fault.told(trouble)}") not in troubles:
            troubles.add(what)
            log.told(what)
        return False
    return True


async def _nothing(hub: str) -> None:
    """There is no network to send on."""


def tell_paused(hubs: Sequence[str]) -> None:
    """Say which hubs wait for a go."""
    for hub in hubs:
        log.told(f"hub {hub} {PAUSED}")


async def serve_all(app: App) -> list[str]:
    """Serve every hub that can be. UsageError where none can."""
    served = []
    for hub in app.hubs:
        try:
            await app.serve(hub)
        except (PackError, StoreError) as wrong:
            log.told(f"hub {hub} is not served: {wrong}")
        else:
            served.append(hub)
    if not served:
        raise UsageError(f"{app.settings.hubs}: no hub there can be served: see `hubbot check`")
    for hub in served:
        await app.engine.recover(hub)
    return served


async def advance(app: App, hubs: Sequence[str], to: datetime) -> None:
    """Move the clock of a test database to `to`, by way of everything that falls due."""

    async def move(at: datetime) -> None:
        await app.store.set_clock(at)
        await app.now(hubs[0])

    await Timers(app.engine.tick, app.store, _nothing).advance(hubs, to, move)


def pulse_of(settings: Settings) -> Path:
    """The file whose age says whether the service lives."""
    return settings.data / FOLDER / PULSE


def health(given: argparse.Namespace) -> int:  # noqa: ARG001
    """1 where no service on this data directory did a round lately."""
    pulse = pulse_of(begin())
    age = time.time() - pulse.stat().st_mtime if pulse.exists() else None
    if age is not None and age < ALIVE:
        for hub in pulse.read_text(encoding="utf-8").split():
            print(f"hub {hub} {PAUSED}")
        return 0
    why = "no service runs on this data directory" if age is None else f"the service has been silent for {age:.0f} s"
    print(f"hubbot: {why}", file=sys.stderr)
    return 1
