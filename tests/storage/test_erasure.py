"""A person's own data: shown whole, exported whole, and gone for good."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select
from sqlalchemy import event as hooks

from bot.core.articles import KeepQuestion
from bot.core.events import EventById
from bot.core.message import Moment, Start
from bot.core.news import StopAll, Stopped, Subscribe
from bot.core.person import Erase, Erased, Export, MyData
from bot.core.ports import Sender
from bot.core.surveys import SubmitResponse, SurveyById
from storage.keys import KeyMismatch
from storage.schema import metadata
from storage.sqlite import Sqlite
from storage.swift import _known
from storage.unit import SqlUnit
from tests.storage.kit import NOON, ZONE, House, event, given, hub, pack, survey, wish, words

CANARY = "Kanarek-7531"
# What leads to a person, or says something about them.
PLANTED = ("name", "needs", "answer", "question", "session", "message", "inbox", "address")


def planted(what: str) -> str:
    return f"{CANARY}-{what}"


async def a_life(house: House, who: str = planted("address")) -> str:
    """Somebody of whom every table holds something; the contact's id."""
    await house.publish(event(seats=1), survey(), survey("named", "identified"))

    def work(unit: SqlUnit) -> None:
        unit.speak("pl", chosen=True)
        unit.perform(
            wish(
                name=planted("name"),
                needs={"/d/n": planted("needs")},
                consents=(given(), given("special-needs")),
            )
        )
        unit.perform(Subscribe("screening", given("news", "screening")))
        unit.perform(KeepQuestion(planted("question")))
        unit.save({"v": 1, "said": planted("session")})
        unit.put(words(planted("message"), button="yes"), "life", 0)
        unit.put(words(planted("message"), button="yes"), "life", 1)
        unit.follow("life", "chat", Start("menu", (planted("inbox"),)), "pl")

    await house.turn(who, work)
    for name, mode in (("views", True), ("named", False)):
        version = (await house.do(who, SurveyById(name))).version
        answers = {"/data/why": planted("answer")}
        await house.do(who, SubmitResponse(name, version, mode, answers, (given("survey", name),)))
    return house.contacts[who]


async def everything(house: House) -> dict[str, list[object]]:
    """All rows of all tables."""

    def look(conn: Connection) -> dict[str, list[object]]:
        return {name: [tuple(row) for row in conn.execute(select(table))] for name, table in metadata.tables.items()}

    return await house.store.database.read(look)


async def test_R39_what_is_shown_is_what_is_stored(house: House) -> None:
    me = await a_life(house)
    kinds = {it.kind: it for it in await house.do(planted("address"), MyData())}
    assert {kind: it.count for kind, it in kinds.items()} == {
        "address": 1,
        "language": 1,
        "conversation": 1,
        "registrations": 1,
        "needs": 1,
        "subscriptions": 1,
        "consents": 6,
        "questions": 1,
        "responses": 1,
        "participations": 2,
    }
    assert len(await house.rows("consent", contact_id=me)) == 6
    assert kinds["needs"].until
    assert kinds["needs"].until.at > NOON
    await house.do(planted("address"), StopAll())
    after = {it.kind: it for it in await house.do(planted("address"), MyData())}
    assert {kind: after[kind].count for kind in ("stopped", "consents", "ended", "stop")} == {
        "stopped": 1,
        "consents": 5,
        "ended": 1,
        "stop": 1,
    }
    assert "subscriptions" not in after
    assert after["stopped"].until == Moment(NOON + timedelta(minutes=10), ZONE)
    assert [it.kind for it in await house.do("a newcomer", MyData())] == ["address"]


async def test_R40_the_export_holds_every_row_of_the_person_and_nobody_elses(house: House) -> None:
    me = await a_life(house)
    await house.do("bob", wish(name="Bob"), KeepQuestion("Bob's question"))
    await house.do(planted("address"), StopAll())
    data = await house.do(planted("address"), Export())
    text = json.dumps(data)
    for what in PLANTED:
        assert (planted(what) in text) == (what != "answer" or "named" in text), what
    assert "Bob" not in text
    for name, table in metadata.tables.items():
        if "contact_id" in table.c:
            assert len(data.get(name, [])) == len(await house.rows(name, contact_id=me)), name
    assert [it["kind"] for it in data["mark"]] == ["stop"]
    (stopped,) = data["subscription"]
    assert (stopped["state"], stopped["kept_until"]) == ("stopped", (NOON + timedelta(minutes=10)).isoformat())
    assert data["registration"][0]["answers"] == {"name": planted("name"), "answers": {}}
    assert data["response"][0]["mode"] == "identified"  # the anonymous one is nobody's
    assert "data_key" not in text


async def test_R42_erasing_leaves_nothing_but_what_leads_to_nobody(
    house: House, on_disk: Callable[[], Awaitable[bytes]]
) -> None:
    who = planted("address")
    me = await a_life(house)
    await house.do("bob", wish())
    wrapped = (await house.rows("contact", id=me))[0].data_key

    def erase(unit: SqlUnit) -> Erased:
        done = unit.perform(Erase())
        assert isinstance(done, Erased)
        unit.save({"v": 1, "said": planted("session")})  # the engine does not, and it would change nothing
        unit.put(words("Erased. " + planted("message")), "erase", 0)
        return done

    receipt = await house.turn(who, erase)
    assert receipt.stays == ("receipt", "responses", "backup")
    assert receipt.at.at == NOON
    assert house.told("bob") == ["registration.offer"]
    assert len(await house.rows("outbox", contact_id=me)) == 1
    assert await house.rows("session", contact_id=me) == []
    assert len(await house.deliver()) == 1  # the receipt; Bob's offer is the engine's to queue
    rows = await everything(house)
    text = repr(rows)
    assert me not in text
    assert CANARY not in text
    assert repr(wrapped) not in text
    assert [row.contact_id for row in await house.rows("registration", state="cancelled")] == [None]
    assert {row.kind for row in await house.rows("mark")} == {"erased", "took-part"}
    assert [row.subject for row in await house.rows("mark", kind="erased")] == [receipt.reference]
    files = await on_disk()
    for gone in (CANARY.encode(), me.encode(), wrapped):
        assert gone not in files


