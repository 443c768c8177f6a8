"""What comes in: an update of a person, or what a turn of theirs left to be done.

One rule: an update is known by the network's number for the account, and is handled once, whoever delivers it how often.
"""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.core.message import Act, act_from_json, act_to_json
from bot.core.ports import FollowUp, Person, Sender
from storage import clock, contacts, sessions
from storage.contacts import Contact
from storage.keys import index_of
from storage.schema import address, contact, inbox, mark
from storage.schema.queue import OPEN

if TYPE_CHECKING:
    from storage.unit import SqlUnit

HEARD = timedelta(hours=1)  # how exactly it is kept when somebody last wrote; their session has it to the moment
THEN = " >"  # what a follow-up's number has more than its cause's; no network's number has a blank

_THIS = (
    inbox.c.hub_id == bindparam("hub"),
    inbox.c.account == bindparam("account_"),
    inbox.c.update_id == bindparam("update_"),
)
_found = (
    select(*contacts.COLUMNS, *clock.SEEN)
    .select_from(address.join(contact, (contact.c.hub_id == address.c.hub_id) & (contact.c.id == address.c.contact_id)))
    .where(
        address.c.hub_id == bindparam("hub"),
        address.c.channel == bindparam("channel"),
        address.c.account == bindparam("account"),
        address.c.index == bindparam("index_"),
    )
    .with_for_update(of=contact, key_share=True)
)
_cause = inbox.alias("cause")
# A number of arrival in the hub. Two people may get the same one on PostgreSQL; of one person's updates the second waits
# for the first, since it locks their row before.
_newest = (
    select(func.coalesce(func.max(_cause.c.seq), 0) + 1).where(_cause.c.hub_id == bindparam("hub_id")).scalar_subquery()
)
_causes = (
    select(_cause.c.seq)
    .where(
        _cause.c.hub_id == bindparam("hub_id"),
        _cause.c.account == bindparam("account"),
        _cause.c.update_id == bindparam("cause"),
    )
    .scalar_subquery()
)
_columns: dict[str, Any] = {it.name: bindparam(it.name) for it in inbox.c if it.name != "seq"}
# The construct is PostgreSQL's; SQLite writes the same clause from it (every test runs on both).
_insert = upsert(inbox).values(seq=_newest, **_columns)
# A row that says only in whose hands an update was, when they died, is no update that was seen.
_arrive = _insert.on_conflict_do_update(
    index_elements=["hub_id", "account", "update_id"],
    set_={"state": _insert.excluded.state, "contact_id": _insert.excluded.contact_id, "seq": _insert.excluded.seq},
    where=inbox.c.state == "tried",
).returning(inbox.c.attempts)
_try = _insert.on_conflict_do_update(
    index_elements=["hub_id", "account", "update_id"],
    set_={"attempts": inbox.c.attempts + 1},
    where=inbox.c.state.in_(("tried", "open")),
)
_deaths = select(inbox.c.attempts).where(*_THIS)
_outlived = delete(inbox).where(*_THIS)
_follow = upsert(inbox).values(seq=func.coalesce(_causes, _newest), **_columns).on_conflict_do_nothing()
_whose = update(inbox).where(*_THIS).values(contact_id=bindparam("contact"))
_address = upsert(address).on_conflict_do_nothing()
_repoint = (
    update(address)
    .where(
        address.c.hub_id == bindparam("hub"),
        address.c.channel == bindparam("channel_"),
        address.c.account == bindparam("account_"),
        address.c.index == bindparam("index_"),
    )
    .values(contact_id=bindparam("contact"), sealed=bindparam("to"))
)
_heard = (
    update(contact)
    .where(contact.c.hub_id == bindparam("hub"), contact.c.id == bindparam("contact"))
    .values(
        touched=bindparam("now"),
        home_channel=bindparam("channel_"),
        home_account=bindparam("account_"),
        home_index=bindparam("index_"),
    )
)
_stopped = select(mark.c.at).where(
    mark.c.hub_id == bindparam("hub"), mark.c.kind == "stop", mark.c.index == bindparam("index_"), mark.c.subject == ""
)
_open = select(inbox.c.contact_id, inbox.c.body, inbox.c.attempts).where(*_THIS, inbox.c.state == OPEN)
_end = update(inbox).where(*_THIS, inbox.c.state == OPEN).values(state="done", body=None)
_fail = update(inbox).where(*_THIS).values(state="failed", body=None)
_speak = (
    update(contact)
    .where(contact.c.hub_id == bindparam("hub"), contact.c.id == bindparam("contact"))
    .values(lang=bindparam("lang_"), lang_chosen=bindparam("chosen"))
)
_left = (
    select(inbox.c.update_id, inbox.c.account)
    .where(inbox.c.hub_id == bindparam("hub"), inbox.c.state == OPEN)
    .order_by(inbox.c.seq, inbox.c.update_id)
)


