"""Every row of one database into another, whichever of the two each of them is.

One rule: values go over as they are stored, sealed ones unopened: no key is needed, and none is looked at.
"""

from typing import Any

from sqlalchemy import Connection, TableClause, column, func, insert, inspect, select, table, text
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.numbers import DATABASE
from storage.schema import meta, metadata, outbox_number

MADE = "backup"  # the fact of a backup: when it was made, by the hub's clock
PAGE = 1_000  # rows in memory at a time


def plain() -> list[TableClause]:
    """Our tables without what our types do to values."""
    return [table(it.name, *(column(each.name, _stored(each.type)) for each in it.c)) for it in metadata.sorted_tables]


def _stored(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def copy(source: Connection, target: Connection) -> None:
    """All rows into tables that are empty. Message numbers go on where they were."""
    for it in plain():
        rows = source.execute(select(it), execution_options={"yield_per": PAGE})
        for part in rows.mappings().partitions():
            target.execute(insert(it), [dict(row) for row in part])
    drawn = last_message(source)
    if target.dialect.name == "postgresql":
        target.execute(meta.delete().where(meta.c.hub_id == DATABASE, meta.c.name == outbox_number.name))
        if drawn:
            target.execute(select(func.setval(outbox_number.name, drawn)))
    elif source.dialect.name == "postgresql" and drawn:
        row = {"hub_id": DATABASE, "name": outbox_number.name, "number": drawn}
        target.execute(insert(meta), row)


def last_message(conn: Connection) -> int:
    """The last number that was given to a message."""
    if conn.dialect.name == "postgresql":
        row = conn.execute(text("SELECT last_value, is_called FROM outbox_number")).one()
        return int(row.last_value) if row.is_called else 0
    here = select(meta.c.number).where(meta.c.hub_id == DATABASE, meta.c.name == outbox_number.name)
    return int(conn.execute(here).scalar() or 0)


def counts(conn: Connection) -> dict[str, int]:
    """How many rows each table has that is there, without the facts that only one kind of database has, or only a copy."""
    facts = select(func.count()).select_from(meta).where(meta.c.name.not_in((outbox_number.name, MADE)))
    wanted = {it: select(func.count()).select_from(table(it)) for it in sorted(inspect(conn).get_table_names())}
    return {it: int(conn.execute(rows).scalar_one()) for it, rows in (wanted | {meta.name: facts}).items()}
