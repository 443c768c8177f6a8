"""The inbox, the session and the outbox: once, in order, with an end."""

import asyncio
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import insert
from sqlalchemy.util import await_only

from bot.core.message import Start, Typed
from bot.core.ports import Attachment, FollowUp, Outgoing, Sender, ShownButton
from storage import mail, timers
from storage.keys import index_of
from storage.numbers import draw_of_hub
from storage.schema import address
from storage.store import open_store
from storage.unit import SqlUnit
from tests.storage.conftest import emptied
from tests.storage.kit import NOON, House, Time, words

ANNA = Sender("chat", "terminal", "anna")


async def test_an_update_counts_once(house: House) -> None:
    first = await house.store.run("pl", lambda unit: unit.accept("u1", ANNA))
    again = await house.store.run("pl", lambda unit: unit.accept("u1", ANNA))
    assert first is not None
    assert first.new
    assert again is None
    assert len(await house.rows("contact")) == 1


async def test_an_update_in_dead_hands_was_not_seen_and_how_often_is_known(house: House) -> None:
    for _ in range(2):
        await house.store.attempted("pl", "chat", "u1")
    first = await house.store.run("pl", lambda unit: unit.accept("u1", ANNA))
    assert first
    assert (first.attempts, first.new, first.behind) == (2, True, False)
    assert await house.store.run("pl", lambda unit: unit.accept("u1", ANNA)) is None
    await house.store.attempted("pl", "chat", "u1")  # it died after the commit: that stays
    assert await house.store.run("pl", lambda unit: unit.accept("u1", ANNA)) is None
    (row,) = await house.rows("inbox")
    assert (row.state, row.attempts, row.contact_id) == ("done", 2, first.id)


async def test_deaths_with_a_timer_in_hand_are_counted_until_one_is_done(house: House) -> None:
    for _ in range(2):
        await house.store.attempted("pl", "timer", "due")
    assert await house.store.run("pl", SqlUnit.deaths) == 2
    await house.store.run("pl", lambda unit: timers.plan(unit, timers.REST, "somebody", unit.now))
    assert await house.store.run("pl", SqlUnit.fire)
    assert await house.store.run("pl", SqlUnit.deaths) == 0
    await house.store.attempted("pl", "timer", "due")
    await house.store.run("pl", SqlUnit.put_off)
    assert await house.store.run("pl", SqlUnit.deaths) == 0


async def test_what_a_turn_left_is_counted_and_goes_first(house: House) -> None:
    def leaves(unit: SqlUnit) -> FollowUp:
        unit.accept("u1", ANNA)
        return unit.follow("u1", "chat", Start("menu"), "en")

    left = await house.store.run("pl", leaves)
    await house.store.attempted("pl", left.account, left.update)

    def newer(unit: SqlUnit) -> bool:
        person = unit.accept("u2", ANNA)
        assert person
        return person.behind

    assert await house.store.reading("pl", lambda unit: unit.hub) == "pl"
    assert await house.store.run("pl", newer)
    taken = await house.store.run("pl", lambda unit: unit.take(left))
    assert taken
    assert taken[0].attempts == 1


async def test_the_same_number_at_another_account_or_hub_is_another_update(house: House) -> None:
    seen = [
        await house.store.run(hub, lambda unit, account=account: unit.accept("u1", Sender(account, "terminal", "anna")))
        for hub, account in (("pl", "chat"), ("pl", "other"), ("pt", "chat"))
    ]
    assert all(seen)
    assert len({it.id for it in seen if it}) == 3


async def test_what_a_work_did_is_undone_when_it_raises(house: House) -> None:
    def work(unit: SqlUnit) -> None:
        unit.accept("u1", ANNA)
        unit.save({"v": 1})
        raise LookupError("a flow's fault")

    with pytest.raises(LookupError):
        await house.store.run("pl", work)
    assert await house.rows("inbox") == await house.rows("contact") == await house.rows("session") == []
    assert await house.store.run("pl", lambda unit: unit.accept("u1", ANNA)) is not None


async def test_silence_and_language_are_remembered(house: House) -> None:
    await house.turn("anna", lambda unit: unit.speak("uk", chosen=True))
    await house.advance(hours=13)
    person = await house.store.run("pl", lambda unit: unit.accept("later", ANNA))
    assert person is not None
    assert (person.lang, person.chosen, person.new) == ("uk", True, False)
    assert person.silence == timedelta(hours=13)


