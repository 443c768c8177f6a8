"""`hubbot chat --jsonl` as a process: the protocol, its clock, and what survives a kill."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.player import WAIT, Json, Jsonl, environment, run


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path / "data")


@pytest.fixture
def chat(env: dict[str, str]) -> Iterator[Jsonl]:
    talk = Jsonl(env, ("--hub", "pl"))
    yield talk
    talk.close()


def texts(came: list[Json]) -> list[str]:
    return [it["text"] for it in came]


def test_a_message_has_all_that_a_machine_needs(chat: Jsonl) -> None:
    (hello,) = chat.say({"as": "ana", "channel": "telegram", "lang": "en-GB", "text": "/start"})
    assert list(hello) == ["to", "channel", "id", "text", "lines", "choices", "lang", "edits", "attachments"]
    assert (hello["to"], hello["channel"], hello["lang"], hello["edits"]) == ("ana", "telegram", "en", None)
    assert hello["choices"]
    assert all(set(choice) == {"id", "label"} for choice in hello["choices"])


def test_a_press_by_place_by_id_and_by_label_is_the_same(chat: Jsonl) -> None:
    (hello,) = chat.say({"as": "ana", "lang": "en", "text": "/menu"})
    first = hello["choices"][0]
    answers = [chat.say({"as": "ana", "tap": tap, "message": hello["id"]}) for tap in (1, first["id"], first["label"])]
    assert answers[0]
    assert texts(answers[0]) == texts(answers[1]) == texts(answers[2])
    assert chat.say({"as": "ana", "tap": 99, "message": hello["id"]})


def test_a_redelivery_says_nothing_and_is_of_one_address(chat: Jsonl) -> None:
    line = {"as": "ana", "text": "/help", "update": "u1"}
    assert chat.say(line)
    assert chat.say(line) == []
    chat.kill()
    assert chat.say(line) == []
    assert chat.say(line | {"as": "bob"})
    assert chat.say(line | {"channel": "matrix"})


def test_a_name_stays_on_its_network_through_a_kill(chat: Jsonl) -> None:
    assert chat.say({"as": "ana", "channel": "matrix", "lang": "uk"}) == []
    chat.kill()
    (hello,) = chat.say({"as": "ana", "text": "/start"})
    assert (hello["channel"], hello["lang"]) == ("matrix", "uk")
    (back,) = chat.say({"as": "ana", "channel": "terminal", "text": "/start"})
    assert back["channel"] == "terminal"


def test_a_line_that_was_half_written_is_passed_over(chat: Jsonl, tmp_path: Path) -> None:
    chat.say({"as": "ana", "channel": "matrix", "lang": "uk"})
    chat.kill()
    path = tmp_path / "data" / "processes" / ".names"
    mark = path.read_text().split(" ")[0]
    path.write_bytes(path.read_bytes() + f"{mark} telegram 7\n".encode() + b"\xff\xfe\n" + f"{mark} teleg".encode())
    (hello,) = chat.say({"as": "ana", "text": "/start"})
    assert (hello["channel"], hello["lang"]) == ("matrix", "uk")


def test_ids_never_repeat(chat: Jsonl) -> None:
    seen = []
    for _ in range(3):
        seen += [it["id"] for it in chat.say({"as": "ana", "text": "/help"})]
        chat.kill()
    assert len(set(seen)) == len(seen) == 3


def test_a_malformed_line_is_told_and_the_next_one_is_heard(chat: Jsonl) -> None:
    for bad in (b"hello", b"[]", b'{"as": "ana"}', b"\xff\xff", b'{"advance": "P1M"}', b"[" * 10_000):
        (wrong,) = chat.raw(bad)
        assert list(wrong) == ["error"]
    assert chat.say({"as": "ana", "text": "/help"})


def test_a_name_or_a_language_that_is_none_does_nothing(chat: Jsonl) -> None:
    for bad in (b'{"as": "an\\u0000a", "text": "/stop"}', b'{"as": "ana", "lang": "xx", "text": "/stop"}'):
        (wrong,) = chat.raw(bad)
        assert list(wrong) == ["error"]
    (first,) = chat.say({"as": "ana", "lang": "fi", "text": "/start"})
    assert first["lang"] == "pl"
    assert "welcome.hello" in first["lines"]


def test_a_blank_line_is_answered_by_its_idle(chat: Jsonl) -> None:
    assert chat.raw(b"  ") == chat.raw(b"") == []
    assert chat.say({"as": "ana", "text": "/help"})


def test_an_edit_finds_its_message_by_the_name_of_its_update(chat: Jsonl) -> None:
    chat.say({"as": "ana", "lang": "en", "text": "/start event_cancer-mission-fair", "update": "u0"})
    chat.say({"as": "ana", "text": "1", "update": "u1"})
    (late,) = chat.say({"as": "ana", "edit": "2", "message": "u0"})
    assert late["lines"]


def test_what_is_no_text_is_answered_in_words(chat: Jsonl) -> None:
    assert len(chat.say({"as": "ana", "file": "/nowhere/photo.jpg"})) == 1
    assert len(chat.say({"as": "ana", "text": ""})) <= 1
    assert len(chat.say({"as": "ana", "text": "a\x00\ud800\x1b[2J\u202e" * 10})) == 1
    assert len(chat.say({"as": "ana", "text": "x" * 100_000})) == 1
    assert len(chat.say({"as": "ana", "edit": "b", "message": "never sent"})) == 1


def test_what_is_owed_is_printed_at_the_start(env: dict[str, str]) -> None:
    """A process that dies after its commit and before its message leaves it to the next."""
    talk = Jsonl(env, ())
    talk.say({"as": "ana", "text": "/help"})
    assert talk.process.stdin
    talk.process.stdin.write(b'{"as": "ana", "text": "/help", "update": "owed"}\n')
    talk.kill()  # before, inside or after the turn: it does not matter which
    came = talk.say({"as": "ana", "text": "/help", "update": "owed"})
    assert len(came) == 1
    talk.close()


def test_a_process_leaves_to_others_those_whom_they_serve(env: dict[str, str]) -> None:
    one, two = Jsonl(env, ()), Jsonl(env, ())
    assert [it["to"] for it in one.say({"as": "ana", "text": "/help"})] == ["ana"]
    assert [it["to"] for it in two.say({"as": "bob", "text": "/help"})] == ["bob"]
    assert [it["to"] for it in two.say({"as": "ana", "text": "/help"})] == ["ana"]
    one.close()
    two.close()


def test_nothing_in_the_data_directory_names_anybody(env: dict[str, str], tmp_path: Path) -> None:
    talk = Jsonl(env, ())
    talk.say(
        {"as": "quintela-zarco", "channel": "telegram", "text": "my planted xq7 sentence", "update": "upd-planted"}
    )
    for path in (tmp_path / "data").rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            for word in (b"quintela", b"planted", b"xq7"):
                assert word not in held, path
    talk.close()


def test_the_end_of_the_input_is_the_end(env: dict[str, str]) -> None:
    done = run(env, "chat", "--jsonl", input='{"as": "ana", "text": "/help"}', timeout=WAIT)
    assert done.returncode == 0
    assert done.stdout.endswith('{"idle": true}\n')
