"""A person as a unit knows them: who they are inside the database, the box that seals their values, and their address.

One rule: only who has the contact's box can read what is stored about them.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select

from storage.keys import Box, Key, Master, new_secret
from storage.schema import contact

if TYPE_CHECKING:
    from storage.unit import SqlUnit

COLUMNS = (
    contact.c.id,
    contact.c.lang,
    contact.c.lang_chosen,
    contact.c.data_key,
    contact.c.touched,
    contact.c.home_channel,
    contact.c.home_account,
    contact.c.home_index,
    contact.c.stopped_at,
    contact.c.erased_at,
)

_load = select(*COLUMNS).where(contact.c.hub_id == bindparam("hub"), contact.c.id == bindparam("contact"))
# KEY SHARE is left to others: no row of ours points to a contact by a foreign key, and a lock that is weaker than
# FOR UPDATE keeps it so that none ever has to wait for a person's turn.
locked = _load.with_for_update(key_share=True)
_free = _load.with_for_update(key_share=True, skip_locked=True)
_make = insert(contact)


@dataclass(frozen=True, slots=True)
class Contact:
    """One person of one hub. `channel`, `account` and `index` are where they last wrote from."""

    id: str
    lang: str
    chosen: bool
    box: Box = field(repr=False)
    touched: datetime
    channel: str
    account: str
    index: bytes = field(repr=False)
    stopped_at: datetime | None = None
    erased_at: datetime | None = None


def of_row(master: Master, hub: str, row: Any) -> Contact:
    """The contact of a row that has COLUMNS."""
    box = box_of(master, hub, row.id, row.data_key)
    home = (row.home_channel, row.home_account, row.home_index)
    return Contact(row.id, row.lang, row.lang_chosen, box, row.touched, *home, row.stopped_at, row.erased_at)


def box_of(master: Master, hub: str, name: str, wrapped: bytes) -> Box:
    """The box of a person, by their wrapped key. Raises KeyMismatch."""
    return Box(Key.of(master.unwrap(wrapped, "contact", hub, name)), hub, name)


def load(unit: "SqlUnit", name: str, *, lock: bool = False) -> Contact:
    """A contact of the unit's hub. LookupError where there is none. `lock`: until the commit, others wait for this row."""
    if not lock and unit.me and unit.me.id == name:
        return unit.me
    row = unit.conn.execute(locked if lock else _load, {"hub": unit.hub, "contact": name}).first()
    if row is None:
        raise LookupError("no such contact")
    return of_row(unit.world.secrets.master, unit.hub, row)


def free(unit: "SqlUnit", name: str) -> Contact | None:
    """A contact, locked; None where another unit has it now. Two people whose turns tell each other something never wait
    for one another."""
    row = unit.conn.execute(_free, {"hub": unit.hub, "contact": name}).first()
    return row and of_row(unit.world.secrets.master, unit.hub, row)


@dataclass(frozen=True, slots=True)
class Fresh:
    """A contact that is about to be written: its name, its key, and its box."""

    id: str
    wrapped: bytes
    box: Box


def fresh(unit: "SqlUnit") -> Fresh:
    """A new name and a new key."""
    name, secret = secrets.token_hex(8), new_secret()
    wrapped = unit.world.secrets.master.wrap(secret, "contact", unit.hub, name)
    return Fresh(name, wrapped, Box(Key.of(secret), unit.hub, name))


def write(unit: "SqlUnit", made: Fresh, home: tuple[str, str, bytes], stopped_at: datetime | None) -> Contact:
    """Write a fresh contact, who now wrote from `home`: channel, account, index."""
    channel, account, index = home
    row = {
        "hub_id": unit.hub,
        "id": made.id,
        "lang": "",
        "lang_chosen": False,
        "data_key": made.wrapped,
        "made": unit.now,
        "touched": unit.now,
        "home_channel": channel,
        "home_account": account,
        "home_index": index,
        "stopped_at": stopped_at,
    }
    unit.conn.execute(_make, row)
    return Contact(made.id, "", False, made.box, unit.now, channel, account, index, stopped_at)  # noqa: FBT003  # lang not chosen
