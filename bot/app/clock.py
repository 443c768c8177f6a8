"""The hub's clock for commands that only look: read from the database where there is one, else real time.

One rule: looking makes no database and changes none.
"""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from bot.settings import Settings
from storage.errors import StoreError, Unavailable
from storage.store import open_store


def peek(settings: Settings) -> tuple[datetime, str]:
    """The time, and what keeps the database from being opened ("" for nothing; then the time is real time)."""
    path = settings.database.removeprefix("sqlite:///")
    if path != settings.database and not Path(path).exists():
        return datetime.now(UTC), ""
    try:
        return asyncio.run(_read(settings)), ""
    except (StoreError, Unavailable) as wrong:
        return datetime.now(UTC), str(wrong)


async def _read(settings: Settings) -> datetime:
    store = await open_store(settings.database, settings.data, settings.key)
    try:
        return await store.now("")
    finally:
        await store.close()
