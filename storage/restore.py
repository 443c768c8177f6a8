"""A backup put in the place of the database: stops and erasures outlive it, and nobody is spoken to before somebody says go.

One rule: what is to come is built beside what is there, and takes its place in one step; killed before that step nothing has
changed, and run again it ends right.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, bindparam, create_engine, delete, func, insert, inspect, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from storage import address, clock, keys, marks
from storage.address import Address
from storage.backup import Facts, kept_until, look, reading
from storage.connect import connect
from storage.copying import MADE, copy, last_message
from storage.errors import DamagedError, StoreError, Unavailable
from storage.fire import fire
from storage.first import INDEX_KEY, Secrets, belongs, check, master_of, stamp, wait, wrapped_index_key
from storage.gate import alone
from storage.library import Library
from storage.numbers import DATABASE
from storage.perform import PERFORMERS
from storage.replay import Replayed, set_back
from storage.schema import contact, meta, metadata, outbox_number
from storage.sqlite import Sqlite
from storage.stoplist import Entry, Read, StopList, newer, sync
from storage.unit import World
from storage.upgrade import migrate

GAP = 1_000_000  # messages that may have been numbered since the backup, where the database that knows is lost. A guess
GROWING = (clock.OFFSET, outbox_number.name, "question")  # facts that never go back

_facts = select(meta.c.hub_id, meta.c.name, meta.c.number).where(meta.c.name.in_(GROWING))
_raise = (
    update(meta)
    .where(meta.c.hub_id == bindparam("hub"), meta.c.name == bindparam("of"), meta.c.number < bindparam("to"))
    .values(number=bindparam("to"))
)
_there = select(meta.c.number).where(meta.c.hub_id == bindparam("hub"), meta.c.name == bindparam("of"))
_skip = (
    update(meta)
    .where(meta.c.hub_id == DATABASE, meta.c.name == outbox_number.name)
    .values(number=meta.c.number + bindparam("by"))
)
_made = delete(meta).where(meta.c.hub_id == DATABASE, meta.c.name == MADE)
_people = select(func.count()).select_from(contact)
_others = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name LIKE 'hubbot%' AND pid <> pg_backend_pid()"
)
_truncate = text("TRUNCATE " + ", ".join(f'"{it}"' for it in metadata.tables))


@dataclass(frozen=True, slots=True)
class Present:
    """What the database that is there still tells: its index key as it is wrapped, the marks, the facts that never go back,
    and whether anybody is known. `lost`: nothing, and why."""

    wrapped: bytes = field(default=b"", repr=False)
    marks: tuple[Entry, ...] = ()
    facts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    known: bool = False
    lost: str = ""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place: the backup's facts, how many people, what was replayed, and what must be told."""

    facts: Facts
    people: int
    done: Replayed
    told: tuple[str, ...]


async def restore(
    url: str, folder: Path, given: str, file: Path, *, real: Callable[[], datetime] = clock.real_time
) -> Restored:
    """Put the backup `file` in the place of the database at `url`; `folder` and `given` as for open_store.

    Raises StoreError, Unavailable; nothing has changed then but the list of stops, which has what the database knows.
    """
    at, facts = address.read(url), look(file)
    master = master_of(folder, given)
    if master is None:
        raise StoreError(f"{file}: its key is missing: set HUBBOT_KEY, or put {folder / keys.FILE} back")
    secrets = Secrets(master, _index_key(file, master))
    with alone(at, folder) as beside:
        stops = StopList.of(folder)
        belongs(stops, secrets.index_key)
        present = await _present(at)
        _same(present, secrets)
        stops.add(newer(present.marks, stops.read().entries))
        read = stops.read()
        _copied(file, beside)
        database = Sqlite(Address(f"sqlite:///{beside}", beside))
        world = World(secrets, Library(), PERFORMERS, fire)
        try:
            people, until, done = await database.run(lambda conn: _built(conn, facts, present, world, real, read))
            await database.tidy()
        finally:
            await database.close()
        if at.path is None:
            await _into_server(at, beside)
        else:
            _into_place(beside, at.path)
    return Restored(facts, people, done, (*_told(present, read), *_overdue(until, real())))


def _index_key(file: Path, master: keys.Master) -> bytes:
    """The index key in a backup, which shows that the master key fits. Raises StoreError."""
    with reading(file).connect() as conn:
        wrapped = wrapped_index_key(conn)
    try:
        return master.unwrap(wrapped, "meta", INDEX_KEY)
    except keys.KeyMismatch:
        raise StoreError(f"{file}: was made with another key than the one that is set here") from None


