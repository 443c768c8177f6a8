"""What outlives a person's data: that their address stopped, asked for news again, was erased, or took part in a form.

One rule: a mark is a keyed hash; nobody is read out of it, but whoever comes back is known by it. A stop, its end and an
erasure are left in the unit, too: after the commit they are added to the list beside the database.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from storage.schema import address, mark
from storage.schema.base import MICROSECOND
from storage.stoplist import AGAIN, ERASED, STOP, Entry

if TYPE_CHECKING:
    from storage.unit import SqlUnit

TOOK_PART = "took-part"

_addresses = select(address.c.index).where(
    address.c.hub_id == bindparam("hub"), address.c.contact_id == bindparam("contact")
)
_set = upsert(mark).on_conflict_do_nothing()
_here = (mark.c.hub_id == bindparam("hub"), mark.c.kind == bindparam("kind_"), mark.c.index.in_(_addresses))
_unset = delete(mark).where(*_here).returning(mark.c.index, mark.c.at)
_subjects = select(mark.c.subject).where(*_here)
_all = select(mark.c.kind, mark.c.subject, mark.c.at).where(
    mark.c.hub_id == bindparam("hub"), mark.c.index.in_(_addresses)
)
_forms = select(mark.c.subject).where(mark.c.hub_id == bindparam("hub"), mark.c.kind == TOOK_PART).distinct()
_no_news = delete(mark).where(
    mark.c.hub_id == bindparam("hub"), mark.c.kind.in_((STOP, AGAIN)), mark.c.index == bindparam("index_")
)
_listed = select(mark.c.hub_id, mark.c.kind, mark.c.index, mark.c.at, mark.c.subject).where(
    mark.c.kind.in_((STOP, AGAIN, ERASED))
)
_close = delete(mark).where(
    mark.c.hub_id == bindparam("hub"), mark.c.kind == TOOK_PART, mark.c.subject == bindparam("form")
)


def stop(unit: "SqlUnit", at: datetime) -> None:
    """The person wants no announcements from `at` on; a later stop takes the place of an earlier one."""
    before = _lift(unit, STOP) | _lift(unit, AGAIN)
    _put(unit, STOP, "", max([at, *(it + MICROSECOND for it in before.values())]))


def again(unit: "SqlUnit") -> None:
    """Consent given anew, or a stop undone: the stop is lifted. Nothing where there is none."""
    for index, at in _lift(unit, STOP).items():
        _set_one(unit, AGAIN, index, "", max(unit.now, at + MICROSECOND))


def erased(unit: "SqlUnit", receipt: str, at: datetime) -> None:
    """The person was erased; stays for ever."""
    _put(unit, ERASED, receipt, at)


def took_part(unit: "SqlUnit", form: str) -> None:
    """The person answered a form that takes one answer: kept until it closes, and in no list."""
    _put(unit, TOOK_PART, form, None)


def _put(unit: "SqlUnit", kind: str, subject: str, at: datetime | None) -> None:
    """Mark every address of the unit's person. A mark that is there stays as it is."""
    for index in unit.conn.execute(_addresses, {"hub": unit.hub, "contact": unit.person_here.id}).scalars().all():
        _set_one(unit, kind, index, subject, at)


def _set_one(unit: "SqlUnit", kind: str, index: bytes, subject: str, at: datetime | None) -> None:
    row = {"hub_id": unit.hub, "kind": kind, "index": index, "subject": subject, "at": at}
    if unit.conn.execute(_set, row).rowcount and at is not None:
        unit.outlive.append(Entry(unit.hub, kind, index, at, subject))


def _lift(unit: "SqlUnit", kind: str) -> dict[bytes, datetime]:
    """Take the person's marks of a kind away; since when each address had one. What comes in its place is told to be later,
    whatever the clocks of two hosts say: the newest word counts."""
    key = {"hub": unit.hub, "contact": unit.person_here.id, "kind_": kind}
    ended: Any = unit.conn.execute(_unset, key)
    return dict(ended.all())


def listed(conn: Connection) -> list[Entry]:
    """What of all hubs belongs on the list beside the database."""
    return [Entry(*row) for row in conn.execute(_listed)]


def bring(conn: Connection, it: Entry) -> None:
    """A line of the list as a mark: an erasure stays beside others, a word about news takes the place of an older one."""
    if it.kind != ERASED:
        conn.execute(_no_news, {"hub": it.hub, "index_": it.index})
    row = {"hub_id": it.hub, "kind": it.kind, "index": it.index, "subject": it.subject, "at": it.at}
    conn.execute(_set, row)


def subjects(unit: "SqlUnit", kind: str) -> set[str]:
    """What the person's marks of a kind are about."""
    key = {"hub": unit.hub, "contact": unit.person_here.id, "kind_": kind}
    return set(unit.conn.execute(_subjects, key).scalars())


def of_person(unit: "SqlUnit") -> list[Any]:
    """Every mark of the person: kind, subject, at."""
    return list(unit.conn.execute(_all, {"hub": unit.hub, "contact": unit.person_here.id}))


def forms(unit: "SqlUnit") -> list[str]:
    """The forms in which somebody took part who is no longer known."""
    return list(unit.conn.execute(_forms, {"hub": unit.hub}).scalars())


def close(unit: "SqlUnit", form: str) -> None:
    """A form has closed: nobody can answer it twice any more."""
    unit.conn.execute(_close, {"hub": unit.hub, "form": form})
