"""Trials of forms: to the end, in time, the same again, and true when each step is done over."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.form.evaluate import EvaluationError
from bot.core.form.model import Form
from bot.core.form.state import Plan, State, Why
from bot.forms.commands import check, try_
from bot.forms.patterns import match
from bot.forms.sample import sample
from bot.forms.trial import language_of, try_form
from bot.forms.xlsform import check as read
from tests.forms.sheets import book, form

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SAMPLES = sorted((Path(__file__).parents[2] / "hubs/_network/forms").glob("*.xlsx"))
LANGUAGES = ("en", "pl", "pt", "uk")


def replay(made: Form, told: dict[str, Any], lang: str) -> None:
    """Does every step of a trial over, each time from the answers alone, and compares what it said with what is so."""
    plan, answers = Plan(made), dict[str, str]()
    for step in told["steps"]:
        it = State(plan, NOW, told["seed"], match, answers, lang)
        cell = it.cell(step["path"])
        assert cell is not None
        assert cell.relevant
        assert it.label(cell) in step["text"]
        assert it.hint(cell) in step["text"]
        if step["kind"] == "note":
            assert step["value"] is None
            assert it.shows(cell)
            continue
        assert it.asks(cell)
        assert step.get("choices", []) == [option.name for option in it.options(cell)]
        for refused in step["rejected"]:
            assert it.violation(cell, refused["value"]) is Why(refused["why"])
        assert it.violation(cell, step["value"]) is None
        answers[step["path"]] = step["value"]
    it = State(plan, NOW, told["seed"], match, answers, lang)
    assert it.next() is None
    assert told["values"] == {path: {"value": text, "relevant": yes} for path, (text, yes) in it.values().items()}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_two_hundred_seeds_end(path: Path) -> None:
    made = read(path).form
    assert made is not None
    whys, asked = set[str](), set[str]()
    for seed in range(200):
        lang = LANGUAGES[seed % 4]
        told = try_form(made, seed, lang, NOW)
        assert told["status"] == "complete"
        assert told["reason"] is None
        assert told["lang"] == made.languages[seed % 4].name
        if seed < 60:
            replay(made, told, lang)
        for step in told["steps"]:
            asked.add(step["path"].replace("[2]", "[1]").replace("[3]", "[1]"))
            whys |= {refused["why"] for refused in step.get("rejected", [])}
    assert whys == {"type", "required", "constraint"}
    templates = {it.path for it in made.fields if it.kind.value != "hidden"}
    assert {path.replace("[1]", "") for path in asked} == templates  # every branch was gone down


def test_the_layout(tmp_path: Path) -> None:
    made = form(
        tmp_path,
        [
            {"type": "note", "name": "hello", "label": "Hello", "hint": None, "required": None, "constraint": None},
            {
                "type": "integer",
                "name": "age",
                "label": "Age?",
                "hint": "In years",
                "required": "yes",
                "constraint": ". > 17",
            },
            {"type": "select_one yn", "name": "ok", "label": "OK?", "required": "yes"},
            {"type": "calculate", "name": "twice", "calculation": "${age} * 2"},
        ],
    )
    told = try_form(made, 3, "", NOW)
    assert [*told] == ["format", "status", "reason", "form", "lang", "seed", "now", "steps", "values"]
    assert told["format"] == 1
    assert told["form"] == {"title": made.title, "languages": []}
    assert told["lang"] is None
    assert told["now"] == "2026-11-24T09:00:00.000+00:00"
    hello, age, ok = told["steps"]
    assert hello == {"kind": "note", "path": "/data/hello", "text": "Hello", "value": None}
    assert [*age] == ["kind", "path", "type", "text", "rejected", "value"]
    assert age["type"] == "integer"
    assert age["text"] == "Age?\nIn years"
    assert {"value": "", "why": "required"} in age["rejected"]
    assert {"value": "abc", "why": "type"} in age["rejected"]
    assert any(refused["why"] == "constraint" for refused in age["rejected"])
    assert int(age["value"]) > 17
    assert ok["text"] == "OK?\n1. Yes\n2. No"
    assert (ok["choices"], ok["ordered"]) == (["yes", "no"], True)
    assert told["values"]["/data/twice"] == {"value": str(int(age["value"]) * 2), "relevant": True}


def test_it_says_where_it_is_stuck(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {
            "type": "select_one yn",
            "name": "q",
            "label": "Q?",
            "required": "yes",
            "choice_filter": "selected(${q}, name)",
        }
    ]
    path = book(tmp_path / "form.xlsx", rows)
    assert check(path) == 0
    assert try_(path, 1, "", NOW, as_json=True) == 1
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["status"] == "stuck"
    assert told["reason"].startswith("stuck at /data/q:")
    assert try_(path, 1, "", NOW) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("stuck: stuck at /data/q:")


def test_it_walks_around_stop_signs(tmp_path: Path) -> None:
    rows = [
        {"type": "select_one yn", "name": "agree", "label": "Agree?", "required": "yes", "relevant": None},
        {"type": "note", "name": "stop", "label": "Then not.", "relevant": "${agree} = 'no'", "required": "yes"},
    ]
    made = form(tmp_path, rows)
    assert {try_form(made, seed, "", NOW)["status"] for seed in range(30)} == {"complete"}
    never = form(tmp_path, [*rows[:1], {**rows[1], "relevant": None}])
    told = try_form(never, 1, "", NOW)
    assert told["reason"] == "stuck at /data/stop: a required note without a value forbids to go on"


def test_heads_of_tables_are_read_with_the_next_question(tmp_path: Path) -> None:
    made = form(
        tmp_path,
        [
            {"type": "select_one yn", "name": "head", "label": "How was it?", "appearance": "label"},
            {
                "type": "select_one yn",
                "name": "food",
                "label": "The food",
                "appearance": "list-nolabel",
                "required": "yes",
            },
        ],
    )
    (step,) = try_form(made, 1, "", NOW)["steps"]
    assert step["path"] == "/data/food"
    assert step["text"] == "How was it?\nThe food\n1. Yes\n2. No"


def test_every_type_has_a_value_that_fits(tmp_path: Path) -> None:
    types = "text integer decimal date time dateTime range acknowledge barcode geopoint geotrace geoshape image audio video file"
    kinds = [*types.split(), "select_one yn", "select_multiple yn", "rank yn", "select_one yn or_other"]
    rows: list[dict[str, object]] = [
        {"type": kind, "name": f"q{n}", "label": "Q?", "required": "yes"} for n, kind in enumerate(kinds)
    ]
    rows += [{"type": "begin repeat", "name": "r", "label": "R"}, {"type": "text", "name": "t", "label": "T?"}]
    rows += [{"type": "end repeat"}]
    made = form(tmp_path, rows)
    counts = set[int]()
    for seed in range(30):
        told = try_form(made, seed, "", NOW)
        assert told["status"] == "complete", told["reason"]
        counts.add(sum(step["path"].startswith("/data/r[") for step in told["steps"]))
    assert counts == {1, 2, 3}


def test_constraints_that_need_a_thought_are_met(tmp_path: Path) -> None:
    rules = {
        "text": "regex(., '^[A-Z]{2}[0-9]{6}$') and string-length(.) = 8",
        "integer": ". mod 7 = 0 and . > 1000",
        "date": ". > '2020-01-01' and . <= today()",
        "decimal": ". > 36.5 and . < 42",
        "select_multiple yn": "count-selected(.) = 2",
    }
    rows = [
        {"type": kind, "name": f"q{n}", "label": "Q?", "required": "yes", "constraint": rule}
        for n, (kind, rule) in enumerate(rules.items())
    ]
    rows.append({"type": "date", "name": "till", "label": "Q?", "required": "yes", "constraint": ". >= ${q2} + 30"})
    made = form(tmp_path, rows)
    for seed in range(20):
        told = try_form(made, seed, "", NOW)
        assert told["status"] == "complete", told["reason"]


def test_five_hundred_questions_take_less_than_five_seconds(tmp_path: Path) -> None:
    rows = [
        {
            "type": "select_one yn",
            "name": f"q{n}",
            "label": "Q?",
            "relevant": f"${{q{n - n % 10}}} != 'no'" if n % 10 else "",
        }
        for n in range(500)
    ]
    path = book(tmp_path / "form.xlsx", rows)
    begun = time.process_time()
    assert try_(path, 1, "", NOW, as_json=True) == 0
    assert time.process_time() - begun < 5


def test_the_same_again(capsys: pytest.CaptureFixture[str]) -> None:
    outputs = []
    for seed, lang in ((7, "pl"), (7, "Polski (pl)"), (8, "pl")):
        assert try_(SAMPLES[2], seed, lang, NOW, as_json=True) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1] != outputs[2]
    assert try_(SAMPLES[0], 1, "", as_json=True) == 0  # with the hour's clock
    assert try_(SAMPLES[0], 1, "xx") == 2
    assert "has no language xx" in capsys.readouterr().out


def test_languages_are_named_as_people_name_them() -> None:
    made = read(SAMPLES[0]).form
    assert made is not None
    assert language_of(made, "PL") == language_of(made, "polski (pl)") == "pl"
    assert language_of(made, "") == "en"
    assert language_of(made, "de") is None


def test_a_refused_form_is_not_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = book(tmp_path / "form.xlsx", [{"type": "select_one x", "name": "q", "label": "Q?"}])
    assert try_(path, 1, "") == 1
    assert check(path) == 1
    assert capsys.readouterr().out.count("there is no list of choices named x") == 2


PATTERNS = [
    "^[0-9]{9}$",
    "[^@ ]+@[^@ ]+[.][A-Za-z]{2,}",
    r"^(a|b)+\d?$",
    r"^\+?\d{2,3}-\w+$",
    r"^[\w-\.]{3}$",
    r"^\p{L}+$",
    "^x{2,}$",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_samples_of_patterns_match(pattern: str) -> None:
    random = Random(1)
    assert sum(match(pattern, sample(pattern, random)) for _ in range(50)) >= 40


@given(st.text(alphabet="()[]{}|?*+\\^$.,-a1:=!<>pP", max_size=40), st.integers(0, 99))
def test_any_pattern_can_be_sampled(pattern: str, seed: int) -> None:
    assert sample(pattern, Random(seed)) == sample(pattern, Random(seed))


def test_W21_an_expression_that_looks_without_end_ends_in_time(tmp_path: Path) -> None:
    items = "instance('l')/root/item"
    nested = f"count({items}[count({items}[count({items}) > 1]) > 1]) > 0"
    first = {"type": "select_one l", "name": "a", "label": "A?"}
    second = {"type": "text", "name": "b", "label": "B?", "relevant": nested}
    choices = [{"list_name": "l", "name": f"n{n}", "label": f"N {n}"} for n in range(1_500)]
    made = form(tmp_path, [first, second], choices)
    start = time.process_time()
    with pytest.raises(EvaluationError):
        State(Plan(made), datetime(2026, 12, 1, tzinfo=UTC), 7, match).values()
    assert time.process_time() - start < 5
