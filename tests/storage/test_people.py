"""Consents, news, the stop, questions: what a person agreed to, and takes back."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from bot.core.articles import Count, KeepQuestion, MyQuestions, WithdrawQuestion
from bot.core.hub import Now, OwnConsent, Today
from bot.core.news import MySubscriptions, StopAll, Stopped, Subscribe, UndoStop, Unsubscribe
from bot.core.person import MyConsents, SetLanguage, Speaking, WithdrawConsent
from storage.unit import SqlUnit
from tests.storage.kit import NOON, House, event, given, hub, talk, texts, wish


def news(topic: str = "screening", version: int = 1) -> Subscribe:
    return Subscribe(topic, given("news", topic, version))


async def test_R26_a_consent_keeps_what_was_shown_when_and_where(house: House) -> None:
    await house.publish(event())

    def work(unit: SqlUnit) -> None:
        unit.lang = "uk"
        unit.perform(wish(consents=(given(), given("special-needs"))))

    await house.turn("ann", work, channel="telegram")
    consents = await house.turn("ann", lambda unit: unit.perform(MyConsents()), channel="telegram")
    first = next(it for it in consents if it.purpose == "event")
    assert {it.purpose for it in consents} == {"event", "special-needs"}
    assert (first.subject, first.version, first.lang, first.channel) == ("fair", 1, "uk", "telegram")
    assert (first.given.at, first.given.zone, first.withdrawn) == (NOON, "Europe/Warsaw", None)


async def test_R29_a_new_version_takes_the_place_of_the_old_one(house: House) -> None:
    await house.publish()
    await house.do("ann", news(), news())
    assert len(await house.rows("consent")) == 1
    await house.publish(of=hub(consents=(OwnConsent("news", 2, texts("May we?")),)))
    assert await house.do("ann", MySubscriptions()) == ()
    await house.do("ann", news(version=2))
    assert await house.do("ann", MySubscriptions()) == ("screening",)
    assert [it.version for it in await house.do("ann", MyConsents())] == [2]
    assert len(await house.rows("consent")) == 2


async def test_R33_news_by_topic(house: House) -> None:
    await house.publish()
    await house.do("ann", news())
    await house.do("ann", news("events"))
    assert set(await house.do("ann", MySubscriptions())) == {"screening", "events"}
    assert await house.do("bob", MySubscriptions()) == ()
    assert await house.do("ann", Unsubscribe("screening")) is True
    assert await house.do("ann", Unsubscribe("screening")) is False
    assert await house.do("ann", MySubscriptions()) == ("events",)
    assert [it.subject for it in await house.do("ann", MyConsents())] == ["events"]


async def test_R34_a_stop_ends_all_at_once_and_can_be_undone_for_ten_minutes(house: House) -> None:
    await house.publish()
    await house.do("ann", news(), news("events"))
    assert set(await house.do("ann", StopAll())) == {"screening", "events"}
    assert await house.do("ann", Stopped()) is True
    assert await house.do("ann", MySubscriptions()) == ()
    assert await house.do("ann", MyConsents()) == ()
    assert len(await house.rows("mark", kind="stop")) == 1
    await house.advance(minutes=9, seconds=59)
    assert await house.do("ann", UndoStop()) is True
    await house.advance(minutes=1)
    assert await house.do("ann", Stopped()) is False
    assert set(await house.do("ann", MySubscriptions())) == {"screening", "events"}
    assert len(await house.do("ann", MyConsents())) == 2
    assert await house.rows("mark", kind="stop") == []


async def test_a_stop_stays_after_ten_minutes(house: House) -> None:
    await house.publish()
    await house.do("ann", news(), StopAll())
    await house.advance(minutes=10)
    assert await house.do("ann", UndoStop()) is False
    assert await house.do("ann", Stopped()) is True
    await house.do("ann", StopAll())  # again: nothing was subscribed, so nothing begins anew
    assert await house.do("ann", UndoStop()) is False


async def test_a_stop_ends_by_asking_for_news_again_and_for_that_topic_only(house: House) -> None:
    await house.publish()
    await house.do("ann", news(), news("events"), StopAll())
    await house.do("ann", news("events"))
    assert await house.do("ann", Stopped()) is False
    assert await house.do("ann", MySubscriptions()) == ("events",)
    assert await house.do("ann", UndoStop()) is False
    assert [row.topic for row in await house.rows("subscription")] == ["events"]
    assert await house.rows("mark", kind="stop") == []


async def test_the_stop_was_meant_for_one_topic(house: House) -> None:
    await house.publish()
    await house.do("ann", news(), news("events"), StopAll())
    assert await house.do("ann", UndoStop(), Unsubscribe("events")) is True
    assert await house.do("ann", MySubscriptions()) == ("screening",)


async def test_R28_taking_one_consent_back_leaves_the_others(house: House) -> None:
    await house.publish(event())
    await house.do("ann", wish(needs={"/d/n": "ramp"}, consents=(given(), given("special-needs"))), news())
    assert await house.do("ann", WithdrawConsent("special-needs", "fair")) is True
    assert await house.rows("needs") == []
    assert [row.state for row in await house.rows("registration")] == ["confirmed"]
    assert await house.do("ann", WithdrawConsent("news", "screening")) is True
    assert await house.do("ann", MySubscriptions()) == ()
    assert [it.purpose for it in await house.do("ann", MyConsents())] == ["event"]
    assert await house.do("ann", WithdrawConsent("event", "fair")) is True
    assert [row.state for row in await house.rows("registration")] == ["confirmed"]
    assert await house.do("ann", WithdrawConsent("event", "fair")) is False
    assert await house.do("bob", WithdrawConsent("event", "fair")) is False


async def test_questions_have_numbers_of_the_hub_and_an_end(house: House) -> None:
    await house.publish()
    assert await house.do("ann", KeepQuestion("Czy refundujecie dojazd?")) == "Q-1"
    assert await house.do("bob", KeepQuestion("And this?")) == "Q-2"
    (mine,) = await house.do("ann", MyQuestions())
    assert (mine.id, mine.text, mine.state) == ("Q-1", "Czy refundujecie dojazd?", "open")
    assert mine.until == (NOON + timedelta(days=90)).date()
    assert [it.purpose for it in await house.do("ann", MyConsents())] == ["question"]


async def test_ten_questions_a_day_are_kept(house: House) -> None:
    await house.publish()
    got = [await house.do("ann", KeepQuestion(f"{n}?")) for n in range(12)]
    assert got == [f"Q-{n}" for n in range(1, 11)] + ["", ""]
    assert await house.do("ann", WithdrawQuestion("Q-3")) is True
    assert await house.do("ann", KeepQuestion("one more?")) == ""
    assert await house.do("bob", KeepQuestion("mine?")) == "Q-11"
    await house.advance(hours=13)  # one in the morning of the next day in Warsaw
    assert await house.do("ann", KeepQuestion("today?")) == "Q-12"


async def test_a_question_is_taken_back_by_its_own_person(house: House) -> None:
    await house.publish()
    await house.do("ann", KeepQuestion("a secret?"))
    for name in ("Q-2", "nonsense", "Q-", "Q-99999999999", "Q-²"):
        assert await house.do("ann", WithdrawQuestion(name)) is False
    assert await house.do("bob", WithdrawQuestion("Q-1")) is False
    assert await house.do("ann", WithdrawQuestion("Q-1")) is True
    assert await house.do("ann", WithdrawQuestion("Q-1")) is False
    assert await house.do("ann", MyQuestions()) == ()
    await house.do("ann", KeepQuestion("another?"))
    assert await house.do("ann", WithdrawConsent("question", "Q-2")) is True
    assert await house.do("ann", MyQuestions()) == ()


async def test_a_language_that_was_chosen_stays_chosen(house: House) -> None:
    await house.publish()

    def choose(unit: SqlUnit) -> object:
        unit.perform(SetLanguage("uk"))
        return unit.perform(Speaking())

    assert await house.turn("ann", choose) == "uk"
    person = await house.turn("ann", lambda unit: unit.person(unit.person_here.id))
    assert (person.lang, person.chosen) == ("uk", True)


async def test_the_day_is_the_hubs(house: House) -> None:
    await house.publish()
    await house.advance(hours=12)  # midnight in Warsaw has passed by an hour, in UTC it has not
    assert (await house.do("ann", Today())).isoformat() == "2026-11-26"
    assert (await house.do("ann", Now())).isoformat() == "2026-11-26T00:00:00+01:00"


async def test_counts_are_numbers_of_a_day(house: House) -> None:
    await house.publish()
    await house.do("ann", Count("answered", "screening-what"), Count("answered", "screening-what"), Count("unknown"))
    await house.do("bob", Count("answered", "screening-what"))
    rows = {(row.kind, row.subject): row.n for row in await house.rows("counter")}
    assert rows == {("answered", "screening-what"): 3, ("unknown", ""): 1}


async def test_another_persons_session_is_read_and_saved_for_a_notice(house: House) -> None:
    await house.turn("ben", lambda unit: unit.save(talk(("register", "fair"))))
    ben = house.contacts["ben"]

    def tells(unit: SqlUnit) -> None:
        unit.save({"v": 1, "runs": 7})
        assert unit.session(ben) == talk(("register", "fair"))
        unit.save({"v": 1, "runs": 8}, ben)

    await house.turn("anna", tells)
    assert await house.turn("ben", lambda unit: unit.session()) == {"v": 1, "runs": 8}
    assert await house.turn("anna", lambda unit: unit.session()) == {"v": 1, "runs": 7}


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_who_is_in_a_turn_of_their_own_is_not_waited_for(house: House, url: str) -> None:
    """Two whose turns tell each other something would wait for one another without end."""
    for who in ("anna", "ben"):
        await house.turn(who, lambda unit: unit.save({"v": 1}))
    other = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        async with asyncio.timeout(20), other.transaction():
            await other.execute("select 1 from contact where id = $1 for update", house.contacts["ben"])
            assert await house.turn("anna", lambda unit: unit.session(house.contacts["ben"])) is None
    finally:
        await other.close()
