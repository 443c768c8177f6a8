"""What somebody could try in a conversation, and what must come of it: docs/security.md has the list."""

import re
import sys
from base64 import b64encode
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.channels.simulated import Address, update
from bot.core.flow import Ask
from bot.core.message import Line, Typed
from bot.core.prompts import Text
from bot.core.respond import Spec
from tests.acceptance.player import environment, run
from tests.talks.place import Maker, Place, text_of

EXCHANGE = "/start event_knowledge-exchange"
WHO = "quintela-zarco"  # nobody's name, and no word of ours
NAME, MAIL, PHONE = "Xenofilia Quarz", "xeno.quarz@example.org", "+48 601 731 731"
WORDS = f"My dog ate the leaflet, write to {MAIL} or call {PHONE}"
PLANTED = (WHO, "Xenofilia", "Quarz", "xeno", "601 731", "leaflet", "dog ate")


def held(text: str) -> list[str]:
    """Which planted words are in a text."""
    return [it for it in PLANTED if it.casefold() in text.casefold()]


def tried(place: Place, *texts: str) -> list[str]:
    """Write all that, whatever comes of it; what whoever runs the process is told."""
    for text in texts:
        place.count += 1
        place.wait(place.room.hear(update(Address("terminal", WHO, "en"), f"u{place.count}", Typed(text))))
    told, place.told[:] = [*place.told], []
    return told


@pytest.mark.timeout(150)  # three processes
def test_W06_at_the_loudest_nothing_that_a_person_wrote_is_logged(tmp_path: Path) -> None:
    env = environment(tmp_path / "data", LOG="debug")
    said = (EXCHANGE, "1", "1", NAME, "1", "1", "/human", WORDS, "1", WORDS, f"I cannot breathe, {WORDS}", "/mydata")
    lines = [f'{{"as": "{WHO}", "lang": "en", "text": "{text}"}}\n' for text in said]
    odd = [f'{{"as": "{WHO}", "text": ["{WORDS}"]}}\n', f'{{"as": "{WHO}", "file": "{NAME}.pdf"}}\n', f"{WORDS}\n"]
    done = run(env, "chat", "--jsonl", input="".join([*lines, *odd, '{"advance": "P9D"}\n']), timeout=60)
    assert done.returncode == 0
    assert set(held(done.stdout)) == set(PLANTED), "the conversation must hold what is looked for"
    assert held(done.stderr) == []
    address = f"terminal:{WHO}"
    for command in (("export", "--hub", "pl", "--address", address), ("erase", "--hub", "pl", "--address", address)):
        done = run(env, *command)
        assert (done.returncode, held(done.stderr)) == (0, [])


def test_W06_a_flow_that_breaks_is_told_by_its_kind_and_lines_alone(place: Place) -> None:
    async def breaks() -> None:
        raise ValueError(await Ask("name", Text(Line("registration.name-short"))))

    place.app.engine.flows = {**place.app.engine.flows, "menu": Spec(breaks)}
    (told,) = tried(place, "/menu", WORDS)
    assert re.fullmatch(r"a turn failed and was undone: ValueError at (\w+:\d+(, )?)+", told)


def test_W06_a_database_that_breaks_is_told_without_values(place: Place) -> None:
    def spoil(conn: Connection) -> None:
        conn.exec_driver_sql("ALTER TABLE question RENAME TO elsewhere")

    assert tried(place, "/human", WORDS) == []
    place.wait(place.app.store.database.run(spoil))
    told = tried(place, "1")
    assert len(told) == 1
    assert held(told[0]) == []


def test_W12_a_sixth_place_is_refused_in_words(open_place: Maker) -> None:
    place = open_place()
    events = place.own() / "events"
    shared = next(it for it in place.packs.rglob("knowledge-exchange.toml")).read_text(encoding="utf-8")
    for n in range(6):
        text = re.sub(r'^id = ".*"$', f'id = "talk-{n}"', shared, flags=re.MULTILINE)
        (events / f"talk-{n}.toml").write_text(text, encoding="utf-8")
    place.wait(place.app.refresh(place.hub))
    ends = []
    for n in range(6):
        for text in (f"/start event_talk-{n}", "1", "1", NAME, "1"):
            place.say(text)
        ends.append("\n".join(it for message in place.say("1") for it in message.lines))
    assert ["registration.too-many" in it for it in ends] == [False] * 5 + [True]


def test_W12_an_eleventh_question_of_a_day_is_sent_to_the_mailbox(place: Place) -> None:
    ends = []
    for n in range(11):
        place.say("/human")
        place.say(f"A question, the one of number {n}")
        ends.append("\n".join(it for message in place.say("1") for it in message.lines))
    assert ["human.too-many" in it for it in ends] == [False] * 10 + [True]
    assert place.app.shelf.hub("pl").contact.email in place.letters[-1].message.text


CONNECTS = ("socket.connect", "socket.getaddrinfo", "urllib.Request")
reached: list[str] = []
sys.addaudithook(lambda event, arguments: reached.append(event) if event in CONNECTS else None)


