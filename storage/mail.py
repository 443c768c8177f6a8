"""What goes out: messages queued, claimed, and ended.

One rule: a message is in the outbox before it is sent and leaves it with a recorded end; then its words go.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.core.ports import Letter, Outgoing, Shown
from storage import letters
from storage.contacts import box_of, load
from storage.numbers import MESSAGE, count_message
from storage.schema import address, contact, outbox
from storage.schema.base import among

if TYPE_CHECKING:
    from storage.unit import SqlUnit

PAGE = 50  # letters in one claim: what one process can have on its hands
ENDS = ("sent", "failed", "skipped", "unknown")

# As literals, not as parameters: so both databases know that the partial indexes of what is live serve.
QUEUED: ColumnElement[str] = literal_column("'queued'")
SENDING: ColumnElement[str] = literal_column("'sending'")


def _live(table: Any) -> Any:
    return among(table.c.state, ("queued", "sending"))


_columns: dict[str, Any] = {
    it.name: bindparam(it.name) for it in outbox.c if it.name not in ("id", "owner", "attempt", "ended", "network_id")
}
_put = {name: upsert(outbox).values(id=number, **_columns).on_conflict_do_nothing() for name, number in MESSAGE.items()}
_mine = and_(outbox.c.hub_id == bindparam("hub"), outbox.c.contact_id == bindparam("contact"))
_arrived = among(outbox.c.state, ("sending", "sent", "unknown"))
_kept = select(outbox.c.kept).where(_mine, outbox.c.account == bindparam("account_"), outbox.c.kept.is_not(None))
# Our number counts where the network gave none: else a network's number that looks like one of ours would find that.
_by_id = _kept.where(outbox.c.id == bindparam("id_"), outbox.c.network_id.is_(None))
_by_network = _kept.where(outbox.c.network_id == bindparam("id_"))
_newest = _kept.where(_arrived).order_by(outbox.c.id.desc()).limit(PAGE)
_forget = update(outbox).where(_mine, outbox.c.run == bindparam("run_")).values(body=None, kept=None)
_skip = (
    update(outbox)
    .where(_mine, outbox.c.run == bindparam("run_"), outbox.c.state == "queued")
    .values(state="skipped", reason="forgotten", ended=bindparam("now"))
)
_older = outbox.alias("older")
_owner = contact.alias("owner")  # whose key seals the address: another than `contact` where an erased person came back
# Nothing is locked here: a look at other people's messages must hide them from nobody who is about to send them.
_heads = (
    select(
        outbox.c.id,
        outbox.c.contact_id,
        outbox.c.channel,
        outbox.c.account,
        outbox.c.body,
        outbox.c.again,
        contact.c.data_key,
        address.c.sealed,
        _owner.c.id.label("owner_id"),
        _owner.c.data_key.label("owner_key"),
    )
    .join(contact, and_(contact.c.hub_id == outbox.c.hub_id, contact.c.id == outbox.c.contact_id))
    .join(
        address,
        and_(
            address.c.hub_id == outbox.c.hub_id,
            address.c.channel == outbox.c.channel,
            address.c.account == outbox.c.account,
            address.c.index == outbox.c.index,
        ),
    )
    .join(_owner, and_(_owner.c.hub_id == address.c.hub_id, _owner.c.id == address.c.contact_id))
    .where(
        outbox.c.hub_id == bindparam("hub"),
        outbox.c.account == bindparam("account_"),
        _live(outbox),
        outbox.c.state == QUEUED,
        outbox.c.id > bindparam("after"),
        ~exists().where(
            _older.c.hub_id == outbox.c.hub_id,
            _older.c.contact_id == outbox.c.contact_id,
            _older.c.account == outbox.c.account,
            _older.c.id < outbox.c.id,
            _live(_older),
        ),
    )
    .order_by(outbox.c.id)
    .limit(PAGE)
)
_claim = (
    update(outbox)
    .where(outbox.c.hub_id == bindparam("hub"), outbox.c.id == bindparam("id_"), outbox.c.state == QUEUED)
    .values(state="sending", owner=bindparam("owner_"), attempt=outbox.c.attempt + 1)
)
_finish = (
    update(outbox)
    .where(outbox.c.hub_id == bindparam("hub"), outbox.c.id == bindparam("id_"), outbox.c.state == "sending")
    .values(
        state=bindparam("state_"),
        reason=bindparam("reason_"),
        network_id=bindparam("network"),
        ended=bindparam("now"),
        owner=None,
        body=None,
    )
    .returning(outbox.c.contact_id)
)
_back = (
    update(outbox)
    .where(outbox.c.hub_id == bindparam("hub"), outbox.c.id == bindparam("id_"), outbox.c.state == "sending")
    .values(state="queued", owner=None, again=or_(outbox.c.again, bindparam("again_")))
)
_sending = select(outbox.c.id, outbox.c.owner).where(
    outbox.c.hub_id == bindparam("hub"), outbox.c.ended.is_(None), outbox.c.state == SENDING
)
_unfinished = select(outbox.c.id).where(_mine, _live(outbox)).limit(1)


def put(unit: "SqlUnit", message: Outgoing, cause: str, n: int, run: int, whom: str | None) -> None:
    """Queue a message. To somebody who has erased themselves only their receipt goes, from their own unit."""
    to = unit.person_here if whom is None else load(unit, whom)
    if to.erased_at and not unit.erased:
        return
    kept = letters.kept(message)
    row = {
        "hub_id": unit.hub,
        "account": to.account,
        "cause": cause,
        "n": n,
        "contact_id": to.id,
        "channel": to.channel,
        "index": to.index,
        "state": "queued",
        "reason": "",
        "run": run,
        "again": False,
        "made": unit.now,
        "body": to.box.seal("outbox", "body", letters.to_json(message)),
        "kept": to.box.seal("outbox", "kept", kept) if kept else None,
    }
    count_message(unit.conn)
    unit.conn.execute(_put[unit.conn.dialect.name], row)


def shown(unit: "SqlUnit", message: str | None) -> Shown | None:
    """See Unit.shown. `message` is our number, or the network's where it gave one."""
    me = unit.person_here
    key: dict[str, Any] = {"hub": unit.hub, "contact": me.id, "account_": unit.account}
    if message is None:
        for row in unit.conn.execute(_newest, key):
            found = letters.shown(me.box.open("outbox", "kept", row.kept))
            if found.buttons:
                return found
        return None
    ours = message.isascii() and message.isdecimal() and len(message) < 19
    sealed = unit.conn.execute(_by_id, key | {"id_": int(message)}).scalar() if ours else None
    sealed = sealed or unit.conn.execute(_by_network, key | {"id_": message}).scalar()
    return letters.shown(me.box.open("outbox", "kept", sealed)) if sealed else None