async def test_a_second_yes_is_known(house: House) -> None:
    await house.publish()

    def erase(unit: SqlUnit) -> bool:
        if unit.accept("yes", Sender("chat", "terminal", "ann")) is None:
            return False
        unit.perform(Erase())
        unit.put(words("receipt"), "yes", 0)
        return True

    assert await house.store.run("pl", erase) is True
    assert await house.store.run("pl", erase) is False
    assert await house.deliver() == ["receipt"]
    assert await house.store.run("pl", erase) is False
    assert await house.rows("contact") == []


async def test_the_key_goes_after_ten_minutes_without_a_receipts_end(house: House) -> None:
    await house.publish()

    def erase(unit: SqlUnit) -> None:
        unit.perform(Erase())
        unit.put(words("receipt"), "yes", 0)

    await house.turn("ann", erase)
    await house.advance(minutes=9)
    assert len(await house.rows("contact")) == 1
    await house.advance(minutes=2)
    assert await house.rows("contact") == await house.rows("address") == await house.rows("outbox") == []


async def test_who_comes_back_is_somebody_new_and_still_stopped(house: House) -> None:
    me = await a_life(house)
    who = planted("address")
    await house.do(who, StopAll())

    def erase(unit: SqlUnit) -> object:
        done = unit.perform(Erase())
        unit.put(words("receipt"), "yes", 0)
        return done

    receipt = await house.turn(who, erase)
    assert receipt.stays == ("stop", "receipt", "responses", "backup")
    # They write again before the receipt is sent: it still reaches them.
    assert await house.turn(who, SqlUnit.session) is None
    assert house.contacts[who] != me
    assert await house.deliver() == ["receipt"]
    assert [row.id for row in await house.rows("contact")] == [house.contacts[who]]
    assert await house.do(who, Stopped()) is True
    assert [it.kind for it in await house.do(who, MyData())] == ["address", "stop"]
    again = await house.do(who, SubmitResponse("views", (await house.do(who, SurveyById("views"))).version, True, {}))
    assert again.state == "answered"
    assert (await house.do(who, EventById("fair"))).mine is None


async def test_nobody_elses_data_go(house: House) -> None:
    await a_life(house)
    await house.do("bob", wish(name="Bob"), Subscribe("events", given("news", "events")))
    before = await house.do("bob", Export())
    await house.do(planted("address"), Erase())
    after = await house.do("bob", Export())
    for table in ("consent", "subscription", "address"):
        assert before[table] == after[table]


async def test_erasing_by_the_command_line_destroys_at_once_and_moves_the_queue(house: House) -> None:
    who = planted("address")
    me = await a_life(house)
    await house.do("bob", wish())
    assert await house.store.hubs_knowing("terminal", who) == ["pl"]
    assert await house.store.hubs_knowing("telegram", who) == []
    assert await house.store.hubs_knowing("terminal", "nobody") == []
    assert [doc["hub"] for doc in await house.store.export("pl", "terminal", who)] == ["pl"]  # type: ignore[index, call-overload]
    assert await house.store.export("pt", "terminal", who) == []
    (receipt,) = await house.store.erase("pl", "terminal", who)
    assert receipt.reference.startswith("E-")
    assert me not in repr(await everything(house))
    assert await house.store.hubs_knowing("terminal", who) == []
    assert await house.store.erase("pl", "terminal", who) == []
    await house.settle()
    assert house.told("bob") == ["registration.offer"]


async def test_erasing_in_one_hub_leaves_the_other(house: House) -> None:
    for name in ("pl", "pt"):
        await house.store.publish(name, pack(event(), of=hub(name)))
        await house.do("ann", wish(), hub=name)
    assert await house.store.hubs_knowing("terminal", "ann") == ["pl", "pt"]
    await house.store.erase("pl", "terminal", "ann")
    assert await house.store.hubs_knowing("terminal", "ann") == ["pt"]
    assert len(await house.rows("registration", hub_id="pt", state="confirmed")) == 1


async def test_a_value_cannot_be_moved_to_another_row(house: House) -> None:
    """Sealed values are bound to table, column, hub and person."""
    await house.publish()
    await house.do("ann", KeepQuestion("mine"))
    (row,) = await house.rows("question")

    def steal(unit: SqlUnit) -> None:
        unit.person_here.box.open("question", "text", row.text)

    with pytest.raises(KeyMismatch):
        await house.turn("bob", steal)

    def misplace(unit: SqlUnit) -> None:
        unit.person_here.box.open("question", "answer", row.text)

    with pytest.raises(KeyMismatch):
        await house.turn("ann", misplace)


async def test_W24_no_statement_holds_what_a_person_said(house: House) -> None:
    database, said = house.store.database, list[str]()
    engines = [database._writer, database._reader] if isinstance(database, Sqlite) else [database._engine.sync_engine]  # type: ignore[attr-defined]
    for engine in engines:
        hooks.listen(engine, "before_cursor_execute", lambda conn, cursor, statement, *rest: said.append(statement))
    await a_life(house)
    await house.do(planted("address"), Export())
    await house.store.erase(house.hub, "terminal", planted("address"))
    said += [it.text for known in _known.values() for made in known.values() for it in made.values() if it]
    assert len(said) > 100
    assert not any(CANARY in it for it in said)
