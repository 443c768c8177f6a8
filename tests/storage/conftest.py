"""Each storage test runs on SQLite and on PostgreSQL, on a database of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from storage.store import open_store
from tests.storage.kit import House, Time


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/hubbot.sqlite3"
    address: str = request.getfixturevalue("pg_database")

    async def empty() -> None:
        connection = await asyncpg.connect(address.replace("+asyncpg", ""))
        await connection.execute("drop schema if exists public cascade")
        await connection.execute("create schema public")
        await connection.close()

    asyncio.run(empty())
    return address


@pytest.fixture
def time() -> Time:
    return Time()


@pytest_asyncio.fixture
async def house(url: str, tmp_path: Path, time: Time) -> AsyncIterator[House]:
    """An open store with nothing published."""
    store = await open_store(url, tmp_path, real=time)
    yield House(store, time)
    await store.close()


@pytest.fixture
def on_disk(tmp_path: Path) -> Callable[[], bytes]:
    """Every byte of the files of a SQLite database, its log included."""

    def read() -> bytes:
        return b"".join(path.read_bytes() for path in sorted(tmp_path.glob("hubbot.sqlite3*")))

    return read
