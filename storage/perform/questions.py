"""Questions that people leave for the hub. One rule: each has an end that the person was told, answered or not."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, select, update

from bot.core.articles import KeepQuestion, MyQuestions, OpenQuestion, WithdrawQuestion
from bot.core.consents import version_of
from bot.core.events import Given
from bot.core.hub import Retention
from storage import consents
from storage.counters import zone
from storage.numbers import draw_of_hub
from storage.schema import question
from storage.unit import Performers, SqlUnit

A_DAY = 10  # security note 23
PURPOSE = "question"
WITHDRAWN = "withdrawn"  # its words are gone; the row counts towards the day's ten until the sweep

_mine = and_(question.c.hub_id == bindparam("hub"), question.c.contact_id == bindparam("contact"))
_since = select(func.count()).select_from(question).where(_mine, question.c.asked >= bindparam("since"))
_new = insert(question)
_list = select(question).where(_mine, question.c.state != WITHDRAWN).order_by(question.c.id.desc())
_withdraw = (
    update(question)
    .where(_mine, question.c.id == bindparam("id_"), question.c.state == "open")
    .values(state=WITHDRAWN, text=bindparam("nothing"))
)


def keep(unit: SqlUnit, wish: KeepQuestion) -> str:
    """See KeepQuestion. The yes that it rests on was given in this conversation, and is recorded."""
    me, here = unit.person_here, unit.here
    today = datetime.combine(unit.now.astimezone(zone(unit)).date(), time(), zone(unit))
    if unit.conn.execute(_since, _key(unit) | {"since": today}).scalar_one() >= A_DAY:
        return ""
    number = draw_of_hub(unit.conn, unit.hub, "question")
    row = {
        "hub_id": unit.hub,
        "id": number,
        "contact_id": me.id,
        "text": me.box.seal("question", "text", wish.text),
        "state": "open",
        "asked": unit.now,
        "until": unit.now + timedelta(days=(here.retention if here else Retention()).open_question),
    }
    unit.conn.execute(_new, row)
    named = f"Q-{number}"
    consents.give(unit, (Given(PURPOSE, named, version_of(here, PURPOSE) if here else 1),))
    return named


def mine(unit: SqlUnit, request: MyQuestions) -> tuple[OpenQuestion, ...]:  # noqa: ARG001
    """See MyQuestions."""
    box, here = unit.person_here.box, zone(unit)
    return tuple(
        OpenQuestion(
            f"Q-{row.id}",
            str(box.open("question", "text", row.text)),
            row.state,
            row.asked.astimezone(here).date(),
            row.until.astimezone(here).date(),
        )
        for row in unit.conn.execute(_list, _key(unit))
    )


def withdraw(unit: SqlUnit, wish: WithdrawQuestion) -> bool:
    """See WithdrawQuestion."""
    if not take_back(unit, wish.id):
        return False
    consents.withdraw(unit, PURPOSE, wish.id)
    return True


def take_back(unit: SqlUnit, named: str) -> bool:
    """Its words go; False where no open question of this person has this name."""
    number = named.removeprefix("Q-")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return False
    nothing = unit.person_here.box.seal("question", "text", "")
    return unit.conn.execute(_withdraw, _key(unit) | {"id_": int(number), "nothing": nothing}).rowcount > 0


def _key(unit: SqlUnit) -> dict[str, Any]:
    return {"hub": unit.hub, "contact": unit.person_here.id}


PERFORM: Performers = {KeepQuestion: keep, MyQuestions: mine, WithdrawQuestion: withdraw}