async def _present(at: Address) -> Present:
    if at.path is not None and not at.path.exists():
        return Present(lost="there is none")
    database = connect(at)
    try:
        return await database.read(_known)
    except (DBAPIError, sqlite3.Error, Unavailable, DamagedError):
        if at.path is None:
            raise
        return Present(lost="it cannot be read")
    finally:
        await database.close()


def _known(conn: Connection) -> Present:
    """Raises StoreError where others work on a database on a server."""
    if conn.dialect.name == "postgresql":
        _alone(conn)
    if not inspect(conn).get_table_names():
        return Present(lost="it is empty")
    facts = {(it.hub_id, it.name): int(it.number) for it in conn.execute(_facts)}
    facts[DATABASE, outbox_number.name] = last_message(conn)
    listed = tuple(marks.listed(conn))
    known = bool(listed) or conn.execute(_people).scalar_one() > 0
    return Present(wrapped_index_key(conn), listed, facts, known)


def _same(present: Present, secrets: Secrets) -> None:
    """Refuse to put a backup in the place of another database's people. Raises StoreError."""
    if not present.known:
        return
    with contextlib.suppress(keys.KeyMismatch):
        if secrets.master.unwrap(present.wrapped, "meta", INDEX_KEY) == secrets.index_key:
            return
    raise StoreError("the backup is of another database than the one here: move that away first")


def _copied(file: Path, beside: Path) -> None:
    try:
        shutil.copyfile(file, beside)
        beside.chmod(0o600)
    except OSError as error:
        raise StoreError(f"{beside}: cannot be written ({error.strerror}); nothing was restored") from None


def _built(
    conn: Connection, facts: Facts, present: Present, world: World, real: Callable[[], datetime], read: Read
) -> tuple[int, date | None, Replayed]:
    """Make of the copy what is to be: how many people, how long the backup may be kept, and what was replayed."""
    migrate(conn)
    conn.execute(_made)
    if present.lost:
        conn.execute(_skip, {"by": GAP})
    for (hub, name), number in present.facts.items():
        key = {"hub": hub, "of": name, "to": number}
        if conn.execute(_raise, key).rowcount == 0 and conn.execute(_there, key).first() is None:
            conn.execute(insert(meta), {"hub_id": hub, "name": name, "number": number})
    done = set_back(conn, world, real, read)
    return int(conn.execute(_people).scalar_one()), kept_until(conn, facts.made), done


def _told(present: Present, read: Read) -> Iterator[str]:
    if present.lost:
        yield f"the database before tells nothing ({present.lost}): what the list of stops beside it holds was replayed"
    if present.lost and not read.entries:
        yield "there is no list of stops (hubbot.stops): whoever stopped or was erased after the backup is back"
    if read.broken:
        yield f"{read.broken} lines of the list of stops cannot be read"


def _overdue(until: date | None, now: datetime) -> Iterator[str]:
    if until and now.date() > until:
        yield f"this backup was to be deleted by {until.isoformat()} ([retention] backup): delete it"


def _into_place(beside: Path, path: Path) -> None:
    """One step, after the old log is gone: SQLite would read it into the new database."""
    with beside.open("rb+") as file:
        os.fsync(file.fileno())
    with contextlib.suppress(sqlite3.Error), closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # killed before the step, the old one is whole
    for ending in address.LOG:
        Path(f"{path}{ending}").unlink(missing_ok=True)
    beside.replace(path)
    sync(path.parent)


async def _into_server(at: Address, beside: Path) -> None:
    """One transaction: empty every table, and fill it."""
    engine = create_engine(f"sqlite:///{beside}", poolclass=NullPool, hide_parameters=True)

    def work(conn: Connection) -> None:
        wait(conn)
        _alone(conn)
        there = inspect(conn).get_table_names()
        if there:
            check(conn, there)
            conn.execute(_truncate)
        else:
            stamp(conn)
        with engine.connect() as source:
            copy(source, conn)

    database = connect(at)
    try:
        await database.run(work)
    finally:
        await database.close()


def _alone(conn: Connection) -> None:
    """Processes on other machines hold no lock file of ours, but the server knows them. Raises StoreError."""
    if conn.execute(_others).scalar_one():
        raise StoreError("a process works on this database, here or elsewhere: stop it first (hubbot run, hubbot chat)")
