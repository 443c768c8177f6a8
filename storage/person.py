"""Everything that is stored about one person, as data.

One rule: it is read from the schema, not from a list by hand: a new table with a contact_id is shown from its first day.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, bindparam, select

from bot.core.message import Json
from storage import marks
from storage.schema import contact, metadata, subscription
from storage.schema.base import Sealed
from storage.sweep import UNDO

if TYPE_CHECKING:
    from storage.unit import SqlUnit

# What is left out of an export: the hub's own name, keys that open nothing for the person, and hashes of what is shown.
NOT_SHOWN = {"hub_id", "contact_id", "data_key", "index", "home_index"}
TABLES: tuple[Table, ...] = tuple(it for _, it in sorted(metadata.tables.items()) if "contact_id" in it.c)

_rows = {
    it.name: select(it)
    .where(it.c.hub_id == bindparam("hub"), it.c.contact_id == bindparam("contact"))
    .order_by(*it.primary_key)
    for it in TABLES
}
_me = select(contact).where(contact.c.hub_id == bindparam("hub"), contact.c.id == bindparam("contact"))


def export(unit: "SqlUnit") -> dict[str, Json]:
    """Every row of the person by table, with the names of its fields, sealed values opened (R40)."""
    key = {"hub": unit.hub, "contact": unit.person_here.id}
    data: dict[str, Json] = {"hub": unit.hub, "exported": unit.now.isoformat()}
    data["contact"] = _plain(unit, contact, unit.conn.execute(_me, key).one())
    for table in TABLES:
        found = [_plain(unit, table, row) for row in unit.conn.execute(_rows[table.name], key)]
        if found:
            data[table.name] = found
    if known := marks.of_person(unit):
        data["mark"] = [{"kind": it.kind, "subject": it.subject, "at": _value(it.at)} for it in known]
    return data


def _plain(unit: "SqlUnit", table: Table, row: Any) -> dict[str, Json]:
    box, found = unit.person_here.box, dict[str, Json]()
    for it in table.c:
        value = getattr(row, it.name)
        if it.name in NOT_SHOWN or value is None:
            continue
        sealed = isinstance(it.type, Sealed)
        found[it.name] = box.open(table.name, it.name, value) if sealed else _value(value)
    if table is subscription and row.stopped_at:  # or it would read as if the stop had failed
        found |= {"state": "stopped", "kept_for": "undo", "kept_until": _value(row.stopped_at + UNDO)}
    return found


def _value(value: Any) -> Json:
    return value.isoformat() if isinstance(value, datetime | date) else value
