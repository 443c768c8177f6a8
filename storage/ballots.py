"""Anonymous responses on their way from the commit that a person's message made to the table that results are read from.

One rule: a row that is kept was written by no person's commit, and together with others: k people's, or all that came.

PostgreSQL stamps each row with its transaction and lays rows down in the order of coming, so a response that lies where a
person's commit put it can be joined to that person's other rows. It waits in a table of its own; a timer's commit takes out
all that wait for the form, shuffles them, and writes each anew, with a new id and sealed anew: as responses where they are
enough, else back among those that wait.
"""

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select

from bot.core.hub import Hub
from storage import publish, timers
from storage.schema import ballot, response

if TYPE_CHECKING:
    from bot.core.surveys import Survey
    from storage.unit import SqlUnit

ANONYMOUS = "anonymous"
AMONG = 500  # responses that the last few of a closed form are mixed with; their ids are random, so the first are any

_cast = insert(ballot)
_respond = insert(response)
_take = (
    delete(ballot)
    .where(ballot.c.hub_id == bindparam("hub"), ballot.c.form_id == bindparam("form"))
    .returning(ballot.c.version, ballot.c.answers)
)
_some = (
    select(response.c.id)
    .where(response.c.hub_id == bindparam("hub"), response.c.form_id == bindparam("form"), response.c.mode == ANONYMOUS)
    .order_by(response.c.id)
    .limit(AMONG)
)
_take_some = (
    delete(response)
    .where(
        response.c.hub_id == bindparam("hub"),
        response.c.form_id == bindparam("form"),
        response.c.id.in_(bindparam("ids", expanding=True)),
    )
    .returning(response.c.version, response.c.answers)
)
_forms = select(ballot.c.form_id).where(ballot.c.hub_id == bindparam("hub")).distinct()


def least(here: Hub | None) -> int:
    """k: what fewer people said is not shown, and not told from what others said. The hub's number, never below five."""
    return max(here.k_default if here else 10, here.k_minimum if here else 5, 5)


def cast(unit: "SqlUnit", form: str, version: str, answers: Mapping[str, str]) -> None:
    """Lay a response down to be mixed. A kill loses nothing: it and the timer are in the person's commit."""
    _write(unit, _cast, "ballot", form, [(version, dict(answers))])
    timers.plan(unit, timers.MIX, form, unit.now)


def mix(unit: "SqlUnit", form: str) -> None:
    """Shuffle what waits for a form. It becomes responses when it is of k people or more, or when the form has closed."""
    key = {"hub": unit.hub, "form": form}
    waiting = _opened(unit, "ballot", unit.conn.execute(_take, key))
    if not waiting:
        return
    here: Survey | None = unit.published(f"survey/{form}")
    enough = len(waiting) >= least(unit.here)
    closed = here is not None and here.closes is not None and unit.now >= here.closes.at
    if closed and not enough:  # too few to lie together: they are mixed with responses that came before
        ids = unit.conn.execute(_some, key).scalars().all()
        waiting += _opened(unit, "response", unit.conn.execute(_take_some, key | {"ids": ids}))
    if enough or closed:
        _write(unit, _respond, "response", form, waiting, mode=ANONYMOUS)
    else:
        _write(unit, _cast, "ballot", form, waiting)
    unit.tidy = True


def forms(unit: "SqlUnit") -> list[str]:
    """The forms for which something waits."""
    return list(unit.conn.execute(_forms, {"hub": unit.hub}).scalars())


def _opened(unit: "SqlUnit", table: str, rows: Any) -> list[tuple[str, Any]]:
    box = publish.hub_box(unit)
    return [(row.version, box.open(table, "answers", row.answers)) for row in rows.all()]


def _write(unit: "SqlUnit", into: Any, table: str, form: str, waiting: list[tuple[str, Any]], **more: str) -> None:
    box = publish.hub_box(unit)
    secrets.SystemRandom().shuffle(waiting)
    rows = [
        {"hub_id": unit.hub, "form_id": form, "id": secrets.token_hex(16), "version": version, **more}
        | {"answers": box.seal(table, "answers", answers)}
        for version, answers in waiting
    ]
    unit.conn.execute(into, rows)
