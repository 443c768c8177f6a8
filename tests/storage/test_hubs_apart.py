"""R52: one hub never reads another's contacts, registrations or answers, even in one database."""

import contextlib
import dataclasses
import itertools
import re
from typing import Any

import pytest
from sqlalchemy import event as hooks

from bot.core.articles import KeepQuestion
from bot.core.flow import Command, Request
from bot.core.news import Subscribe
from bot.core.ports import Sender
from bot.core.surveys import SubmitResponse, SurveyById
from storage.perform import PERFORMERS
from storage.postgres import Postgres
from storage.schema import metadata
from storage.sqlite import Sqlite
from storage.unit import SqlUnit
from tests.storage.kit import House, article, event, given, hub, pack, survey, wish, words

CANARY = "Kanarek-4242"
SHARED = (
    "fair",
    "views",
    "named",
    "screening",
    "a",
    "Q-1",
    "news",
    "event",
    "special-needs",
    "survey",
    "question",
    "pl",
)


@pytest.fixture
async def two(house: House) -> House:
    """Hub pl has a life in it. Hub pt offers things of the same names, and the same person has only said hello."""
    for name in ("pl", "pt"):
        things = (article("a"), event(), survey(), survey("named", "identified"))
        await house.store.publish(name, pack(*things, of=hub(name)))

    def life(unit: SqlUnit) -> None:
        needs = {"/d/n": CANARY}
        unit.perform(
            wish(name=CANARY, answers={"/d/a": CANARY}, needs=needs, consents=(given(), given("special-needs")))
        )
        unit.perform(Subscribe("screening", given("news", "screening")))
        unit.perform(KeepQuestion(CANARY))
        unit.save({"v": 1, "said": CANARY})
        unit.put(words(CANARY, button=CANARY), "c", 0)
        for name, anonymous in (("views", True), ("named", False)):
            here: Any = unit.perform(SurveyById(name))
            unit.perform(SubmitResponse(name, here.version, anonymous, {"/data/why": CANARY}))

    await house.turn("ann", life, hub="pl")
    await house.turn("ann", lambda unit: None, hub="pt")
    return house


async def ids(house: House) -> list[str]:
    """Every name in the database that a request could carry, and those that both hubs use."""
    found = set(SHARED)
    for name, table in metadata.tables.items():
        for row in await house.rows(name):
            found |= {
                str(value)
                for column, value in zip(table.c, row, strict=True)
                if isinstance(value, str | int) and column.name != "body" and len(str(value)) < 65
            }
    return sorted(found)


def requests(kind: type, names: list[str]) -> list[Request]:
    """Requests of a kind, each text filled with each name in turn."""
    made = []
    for name in names:
        values: dict[str, Any] = {}
        for it in dataclasses.fields(kind):
            match str(it.type):
                case "str" | "<class 'str'>":
                    values[it.name] = name
                case text if "Given" in text and "tuple" not in text:
                    values[it.name] = given("news", name)
                case text if "tuple" in text:
                    values[it.name] = ()
                case text if "Mapping" in text:
                    values[it.name] = {}
                case text if "bool" in text:
                    values[it.name] = True
                case text if "int" in text:
                    values[it.name] = 1
        made.append(kind(**values))
        if not values or all(not isinstance(value, str) for value in values.values()):
            break
    return made


async def test_R52_no_request_shows_another_hubs_rows(two: House) -> None:
    names = await ids(two)
    asked = 0
    for kind in PERFORMERS:
        for request in requests(kind, names):
            seen: list[str] = []

            def work(unit: SqlUnit, request: Request = request, seen: list[str] = seen) -> None:
                assert unit.accept(f"t{next(NUMBERS)}", Sender("chat", "terminal", "ann"))
                unit.lang = "en"
                try:
                    seen.append(repr(unit.perform(request)))
                except ValueError as refused:
                    seen.append(str(refused))
                raise _Enough  # nothing of it is kept: each request finds the same world

            with pytest.raises(_Enough):
                await two.store.run("pt", work)
            assert CANARY not in seen[0], request
            asked += 1
    assert asked > len(PERFORMERS)


