"""Reports, a person's data, the schema and the clock, from the command line."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call

NOW = "2026-12-01T09:00:00+01:00"


def talk(call: Call, *lines: dict[str, Any], hub: str = "pl") -> list[dict[str, Any]]:
    said = "\n".join(json.dumps({"as": "ana", "channel": "telegram", "lang": "en"} | line) for line in lines)
    done = call("chat", "--jsonl", "--hub", hub, "--now", NOW, input=said)
    assert (done.code, [line for line in done.err.splitlines() if "never goes back" not in line]) == (0, [])
    return [json.loads(line) for line in done.out.splitlines()]


def test_a_hub_report_has_its_keys(call: Call) -> None:
    talk(call, {"text": "/help"})
    done = call("report", "hub", "pl", "--json")
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    wanted = {
        "answered",
        "suggested",
        "unknown",
        "open_questions",
        "closed_questions",
        "emergency",
        "crisis",
        "contacts",
    }
    assert wanted | {"subscriptions"} <= found.keys()
    assert found["contacts"] == 1
    assert "contacts: 1\n" in call("report", "hub", "pl").out


def test_an_event_report_finds_its_hub(call: Call) -> None:
    talk(call, {"text": "/help"})
    alone = call("report", "event", "cancer-mission-fair", "--json")
    named = call("report", "event", "cancer-mission-fair", "--hub", "pl", "--json")
    assert alone.code == named.code == 0
    assert alone.out == named.out
    found = json.loads(alone.out)
    assert found["id"] == "cancer-mission-fair"
    assert found["confirmed"] == found["held"] == found["waitlisted"] == 0


def test_a_form_report_has_its_keys(call: Call) -> None:
    talk(call, {"text": "/help"})
    found = json.loads(call("report", "form", "citizen-needs", "--json").out)
    assert {"id", "mode", "invited", "started", "sent", "drafts", "results"} <= found.keys()
    assert found["results"] is None


def test_what_is_not_there_is_told(call: Call) -> None:
    assert "no database" in call("report", "hub", "pl").err
    talk(call, {"text": "/help"})
    for arguments in (("event", "nowhere"), ("form", "nowhere", "--hub", "pl"), ("hub", "nowhere"), ("hub", "pt")):
        done = call("report", *arguments)
        assert (done.code, done.out) == (2, "")
        assert done.err.count("\n") == 1
    assert "campaigns" in call("report", "campaign", "x").err


def test_without_a_hub_nothing_is_done(call: Call) -> None:
    talk(call, {"text": "/help"})
    for command in ("export", "erase"):
        done = call(command, "--address", "telegram:ana")
        assert (done.code, done.out) == (2, "pl\n")
        assert "say --hub" in done.err
        nobody = call(command, "--address", "telegram:somebody")
        assert (nobody.code, nobody.out) == (2, "")
    assert json.loads(call("report", "hub", "pl", "--json").out)["contacts"] == 1


def test_an_export_holds_what_is_stored_and_an_erasure_ends_it(call: Call) -> None:
    talk(call, {"text": "/help"})
    found = json.loads(call("export", "--address", "telegram:ana", "--hub", "pl").out)
    assert found["contact"]["lang"] == "en"
    assert found["address"][0]["sealed"] == "ana"
    done = call("erase", "--address", "telegram:ana", "--hub", "pl")
    assert done.code == 0
    assert done.out.startswith("E-")
    assert json.loads(call("report", "hub", "pl", "--json").out)["contacts"] == 0
    for command in ("export", "erase"):
        again = call(command, "--address", "telegram:ana", "--hub", "pl")
        assert (again.code, again.out) == (1, "")


def test_somebody_elses_address_changes_nothing(call: Call) -> None:
    talk(call, {"text": "/help"})
    assert call("erase", "--address", "telegram:other", "--hub", "pl").code == 1
    assert call("erase", "--address", "telegram:ana", "--hub", "pt").code == 1
    assert json.loads(call("report", "hub", "pl", "--json").out)["contacts"] == 1


def test_the_schema_is_made_and_is_as_it_was_made(call: Call, tmp_path: Path) -> None:
    one = call("db", "upgrade")
    assert (one.code, one.err) == (0, "")
    assert (tmp_path / "data" / "hubbot.sqlite3").stat().st_mode & 0o077 == 0
    assert call("db", "upgrade").out == one.out
    assert talk(call, {"text": "/help"})


def test_the_clock_moves_by_the_command(call: Call) -> None:
    talk(call, {"text": "/help"})
    assert call("db", "clock", "+P3D").out.startswith("2026-12-04T08:00:")
    assert call("db", "clock", "+PT30M").out.startswith("2026-12-04T08:30:")


def test_the_clock_of_real_people_does_not(call: Call) -> None:
    assert call("chat", input="/help\n").code == 0
    for arguments in (("db", "clock", "+P1D"), ("chat", "--now", "2030-01-01T00:00+00:00")):
        done = call(*arguments)
        assert (done.code, done.out) == (2, "")
        assert "clock" in done.err
        assert done.err.count("\n") == 1
    moved = call("chat", "--jsonl", input='{"advance": "P1D"}\n{"as": "ana", "text": "/help"}\n')
    assert moved.code == 2
    assert [*json.loads(moved.out.splitlines()[0])] == ["error"]


def test_a_trial_in_which_nobody_talked_makes_no_trial_of_real_people(call: Call) -> None:
    assert call("chat", "--jsonl", "--now", NOW, input="").code == 0
    assert call("chat", input="/help\n").code == 0
    assert call("db", "clock", "+P1D").code == 2
    assert call("chat", "--jsonl", "--now", "2099-01-01T00:00Z", input="").code == 2


def test_a_move_that_is_refused_makes_no_database(call: Call, tmp_path: Path) -> None:
    done = call("db", "clock", "+P1D")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert not (tmp_path / "data").exists()


def test_a_test_clock_may_be_allowed_by_a_setting(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBBOT_CLOCK", "test")
    assert call("chat", input="/help\n").code == 0
    assert call("db", "clock", "+P1D").code == 0


def test_a_clock_may_begin_in_the_past_and_never_goes_back(call: Call) -> None:
    said = '{"as": "ana", "text": "/help"}\n'
    assert call("chat", "--jsonl", "--now", "2020-02-29T12:00+00:00", input=said).code == 0
    assert call("db", "clock", "+P1D").out.startswith("2020-03-01T12:00:")
    back = call("chat", "--jsonl", "--now", "2020-02-29T12:00+00:00", input=said)
    assert (back.code, back.err.count("never goes back")) == (0, 1)
    assert call("db", "clock", "+P1D").out.startswith("2020-03-02T12:00:")


def test_a_pause_is_told_at_the_start_and_ends_by_a_command(call: Call, tmp_path: Path) -> None:
    talk(call, {"text": "/help"})
    talk(call, {"text": "/help"}, hub="pt")
    assert call("db", "resume").out == "nothing is paused\n"
    with sqlite3.connect(tmp_path / "data" / "hubbot.sqlite3") as raw:
        raw.execute("insert into meta (hub_id, name, number) select hub_id, 'paused', 1 from hub")
    told = call("chat", "--jsonl", input='{"as": "ana", "text": "/help"}\n')
    assert told.err.count("hub pl is paused since a restore") == told.err.count("\n") == 1
    assert '"to"' in told.out
    done = call("db", "resume", "--hub", "pt")
    assert (done.code, done.out) == (0, "hub pt speaks by itself again\n")
    assert call("db", "resume", "--hub", "nowhere").code == 2
    assert call("db", "resume").out == "hub pl speaks by itself again\n"