async def test_a_session_comes_back_as_it_was_saved(house: House) -> None:
    assert await house.turn("anna", SqlUnit.session) is None
    state = {"v": 1, "frames": [{"log": [["name", "Żółć", "aa", "u1"]]}]}
    await house.turn("anna", lambda unit: unit.save(state))
    assert await house.turn("anna", SqlUnit.session) == state
    assert await house.turn("bartek", SqlUnit.session) is None
    await house.turn("anna", lambda unit: unit.save(None))
    assert await house.turn("anna", SqlUnit.session) is None


async def test_a_follow_up_is_taken_once_and_before_anything_newer(house: House) -> None:
    first = await house.turn("anna", lambda unit: unit.follow("a1", "chat", Start("menu", ("x", 1)), "pl"))
    second = await house.turn("anna", lambda unit: unit.follow("a2", "chat", Typed("hej"), "en"))
    assert await house.store.open_updates("pl") == [first, second]
    person, act, lang = await house.store.run("pl", lambda unit: unit.take(first))  # type: ignore[misc]
    assert (person.id, act, lang) == (house.contacts["anna"], Start("menu", ("x", 1)), "pl")
    assert await house.store.run("pl", lambda unit: unit.take(first)) is None

    def chained(unit: SqlUnit) -> FollowUp:
        assert unit.take(second)
        return unit.follow(second.update, second.account, Start("help"), "en")

    third = await house.store.run("pl", chained)
    assert await house.store.open_updates("pl") == [third]
    assert len({first, second, third}) == 3


async def test_a_follow_up_keeps_its_place_in_the_order(house: House) -> None:
    early = await house.turn("anna", lambda unit: unit.follow("a1", "chat", Start("menu"), "pl"))
    await house.turn("anna", lambda unit: unit.follow("a2", "chat", Start("help"), "pl"))

    def again(unit: SqlUnit) -> FollowUp:
        assert unit.take(early)
        return unit.follow(early.update, early.account, Start("events"), "pl")

    late = await house.store.run("pl", again)
    assert (await house.store.open_updates("pl"))[0] == late


async def test_words_of_a_handled_follow_up_leave_the_inbox(house: House) -> None:
    left = await house.turn("anna", lambda unit: unit.follow("a1", "chat", Typed("a secret"), "pl"))
    assert [row.body is not None for row in await house.rows("inbox", state="open")] == [True]
    await house.store.run("pl", lambda unit: unit.take(left))
    assert [row.body for row in await house.rows("inbox")] == [None, None]


async def test_a_failed_update_is_known_for_ever(house: House) -> None:
    await house.store.run("pl", lambda unit: unit.fail("u1", "chat"))
    assert await house.store.run("pl", lambda unit: unit.accept("u1", ANNA)) is None
    await house.turn("anna", lambda unit: unit.fail("u0", "chat"))
    assert sorted(row.state for row in await house.rows("inbox")) == ["failed", "failed"]


async def test_a_message_is_queued_once_for_its_cause_and_place(house: House) -> None:
    def work(unit: SqlUnit) -> None:
        unit.put(words("one"), "c", 0)
        unit.put(words("again"), "c", 0)
        unit.put(words("two"), "c", 1)

    await house.turn("anna", work)
    assert await house.deliver() == ["one", "two"]


async def test_a_claim_takes_the_head_of_each_persons_line(house: House) -> None:
    for who in ("anna", "bartek"):
        await house.turn(who, lambda unit, who=who: [unit.put(words(f"{who} {n}"), who, n) for n in range(3)])
    first = await house.store.claim("pl", "chat", "w1", lambda channel, who: True)
    assert [letter.message.text for letter in first] == ["anna 0", "bartek 0"]
    assert await house.store.claim("pl", "chat", "w2", lambda channel, who: True) == []
    await house.store.finish("pl", first[1], "sent")
    second = await house.store.claim("pl", "chat", "w2", lambda channel, who: True)
    assert [letter.message.text for letter in second] == ["bartek 1"]


