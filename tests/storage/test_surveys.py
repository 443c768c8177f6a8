"""Responses: once a person, in time; an anonymous one is nobody's."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.core.message import Moment
from bot.core.person import Export
from bot.core.surveys import LoadForm, OpenSurveys, Receipt, SubmitResponse, SurveyById
from storage.schema import metadata
from storage.schema.base import Instant
from storage.unit import SqlUnit
from tests.storage.kit import NOON, ZONE, House, form, given, survey, words

CANARY = "Kanarek-8642"


async def hand_in(house: House, who: str, name: str = "views", *, anonymous: bool = True) -> Receipt:
    version = (await house.do(who, SurveyById(name))).version
    answers = {"/data/agree": "yes", "/data/why": CANARY}
    done = await house.do(who, SubmitResponse(name, version, anonymous, answers, (given("survey", name),)))
    assert isinstance(done, Receipt)
    return done


async def test_R74_nothing_joins_an_anonymous_response_to_a_person(
    house: House, on_disk: Callable[[], bytes], request: pytest.FixtureRequest
) -> None:
    await house.publish(survey())
    await house.turn("ann", lambda unit: unit.put(words(f"your answer: {CANARY}", button="x"), "c", 0, run=9))
    await house.turn("ann", lambda unit: unit.save({"v": 1, "answers": CANARY}))
    await house.deliver()

    def send(unit: SqlUnit) -> object:
        here = unit.perform(SurveyById("views"))
        done = unit.perform(SubmitResponse("views", here.version, True, {"/data/why": CANARY}))  # type: ignore[attr-defined]
        unit.forget(9)
        unit.save({"v": 1})
        return done

    receipt = await house.turn("ann", send)
    me = house.contacts["ann"]
    (row,) = await house.rows("response")
    assert (row.contact_id, row.at, row.week, row.mode) == (None, None, "2026-W48", "anonymous")
    assert me not in repr(tuple(row))
    assert receipt.reference not in repr(tuple(row))
    # Whatever leads to Ann can be opened with her key; none of it holds the answer, nor the response's id.
    data = await house.turn("ann", lambda unit: repr(unit.perform(Export())))
    assert CANARY not in data
    assert row.id not in data
    assert receipt.reference in data
    if "sqlite" in request.node.name:
        assert CANARY.encode() not in on_disk()


async def test_R74_neither_time_nor_order_is_left(house: House, request: pytest.FixtureRequest) -> None:
    await house.publish(survey())
    for n in range(6):
        await hand_in(house, f"p{n}")
        await house.advance(minutes=1)
    table = metadata.tables["response"]
    assert [it.name for it in table.c if isinstance(it.type, Instant)] == ["at"]
    assert {row.at for row in await house.rows("response")} == {None}
    assert [it.name for it in metadata.tables["participation"].c if isinstance(it.type, Instant)] == []
    if "sqlite" in request.node.name:
        stored = await house.store.database.read(
            lambda conn: [*conn.exec_driver_sql("select id from response").scalars()]
        )
        assert stored == sorted(stored)  # the file's order is that of random ids: there is no rowid
        return
    await house.advance(days=1)  # the sweep: one stamp for all that came since the last
    stamps = await house.store.database.read(
        lambda conn: {*conn.exec_driver_sql("select xmin::text from response").scalars()}
    )
    others = await house.store.database.read(
        lambda conn: {*conn.exec_driver_sql("select xmin::text from participation").scalars()}
    )
    assert len(stamps) == 1
    assert stamps & others == set()


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
    assert len(await house.rows("response")) == 4
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
    assert await house.do("ann", LoadForm("views", version)) == form()
    assert await house.do("ann", LoadForm("views", "0" * 64)) is None
    manifest = await house.store.manifest("pl")
    assert await house.do("ann", LoadForm("views", manifest)) is None


async def test_a_promise_of_anonymity_is_kept_or_nothing_is(house: House) -> None:
    await house.publish(survey())
    version = (await house.do("ann", SurveyById("views"))).version
    with pytest.raises(ValueError, match="anonymous"):
        await house.do("ann", SubmitResponse("views", version, False, {}))
    assert await house.rows("response") == await house.rows("participation") == []
