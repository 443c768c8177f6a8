"""SQLite: one writer thread, one file. Works that arrived together share a commit, each in a savepoint of its own.

One rule: only this thread writes, and of all processes the one that holds the lock beside the file. SQLite lets one writer
in anyway, but it waits by trying again and again: of fifty processes most gave up. A lock of the kernel wakes who waits.
"""

import asyncio
import fcntl
import os
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from storage import address
from storage.database import PAUSE, TRIES, T, Work
from storage.errors import DamagedError, Unavailable

SHARE = 64  # works in one commit at most, so that the first does not wait for long
READERS = 4
BUSY_MS = 5_000
WAIT_S = 30.0  # for the lock: of a process that is stopped, or of a very long work
TIDY_MS = 250  # for a reader of another process to end; our writer waits for nothing longer than it must
TIDY_AGAIN_S = 1.0  # until it is tried again, without a wait, where a reader did not
LOG_BYTES = 64 * 1024 * 1024

_BUSY = f"PRAGMA busy_timeout={BUSY_MS}"
_WAITS = {0: "PRAGMA busy_timeout=0", TIDY_MS: f"PRAGMA busy_timeout={TIDY_MS}"}
_WRITING = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    f"PRAGMA journal_size_limit={LOG_BYTES}",
)
GONE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
BROKEN = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


class _Job:
    """A work and where its result goes."""

    __slots__ = ("future", "work")

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self.work, self.future = work, Future[Any]()


