"""Numbers that never come back: of messages, and of a hub's questions.

One rule: a number drawn in a transaction that is undone was never seen, and one that was seen is never drawn again.
"""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert

from storage.schema import meta, outbox_number
from storage.swift import Conn

DATABASE = ""  # the hub_id of what belongs to the whole database

_first = upsert(meta).values(hub_id=bindparam("hub"), name=bindparam("of"), number=1)
# In one statement: of two who draw the first number at the same moment, the second waits and has the second.
_next = _first.on_conflict_do_update(index_elements=["hub_id", "name"], set_={"number": meta.c.number + 1}).returning(
    meta.c.number
)
_counted = select(meta.c.number).where(meta.c.hub_id == DATABASE, meta.c.name == outbox_number.name).scalar_subquery()
# A new message's number in the whole database, to stand in its INSERT. PostgreSQL's sequence locks nobody; SQLite, with one
# writer, counts in a row of meta: see count_message.
MESSAGE: Mapping[str, ColumnElement[int]] = {"postgresql": outbox_number.next_value(), "sqlite": _counted}


def count_message(conn: Conn) -> None:
    """Before a message is written with the number MESSAGE."""
    if conn.dialect.name == "sqlite":
        conn.execute(_next, {"hub": DATABASE, "of": outbox_number.name})


def draw_of_hub(conn: Conn, hub: str, name: str) -> int:
    """The next number of a hub's own, from 1, without gaps: the row stays locked until the commit."""
    return int(conn.execute(_next, {"hub": hub, "of": name}).scalar_one())