def accept(unit: "SqlUnit", number: str, sender: Sender) -> Person | None:
    """See Unit.accept. The person's row is locked until the commit: their updates are handled one after the other."""
    index = index_of(unit.world.secrets.index_key, sender.channel, sender.account, sender.id)
    home = (sender.channel, sender.account, index)
    place = {"hub": unit.hub, "channel": sender.channel, "account": sender.account, "index_": index}
    row = unit.conn.execute(_found, place).first()
    if row:
        unit.begin(row)
    known = contacts.of_row(unit.world.secrets.master, unit.hub, row) if row else None
    leaving = known is not None and known.erased_at is not None
    unit.account = sender.account
    tried = _arrived(unit, number, None if leaving or known is None else known.id)
    if tried is None:
        return None
    if row and known and not leaving:
        unit.me, unit.lang = known, known.lang
        kept = sessions.stored(unit)
        silence = unit.now - max(known.touched, kept.touched or known.touched)
        if unit.now - known.touched >= HEARD or home != (known.channel, known.account, known.index):
            unit.conn.execute(_heard, {"contact": known.id, "now": unit.now, **_home(unit, home)})
            unit.me = replace(known, touched=unit.now, channel=sender.channel, account=sender.account, index=index)
        return Person(known.id, known.lang, known.chosen, silence=silence, attempts=tried, behind=kept.behind)
    unit.me = _newcomer(unit, sender, home, known)
    unit.conn.execute(_whose, {"contact": unit.me.id, "account_": sender.account, "update_": number, "hub": unit.hub})
    met = sessions.stored(unit)  # by another process, a moment ago
    return Person(unit.me.id, unit.me.lang, unit.me.chosen, new=True, attempts=tried, behind=met.behind)


def _arrived(unit: "SqlUnit", number: str, whose: str | None) -> int | None:
    """How many died with it in hand; None where it was seen before."""
    row = _row(unit, unit.account, number, "done") | {"contact_id": whose}
    tried: int | None = unit.conn.execute(_arrive, row).scalar_one_or_none()
    return tried


def attempted(unit: "SqlUnit", account: str, number: str) -> None:
    """See Store.attempted. What was done and recorded before the process died stays as it is."""
    unit.conn.execute(_try, _row(unit, account, number, "tried") | {"attempts": 1})


def deaths(unit: "SqlUnit", account: str, number: str) -> int:
    """How many processes died with it in hand."""
    key = {"hub": unit.hub, "account_": account, "update_": number}
    return int(unit.conn.execute(_deaths, key).scalar() or 0)


def outlived(unit: "SqlUnit", account: str, number: str) -> None:
    """It was done, or given up: what comes next under that number is another."""
    unit.conn.execute(_outlived, {"hub": unit.hub, "account_": account, "update_": number})


