"""R48: what is past its period goes, every day, by the hub's periods."""

import re
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

from bot.core.articles import KeepQuestion
from bot.core.events import AnswerOffer, CancelSeat
from bot.core.hub import Retention
from bot.core.news import StopAll, Subscribe
from bot.core.person import MyConsents, WithdrawConsent
from bot.core.surveys import SubmitResponse, SurveyById
from storage.backup import backup
from tests.acceptance.player import ROOT
from tests.storage.kit import NOON, House, event, given, hub, pack, survey, talk, wish, words

SHORT = Retention(
    conversation=3,
    open_question=5,
    registration_after_event=4,
    special_needs_after_event=2,
    survey_session=1,
    subscription_inactive=100,
    audit=20,
)


async def test_R48_the_sweep_runs_daily_in_the_night(house: House) -> None:
    await house.publish()
    due = await house.store.next_due("pl")
    assert due
    assert (due.hour, due.minute) == (2, 30)  # half past three in Warsaw
    await house.advance(days=3)
    again = await house.store.next_due("pl")
    assert again == due + timedelta(days=3)


async def test_R48_conversations_and_drafts_end(house: House) -> None:
    await house.publish(of=hub(retention=SHORT))
    await house.turn("ann", lambda unit: unit.save(talk(("register", "fair"), ("survey", "views", "v"), ("menu",))))
    await house.turn("bob", lambda unit: unit.save(talk(("survey", "views", "v"))))
    await house.advance(days=2)
    assert len(await house.rows("session")) == 2
    state = await house.turn("ann", lambda unit: unit.session())
    assert ([it["flow"] for it in state["frames"]], [it["flow"] for it in state["drafts"]]) == (["register"], ["menu"])
    await house.advance(days=4)
    assert await house.rows("session") == []


async def test_a_session_that_cannot_be_read_holds_up_nobody(house: House) -> None:
    await house.publish(of=hub(retention=SHORT))
    await house.turn("ann", lambda unit: unit.save({"v": 99, "of": "a newer release"}))
    await house.turn("bob", lambda unit: unit.save(talk(("survey", "views", "v"))))
    await house.advance(days=2)
    assert (await house.turn("bob", lambda unit: unit.session()))["frames"] == []
    assert (await house.turn("ann", lambda unit: unit.session()))["v"] == 99


async def test_R48_the_queue_forgets(house: House) -> None:
    await house.publish(of=hub(retention=SHORT))
    await house.turn("ann", lambda unit: unit.put(words(button="x"), "c", 0))
    await house.deliver()
    await house.advance(days=6)
    assert len(await house.rows("inbox")) == 1
    await house.advance(days=2)
    assert await house.rows("inbox") == []
    await house.advance(days=20)
    assert len(await house.rows("outbox")) == 1
    await house.advance(days=3)
    assert await house.rows("outbox") == []


async def test_R48_words_go_when_they_are_sent_or_cannot_be(house: House) -> None:
    """A message to somebody whom no process serves does not keep them known for ever."""
    await house.publish(of=hub(retention=SHORT))
    await house.turn("ann", lambda unit: unit.put(words("sent", button="x"), "c", 0))
    await house.deliver()
    await house.turn("bob", lambda unit: unit.put(words("never sent", button="x"), "d", 0))
    await house.turn("eve", lambda unit: unit.put(words("died while it was sent"), "e", 0))
    await house.store.claim("pl", "chat", "somebody", lambda channel, name: name == "eve")
    assert [bool(row.body) for row in await house.rows("outbox")] == [False, True, True]
    await house.advance(days=29)
    assert [row.state for row in await house.rows("outbox")] == ["sent", "queued", "sending"]
    await house.advance(days=2)
    rows = await house.rows("outbox")
    assert [(row.state, row.reason, row.body) for row in rows] == [("skipped", "too-old", None)] * 2
    await house.advance(days=100)
    assert await house.rows("outbox") == await house.rows("contact") == []


async def test_R48_questions_end(house: House) -> None:
    await house.publish(of=hub(retention=SHORT))
    await house.do("ann", KeepQuestion("?"))
    await house.advance(days=4)
    assert len(await house.rows("question")) == 1
    await house.advance(days=2)
    assert await house.rows("question") == []


