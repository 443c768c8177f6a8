"""PostgreSQL through asyncpg: the same plain functions by run_sync, one transaction a work.

One rule: what two transactions did to each other is undone and tried again here; nobody above hears of it.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from storage.address import Address
from storage.database import PAUSE, TRIES, T, Work
from storage.errors import Unavailable
from storage.schema import metadata

CONNECTIONS = 8  # of one process; eight showed the best rate on two cores
WAIT_S = 10  # for a free connection, and for the server to answer a new one
NAME = "hubbot"  # as the server knows our connections; after a blank, the process that they are of
END_MS = 5_000  # for the server to end a connection of a dead process
AGAIN = ("40001", "40P01")  # could not serialise; deadlock
GONE = ("08", "53", "57")  # classes: connection, resources, operator intervention (shutdown)

# A table that somebody else is vacuuming or altering is left to the next time: nobody's answer waits for that.
_vacuum = text("VACUUM (SKIP_LOCKED) " + ", ".join(f'"{it.name}"' for it in metadata.sorted_tables))
_of_processes = text(
    "SELECT pid, application_name FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name LIKE 'hubbot %' AND pid <> pg_backend_pid()"
)
_end = text("SELECT pg_terminate_backend(:pid, :ms)")


class Postgres:
    """One PostgreSQL database. `owner` is the process that its connections are of."""

    def __init__(self, at: Address, owner: str = "") -> None:
        self._engine = create_async_engine(
            at.url,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=WAIT_S,
            hide_parameters=True,  # they may be what somebody wrote, and an exception is printed where nobody thinks of it
            connect_args={"timeout": WAIT_S, "server_settings": {"application_name": f"{NAME} {owner}".strip()}},
        )
        self._driver = self._engine.dialect.loaded_dbapi
        self._tidying = asyncio.Lock()
        self._wanted = self._done = 0  # how often tidy was asked for, and up to which of these it was done

    async def run(self, work: Work[T]) -> T:
        """See Database.run."""
        for tried in range(TRIES):
            try:
                async with self._engine.connect() as conn, conn.begin():
                    return await self._ran(conn, work)
            except (DBAPIError, self._driver.Error, PoolTimeout, OSError, TimeoutError) as error:
                if not _again(error):
                    raise _told(error) from error
                if tried == TRIES - 1:
                    raise Unavailable(f"PostgreSQL: {TRIES} tries in vain") from error
            await asyncio.sleep(random.uniform(0, PAUSE * 2**tried))  # noqa: S311  # only so that two do not collide again
        raise AssertionError("unreachable")

    async def _ran(self, conn: AsyncConnection, work: Work[T]) -> T:
        try:
            return await conn.run_sync(work)
        except self._driver.Error:
            raw: Any = (await conn.get_raw_connection()).driver_connection
            if raw.is_closed():  # SQLAlchemy sees that by its own errors; storage.swift raises the driver's
                await conn.invalidate()
            raise

    async def read(self, work: Work[T]) -> T:
        """See Database.read."""
        return await self.run(work)

    async def snapshot(self, work: Work[T]) -> T:
        """See Database.snapshot."""
        try:
            async with self._engine.connect() as opened:
                conn = await opened.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                async with conn.begin():
                    return await conn.run_sync(work)
        except (DBAPIError, PoolTimeout, OSError, TimeoutError) as error:
            raise _told(error) from error

    async def fence(self, dead: Callable[[str], bool]) -> None:
        """See Database.fence."""

        def end(conn: Connection) -> None:
            for row in conn.execute(_of_processes).all():
                if dead(row.application_name.removeprefix(f"{NAME} ")):
                    conn.execute(_end, {"pid": row.pid, "ms": END_MS})

        await self.run(end)

    async def tidy(self, *, wait: bool = True) -> None:  # noqa: ARG002  # there is nothing to wait for
        """See Database.tidy. Of those that ask meanwhile one does it for all: it never takes more than one connection.

        What a transaction that is older can still see stays for the next time. The server's log is the operator's; the
        documents name it and its end.
        """
        self._wanted = mine = self._wanted + 1
        async with self._tidying:
            if self._done >= mine:
                return
            upto = self._wanted
            with contextlib.suppress(DBAPIError, PoolTimeout, OSError, TimeoutError):  # the turn itself is committed
                async with self._engine.connect() as conn:
                    await (await conn.execution_options(isolation_level="AUTOCOMMIT")).execute(_vacuum)
                self._done = upto

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


def _again(error: Exception) -> bool:
    return _state(error) in AGAIN


def _told(error: Exception) -> Exception:
    """The error as those above know it: Unavailable, or the work's own."""
    if isinstance(error, PoolTimeout | OSError | TimeoutError):
        return Unavailable(f"PostgreSQL: {type(error).__name__}")
    gone = isinstance(error, DBAPIError) and error.connection_invalidated
    kind = type(getattr(error, "orig", error)).__name__
    if gone or kind == "InterfaceError" or _state(error)[:2] in GONE:
        return Unavailable(f"PostgreSQL: {_state(error) or kind}")
    return error


def _state(error: Exception) -> str:
    """The server's code; "" where it is no error of the server. SQLAlchemy's errors carry the driver's."""
    return getattr(getattr(error, "orig", error), "sqlstate", None) or ""
