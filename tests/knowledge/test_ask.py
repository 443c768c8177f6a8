"""`hubbot ask --jsonl`, line by line."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from bot.knowledge.ask import ask_lines
from bot.knowledge.library import Library
from tests.knowledge.conftest import TODAY


def ask(library: Library, *lines: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ask_lines(library, lines, TODAY)]


def test_a_line_in_a_line_out(pl: Library) -> None:
    (answer,) = ask(pl, '{"id": "1", "lang": "en", "text": "what is the european code against cancer"}\n')
    assert (answer["id"], answer["route"], answer["article"]) == ("1", "answer", "code")
    assert answer["top"][0] == "code"
    assert len(answer["top"]) == 3
    assert 0.5 <= answer["score"] <= 1


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("Which dose of tamoxifen should I take?", "no_diagnosis"), ("chest pain", "emergency"), ("i want to die", "crisis"),
        ("i found a lump in my breast", "red_flag"), ("who won the match yesterday", "unknown"), ("hello, thanks", "unknown"),
    ],
)  # fmt: skip
def test_the_best_article_stands_on_every_route(text: str, route: str, pl: Library) -> None:
    (answer,) = ask(pl, json.dumps({"id": 7, "lang": "en", "text": text}))
    assert answer["route"] == route
    assert answer["article"] == answer["top"][0]


def test_words_that_nothing_knows_have_no_article(pl: Library) -> None:
    (answer,) = ask(pl, '{"id": 1, "text": "qqq", "lang": "pl"}')
    assert answer == {"id": 1, "route": "unknown", "article": None, "score": 0.0, "top": []}


def test_without_a_language_it_is_the_hubs_own(libraries: Mapping[str, Library]) -> None:
    text = "o que é o código europeu contra o cancro"
    with_it, without = ask(libraries["pt"], json.dumps({"text": text, "lang": "pt"}), json.dumps({"text": text}))
    assert with_it == without
    assert without["article"] == "code"


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("nonsense", {"id": None, "error": "not JSON"}),
        ("[" * 100_000, {"id": None, "error": "not JSON"}),
        ("[1]", {"id": None, "error": "not an object"}),
        ('{"id": "x"}', {"id": "x", "error": "no text"}),
        ('{"id": "x", "text": 5}', {"id": "x", "error": "no text"}),
        ('{"id": "x", "text": "a", "lang": 5}', {"id": "x", "error": "lang is no text"}),
    ],
)
def test_a_bad_line_says_what_is_wrong_and_the_next_is_answered(line: str, answer: object, pl: Library) -> None:
    bad, good = ask(pl, line, "", '{"id": 2, "text": "hello"}')
    assert bad == answer
    assert good["id"] == 2


def test_half_a_character_in_an_id_can_be_printed(pl: Library) -> None:
    (line,) = ask_lines(pl, ['{"id": "\\ud800", "text": "\\ud800 what"}'], TODAY)
    assert line.isascii()
