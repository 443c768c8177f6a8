"""A copy of the whole database in one file, made while the bot works: a SQLite file, whichever database it comes from.

One rule: a backup has its name only when it is whole, checked and on the disk, and it takes the place of nothing. No key is
in it, and none is needed to make it.
"""

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Connection, Engine, create_engine, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from storage import address, clock
from storage.connect import connect
from storage.copying import MADE, copy, counts
from storage.errors import StoreError
from storage.first import revision, stamp
from storage.library import Library
from storage.numbers import DATABASE
from storage.schema import REVISION, hub, meta
from storage.schema.base import EPOCH, MICROSECOND
from storage.stoplist import sync

_MADE = "INSERT OR REPLACE INTO meta (hub_id, name, number) VALUES (?, ?, ?)"
PAGES = 256  # of 4 KiB in one step
FLUSH = 16  # steps between two flushes to the disk: of 700 MB at once a turn's own flush waited for a second
CHECKING = ("PRAGMA mmap_size=4294967296", "PRAGMA cache_size=-65536")  # a third less time on a large file

Progress: TypeAlias = "Callable[[int, int, int], object] | None"

_made = select(meta.c.number).where(meta.c.hub_id == DATABASE, meta.c.name == MADE)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database held in the moment of the backup."""

    revision: str
    rows: dict[str, int]
    made: datetime
    until: date | None = None  # when the first hub's [retention] backup is over


async def backup(
    url: str, file: Path, *, real: Callable[[], datetime] = clock.real_time, progress: Progress = None
) -> Facts:
    """Write the database at `url` to `file`. Raises StoreError, and leaves nothing behind then; Unavailable.

    `progress` is called between two steps on SQLite, with what its driver tells.
    """
    database = connect(address.read(url))
    try:
        with _part(file) as part:
            facts = await database.snapshot(lambda conn: _written(conn, part, real, progress))
            if look(part.path) != replace(facts, until=None):  # as a restore would read it
                raise StoreError(f"{file}: no backup was written (the copy does not hold what the database holds)")
            _name(part)
    finally:
        await database.close()
    return facts


@dataclass(frozen=True, slots=True)
class _Part:
    """The unfinished file, open and locked, and the name that it is to have."""

    path: Path
    handle: int
    file: Path


@contextmanager
def _part(file: Path) -> Iterator[_Part]:
    """Its owner's alone, ours alone, and gone in the end, whatever the end is."""
    part = file.with_name(f"{file.name}.part")
    if file.exists() or file.is_symlink():
        raise StoreError(f"{file}: there is a file already; a backup takes the place of nothing")
    try:
        lock = os.open(part, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StoreError(f"{file}: cannot be written ({error.strerror})") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise StoreError(f"{file}: another backup is being written there") from None
    try:
        os.ftruncate(lock, 0)  # of a backup that was killed
        yield _Part(part, lock, file)
    except OSError as error:
        raise StoreError(f"{file}: no backup was written ({error.strerror})") from None
    finally:
        with contextlib.suppress(OSError):
            address.remove(part)
        os.close(lock)


def _written(conn: Connection, part: _Part, real: Callable[[], datetime], progress: Progress) -> Facts:
    """Copy what the connection sees, and count it in the same moment."""
    found = revision(conn, inspect(conn).get_table_names())
    if conn.dialect.name == "postgresql" and found != REVISION:
        raise StoreError(f"the database has schema {found} and this release needs {REVISION}; see `hubbot db upgrade`")
    made = clock.now(conn, real)
    facts = Facts(found, counts(conn), made, kept_until(conn, made) if found == REVISION else None)
    try:
        if conn.dialect.name == "sqlite":
            _stepped(conn, part, progress)
        else:
            _copied(conn, part.path)
        with closing(sqlite3.connect(part.path, isolation_level=None)) as target:
            target.execute("PRAGMA journal_mode=DELETE").fetchall()  # one file, without a log beside it
            target.execute(_MADE, (DATABASE, MADE, (made - EPOCH) // MICROSECOND))
    except sqlite3.Error as error:
        raise StoreError(f"{part.file}: no backup was written ({error})") from None
    return facts


def _stepped(conn: Connection, part: _Part, progress: Progress) -> None:
    """Page by page from SQLite. The connection reads one moment, so what others write meanwhile begins nothing anew."""
    steps = count(1)

    def between(*told: int) -> None:
        if next(steps) % FLUSH == 0:
            os.fdatasync(part.handle)
        if progress:
            progress(*told)

    driver: Any = conn.connection.driver_connection
    with closing(sqlite3.connect(part.path, isolation_level=None)) as target:
        for pragma in ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF"):  # it is no backup before it is whole
            target.execute(pragma).fetchall()
        driver.backup(target, pages=PAGES, progress=between)


def _copied(conn: Connection, part: Path) -> None:
    """Row by row from PostgreSQL: its own tools may be of another version or not there, and write what only it reads."""
    engine = create_engine(f"sqlite:///{part}", poolclass=NullPool, hide_parameters=True)
    try:
        with engine.begin() as target:
            stamp(target)
            copy(conn, target)
    except DBAPIError as error:
        raise error.orig if isinstance(error.orig, sqlite3.Error) else error from None


def kept_until(conn: Connection, made: datetime) -> date | None:
    """The day on which the first hub's period for backups is over."""
    library, found = Library(), list[date]()
    for name, manifest in conn.execute(select(hub.c.hub_id, hub.c.manifest)).all():
        digest = library.entries(conn, name, manifest).get("hub", "")
        if here := library.at(conn, name, "hub", digest):
            found.append((made + timedelta(days=here.retention.backup)).date())
    return min(found, default=None)


def look(file: Path) -> Facts:
    """What a backup holds. Raises StoreError on a file that is none, or is damaged."""
    engine = reading(file)
    try:
        with engine.connect() as conn:
            for pragma in CHECKING:
                conn.exec_driver_sql(pragma)
            whole = conn.exec_driver_sql("PRAGMA integrity_check").scalar()
            found = revision(conn, inspect(conn).get_table_names())
            made = conn.execute(_made).scalar()
            rows = counts(conn)
    except (DBAPIError, sqlite3.Error):
        raise StoreError(f"{file}: cannot be read, is damaged, or is no backup of hubbot") from None
    if whole != "ok" or made is None:
        raise StoreError(f"{file}: is damaged, or is no backup of hubbot")
    return Facts(found, rows, EPOCH + made * MICROSECOND)


def reading(file: Path) -> Engine:
    """A backup, to be looked at and never changed."""

    def opened() -> sqlite3.Connection:
        return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)

    return create_engine("sqlite://", creator=opened, poolclass=NullPool, hide_parameters=True)


def _name(part: _Part) -> None:
    """Give the finished file its name, where nothing has it."""
    os.fsync(part.handle)
    try:
        os.link(part.path, part.file)
    except FileExistsError:
        raise StoreError(f"{part.file}: there is a file already; a backup takes the place of nothing") from None
    except OSError:  # a disk without links
        part.path.rename(part.file)
    sync(part.file.parent)
