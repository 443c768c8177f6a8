"""News that was asked for, and the stop. One rule: a stop ends by its undo or by asking for news again, by nothing else."""

from dataclasses import replace
from typing import Any

from sqlalchemy import and_, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.core.consents import version_of
from bot.core.news import MySubscriptions, StopAll, Stopped, Subscribe, UndoStop, Unsubscribe
from storage import consents, marks, timers
from storage.schema import contact, subscription
from storage.sweep import UNDO
from storage.unit import Performers, SqlUnit

NEWS = "news"  # the purpose of the consent

_mine = and_(subscription.c.hub_id == bindparam("hub"), subscription.c.contact_id == bindparam("contact"))
_live = (
    select(subscription.c.topic, subscription.c.version)
    .where(_mine, subscription.c.stopped_at.is_(None))
    .order_by(subscription.c.since, subscription.c.topic)
)
_new = upsert(subscription)
_subscribe = _new.on_conflict_do_update(
    index_elements=["hub_id", "contact_id", "topic"],
    set_={"version": _new.excluded.version, "since": _new.excluded.since, "stopped_at": None},
)
_end = delete(subscription).where(
    _mine, subscription.c.topic == bindparam("topic_"), subscription.c.stopped_at.is_(None)
)
_stop = update(subscription).where(_mine, subscription.c.stopped_at.is_(None)).values(stopped_at=bindparam("now"))
_stopped = select(subscription.c.topic).where(_mine, subscription.c.stopped_at == bindparam("at"))
_revive = update(subscription).where(_mine, subscription.c.stopped_at == bindparam("at")).values(stopped_at=None)
_bury = delete(subscription).where(_mine, subscription.c.stopped_at.is_not(None))
_mark = (
    update(contact)
    .where(contact.c.hub_id == bindparam("hub"), contact.c.id == bindparam("contact"))
    .values(stopped_at=bindparam("at"))
)


def mine(unit: SqlUnit, request: MySubscriptions) -> tuple[str, ...]:  # noqa: ARG001
    """See MySubscriptions: what rests on an older consent text does not count until it is given anew (R29)."""
    wanted = version_of(unit.here, NEWS) if unit.here else 1
    return tuple(row.topic for row in unit.conn.execute(_live, _key(unit)) if row.version >= wanted)


def subscribe(unit: SqlUnit, wish: Subscribe) -> None:
    """See Subscribe. Asking for news again is what ends a stop; what that had ended cannot come back then."""
    row = {"hub_id": unit.hub, "contact_id": unit.person_here.id, "topic": wish.topic, "since": unit.now}
    unit.conn.execute(_subscribe, row | {"version": wish.consent.version, "stopped_at": None})
    unit.conn.execute(_bury, _key(unit))
    consents.give(unit, (wish.consent,))
    _set_stop(unit, None)


def unsubscribe(unit: SqlUnit, wish: Unsubscribe) -> bool:
    """See Unsubscribe."""
    ended = end(unit, wish.topic)
    consents.withdraw(unit, NEWS, wish.topic)
    return ended


def end(unit: SqlUnit, topic: str) -> bool:
    """No more news on a topic; False where there was none. The consent is the caller's."""
    return unit.conn.execute(_end, _key(unit) | {"topic_": topic}).rowcount > 0


def stop_all(unit: SqlUnit, request: StopAll) -> tuple[str, ...]:  # noqa: ARG001
    """See StopAll."""
    topics = tuple(row.topic for row in unit.conn.execute(_live, _key(unit)))
    unit.conn.execute(_stop, _key(unit) | {"now": unit.now})
    if topics:
        timers.plan(unit, timers.STOPPED, "", unit.now + UNDO, keep=True)
    for topic in topics:
        consents.withdraw(unit, NEWS, topic)
    if topics or unit.person_here.stopped_at is None:
        _set_stop(unit, unit.now)
    return topics


def undo_stop(unit: SqlUnit, request: UndoStop) -> bool:  # noqa: ARG001
    """See UndoStop."""
    at = unit.person_here.stopped_at
    if at is None or unit.now - at >= UNDO:
        return False
    for topic in unit.conn.execute(_stopped, _key(unit) | {"at": at}).scalars().all():
        consents.revive(unit, NEWS, topic, at)
    unit.conn.execute(_revive, _key(unit) | {"at": at})
    _set_stop(unit, None)
    return True


def stopped(unit: SqlUnit, request: Stopped) -> bool:  # noqa: ARG001
    """See Stopped."""
    return unit.person_here.stopped_at is not None


def _set_stop(unit: SqlUnit, at: Any) -> None:
    """The stop, on the person and on the list that outlives them."""
    unit.conn.execute(_mark, _key(unit) | {"at": at})
    if at is None:
        marks.again(unit)
    else:
        marks.stop(unit, at)
    unit.me = replace(unit.person_here, stopped_at=at)


def _key(unit: SqlUnit) -> dict[str, Any]:
    return {"hub": unit.hub, "contact": unit.person_here.id}


PERFORM: Performers = {
    MySubscriptions: mine,
    Subscribe: subscribe,
    Unsubscribe: unsubscribe,
    StopAll: stop_all,
    UndoStop: undo_stop,
    Stopped: stopped,
}
