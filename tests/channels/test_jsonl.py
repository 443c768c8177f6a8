"""The lines that machines write and read."""

import json
from datetime import timedelta

import pytest

from bot.channels import jsonl
from bot.channels.jsonl import Advance, MalformedError, Said
from bot.channels.simulated import Address, parts, update
from bot.core.message import Edited, Sent, Start, Typed
from bot.core.ports import Outgoing, Press, Reply, ShownButton


def read(**line: object) -> Said | Advance:
    return jsonl.read(json.dumps(line).encode())


def test_each_kind_of_line() -> None:
    assert read(**{"as": "ana", "text": "hi"}) == Said("ana", None, None, "", Typed("hi"))
    assert read(text="hi", update="u1") == Said("", None, None, "u1", Typed("hi"))
    assert read(**{"as": "ana", "tap": 2, "message": 17}) == Said("ana", None, None, "", Press(2, "17"))
    assert read(**{"as": "ana", "tap": "Yes"}) == Said("ana", None, None, "", Press("Yes"))
    assert read(**{"as": "ana", "text": "2", "reply_to": 17}) == Said("ana", None, None, "", Reply("2", "17"))
    assert read(**{"as": "ana", "edit": "b", "message": "u1"}) == Said("ana", None, None, "", Edited("said u1", "b"))
    assert read(**{"as": "ana", "file": "/tmp/a.png"}) == Said("ana", None, None, "", Sent("picture"))
    assert read(**{"as": "ana", "channel": "telegram", "lang": "uk"}) == Said("ana", "telegram", "uk", "", None)
    assert read(advance="P3DT2H") == Advance(timedelta(days=3, hours=2))


@pytest.mark.parametrize("tag", ["pl", "fi", "pt-BR", "pt_BR", "zh-hans-raw", "sr-Latn-RS", "ckb", "iw", ""])
def test_an_app_may_be_in_any_language(tag: str) -> None:
    assert read(**{"as": "ana", "lang": tag}) == Said("ana", None, tag.replace("_", "-"), "", None)


@pytest.mark.parametrize("name", ["anna", "Zażółć gęślą", "анна", "安娜", "@anna:example.org", "👩", "a" * 64])
def test_a_name_is_as_it_is_given(name: str) -> None:
    assert read(**{"as": name, "text": "a"}) == Said(name, None, None, "", Typed("a"))


def test_the_part_of_a_long_message_stands_for_the_whole() -> None:
    assert read(**{"as": "ana", "tap": 1, "message": "17.1"}) == Said("ana", None, None, "", Press(1, "17"))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"hello",
        b"[]",
        b"null",
        b"1",
        b'{"as": "ana"}',
        b'{"as": "", "text": "a"}',
        b'{"as": 1, "text": "a"}',
        b'{"text": null}',
        b'{"text": "a", "tap": 1}',
        b'{"text": "a", "colour": "red"}',
        b'{"tap": true}',
        b'{"tap": 1.5}',
        b'{"tap": []}',
        b'{"tap": ""}',
        b'{"tap": 1, "message": {}}',
        b'{"edit": "a"}',
        b'{"text": "a", "message": 1}',
        b'{"tap": 1, "reply_to": 1}',
        b'{"text": "a", "channel": "irc"}',
        b'{"text": "a", "channel": ["telegram"]}',
        b'{"lang": 5}',
        b'{"as": "ana", "lang": "xx"}',
        b'{"as": "ana", "lang": "english"}',
        b'{"as": "ana", "lang": "p"}',
        b'{"as": "ana", "lang": "pl-"}',
        b'{"as": "ana", "lang": "pl\\u0000"}',
        '{"as": "ana", "lang": "пл"}'.encode(),
        b'{"as": "ana", "lang": "' + b"pl-" * 30 + b'pl"}',
        b'{"as": "  ", "text": "a"}',
        b'{"as": "an\\u0000a", "text": "a"}',
        b'{"as": "an\\u001ba", "text": "a"}',
        b'{"as": "an\\u202ea", "text": "a"}',
        b'{"as": "an\\ud800a", "text": "a"}',
        b'{"as": "an\\na", "text": "a"}',
        b'{"advance": "tomorrow"}',
        b'{"advance": "P"}',
        b'{"advance": "PT"}',
        b'{"advance": "P0D"}',
        b'{"advance": "-P1D"}',
        b'{"advance": "P1M"}',
        b'{"advance": "P99999999999999999999D"}',
        b'{"advance": "P200000W"}',
        b'{"advance": 3}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"as": "' + b"a" * 65 + b'", "text": "a"}',
    ],
)
def test_a_malformed_line_says_what_is_wrong(line: bytes) -> None:
    with pytest.raises(MalformedError) as wrong:
        jsonl.read(line)
    assert str(wrong.value)
    assert str(wrong.value).isprintable()
    assert set(json.loads(jsonl.error(str(wrong.value)))) == {"error"}


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("P1D", timedelta(days=1)),
        ("+P3D", timedelta(days=3)),
        ("P2W", timedelta(weeks=2)),
        ("P1W2DT3H4M5.5S", timedelta(weeks=1, days=2, hours=3, minutes=4, seconds=5.5)),
        ("PT90M", timedelta(minutes=90)),
    ],
)
def test_durations(text: str, length: timedelta) -> None:
    assert jsonl.duration(text) == length


