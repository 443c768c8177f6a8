"""Bring a database to this release's schema. The only module that imports alembic, and the only way an old one changes.

One rule: an upgrade is one transaction: done, or as it was.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, inspect

from storage import address
from storage.connect import connect
from storage.errors import StoreError
from storage.first import begin, version_table
from storage.gate import enter
from storage.schema import REVISION

SCRIPTS = Path(__file__).parent / "migrations"


def config(conn: Connection) -> Any:
    """Alembic's settings for an open connection."""
    from alembic.config import Config  # noqa: PLC0415

    made = Config()
    made.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    made.attributes["connection"] = conn
    return made


def migrate(conn: Connection) -> None:
    """Run every migration that the database lacks. Raises StoreError where its revision is unknown to this release."""
    from alembic import command  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    try:
        command.upgrade(config(conn), "head")
    except CommandError as error:
        raise StoreError(f"the database cannot be upgraded: {error}") from None


async def upgrade(url: str, data_dir: Path, keys: str = "") -> str:
    """Upgrade the database at `url`, or make it where it is empty; the revision that it has now. Raises StoreError."""
    at = address.read(url)

    def work(conn: Connection) -> None:
        there = inspect(conn).get_table_names()
        if there and version_table.name not in there:
            raise StoreError("the database holds tables that are not hubbot's; give hubbot a database of its own")
        if there:
            migrate(conn)
        begin(conn, data_dir, keys)

    gate = enter(at, data_dir)
    try:
        database = connect(at)
        try:
            await database.run(work)
            await database.tidy()
        finally:
            await database.close()
    finally:
        os.close(gate)
    return REVISION


def write(message: str) -> str:
    """Write the migration that is missing, from the difference of schema and migrations; its path. For developers."""
    from alembic import command  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/empty.sqlite3")
        with engine.begin() as conn:
            command.upgrade(config(conn), "head")
        with engine.begin() as conn:
            number = len(list((SCRIPTS / "versions").glob("*.py"))) + 1
            script: Any = command.revision(config(conn), message, autogenerate=True, rev_id=f"{number:04d}")
        engine.dispose()
    return str(script.path)


if __name__ == "__main__":
    sys.stdout.write(write(" ".join(sys.argv[1:])) + "\n")
