"""Numbers that never come back: of messages, and of a hub's questions.

One rule: a number drawn in a transaction that is undone was never seen, and one that was seen is never drawn again.
"""

from sqlalchemy import bindparam, insert, select, update

from storage.schema import meta, outbox_number
from storage.swift import Conn

DATABASE = ""  # the hub_id of what belongs to the whole database

_next = (
    update(meta)
    .where(meta.c.hub_id == bindparam("hub"), meta.c.name == bindparam("of"))
    .values(number=meta.c.number + 1)
    .returning(meta.c.number)
)
_first = insert(meta).values(hub_id=bindparam("hub"), name=bindparam("of"), number=1)
_message = select(outbox_number.next_value())


def draw_message(conn: Conn) -> int:
    """The next message's number in the whole database. PostgreSQL's sequence locks nobody; SQLite has one writer anyway."""
    if conn.dialect.name == "postgresql":
        drawn: int = conn.execute(_message).scalar_one()
        return drawn
    return _draw(conn, DATABASE, outbox_number.name)


def draw_of_hub(conn: Conn, hub: str, name: str) -> int:
    """The next number of a hub's own, from 1, without gaps: the row stays locked until the commit."""
    return _draw(conn, hub, name)


def _draw(conn: Conn, hub: str, name: str) -> int:
    number = conn.execute(_next, {"hub": hub, "of": name}).scalar_one_or_none()
    if number is None:
        conn.execute(_first, {"hub": hub, "of": name})
        return 1
    return int(number)