async def test_a_claim_leaves_what_it_is_not_to_send(house: House) -> None:
    for who in ("anna", "bartek"):
        await house.turn(who, lambda unit, who=who: unit.put(words(), who, 0), channel="telegram")
    letters = await house.store.claim("pl", "chat", "w1", lambda channel, who: (channel, who) == ("telegram", "bartek"))
    assert [(it.channel, it.account, it.to) for it in letters] == [("telegram", "chat", "bartek")]
    assert len(await house.store.claim("pl", "chat", "w2", lambda channel, who: True)) == 1


async def linked(house: House, who: str) -> None:
    """`who` is one person on the terminal and on the hub's Telegram account `bot`."""

    def link(unit: SqlUnit) -> None:
        me = unit.person_here
        index = index_of(unit.world.secrets.index_key, "telegram", "bot", who)
        row = {"hub_id": unit.hub, "channel": "telegram", "account": "bot", "index": index, "contact_id": me.id}
        unit.conn.execute(insert(address), row | {"sealed": me.box.seal("address", "sealed", who)})

    await house.turn(who, link)


async def test_a_claim_is_of_one_account_and_waits_for_no_other(house: House) -> None:
    await linked(house, "anna")
    await house.turn("anna", lambda unit: unit.put(words("by the bot"), "c", 0), channel="telegram", account="bot")
    await house.turn("anna", lambda unit: unit.put(words("in the terminal"), "c", 0))
    await house.turn("eve", lambda unit: unit.put(words("to eve"), "e", 0), channel="telegram", account="bot")
    here = await house.store.claim("pl", "chat", "w", lambda channel, who: True)
    assert [(it.account, it.message.text) for it in here] == [("chat", "in the terminal")]
    there = await house.store.claim("pl", "bot", "w", lambda channel, who: True)
    assert [(it.account, it.to, it.message.text) for it in there] == [
        ("bot", "anna", "by the bot"),
        ("bot", "eve", "to eve"),
    ]


async def test_a_press_is_found_under_a_message_of_its_own_account(house: House) -> None:
    await linked(house, "anna")
    await house.turn("anna", lambda unit: unit.put(words(button="here"), "c", 0))
    await house.deliver()
    await house.turn("anna", lambda unit: unit.put(words(button="there"), "c", 1), channel="telegram", account="bot")
    (there,) = await house.store.claim("pl", "bot", "w", lambda channel, who: True)
    (here,) = [row for row in await house.rows("outbox") if row.account == "chat"]
    # Telegram numbers messages chat by chat: this one has the number that our other message has in the outbox.
    await house.store.finish("pl", there, "sent", network_id=str(here.id))

    async def pressed(message: str | None, account: str) -> list[str]:
        channel = "terminal" if account == "chat" else "telegram"
        shown = await house.turn("anna", lambda unit: unit.shown(message), channel=channel, account=account)
        return [it.id for it in shown.buttons] if shown else []

    for message in (str(here.id), None):
        assert await pressed(message, "chat") == ["here"]
        assert await pressed(message, "bot") == ["there"]
    assert await pressed(str(there.id), "bot") == []
    assert await pressed(str(there.id), "chat") == []


async def test_a_letter_is_the_message_that_was_put(house: House) -> None:
    message = Outgoing(
        "Żółć",
        "pl",
        ("a.b", "c.d"),
        (ShownButton("menu", "Menu", Start("menu", (1, "x"))),),
        (Attachment("place.ics", "text/calendar", b"\x00BEGIN"),),
        (7, "abcd"),
        numbered=False,
    )
    await house.turn("anna", lambda unit: unit.put(message, "c", 0))
    (letter,) = await house.store.claim("pl", "chat", "w", lambda channel, who: True)
    assert letter.message == message
    assert not letter.again


async def test_numbers_of_messages_grow_and_do_not_come_back(house: House) -> None:
    await house.turn("anna", lambda unit: unit.put(words(), "c", 0))
    (first,) = await house.store.claim("pl", "chat", "w", lambda channel, who: True)
    await house.store.finish("pl", first, "sent")
    await house.advance(days=40)
    assert await house.rows("outbox") != []
    await house.store.run("pl", _publish_nothing)
    await house.advance(days=1)
    assert await house.rows("outbox") == []
    await house.turn("anna", lambda unit: unit.put(words(), "c", 1))
    (second,) = await house.store.claim("pl", "chat", "w", lambda channel, who: True)
    assert second.id > first.id


def _publish_nothing(unit: SqlUnit) -> None:
    timers.plan(unit, timers.SWEEP, "", unit.now)


