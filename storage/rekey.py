"""Another master key: every key that the old one wraps is wrapped by the new one, while the bot works.

One rule: a batch is a transaction of its own, and finds what is left by looking; so it may be killed and run again. What
people wrote is sealed under their own keys and stays as it is, and so do the hashes of addresses.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, LargeBinary, bindparam, func, select, tuple_, update

from storage.first import INDEX_KEY
from storage.keys import KeyMismatch, Master
from storage.numbers import DATABASE
from storage.schema import contact, hub, meta
from storage.store import open_store

BATCH = 500  # people in one transaction: 10 ms for whoever waits
PASSES = 3  # over all people: somebody may come while we look, to a process that has the keys in another order


def _under_another(column: ColumnElement[bytes]) -> ColumnElement[bool]:
    """A sealed value has the id of its key behind its first byte: see storage.keys."""
    found = func.substr(column, 2, 4, type_=LargeBinary)
    return found != bindparam("id_", type_=LargeBinary)


_people = (
    select(contact.c.hub_id, contact.c.id, contact.c.data_key)
    .where(
        _under_another(contact.c.data_key),
        tuple_(contact.c.hub_id, contact.c.id) > tuple_(bindparam("hub"), bindparam("contact")),
    )
    .order_by(contact.c.hub_id, contact.c.id)
    .limit(bindparam("most"))
    .with_for_update(key_share=True)
)
_person = (
    update(contact)
    .where(contact.c.hub_id == bindparam("hub"), contact.c.id == bindparam("contact"))
    .values(data_key=bindparam("to"))
)
_hubs = select(hub.c.hub_id, hub.c.data_key).where(_under_another(hub.c.data_key)).with_for_update()
_hub = update(hub).where(hub.c.hub_id == bindparam("hub")).values(data_key=bindparam("to"))
_index = select(meta.c.secret).where(meta.c.hub_id == DATABASE, meta.c.name == INDEX_KEY, _under_another(meta.c.secret))
_set_index = update(meta).where(meta.c.hub_id == DATABASE, meta.c.name == INDEX_KEY).values(secret=bindparam("to"))


@dataclass(slots=True)
class Rekeyed:
    """How many keys were wrapped anew: of people, of hubs, of the hashes. `lost`: those that no given key opens."""

    people: int = 0
    hubs: int = 0
    index: int = 0
    lost: int = 0


async def rekey(
    url: str, folder: Path, given: str, *, batch: int = BATCH, told: Callable[[int], object] | None = None
) -> Rekeyed:
    """Wrap every key under the first master key of `given`. `told` hears after each batch how many people are done.

    Raises StoreError where the keys do not fit the database; Unavailable.
    """
    store = await open_store(url, folder, given)
    try:
        done, master = Rekeyed(), store.world.secrets.master
        done.index, done.hubs = await store.database.run(lambda conn: _few(conn, master))
        await store.list_stops()
        for _ in range(PASSES):
            before, done.lost = done.people, 0
            after: tuple[str, str] | None = ("", "")
            while after is not None:
                people, lost, after = await store.database.run(partial(_some, master=master, after=after, most=batch))
                done.people, done.lost = done.people + people, done.lost + lost
                if told:
                    told(done.people)
            if done.people == before:
                break
        await store.database.tidy()  # the old ones must not be readable in the log
        return done
    finally:
        await store.close()


def _few(conn: Connection, master: Master) -> tuple[int, int]:
    key = {"id_": master.keys[0].id}
    wrapped = conn.execute(_index, key).scalar_one_or_none()
    if wrapped is not None:
        conn.execute(_set_index, {"to": _anew(master, wrapped, "meta", INDEX_KEY)})
    rows = conn.execute(_hubs, key).all()
    for it in rows:
        conn.execute(_hub, {"hub": it.hub_id, "to": _anew(master, it.data_key, "hub", it.hub_id)})
    return int(wrapped is not None), len(rows)


def _anew(master: Master, wrapped: bytes, *place: str) -> bytes:
    return master.wrap(master.unwrap(wrapped, *place), *place)


def _some(
    conn: Connection, master: Master, after: tuple[str, str], most: int
) -> tuple[int, int, tuple[str, str] | None]:
    """One batch: how many were done, how many no key opens, and where the next one begins; None: nowhere."""
    key = {"id_": master.keys[0].id, "hub": after[0], "contact": after[1], "most": most}
    rows, done = conn.execute(_people, key).all(), list[dict[str, object]]()
    for it in rows:
        with suppress(KeyMismatch):
            to = _anew(master, it.data_key, "contact", it.hub_id, it.id)
            done.append({"hub": it.hub_id, "contact": it.id, "to": to})
    if done:
        conn.execute(_person, done)
    last = (rows[-1].hub_id, rows[-1].id) if len(rows) == most else None
    return len(done), len(rows) - len(done), last