class Sqlite:
    """One SQLite file. `wait` is how many seconds a work waits for another process to let go of it."""

    def __init__(self, at: address.Address, *, wait: float = WAIT_S) -> None:
        assert at.path is not None
        self._wait = wait
        address.prepare(at.path)
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._writer = create_engine(at.url, pool_size=1, max_overflow=0, poolclass=QueuePool, hide_parameters=True)
        self._reader = create_engine(
            at.url, pool_size=READERS, max_overflow=0, poolclass=QueuePool, hide_parameters=True
        )
        event.listen(self._writer, "connect", _pragmas)
        event.listen(self._reader, "connect", _reading_pragmas)
        event.listen(self._writer, "begin", lambda conn: conn.connection.dbapi_connection.execute("BEGIN IMMEDIATE"))
        event.listen(self._reader, "begin", lambda conn: conn.connection.dbapi_connection.execute("BEGIN"))
        self._lock = os.open(f"{at.path}{address.WRITER}", os.O_CREAT | os.O_RDWR, 0o600)
        self._conn: Connection | None = None  # the writer thread's
        self._untidy: float | None = None  # when to try again to empty the log, where somebody read it
        self._thread = threading.Thread(target=self._serve, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def run(self, work: Work[T]) -> T:
        """See Database.run."""
        job = _Job(work)
        self._queue.put(job)
        ended: asyncio.Future[T] = asyncio.wrap_future(job.future)
        try:
            async with asyncio.timeout(self._wait):
                return await asyncio.shield(ended)
        except TimeoutError:
            if job.future.cancel():
                raise Unavailable(f"SQLite: another process held the database for {self._wait:g} s") from None
            return await ended  # it is under way, and so it has an end

    async def read(self, work: Work[T]) -> T:
        """See Database.read."""
        return await asyncio.to_thread(self._read, work)

    async def snapshot(self, work: Work[T]) -> T:
        """See Database.snapshot: every read is one, from its first statement on."""
        return await self.read(work)

    async def fence(self, dead: Callable[[str], bool]) -> None:
        """See Database.fence: what a process did in a file ends with it."""

    async def tidy(self, *, wait: bool = True) -> None:
        """See Database.tidy. Another process may hold the log for a moment: then a later commit does it."""
        await self.run(_Tidy(TIDY_MS if wait else 0))

    async def close(self) -> None:
        """End the thread after what is queued, and the connections with it."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join, self._wait)
        self._writer.dispose()
        self._reader.dispose()

    def _read(self, work: Work[T]) -> T:
        try:
            with self._reader.connect() as conn, conn.begin():
                return work(conn)
        except (DBAPIError, sqlite3.Error) as error:
            raise _told(error) from error

    def _serve(self) -> None:
        last = False
        while not last:
            jobs: list[_Job] = []
            job = self._queue.get()
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            try:
                while job is not None:
                    if job.future.set_running_or_notify_cancel():
                        jobs.append(job)
                    if len(jobs) == SHARE:
                        break
                    try:
                        job = self._queue.get_nowait()
                    except Empty:
                        break
                last = job is None
                self._commit(jobs)
            finally:
                fcntl.flock(self._lock, fcntl.LOCK_UN)
        self._disconnect()
        os.close(self._lock)

    def _commit(self, jobs: list[_Job]) -> None:
        """Everything of `jobs` in one commit; then, where it is asked for, an empty log."""
        tidy = [(job, job.work) for job in jobs if isinstance(job.work, _Tidy)]
        works = [job for job in jobs if not isinstance(job.work, _Tidy)]
        try:
            ends = self._tried(works) if works else []
        except Exception as error:  # noqa: BLE001  # the thread must live: the error goes to those who wait
            ends = [(None, error)] * len(works)
        for job, (value, raised) in zip(works, ends, strict=True):
            if raised is None:
                job.future.set_result(value)
            else:
                job.future.set_exception(raised)
        if tidy or (self._untidy is not None and time.monotonic() > self._untidy):
            done = self._empty_log(max((work.wait_ms for _, work in tidy), default=0))
            self._untidy = None if done else time.monotonic() + TIDY_AGAIN_S
        for job, _ in tidy:
            job.future.set_result(None)

    def _tried(self, jobs: list[_Job]) -> list[tuple[Any, BaseException | None]]:
        """One commit, tried again as a whole where another process was in the way."""
        for tried in range(TRIES):
            try:
                return self._together(jobs)
            except (DBAPIError, sqlite3.Error) as error:
                self._disconnect()
                if not _gone(error) or tried == TRIES - 1:
                    raise _told(error) from error
            time.sleep(random.uniform(0, PAUSE * 2**tried))  # noqa: S311  # only so that two do not collide again
        raise AssertionError("unreachable")

    def _together(self, jobs: list[_Job]) -> list[tuple[Any, BaseException | None]]:
        """Results and faults, job by job, each behind a savepoint of its own; one alone needs none."""
        ends: list[tuple[Any, BaseException | None]] = []
        conn = self._connected()
        with conn.begin() as transaction:
            driver: Any = conn.connection.driver_connection
            for job in jobs:
                if len(jobs) > 1:
                    driver.execute("SAVEPOINT work")  # SQLAlchemy would compile it anew each time
                try:
                    ends.append((job.work(conn), None))
                except BaseException as error:  # it is the job's, and goes to its future
                    if _gone(error):
                        raise
                    ends.append((None, error))
                    if len(jobs) == 1:
                        transaction.rollback()
                        return ends
                    driver.execute("ROLLBACK TO work")
                if len(jobs) > 1:
                    driver.execute("RELEASE work")
            transaction.commit()
        return ends

    def _connected(self) -> Connection:
        """The thread's own connection, opened once: to lend and take it back costs as much as some statements."""
        if self._conn is None:
            self._conn = self._writer.connect()
        return self._conn

    def _disconnect(self) -> None:
        """The next work gets a new one."""
        if self._conn is not None:
            self._conn.close()
            self._conn = None

    def _empty_log(self, wait_ms: int) -> bool:
        """Write the log into the database and cut it to nothing. False where somebody else is in the way."""
        try:
            driver: Any = self._connected().connection.driver_connection
            driver.execute(_WAITS[wait_ms]).fetchall()
            try:
                ((busy, _, _),) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                driver.execute(_BUSY).fetchall()
        except (sqlite3.Error, DBAPIError):
            return False
        return not busy


class _Tidy:
    """The work that is no work: it stands in the queue, so that the log is emptied after what came before."""

    __slots__ = ("wait_ms",)

    def __init__(self, wait_ms: int) -> None:
        self.wait_ms = wait_ms

    def __call__(self, conn: Connection) -> None:  # noqa: ARG002
        return None


def _pragmas(driver: Any, record: object) -> None:  # noqa: ARG001
    """FULL: with NORMAL a power loss can lose the last confirmed places. secure_delete: freed pages are overwritten.
    temp_store: what a statement sets aside makes no file, which would cost more than the statement (190 µs and 30).
    """
    driver.isolation_level = None  # pysqlite would start transactions by itself and break savepoints
    driver.execute(_BUSY).fetchall()
    for statement in _WRITING if _ours(driver) else _WRITING[1:]:  # WAL stays in the file
        driver.execute(statement).fetchall()


def _ours(driver: Any) -> bool:
    """Whether the file is new or a database of hubbot. Another program's is refused later, and must stay as it is."""
    return not driver.execute(
        "SELECT 1 FROM sqlite_master EXCEPT SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
    ).fetchall()


def _reading_pragmas(driver: Any, record: object) -> None:  # noqa: ARG001
    driver.isolation_level = None
    for statement in (_BUSY, "PRAGMA query_only=ON"):
        driver.execute(statement).fetchall()


def _code(error: BaseException) -> int:
    """SQLite's result code, 0 where it is no error of SQLite. Extended codes carry the plain one in their low byte."""
    found = error.orig if isinstance(error, DBAPIError) else error
    return getattr(found, "sqlite_errorcode", 0) & 0xFF if isinstance(found, sqlite3.Error) else 0


def _gone(error: BaseException) -> bool:
    """Whether the database could not serve, for no fault of the work."""
    return _code(error) in GONE


def _told(error: Exception) -> Exception:
    """The error as those above know it: what SQLite says of itself holds no value of a person."""
    if _gone(error):
        return Unavailable(f"SQLite: {error.orig if isinstance(error, DBAPIError) else error}")
    if _code(error) in BROKEN:
        return DamagedError("the database is damaged, or it is no database of hubbot; restore a backup")
    return error
