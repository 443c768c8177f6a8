"""The schema: a hub's boundary in every key, a reason for every column, the same shape by both ways."""

import inspect as inspect_module
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Select, inspect
from sqlalchemy.dialects import sqlite

import bot.core
from bot.core.flow import Command, Need, Query
from bot.core.respond import Listed, Unfinished
from storage import address, arrivals, mail, timers
from storage.address import prepare
from storage.connect import connect
from storage.errors import StoreError
from storage.first import version_table
from storage.inventory import inventory
from storage.perform import PERFORMERS
from storage.schema import REVISION, metadata
from storage.schema.base import Instant, Sealed
from storage.store import open_store
from storage.upgrade import SCRIPTS, migrate, upgrade
from tests.storage.conftest import emptied
from tests.storage.kit import NOON


def test_every_primary_key_begins_with_the_hub() -> None:
    assert {next(iter(table.primary_key)).name for table in metadata.tables.values()} == {"hub_id"}


def test_R47_every_column_has_its_reasons() -> None:
    listed = {(it.table, it.column) for it in inventory()}
    assert listed == {(name, column.name) for name, table in metadata.tables.items() for column in table.c}
    for it in inventory():
        assert min(len(text) for text in (it.why, it.purpose, it.basis, it.until, it.erased)) > 5, it
        assert it.why.endswith(".")
        assert "GDPR" in it.basis or "no personal data" in it.basis
    assert all(table.comment for table in metadata.tables.values())


def test_R49_what_people_wrote_is_sealed() -> None:
    """Whatever is bytes or free text of a person. Known words of the program, random names and numbers are plain."""
    sealed = {
        (table.name, it.name) for table in metadata.tables.values() for it in table.c if isinstance(it.type, Sealed)
    }
    assert sealed >= {
        ("address", "sealed"),
        ("contact", "data_key"),
        ("inbox", "body"),
        ("outbox", "body"),
        ("outbox", "kept"),
        ("session", "state"),
        ("question", "text"),
        ("question", "answer"),
        ("registration", "answers"),
        ("needs", "answers"),
        ("response", "answers"),
    }


@pytest.mark.parametrize(
    "plain", [b"", b"A secret that somebody forgot to seal, long enough to be a sealed value", b"\x01"]
)
def test_R49_a_forgotten_seal_is_refused(plain: bytes) -> None:
    with pytest.raises(ValueError, match="sealed") as told:
        Sealed().process_bind_param(plain, sqlite.dialect())
    assert "secret" not in str(told.value)


def test_times_are_whole_numbers_and_aware() -> None:
    kind, dialect = Instant(), sqlite.dialect()
    stored = kind.process_bind_param(NOON, dialect)
    assert isinstance(stored, int)
    assert kind.process_result_value(stored, dialect) == NOON
    with pytest.raises(TypeError):
        kind.process_bind_param(NOON.replace(tzinfo=None), dialect)


def test_each_request_of_the_core_has_a_performer() -> None:
    found = set()
    for module in pkgutil.walk_packages(bot.core.__path__, "bot.core."):
        for _, it in inspect_module.getmembers(import_module(module.name), inspect_module.isclass):
            if issubclass(it, Query | Command) and it not in (Query, Command, Need) and not issubclass(it, Need):
                found.add(it)
    assert found - {Listed, Unfinished} == set(PERFORMERS)


def test_the_revision_is_the_newest_migration() -> None:
    newest = max(path.name for path in (SCRIPTS / "versions").glob("[0-9]*.py"))
    assert newest.startswith(f"{REVISION}_")


async def test_the_migrations_make_what_the_schema_says(bare: str, tmp_path: Path) -> None:
    def look(conn: Connection) -> tuple[object, object]:
        migrate(conn)
        context = MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": True})
        return compare_metadata(context, metadata), shape(conn)

    database = connect(address.read(bare))
    differences, migrated = await database.run(look)
    await database.close()
    assert differences == []
    if bare.startswith("sqlite"):
        (tmp_path / "hubbot.sqlite3").unlink()
    else:
        await emptied(bare, bare=True)
    store = await open_store(bare, tmp_path)
    made = await store.database.run(shape)
    await store.close()
    assert migrated == made


def shape(conn: Connection) -> object:
    """Tables, columns, keys and indexes as the database knows them, in no order."""
    look = inspect(conn)
    found = {}
    for name in look.get_table_names():
        found[name] = (
            sorted((it["name"], str(it["type"]), it["nullable"]) for it in look.get_columns(name)),
            look.get_pk_constraint(name)["constrained_columns"],
            sorted(
                (
                    it["name"] or "",
                    tuple(it["column_names"]),
                    it["unique"],
                    sorted((key, str(value)) for key, value in it.get("dialect_options", {}).items()),
                )
                for it in look.get_indexes(name)
            ),
            sorted(tuple(it["column_names"]) for it in look.get_unique_constraints(name)),
        )
    if conn.dialect.name == "sqlite":
        found["without rowid"] = sorted(
            conn.exec_driver_sql("select name from sqlite_master where sql like '%WITHOUT ROWID%'").scalars()
        )
    else:
        found["sequences"] = sorted(look.get_sequence_names())
    return found


async def test_upgrade_makes_an_empty_database_and_leaves_a_new_one(bare: str, tmp_path: Path) -> None:
    assert await upgrade(bare, tmp_path) == REVISION
    assert await upgrade(bare, tmp_path) == REVISION
    store = await open_store(bare, tmp_path)
    await store.close()


async def test_upgrade_refuses_what_it_does_not_know(bare: str, tmp_path: Path) -> None:
    store = await open_store(bare, tmp_path)
    await store.database.run(lambda conn: conn.exec_driver_sql("update alembic_version set version_num = 'x'") and None)
    with pytest.raises(StoreError, match="cannot be upgraded"):
        await upgrade(bare, tmp_path)
    await store.database.run(version_table.drop)
    with pytest.raises(StoreError, match="not hubbot's"):
        await upgrade(bare, tmp_path)
    await store.close()


def test_a_network_share_is_refused(tmp_path: Path) -> None:
    mounts = f"server:/x {tmp_path} nfs4 rw 0 0\n/dev/sda / ext4 rw 0 0\n"
    with pytest.raises(StoreError, match="network share"):
        prepare(tmp_path / "a" / "x.sqlite3", mounts)
    prepare(tmp_path / "x.sqlite3", "/dev/sda / ext4 rw 0 0\n")


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (mail._heads, "ix_outbox_live"),
        (mail._heads, "ix_outbox_line"),
        (mail._sending, "ix_outbox_ended"),
        (arrivals._left, "ix_inbox_open"),
        (timers._due, "ix_timer_due"),
    ],
)
async def test_what_is_asked_all_the_time_is_found_by_an_index(
    statement: Select[Any], index: str, tmp_path: Path
) -> None:
    """A claim must not read what was sent long ago: SQLite sees by literals that a partial index serves."""
    store = await open_store(f"sqlite:///{tmp_path}/x.sqlite3", tmp_path)

    def plan(conn: Connection) -> str:
        words = str(statement.compile(dialect=conn.dialect))
        found = conn.exec_driver_sql(f"explain query plan {words}", (None,) * words.count("?"))
        return " ".join(f"{row[3]} " for row in found)

    found = await store.database.run(plan)
    await store.close()
    assert f"INDEX {index} " in found, found
