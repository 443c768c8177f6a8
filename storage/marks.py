"""What outlives a person's data: that their address stopped, was erased, or took part in a form.

One rule: a mark is a keyed hash; nobody is read out of it, but whoever comes back is known by it.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from storage.schema import address, mark

if TYPE_CHECKING:
    from storage.unit import SqlUnit

STOP, ERASED, TOOK_PART = "stop", "erased", "took-part"

_addresses = select(address.c.index).where(
    address.c.hub_id == bindparam("hub"), address.c.contact_id == bindparam("contact")
)
_set = upsert(mark).on_conflict_do_nothing()
_here = (mark.c.hub_id == bindparam("hub"), mark.c.kind == bindparam("kind_"), mark.c.index.in_(_addresses))
_unset = delete(mark).where(*_here)
_subjects = select(mark.c.subject).where(*_here)
_all = select(mark.c.kind, mark.c.subject, mark.c.at).where(
    mark.c.hub_id == bindparam("hub"), mark.c.index.in_(_addresses)
)
_forms = select(mark.c.subject).where(mark.c.hub_id == bindparam("hub"), mark.c.kind == TOOK_PART).distinct()
_close = delete(mark).where(
    mark.c.hub_id == bindparam("hub"), mark.c.kind == TOOK_PART, mark.c.subject == bindparam("form")
)


def put(unit: "SqlUnit", kind: str, subject: str = "", *, at: Any = None) -> None:
    """Mark every address of the unit's person. A mark that is there stays as it is."""
    me = unit.person_here
    for index in unit.conn.execute(_addresses, {"hub": unit.hub, "contact": me.id}).scalars().all():
        row = {"hub_id": unit.hub, "kind": kind, "index": index, "subject": subject, "at": at}
        unit.conn.execute(_set, row)


def lift(unit: "SqlUnit", kind: str) -> None:
    """Take the person's marks of a kind away: consent given anew lifts a stop."""
    unit.conn.execute(_unset, {"hub": unit.hub, "contact": unit.person_here.id, "kind_": kind})


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