async def test_R48_R82_registrations_and_needs_end_after_the_event(house: House) -> None:
    await house.publish(event(seats=2), of=hub(retention=SHORT))
    for who in ("ann", "bob", "eve"):
        await house.do(who, wish(needs={"/d/n": "ramp"}, consents=(given(), given("special-needs"))))
    await house.do("bob", CancelSeat("fair"))
    await house.do("eve", AnswerOffer("fair", take=True))
    await house.advance(days=62)
    assert len(await house.rows("needs")) == 2
    await house.advance(days=1)
    assert await house.rows("needs") == []
    assert [bool(row.answers) for row in await house.rows("registration", state="confirmed")] == [True, True]
    await house.advance(days=2)
    assert [(row.contact_id, row.answers) for row in await house.rows("registration")] == [(None, None)] * 3
    report = await house.store.report("event", "pl", "fair")
    assert report
    assert (report["confirmed"], report["cancelled"]) == (2, 1)
    assert await house.rows("consent") == []


async def test_R48_a_consent_is_kept_for_its_proof(house: House) -> None:
    await house.publish(of=hub(retention=SHORT))
    await house.do(
        "ann", Subscribe("events", given("news", "events")), Subscribe("screening", given("news", "screening"))
    )
    await house.do("ann", WithdrawConsent("news", "screening"))
    await house.advance(days=19)
    assert len(await house.rows("consent")) == 2
    await house.advance(days=2)
    assert [it.subject for it in await house.do("ann", MyConsents())] == ["events"]
    assert len(await house.rows("consent")) == 1


async def test_R48_a_stopped_subscription_goes_when_it_cannot_be_undone_any_more(house: House) -> None:
    await house.publish()
    for who, minutes in (("ann", 4), ("bob", 5)):
        await house.do(who, Subscribe("events", given("news", "events")), StopAll())
        await house.advance(minutes=minutes)
    assert len(await house.rows("subscription")) == 2
    await house.advance(minutes=1)
    assert [row.contact_id for row in await house.rows("subscription")] == [house.contacts["bob"]]
    await house.advance(minutes=4)
    assert await house.rows("subscription") == []
    assert await house.rows("timer", kind="stopped") == []


async def test_R48_a_form_that_has_closed_forgets_who_took_part(house: House) -> None:
    await house.publish(survey(), survey("named", "identified"), of=hub(retention=SHORT))
    for name, anonymous in (("views", True), ("named", False)):
        version = (await house.do("ann", SurveyById(name))).version
        await house.do("ann", SubmitResponse(name, version, anonymous, {"/data/agree": "yes"}))
    await house.advance(days=30)
    assert len(await house.rows("participation")) == 2
    await house.advance(days=2)
    assert await house.rows("participation") == []
    assert len(await house.rows("response")) == 2
    await house.advance(days=20)
    assert [row.mode for row in await house.rows("response")] == ["anonymous"]


async def test_R48_who_has_been_silent_for_long_is_forgotten(house: House) -> None:
    await house.publish(event(), of=hub(retention=SHORT))
    await house.do("ann", Subscribe("events", given("news", "events")))
    await house.do("bob", StopAll())
    await house.do("eve", wish())
    await house.advance(days=99)
    await house.turn("ann", lambda unit: None)
    assert len(await house.rows("contact")) == 3
    await house.advance(days=3)
    assert [row.id for row in await house.rows("contact")] == [house.contacts["ann"]]
    assert len(await house.rows("address")) == 1
    assert [row.kind for row in await house.rows("mark")] == ["stop"]
    assert len(await house.rows("subscription")) == 1


async def test_R48_a_backup_names_its_last_day(house: House, url: str, tmp_path: Path) -> None:
    """What the program cannot delete, it dates: the shortest period of all hubs counts."""
    await house.publish(of=hub(retention=Retention(backup=35)))
    await house.store.publish("pt", pack(of=hub("pt", retention=Retention(backup=20))))
    facts = await backup(url, tmp_path / "saved.db", real=house.time)
    assert facts.until == (NOON + timedelta(days=20)).date()


def test_R48_every_period_of_a_hub_is_in_the_handbook() -> None:
    page = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `retention\.([a-z_]+)` \|", page, re.MULTILINE)
    assert told == [it.name for it in fields(Retention)]