def test_what_no_network_carries_is_gone_before_anything_sees_it() -> None:
    assert jsonl.read(b'{"text": "a\\ud800\\u0000b"}') == Said("", None, None, "", Typed("a\ufffdb"))


def message(text: str, *labels: str, numbered: bool = True) -> Outgoing:
    buttons = tuple(ShownButton(f"c{n}", label, Start("menu")) for n, label in enumerate(labels))
    return Outgoing(text, "en", ("a.line",), buttons, numbered=numbered)


def test_matrix_and_terminal_have_their_choices_in_the_text_and_telegram_on_buttons() -> None:
    asked = message("Which?", "Yes", "No")
    assert [part.text for part in parts(3, asked, "matrix")] == ["Which?\n\n1. Yes\n2. No"]
    assert [part.text for part in parts(3, asked, "terminal")] == ["Which?\n\n1. Yes\n2. No"]
    assert [part.text for part in parts(3, asked, "telegram")] == ["Which?"]


def test_a_number_that_may_be_the_answer_picks_no_choice() -> None:
    assert parts(3, message("How old?", "Skip", numbered=False), "matrix")[0].text == "How old?\n\n[Skip]"


def test_the_numbers_of_a_scale_stand_in_one_row() -> None:
    scale = message("How much?", *map(str, range(11)), "Skip", "Ask a person", numbered=False)
    listed = "[0] [1] [2] [3] [4] [5] [6] [7] [8] [9] [10]\n[Skip]\n[Ask a person]"
    for channel in ("terminal", "matrix"):
        assert parts(3, scale, channel)[0].text == f"How much?\n\n{listed}"
    assert parts(3, scale, "telegram")[0].text == "How much?"


def test_a_label_too_long_for_a_phone_stands_in_the_text_of_telegram_too() -> None:
    long = "A label that is longer than thirty characters"
    assert parts(3, message("Which?", long, "No"), "telegram")[0].text == f"Which?\n\n1. {long}\n2. No"


def test_a_long_text_is_several_messages_with_the_buttons_under_the_last() -> None:
    sent = parts(3, message("One sentence. " * 500, "Yes"), "telegram")
    assert [part.id for part in sent] == ["3.1", 3]
    assert [len(part.buttons) for part in sent] == [0, 1]
    assert len(parts(3, message("One sentence. " * 500, "Yes"), "terminal")) == 1


def test_a_written_line_has_every_key() -> None:
    (part,) = parts(3, message("a\x1b\u202eb", "Yes\x07"), "telegram")
    line = json.loads(jsonl.written("ana", "telegram", "en", part, []))
    assert line == {
        "to": "ana",
        "channel": "telegram",
        "id": 3,
        "text": "ab",
        "lines": ["a.line"],
        "choices": [{"id": "c0", "label": "Yes"}],
        "lang": "en",
        "edits": None,
        "attachments": [],
    }


def test_update_ids_are_of_one_address_and_name_nobody() -> None:
    ana, other = Address("telegram", "ana"), Address("matrix", "ana")
    one = update(ana, "u1", Typed("a"))
    assert one == update(ana, "u1", Typed("a"))
    assert one.id != update(other, "u1", Typed("a")).id
    assert "ana" not in one.id
    edited = update(ana, "u2", Edited("u1", "b"))
    assert edited.act == Edited(one.id, "b")
