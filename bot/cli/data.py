"""`hubbot report`, `export`, `erase` and `db`: what is in the database.

One rule: a command about one person does nothing until it is told in which hub.
"""

import argparse
import asyncio
import os
from datetime import timedelta
from pathlib import Path

from bot.app import App
from bot.channels.jsonl import MalformedError, duration
from bot.cli import UsageError, log
from bot.cli.service import advance, serve_all
from bot.settings import Settings, load


def _settings() -> Settings:
    settings = load(os.environ, Path.cwd())
    log.begin(settings.log)
    return settings


def clock(given: argparse.Namespace) -> int:
    """Move the clock of a test database; print the new time."""
    try:
        by = duration(given.by)
    except MalformedError as wrong:
        raise UsageError(f"db clock: {wrong}") from None
    print(asyncio.run(_clock(_settings(), by)))
    return 0


async def _clock(settings: Settings, by: timedelta) -> str:
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