@pytest.mark.parametrize("state", ["sent", "failed", "skipped", "unknown"])
async def test_an_ended_message_keeps_its_buttons_and_no_words(house: House, state: str) -> None:
    await house.turn("anna", lambda unit: unit.put(words("secret", button="yes", question=(3, "ab")), "c", 0))
    (letter,) = await house.store.claim("pl", "chat", "w", lambda channel, who: True)
    await house.store.finish("pl", letter, state, "why")
    (row,) = await house.rows("outbox")
    assert (row.state, row.reason, row.body, row.ended) == (state, "why", None, NOON)
    shown = await house.turn("anna", lambda unit: unit.shown(str(letter.id)))
    assert [it.id for it in shown.buttons] == ["yes"]
    assert shown.question == (3, "ab")


async def test_an_end_that_is_none_is_refused(house: House) -> None:
    await house.turn("anna", lambda unit: unit.put(words(), "c", 0))
    (letter,) = await house.store.claim("pl", "chat", "w", lambda channel, who: True)
    with pytest.raises(ValueError, match="does not end"):
        await house.store.finish("pl", letter, "gone")


async def test_what_a_dead_process_was_sending_goes_again_and_says_so(house: House) -> None:
    await house.turn("anna", lambda unit: unit.put(words("once"), "c", 0))
    await house.store.claim("pl", "chat", "dead", lambda channel, who: True)
    assert await house.store.reclaim("pl", lambda owner: owner == "other") == 0
    assert await house.store.reclaim("pl", lambda owner: owner == "dead") == 1
    (letter,) = await house.store.claim("pl", "chat", "alive", lambda channel, who: True)
    assert (letter.message.text, letter.again) == ("once", True)


async def test_what_the_server_still_does_for_a_dead_process_is_ended_first(pg_database: str, tmp_path: Path) -> None:
    """It was killed while its claim was under way: the row is held by nobody who lives, and may still become taken."""
    await emptied(pg_database, bare=False)
    house = House(await open_store(pg_database, tmp_path, real=Time()), Time())
    await house.turn("anna", lambda unit: unit.put(words("once"), "c", 0))
    left = await asyncpg.connect(
        pg_database.replace("+asyncpg", ""), server_settings={"application_name": "hubbot dead-1"}
    )
    await left.execute("begin; update outbox set state = 'sending', owner = 'dead-1'")
    await house.store.reclaim("pl", lambda owner: owner == "dead-2")
    assert await left.fetchval("select count(*) from outbox") == 1  # it is another's
    await house.store.reclaim("pl", lambda owner: owner == "dead-1")
    async with asyncio.timeout(10):
        (letter,) = await house.store.claim("pl", "chat", "alive", lambda channel, who: True)
    assert letter.message.text == "once"
    left.terminate()
    await house.store.close()


async def test_a_look_at_the_messages_of_others_hides_them_from_nobody(pg_database: str, tmp_path: Path) -> None:
    """Many processes look for what is theirs at the same moment, and each finds it."""
    await emptied(pg_database, bare=False)
    house = House(await open_store(pg_database, tmp_path, real=Time()), Time())
    await house.turn("anna", lambda unit: unit.put(words("once"), "c", 0))
    looked, end = asyncio.Event(), asyncio.Event()

    def look(unit: SqlUnit) -> None:
        assert mail.claim(unit, "chat", "other", lambda channel, who: False) == []
        looked.set()
        await_only(end.wait())

    other = asyncio.create_task(house.store.run("pl", look))
    await looked.wait()
    assert len(await house.store.claim("pl", "chat", "w", lambda channel, who: True)) == 1
    end.set()
    await other
    await house.store.close()


async def test_two_who_draw_the_first_number_at_once_have_two(pg_database: str, tmp_path: Path) -> None:
    await emptied(pg_database, bare=False)
    store = await open_store(pg_database, tmp_path, real=Time())
    drawn, end = asyncio.Event(), asyncio.Event()

    def draw(unit: SqlUnit) -> int:
        number = draw_of_hub(unit.conn, "pl", "question")
        drawn.set()
        await_only(end.wait())
        return number

    first = asyncio.create_task(store.run("pl", draw))
    await drawn.wait()
    second = asyncio.create_task(store.run("pl", lambda unit: draw_of_hub(unit.conn, "pl", "question")))
    await waits_for_a_lock(pg_database)
    end.set()
    assert [await first, await second] == [1, 2]
    await store.close()


