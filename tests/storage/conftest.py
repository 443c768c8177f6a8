"""Each storage test runs on SQLite and on PostgreSQL, on a database of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from storage.schema import REVISION, metadata
from storage.store import open_store
from tests.storage.kit import House, Time

BOTH = ["sqlite", "postgresql"]
DROP = "drop schema if exists public cascade; create schema public"
PROBE = "create schema if not exists probe; create extension if not exists pageinspect schema probe"
TABLES = """
    select c.oid::regclass::text as name, pg_relation_size(c.oid) / current_setting('block_size')::int as pages
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 't') and n.nspname in ('public', 'pg_toast')
"""
VERSIONS = "select t_data from probe.heap_page_items(probe.get_raw_page($1, $2)) where t_data is not null"
CLEAN = ";".join(f'delete from "{table}"' for table in metadata.tables)


async def emptied(address: str, *, bare: bool) -> None:
    """Make the worker's PostgreSQL database empty: of tables (`bare`), or only of rows, which takes a tenth of the time."""
    connection = await asyncpg.connect(address.replace("+asyncpg", ""))
    try:
        there = await connection.fetchval("select to_regclass('alembic_version')")
        same = there and await connection.fetchval("select version_num from alembic_version") == REVISION
        await connection.execute(CLEAN if same and not bare else DROP)
    finally:
        await connection.close()


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without rows."""
    return _url(request, tmp_path, bare=False)


@pytest.fixture(params=BOTH)
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    return _url(request, tmp_path, bare=True)


def _url(request: pytest.FixtureRequest, tmp_path: Path, *, bare: bool) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/hubbot.sqlite3"
    address: str = request.getfixturevalue("pg_database")
    asyncio.run(emptied(address, bare=bare))
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
def on_disk(url: str, tmp_path: Path) -> Callable[[], Awaitable[bytes]]:
    """Every byte of the files of a SQLite database, its log included; of PostgreSQL every version of every row, the dead
    ones included."""

    def files() -> bytes:
        return b"".join(path.read_bytes() for path in sorted(tmp_path.glob("hubbot.sqlite3*")))

    async def sqlite() -> bytes:
        return await asyncio.to_thread(files)

    async def postgresql() -> bytes:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            await connection.execute(PROBE)
            found = [
                row["t_data"]
                for table in await connection.fetch(TABLES)
                for page in range(table["pages"])
                for row in await connection.fetch(VERSIONS, table["name"], page)
            ]
        finally:
            await connection.close()
        return b"".join(found)

    return sqlite if url.startswith("sqlite") else postgresql