async def test_R52_no_command_of_one_hub_changes_the_other(two: House) -> None:
    before = {name: await two.rows(name, hub_id="pl") for name in metadata.tables}
    names = await ids(two)
    for kind in PERFORMERS:
        if not issubclass(kind, Command):
            continue
        for request in requests(kind, names):

            def work(unit: SqlUnit, request: Request = request) -> None:
                unit.lang = "en"
                with contextlib.suppress(ValueError):
                    unit.perform(request)

            await two.turn("bob", work, hub="pt")
    assert {name: await two.rows(name, hub_id="pl") for name in metadata.tables} == before


async def test_R52_mail_sessions_and_people_are_the_hubs_own(two: House) -> None:
    assert await two.store.claim("pt", "chat", "w", lambda channel, who: True) == []
    assert await two.store.open_updates("pt") == []
    assert await two.turn("ann", SqlUnit.session, hub="pt") is None
    (letter,) = await two.store.claim("pl", "chat", "w", lambda channel, who: True)
    assert await two.turn("ann", lambda unit: unit.shown(str(letter.id)), hub="pt") is None
    await two.store.finish("pt", letter, "sent")
    assert [row.state for row in await two.rows("outbox")] == ["sending"]
    stranger = (await two.rows("contact", hub_id="pl"))[0].id
    with pytest.raises(LookupError):
        await two.turn("ann", lambda unit: unit.person(stranger), hub="pt")
    assert await two.store.reclaim("pt", lambda owner: True) == 0
    report = await two.store.report("event", "pt", "fair")
    assert report
    assert report["confirmed"] == 0


async def test_R52_every_statement_names_its_hub(two: House) -> None:
    """But those about the database itself: its clock, its numbers, its transactions, and a look-up by address for the
    command line, which lists hubs."""
    said = watched(two.store.database)
    await two.publish(article("a"), event(seats=3))
    await two.turn(
        "eve", lambda unit: [unit.perform(it) for kind in PERFORMERS for it in requests(kind, ["fair"]) if ok(it)]
    )
    await two.deliver()
    await two.advance(days=200)
    for kind, name in (("event", "fair"), ("form", "views"), ("hub", "")):
        await two.store.report(kind, "pl", name)
    await two.store.export("pl", "terminal", "eve")
    await two.store.erase("pl", "terminal", "eve")
    tables = re.compile(r'\b(from|into|update|join)\s+"?(' + "|".join(metadata.tables) + r")\b", re.IGNORECASE)
    found = [statement for statement in said if tables.search(statement)]
    assert len(found) > 200
    for statement in found:
        if "DISTINCT address.account" in statement:
            continue
        assert "hub_id" in statement, statement
        assert "'pl'" in statement or "''" in statement or "address.hub_id, address.contact_id" in statement, statement
        assert "'pt'" not in statement


def watched(database: Any) -> list[str]:
    """What reaches the database from now on, as it says itself, with the values."""
    said: list[str] = []

    def sqlite(driver: Any, record: object, proxy: object) -> None:
        driver.set_trace_callback(said.append)

    def postgresql(driver: Any, record: object, proxy: object) -> None:
        if driver.driver_connection not in heard:
            heard.append(driver.driver_connection)
            driver.driver_connection.add_log_listener(lambda _, it: said.append(f"{it.message} {it.detail}"))
            driver.run_async(lambda it: it.execute("set client_min_messages = log; set log_statement = 'all'"))

    heard: list[Any] = []
    if isinstance(database, Sqlite):
        for engine in (database._writer, database._reader):
            hooks.listen(engine, "checkout", sqlite)
    else:
        assert isinstance(database, Postgres)
        hooks.listen(database._engine.sync_engine, "checkout", postgresql)
    return said


def ok(request: Request) -> bool:
    """Not what raises, or ends the person: these have their own tests."""
    return type(request).__name__ not in ("Erase", "SubmitResponse")


class _Enough(Exception):  # noqa: N818  # it is no error
    pass


NUMBERS = itertools.count()