async def waits_for_a_lock(address: str) -> None:
    """Until somebody on the server does."""
    looks = await asyncpg.connect(address.replace("+asyncpg", ""))
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    while not await looks.fetchval(waiting):
        pass
    await looks.close()


async def test_what_was_left_while_one_waited_goes_first_too(pg_database: str, tmp_path: Path) -> None:
    """Two processes hear the same person: the second waits for the turn of the first, and sees what that left."""
    await emptied(pg_database, bare=False)
    house = House(await open_store(pg_database, tmp_path, real=Time()), Time())
    await house.turn("anna", lambda unit: None)
    other = await asyncpg.connect(pg_database.replace("+asyncpg", ""))
    await other.execute("begin; select id from contact for no key update")
    second = asyncio.create_task(house.store.run("pl", lambda unit: unit.accept("late", ANNA)))
    await waits_for_a_lock(pg_database)
    await other.execute(
        "insert into inbox (hub_id, account, update_id, contact_id, state, attempts, received, seq)"
        " select hub_id, 'chat', 'first >', id, 'open', 0, 0, 1 from contact"
    )
    await other.execute("commit")
    person = await second
    assert person
    assert person.behind
    await other.close()
    await house.store.close()


async def test_a_letter_can_be_put_back(house: House) -> None:
    await house.turn("anna", lambda unit: unit.put(words("later"), "c", 0))
    (letter,) = await house.store.claim("pl", "chat", "w", lambda channel, who: True)
    await house.store.finish("pl", letter, "queued")
    (again,) = await house.store.claim("pl", "chat", "w", lambda channel, who: True)
    assert (again.id, again.again) == (letter.id, False)


async def test_buttons_are_found_under_the_newest_that_arrived(house: House) -> None:
    await house.turn("anna", lambda unit: unit.put(words(button="old"), "c", 0))
    await house.turn("anna", lambda unit: unit.put(words(), "c", 1))
    await house.deliver()
    await house.turn("anna", lambda unit: unit.put(words(button="unsent"), "c", 2))
    assert [it.id for it in (await house.turn("anna", lambda unit: unit.shown(None))).buttons] == ["old"]
    for other in ("99999", "no such", "1" * 30):
        assert await house.turn("anna", lambda unit, other=other: unit.shown(other)) is None
    assert await house.turn("bartek", lambda unit: unit.shown("1")) is None


async def test_an_anonymous_run_is_forgotten(house: House) -> None:
    def ask(unit: SqlUnit) -> None:
        unit.put(words("your answer was no", button="yes"), "c", 0, run=5)
        unit.put(words("other", button="no"), "c", 1, run=6)

    await house.turn("anna", ask)
    (sent,) = await house.store.claim("pl", "chat", "w", lambda channel, who: True)
    await house.store.finish("pl", sent, "sent")
    await house.turn("anna", lambda unit: unit.put(words("not sent yet", button="x"), "c", 2, run=5))
    await house.turn("anna", lambda unit: unit.forget(5))
    kept = {row.run: [] for row in await house.rows("outbox")}
    for row in await house.rows("outbox"):
        kept[row.run].append((row.state, row.kept is not None, row.body is not None))
    assert kept == {5: [("sent", False, False), ("skipped", False, False)], 6: [("queued", True, True)]}


async def test_a_notice_goes_to_the_other_person_in_their_place(house: House) -> None:
    await house.turn("bartek", lambda unit: None, channel="matrix")
    bartek = house.contacts["bartek"]
    await house.turn("anna", lambda unit: unit.put(words("for bartek"), "c", 1000, contact=bartek))
    (letter,) = await house.store.claim("pl", "chat", "w", lambda channel, who: True)
    assert (letter.channel, letter.to) == ("matrix", "bartek")


async def test_an_answer_goes_where_the_person_wrote_last(house: House) -> None:
    """The same person under another address is another contact until the two are linked."""
    await house.turn("anna", lambda unit: unit.put(words("a"), "c", 0), channel="telegram")
    await house.turn("anna", lambda unit: unit.put(words("b"), "c", 1), channel="matrix")
    assert {(it.channel, it.message.text) for it in await house.store.claim("pl", "chat", "w", lambda c, w: True)} == {
        ("telegram", "a"),
        ("matrix", "b"),
    }