def forget(unit: "SqlUnit", run: int) -> None:
    """See Unit.forget. The inbox keeps no words of what was handled, so only the outbox has any."""
    key = {"hub": unit.hub, "contact": unit.person_here.id, "run_": run}
    unit.conn.execute(_skip, key | {"now": unit.now})
    unit.conn.execute(_forget, key)
    unit.tidy = True


def claim(unit: "SqlUnit", account: str, owner: str, admits: Callable[[str, str], bool]) -> list[Letter]:
    """See Store.claim. At most PAGE letters; who wants more asks again."""
    claimed: list[Letter] = []
    after = 0
    while len(claimed) < PAGE:
        rows = unit.conn.execute(_heads, {"hub": unit.hub, "account_": account, "after": after}).all()
        if not rows:
            break
        after = rows[-1].id
        for row in rows:
            to = _to(unit, row)
            if not admits(row.channel, to):
                continue
            if not unit.conn.execute(_claim, {"hub": unit.hub, "id_": row.id, "owner_": owner}).rowcount:
                continue  # another process took it meanwhile
            claimed.append(Letter(row.id, row.channel, row.account, to, _message(unit, row), row.again))
            if len(claimed) == PAGE:
                break
    return claimed


def _to(unit: "SqlUnit", row: Any) -> str:
    box = box_of(unit.world.secrets.master, unit.hub, row.owner_id, row.owner_key)
    return str(box.open("address", "sealed", row.sealed))


def _message(unit: "SqlUnit", row: Any) -> Outgoing:
    box = box_of(unit.world.secrets.master, unit.hub, row.contact_id, row.data_key)
    return letters.from_json(box.open("outbox", "body", row.body))


def finish(unit: "SqlUnit", letter: int, state: str, reason: str, network_id: str) -> str | None:
    """See Store.finish; `queued` puts it back. The contact whose last unfinished message this was, else None."""
    key = {"hub": unit.hub, "id_": letter}
    if state == "queued":
        unit.conn.execute(_back, key | {"again_": False})
        return None
    if state not in ENDS:
        raise ValueError(f"a sending does not end as {state}")
    end = {"state_": state, "reason_": reason, "network": network_id or None, "now": unit.now}
    whose: str | None = unit.conn.execute(_finish, key | end).scalar_one_or_none()
    if whose is None or unit.conn.execute(_unfinished, {"hub": unit.hub, "contact": whose}).first():
        return None
    return whose


def lost(unit: "SqlUnit", dead: Callable[[str], bool]) -> list[int]:
    """The messages that processes which died were sending."""
    return [row.id for row in unit.conn.execute(_sending, {"hub": unit.hub}) if dead(row.owner or "")]


def reclaim(unit: "SqlUnit", dead: Callable[[str], bool]) -> int:
    """Put them back: each may be sent twice, and says so. How many."""
    numbers = lost(unit, dead)
    for number in numbers:
        unit.conn.execute(_back, {"hub": unit.hub, "id_": number, "again_": True})
    return len(numbers)
