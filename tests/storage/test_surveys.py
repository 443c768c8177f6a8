"""Responses: once a person, in time; an anonymous one is nobody's."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.core.message import Moment
from bot.core.person import Export
from bot.core.surveys import LoadForm, OpenSurveys, Receipt, SubmitResponse, SurveyById
from storage.publish import hub_box
from storage.schema import metadata
from storage.schema.base import Instant
from storage.unit import SqlUnit
from tests.storage.kit import NOON, ZONE, House, form, given, hub, survey, words

CANARY = "Kanarek-8642"


async def hand_in(house: House, who: str, name: str = "views", *, anonymous: bool = True, why: str = CANARY) -> Receipt:
    version = (await house.do(who, SurveyById(name))).version
    answers = {"/data/agree": "yes", "/data/why": why}
    done = await house.do(who, SubmitResponse(name, version, anonymous, answers, (given("survey", name),)))
    assert isinstance(done, Receipt)
    return done


async def stamps(house: House, table: str) -> list[int]:
    """Which transactions wrote the rows of a table, in the order in which they lie; on SQLite nothing tells."""

    def look(conn: Connection) -> list[int]:
        if conn.dialect.name == "sqlite":
            return []
        return [int(it) for it in conn.exec_driver_sql(f"select xmin::text from {table} order by ctid").scalars()]

    return await house.store.database.read(look)


async def of_people(house: House) -> set[int]:
    """The stamps of all rows that lead to a person."""
    tables = [name for name, table in metadata.tables.items() if "contact_id" in table.c and name != "response"]
    return {stamp for name in ("contact", *tables) for stamp in await stamps(house, name)}


async def test_R74_nothing_joins_an_anonymous_response_to_a_person(
    house: House, on_disk: Callable[[], Awaitable[bytes]]
) -> None:
    await house.publish(survey())
    await house.turn("ann", lambda unit: unit.put(words(f"your answer: {CANARY}", button="x"), "c", 0, run=9))
    await house.turn("ann", lambda unit: unit.save({"v": 1, "answers": CANARY}))
    await house.deliver()
    held = [row.state for row in await house.rows("session")] + [row.kept for row in await house.rows("outbox")]

    def send(unit: SqlUnit) -> object:
        here = unit.perform(SurveyById("views"))
        done = unit.perform(SubmitResponse("views", here.version, True, {"/data/why": CANARY}))  # type: ignore[attr-defined]
        unit.forget(9)
        unit.save({"v": 1})
        return done

    receipt = await house.turn("ann", send)
    me = house.contacts["ann"]
    (cast,) = await house.rows("ballot")
    assert await house.rows("response") == []
    await house.settle()
    (row,) = await house.rows("ballot")
    assert (row.id, row.answers) != (cast.id, cast.answers)
    assert not {me, receipt.reference} & {*tuple(row)}
    # Whatever leads to Ann can be opened with her key; none of it holds the answer, nor the response's id.
    data = await house.turn("ann", lambda unit: repr(unit.perform(Export())))
    assert CANARY not in data
    assert row.id not in data
    assert receipt.reference in data
    # What held the answers in a row of Ann's, or in a row of her commit, is gone from the files too.
    files = await on_disk()
    assert row.answers in files
    for gone in (CANARY.encode(), *held, cast.answers):
        assert gone not in files


async def test_R74_neither_time_nor_order_nor_commit_is_left(house: House) -> None:
    await house.publish(survey())
    for n in range(12):
        await hand_in(house, f"p{n}", why=f"{n}")
        await house.settle()
        assert not {*await stamps(house, "ballot"), *await stamps(house, "response")} & await of_people(house)
        assert len(set(await stamps(house, "ballot"))) <= 1  # all that wait are written anew with each that comes
        await house.advance(minutes=1)
    for name in ("ballot", "response", "participation"):
        times = [it.name for it in metadata.tables[name].c if isinstance(it.type, Instant)]
        assert times == (["at"] if name == "response" else [])
    said = await house.rows("response")
    assert {(row.contact_id, row.at) for row in said} == {(None, None)}
    assert (len(said), len(await house.rows("ballot"))) == (10, 2)
    steps = Counter(await stamps(house, "response"))
    assert all(n >= 5 for n in steps.values())


async def test_R74_responses_lie_in_an_order_of_chance(house: House) -> None:
    """Twelve in the order of coming, or in its reverse, once in 10^8 runs."""
    await house.publish(survey(), of=hub(k_default=12))
    for n in range(12):
        await hand_in(house, f"p{n}", why=f"{n}")
        await house.settle()

    def look(conn: Connection) -> list[bytes]:
        where = "order by ctid" if conn.dialect.name == "postgresql" else ""  # SQLite: as they lie in the file
        return [*conn.exec_driver_sql(f"select answers from response {where}").scalars()]

    lie = await house.store.database.read(look)
    box = await house.store.reading("pl", hub_box)
    came = [int(box.open("response", "answers", it)["/data/why"]) for it in lie]  # type: ignore[call-overload, index, arg-type]
    assert sorted(came) == [*range(12)]
    assert came not in ([*range(12)], [*range(11, -1, -1)])


async def test_R74_each_response_is_counted_once_whatever_dies(house: House) -> None:
    await house.publish(survey())

    async def there() -> tuple[int, int]:
        return len(await house.rows("ballot")), len(await house.rows("response"))

    for n in range(5):
        await hand_in(house, f"p{n}")
    assert await there() == (5, 0)  # as after a kill: the timer is in the commit

    def dies(unit: SqlUnit) -> None:
        assert unit.fire()
        raise _Killed

    with pytest.raises(_Killed):
        await house.store.run("pl", dies)
    assert await there() == (5, 0)
    await house.settle()
    await house.settle()
    assert await there() == (0, 5)


async def test_R74_the_last_few_are_mixed_with_those_before_when_the_form_has_closed(house: House) -> None:
    await house.publish(survey())
    for n in range(7):
        await hand_in(house, f"p{n}")
        await house.settle()
    before = {row.id for row in await house.rows("response")}
    assert (len(before), len(await house.rows("ballot"))) == (5, 2)
    await house.advance(days=31)
    after = {row.id for row in await house.rows("response")}
    assert (len(after), await house.rows("ballot")) == (7, [])
    assert not before & after
    assert len(set(await stamps(house, "response"))) <= 1


async def test_fewer_than_k_are_kept_when_the_form_closes_and_not_shown(house: House) -> None:
    await house.publish(survey())
    await hand_in(house, "ann")
    await house.advance(days=31)
    assert (len(await house.rows("response")), await house.rows("ballot")) == (1, [])
    report = await house.store.report("form", "pl", "views")
    assert report
    assert (report["sent"], report["results"]) == (1, None)


class _Killed(Exception):  # noqa: N818  # it is no error of ours
    pass


async def test_a_named_response_is_the_persons_own(house: House) -> None:
    await house.publish(survey("named", "identified"))
    await hand_in(house, "ann", "named", anonymous=False)
    (row,) = await house.rows("response")
    assert (row.contact_id, row.at) == (house.contacts["ann"], NOON)
    assert CANARY.encode() not in row.answers


async def test_once_is_the_rule(house: House) -> None:
    await house.publish(survey(), survey("often", once=False))
    first = await hand_in(house, "ann")
    again = await hand_in(house, "ann")
    assert (first.state, again.state, again.reference) == ("sent", "answered", first.reference)
    assert (await hand_in(house, "bob")).state == "sent"
    assert [(await hand_in(house, "ann", "often")).state for _ in range(2)] == ["sent", "sent"]
    assert len(await house.rows("ballot")) == 4
    shown = {it.id: it.closed for it in await house.do("ann", OpenSurveys())}
    assert shown == {"views": "answered", "often": ""}
    assert (await house.do("ann", SurveyById("views"))).closed == "answered"


async def test_a_survey_has_its_time(house: House) -> None:
    tomorrow = Moment(NOON + timedelta(days=1), ZONE)
    await house.publish(survey(opens=tomorrow), survey("ending", closes=tomorrow), survey("event", listed=False))
    assert [it.id for it in await house.do("ann", OpenSurveys())] == ["ending"]
    assert (await hand_in(house, "ann")).state == "early"
    await house.advance(days=1)
    assert (await hand_in(house, "ann", "ending")).state == "over"
    assert [it.id for it in await house.do("ann", OpenSurveys())] == ["views"]
    assert (await house.do("ann", SurveyById("ending"))).closed == "over"
    assert await house.do("ann", SurveyById("nothing")) is None
    assert (await house.do("ann", SubmitResponse("nothing", "x", True, {}))).state == "gone"
    assert (await house.do("ann", SurveyById("event"))).closed == ""


async def test_a_form_is_read_in_the_version_that_was_begun(house: House) -> None:
    await house.publish(survey())
    version = (await house.do("ann", SurveyById("views"))).version
    await house.publish()
    plan = await house.do("ann", LoadForm("views", version))
    assert plan.form == form()
    assert await house.do("bob", LoadForm("views", version)) is plan  # made ready once
    assert await house.do("ann", LoadForm("views", "0" * 64)) is None
    manifest = await house.store.manifest("pl")
    assert await house.do("ann", LoadForm("views", manifest)) is None


async def test_a_promise_of_anonymity_is_kept_or_nothing_is(house: House) -> None:
    await house.publish(survey())
    version = (await house.do("ann", SurveyById("views"))).version
    with pytest.raises(ValueError, match="anonymous"):
        await house.do("ann", SubmitResponse("views", version, False, {}))
    assert await house.rows("ballot") == await house.rows("participation") == []
