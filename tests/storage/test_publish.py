"""Publishing: versions that never change, one row that says what is current."""

import asyncio
import json
from dataclasses import replace

import pytest
from sqlalchemy import Connection, select

from bot.core.articles import ArticleById, ArticlesOn
from bot.core.codec import dump, version
from bot.core.events import EventById
from bot.core.hub import OwnConsent, ThisHub
from bot.core.surveys import SubmitResponse, SurveyById
from storage.errors import StoreError
from storage.schema import content
from storage.schema import event as events
from storage.unit import SqlUnit
from tests.storage.kit import House, article, event, form, given, hub, pack, survey, texts, wish


async def bodies(house: House) -> dict[str, str]:
    def look(conn: Connection) -> dict[str, str]:
        return {row.digest: row.body for row in conn.execute(select(content))}

    return await house.store.database.read(look)


async def test_a_text_is_kept_under_the_digest_of_its_canonical_form(house: House) -> None:
    digest = await house.publish(article("a"), event(), survey())
    assert await house.store.manifest("pl") == digest
    kept = await bodies(house)
    for name, body in kept.items():
        assert version(json.loads(body)) == name
    assert json.loads(kept[digest])["event/fair"] == version(dump(event()))
    assert await house.store.contents("pl") == pack(article("a"), event(), survey())


async def test_publishing_the_same_changes_nothing(house: House) -> None:
    first = await house.publish(article("a"))
    kept = await bodies(house)
    assert await house.publish(article("a")) == first
    assert await bodies(house) == kept
    second = await house.publish(article("a", title="New"))
    assert second != first
    assert await house.publish(article("a")) == first
    assert await house.store.manifest("pl") == first


async def test_what_was_seen_stays_readable(house: House) -> None:
    await house.publish(event())
    seat = await house.do("ann", wish())
    await house.publish(replace(event(), place=texts("Room 2")))
    listed = await house.do("ann", EventById("fair"))
    assert listed.mine.version == seat.registration.version != listed.event.version
    assert seat.registration.version in await bodies(house)


async def test_an_authors_order_of_languages_is_kept(house: House) -> None:
    """Canonical form sorts keys, and the first language is the default one: what is stored is not sorted."""
    await house.publish(survey())
    (stored,) = [body for body in (await bodies(house)).values() if '"format"' in body]
    assert json.loads(stored) == dump(form())
    assert list(json.loads(stored)) == list(dump(form()))


async def test_R29_a_consent_text_that_changed_under_its_number_is_refused(house: House) -> None:
    own = OwnConsent("event", 3, texts("May we?"))
    first = await house.publish(article("a"), own)
    with pytest.raises(StoreError, match=r"consent/event.*version 3"):
        await house.publish(article("b"), replace(own, text=texts("May we sell it?")))
    assert await house.store.manifest("pl") == first
    assert await house.do("ann", ArticleById("b")) is None
    await house.publish(replace(own, version=4, text=texts("May we sell it?")))
    await house.publish(own)  # back to the old one: it is what it was
    with pytest.raises(StoreError):
        await house.publish(replace(own, text=texts("May we?!")))


async def test_an_anonymous_form_keeps_its_promise(house: House) -> None:
    await house.publish(survey())
    await house.publish(survey(mode="confidential"))  # nobody has answered yet
    await house.publish(survey())
    version_ = (await house.do("ann", SurveyById("views"))).version
    await house.do("ann", SubmitResponse("views", version_, True, {}, (given("survey", "views"),)))
    with pytest.raises(StoreError, match=r"survey/views.*anonymous"):
        await house.publish(survey(mode="identified"))
    await house.publish(survey(once=False))


async def test_hubs_publish_apart(house: House) -> None:
    await asyncio.gather(
        house.store.publish("pl", pack(article("a"), of=hub("pl"))),
        house.store.publish("pt", pack(article("a"), of=hub("pt"))),
    )
    assert (await house.do("ann", ThisHub(), hub="pl")).id == "pl"
    assert (await house.do("ann", ThisHub(), hub="pt")).id == "pt"
    with pytest.raises(LookupError):
        await house.do("ann", ThisHub(), hub="xx")
    assert await house.store.manifest("xx") == ""
    assert await house.store.contents("xx") == {}


async def test_two_processes_publish_one_after_the_other(house: House) -> None:
    ends = await asyncio.gather(
        *(house.store.publish("pl", pack(article(f"a{n}"), event(seats=n + 1))) for n in range(8))
    )
    assert len(set(ends)) == 8
    assert await house.store.manifest("pl") in ends
    (row,) = await house.rows("event")
    assert row.version == (await house.do("ann", EventById("fair"))).event.version
    assert events.c.version is not None


async def test_an_article_comes_in_the_persons_language_or_the_nearest(house: House) -> None:
    await house.publish(
        article("a", "pl"), article("a", "en"), article("b", "pl"), article("c", "en"), article("d", "uk")
    )

    async def lang(name: str, speaks: str) -> str | None:
        def work(unit: SqlUnit) -> str | None:
            unit.lang = speaks
            found = unit.perform(ArticleById(name))
            return found and found.lang  # type: ignore[attr-defined, no-any-return]

        return await house.turn("ann", work)  # type: ignore[no-any-return]

    assert [await lang(name, "en") for name in "abcd"] == ["en", "pl", "en", "uk"]
    assert [await lang(name, "uk") for name in "abcd"] == ["pl", "pl", "en", "uk"]
    assert await lang("a/pl", "en") is None
    assert await lang("nothing", "en") is None


async def test_R09_an_article_too_long_past_its_review_is_not_given(house: House) -> None:
    await house.publish(article("a", review_every_days=30), article("b"))
    assert [it.id for it in await house.do("ann", ArticlesOn(("screening",)))] == ["a", "b"]
    assert await house.do("ann", ArticlesOn(("rights",))) == ()
    await house.advance(days=121)
    assert await house.do("ann", ArticleById("a")) is None
    assert [it.id for it in await house.do("ann", ArticlesOn(("screening", "rights")))] == ["b"]
