"""The first start and every later one: make the schema in an empty database, refuse another, and find the keys.

One rule: data without their key get no new key, and a schema of another release is touched by `hubbot db upgrade` alone.
"""

import contextlib
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, insert, inspect, select, text

from storage import keys
from storage.errors import StoreError
from storage.numbers import DATABASE
from storage.schema import REVISION, hub, meta, metadata
from storage.stoplist import StopList

LOCK = (
    0x48554242  # "HUBB": of two first starts on PostgreSQL one waits for the other; on SQLite BEGIN IMMEDIATE does that
)
INDEX_KEY = "index-key"

# Alembic's own table, by its own shape: we write the revision without importing alembic, which a first prompt would wait for.
version_table = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))

_revision = select(version_table.c.version_num)
_index_key = select(meta.c.secret).where(meta.c.hub_id == DATABASE, meta.c.name == INDEX_KEY)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What opens the database: the master keys, and the key of the blind index."""

    master: keys.Master
    index_key: bytes = field(repr=False)


def begin(conn: Connection, folder: Path, given: str) -> Secrets:
    """Make or check the database. `folder` holds the key file, `given` is HUBBOT_KEY or "". Raises StoreError."""
    wait(conn)
    there = inspect(conn).get_table_names()
    if not there:
        return _make(conn, folder, given)
    check(conn, there)
    return _open(conn, folder, given)


def wait(conn: Connection) -> None:
    """Until nobody else makes, checks or replaces the database, and keep others waiting until the commit."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def check(conn: Connection, there: list[str]) -> None:
    """Refuse a database that is not ours or not of this release. Raises StoreError."""
    found = revision(conn, there)
    if found != REVISION:
        raise StoreError(f"the database has schema {found} and this release needs {REVISION}; see `hubbot db upgrade`")


def revision(conn: Connection, there: list[str]) -> str:
    """The revision of a database that has these tables. Raises StoreError where it is not ours."""
    if version_table.name not in there:
        raise StoreError("the database holds tables that are not hubbot's; give hubbot a database of its own")
    return ", ".join(conn.execute(_revision).scalars()) or "none"


def stamp(conn: Connection) -> None:
    """Make every table, and write the revision that they are."""
    metadata.create_all(conn)
    version_table.create(conn)
    conn.execute(insert(version_table), {"version_num": REVISION})


def seed(conn: Connection, master: keys.Master, index_key: bytes) -> None:
    """The facts that every database has."""
    wrapped = master.wrap(index_key, "meta", INDEX_KEY)
    conn.execute(insert(meta), {"hub_id": DATABASE, "name": INDEX_KEY, "number": 0, "secret": wrapped})


def wrapped_index_key(conn: Connection) -> bytes:
    """The key of the blind index as it is wrapped now."""
    wrapped: bytes = conn.execute(_index_key).scalar_one()
    return wrapped


def master_of(folder: Path, given: str) -> keys.Master | None:
    """The master keys: HUBBOT_KEY, or the key file; None where there is neither. Raises StoreError."""
    return keys.parse(given) if given else keys.from_file(folder)


def _make(conn: Connection, folder: Path, given: str) -> Secrets:
    stamp(conn)
    return _seeded(conn, folder, given)


def _seeded(conn: Connection, folder: Path, given: str) -> Secrets:
    """A new database. Where a list of stops has outlived another, its hashes must still match: it keeps the index key."""
    master = master_of(folder, given) or keys.make_file(folder)
    index_key = _listed(StopList.of(folder), master) or keys.new_secret()
    seed(conn, master, index_key)
    return Secrets(master, index_key)


def _listed(stops: StopList, master: keys.Master) -> bytes | None:
    """The index key of the list beside the database; None where it holds no line that needs it."""
    read = stops.read()
    for _, wrapped in reversed(read.keys):
        with contextlib.suppress(keys.KeyMismatch):
            return master.unwrap(wrapped, "meta", INDEX_KEY)
    if read.entries:
        raise StoreError(f"{stops.path}: a list of stops under another key; put its key back, or move the list away")
    return None


def _open(conn: Connection, folder: Path, given: str) -> Secrets:
    """The keys of a database that has been used. One that was only migrated gets its index key now."""
    wrapped = conn.execute(_index_key).scalar_one_or_none()
    if wrapped is None:
        if conn.execute(select(hub.c.hub_id).limit(1)).first():
            raise StoreError("the database has lost its index key; restore a backup")
        return _seeded(conn, folder, given)
    master = master_of(folder, given)
    if master is None:
        missing = f"set HUBBOT_KEY, or put {folder / keys.FILE} back"
        raise StoreError(f"the database has data, and its key is missing: {missing}")
    try:
        secrets = Secrets(master, master.unwrap(wrapped, "meta", INDEX_KEY))
    except keys.KeyMismatch:
        name = "HUBBOT_KEY" if given else str(folder / keys.FILE)
        raise StoreError(f"{name}: another key than the one that this database was made with") from None
    belongs(StopList.of(folder), secrets.index_key)
    return secrets


def belongs(stops: StopList, index_key: bytes) -> None:
    """Refuse a list of stops that was made beside another database: its hashes match nobody here. Raises StoreError."""
    read = stops.read()
    if all(id == keys.id_of(index_key) for id, _ in read.keys):
        return
    if read.entries:
        raise StoreError(f"{stops.path}: the list of stops of another database; move it away")
    stops.path.unlink()