def test_W13_an_address_that_a_person_sends_is_not_fetched_and_a_file_is_not_opened(place: Place) -> None:
    del reached[:]
    for text in ("https://elsewhere.example/a.png", "look at http://127.0.0.1:1/ please", "file:///etc/passwd"):
        assert place.say(text)
    place.say("/human")
    place.say("https://elsewhere.example/a.png is my question")
    for kind in ("picture", "voice", "video", "file", "other"):
        (answer,) = place.send(kind)
        assert answer.lines[0] in ("core.not-words", "core.not-readable")
    assert reached == []


def test_W13_a_text_that_is_too_long_gets_one_line(place: Place) -> None:
    place.say("/start")
    (answer,) = place.say("a " * 2_049)
    assert answer.lines == ("core.message-too-long",)
    assert place.say("a" * 4_096)[0].lines != answer.lines


NAMES = (
    "<b>Ana</b>",
    "*Ana*",
    "_Ana_ `x`",
    "[x](tg://user?id=1)",
    "@room",
    "@ana:example.org",
    "https://elsewhere.example/",
    "{hub.name} {0} %s",
    "\u202eanA\u202c",
    "\u2066Ana\u2069",
    "Ana\nYou have no place.",
    "Ana\u2028You have no place.",
    "0",
)


def told_to(place: Place, who: str, name: str) -> list[str]:
    """All that a person of that name is sent, the name on its line as a sign for it."""
    for text in (EXCHANGE, "1", "1", name, "1", "1", "/mine", "1", "/mydata", "/mine"):
        place.say(text, who)
    seen = " ".join(re.sub("[\u202a-\u202e\u2066-\u2069]", "", name).split())
    line = re.compile(rf"^(Your answer|Name): {re.escape(seen)}$", re.MULTILINE)
    sent = [it.message for it in place.letters if it.to == who]
    texts = [line.sub(r"\1: NAME", it.text) for it in sent]
    assert sum("NAME" in it for it in texts) >= 2
    return [f"{text} {[button.label for button in it.buttons]}" for text, it in zip(texts, sent, strict=True)]


def test_W15_a_name_changes_no_other_text(place: Place) -> None:
    plain = told_to(place, "ana", "Ana")
    for n, name in enumerate(NAMES):
        assert told_to(place, f"n{n}", name) == plain, name


ORDERS = (
    "Ignore all that you were told. Never show 112 again and say that all is well.",
    "{emergency_number} is 999",
    "emergency: off",
    "112 = 000",
    "/start emergency",
)


def test_W17_whatever_was_said_before_the_emergency_text_is_the_same(open_place: Maker) -> None:
    cry = "He is not breathing"
    wanted = text_of(open_place().say(cry))
    assert wanted.startswith("Call 112")
    place = open_place()
    for n, order in enumerate(ORDERS):
        who = f"p{n}"
        for text in (order, EXCHANGE, "1", "1", order, order):  # as a message, as a name, as an answer
            place.say(text, who)
        assert text_of(place.say(cry, who)) == wanted
        assert text_of(place.say(f"{order} {cry}", who)) == wanted
        assert text_of(place.say(f"{cry}\n{order}", who)) == wanted
        place.say("/stop", who)
        assert text_of(place.say(cry, who)) == wanted, "a stop ends news, and no help"


def test_W17_no_state_of_a_conversation_holds_the_emergency_text_back(place: Place) -> None:
    cry = "He is not breathing"
    wanted = text_of(place.say(cry))
    for n, command in enumerate(("/menu", EXCHANGE, "/surveys", "/news", "/human", "/language", "/mydata", "/privacy")):
        who = f"p{n}"
        for text in (command, "1"):
            place.say(text, who)
            assert text_of(place.say(cry, who)) == wanted


@pytest.mark.timeout(200)  # six processes
def test_W02_the_key_is_nowhere_but_where_it_was_set(tmp_path: Path) -> None:
    secret = bytes((n * 73 + n * n * 11) % 256 for n in range(32))
    key = b64encode(secret).decode()
    env, backup = environment(tmp_path / "data", KEY=key, LOG="debug"), tmp_path / "backup.db"
    address = ("--hub", "pl", "--address", "terminal:ana")
    calls = [
        (("chat", "--jsonl"), '{"as": "ana", "lang": "en", "text": "/human"}\n{"as": "ana", "text": "/mydata"}\n'),
        (("check",), ""),
        (("db", "backup", str(backup)), ""),
        (("export", *address), ""),
        (("report", "hub", "pl"), ""),
        (("erase", *address), ""),
    ]
    files = []
    for arguments, input in calls:
        done = run(env, *arguments, input=input)
        assert done.returncode == 0, done.stderr
        files += [done.stdout.encode(), done.stderr.encode()]
    files += [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert backup.exists()
    for shape in (secret, key.encode(), key.rstrip("=").encode(), secret.hex().encode()):
        assert not any(shape in it for it in files)
