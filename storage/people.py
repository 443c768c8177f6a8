"""Finding a person by their address, for the command line: which hubs know them, their data, their erasure.

One rule: an address is looked up by its keyed hash, account by account, since the hash holds the account.
"""

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from bot.core.message import Json
from bot.core.person import Erased
from storage import contacts, erasure, person
from storage.first import Secrets
from storage.keys import index_of
from storage.schema import address, contact
from storage.swift import Conn

if TYPE_CHECKING:
    from storage.unit import SqlUnit

_accounts = select(address.c.account).where(address.c.channel == bindparam("channel")).distinct()
_known = (
    select(address.c.hub_id, address.c.contact_id)
    .join(contact, (contact.c.hub_id == address.c.hub_id) & (contact.c.id == address.c.contact_id))
    .where(
        address.c.channel == bindparam("channel"),
        address.c.account == bindparam("account"),
        address.c.index == bindparam("index_"),
        contact.c.erased_at.is_(None),
    )
)


def known(conn: Conn, secrets: Secrets, channel: str, network_id: str) -> dict[str, list[str]]:
    """The hubs that know an address, and the contacts that it is there (one for each account that was written to)."""
    found: dict[str, list[str]] = {}
    for account in conn.execute(_accounts, {"channel": channel}).scalars().all():
        index = index_of(secrets.index_key, channel, account, network_id)
        for row in conn.execute(_known, {"channel": channel, "account": account, "index_": index}):
            names = found.setdefault(row.hub_id, [])
            if row.contact_id not in names:
                names.append(row.contact_id)
    return {hub: found[hub] for hub in sorted(found)}


def export(unit: "SqlUnit", channel: str, network_id: str) -> list[Json]:
    """What the unit's hub holds about the person of an address: one document a contact, empty where it knows nobody."""
    return [_as(unit, name) and person.export(unit) for name in _here(unit, channel, network_id)]


def erase(unit: "SqlUnit", channel: str, network_id: str) -> list[Erased]:
    """Erase the person of an address, the key at once: nobody waits for a receipt in the chat."""
    receipts = []
    for name in _here(unit, channel, network_id):
        _as(unit, name)
        receipts.append(erasure.erase(unit, later=True))
        erasure.destroy(unit, name)
    return receipts


def _here(unit: "SqlUnit", channel: str, network_id: str) -> list[str]:
    return known(unit.conn, unit.world.secrets, channel, network_id).get(unit.hub, [])


def _as(unit: "SqlUnit", name: str) -> bool:
    unit.me = contacts.load(unit, name, lock=True)
    unit.lang = unit.me.lang
    return True