def _row(unit: "SqlUnit", account: str, number: str, state: str) -> dict[str, Any]:
    return {
        "hub_id": unit.hub,
        "account": account,
        "update_id": number,
        "contact_id": None,
        "body": None,
        "state": state,
        "attempts": 0,
        "received": unit.now,
    }


def _newcomer(unit: "SqlUnit", sender: Sender, home: tuple[str, str, bytes], leaving: Contact | None) -> Contact:
    """A new contact. `leaving`: the erased one whose receipt is still on its way; they come back as somebody new."""
    clock.first(unit.conn, trial=unit.world.trial)
    made = contacts.fresh(unit)
    sealed = made.box.seal("address", "sealed", sender.id)
    if leaving:
        unit.conn.execute(_repoint, {"contact": made.id, "to": sealed, **_home(unit, home)})
    else:
        channel, account, index = home
        row = {"hub_id": unit.hub, "channel": channel, "account": account, "index": index, "contact_id": made.id}
        if unit.conn.execute(_address, row | {"sealed": sealed}).rowcount == 0:  # another process met them a moment ago
            place = {"hub": unit.hub, "channel": channel, "account": account, "index_": index}
            return contacts.of_row(unit.world.secrets.master, unit.hub, unit.conn.execute(_found, place).one())
    stop = unit.conn.execute(_stopped, {"hub": unit.hub, "index_": home[2]}).first()
    return contacts.write(unit, made, home, stop.at if stop else None)


def _home(unit: "SqlUnit", home: tuple[str, str, bytes]) -> dict[str, Any]:
    return {"hub": unit.hub, "channel_": home[0], "account_": home[1], "index_": home[2]}


def take(unit: "SqlUnit", it: FollowUp) -> tuple[Person, Act, str] | None:
    """See Unit.take. The person is locked before the row, as everywhere: the same order makes no deadlock."""
    key = {"hub": unit.hub, "account_": it.account, "update_": it.update}
    row = unit.conn.execute(_open, key).first()
    if row is None or row.contact_id is None or row.body is None:
        return None
    me = contacts.load(unit, row.contact_id, lock=True)
    if unit.conn.execute(_end, key).rowcount == 0:
        return None
    unit.me, unit.account = me, it.account
    act, lang = me.box.open("inbox", "body", row.body)  # type: ignore[misc]  # what follow sealed: a list of two
    person = Person(me.id, me.lang, me.chosen, silence=unit.now - me.touched, attempts=row.attempts)
    return person, act_from_json(act), str(lang)


def follow(unit: "SqlUnit", cause: str, account: str, act: Act, lang: str) -> FollowUp:
    """See Unit.follow. It has its cause's place in the order, so nothing newer of this person goes before it."""
    me = unit.person_here
    left = FollowUp(cause + THEN, account)
    body = me.box.seal("inbox", "body", [act_to_json(act), lang])
    row = _row(unit, account, left.update, "open") | {"contact_id": me.id, "body": body}
    unit.conn.execute(_follow, row | {"cause": cause})
    return left


def fail(unit: "SqlUnit", number: str, account: str) -> None:
    """See Unit.fail. An update that was not accepted yet is recorded, so that it cannot come again."""
    if unit.conn.execute(_fail, {"hub": unit.hub, "account_": account, "update_": number}).rowcount == 0:
        unit.conn.execute(_arrive, _row(unit, account, number, "failed"))


def speak(unit: "SqlUnit", lang: str, *, chosen: bool) -> Contact:
    """See Unit.speak. A language that the person chose is not unlearned by a guess."""
    me = unit.person_here
    chosen = chosen or me.chosen
    unit.conn.execute(_speak, {"hub": unit.hub, "contact": me.id, "lang_": lang, "chosen": chosen})
    return replace(me, lang=lang, chosen=chosen)


def left(unit: "SqlUnit") -> list[FollowUp]:
    """What turns of the hub left to be done, in order."""
    return [FollowUp(it.update_id, it.account) for it in unit.conn.execute(_left, {"hub": unit.hub})]
