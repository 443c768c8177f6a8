"""What a hub's staff call: check, ask, detect, form, hub new."""

import json
import shutil
from pathlib import Path

import pytest

from tests.acceptance.player import ROOT
from tests.cli.conftest import Call


@pytest.fixture
def hubs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "hubs"
    shutil.copytree(ROOT / "hubs", folder)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    monkeypatch.setenv("HUBBOT_HUBS", str(folder))
    return folder


def test_the_sample_hubs_are_right(call: Call) -> None:
    done = call("check")
    assert (done.code, done.err) == (0, "")
    assert "2 hubs: 0 errors" in done.out
    assert "hubs/pl/hub.toml:1: languages: pl, uk: the bot's own lines were translated by a machine" in done.out


def test_a_check_names_file_line_and_key(call: Call, hubs: Path) -> None:
    path = hubs / "pl" / "hub.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("Europe/Warsaw", "Europe/Nowhere"), encoding="utf-8")
    done = call("check")
    assert done.code == 1
    assert any("hubs/pl/hub.toml:" in line and "timezone" in line for line in done.out.splitlines())
    assert "2 hubs: 1 error, " in done.out


def test_a_broken_pack_is_one_line_to_a_chat(call: Call, hubs: Path) -> None:
    (hubs / "pl" / "hub.toml").write_text("id = [", encoding="utf-8")
    done = call("chat", input="/help\n")
    assert (done.code, done.out) == (2, "")
    assert "hub.toml:1" in done.err
    assert done.err.count("\n") == 1
    assert call("chat", "--hub", "pt", input="/help\n").code == 0


TOKEN = "123456789:" + "A" * 35


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"HUBBOT_PL_TELEGRAM_TOKEN={TOKEN}", ""),
        (f"HUBBOT_XX_TELEGRAM_TOKEN={TOKEN}", ".env:2: looks like a secret, and no hub.toml names it"),
        (f"# the old one: {TOKEN}", ".env:2: looks like a secret, and no hub.toml names it"),
        (f"HUBBOT_TELEGRAM_API=https://api.example/bot{TOKEN}", "settings: HUBBOT_TELEGRAM_API looks like a secret"),
    ],
)
def test_W01_a_secret_in_env_stands_under_its_own_name_or_the_check_fails(
    line: str, told: str, call: Call, tmp_path: Path
) -> None:
    env = tmp_path / ".env"
    env.write_text(f"HUBBOT_LOG=error\n{line}\n")
    env.chmod(0o600)
    done = call("check")
    found = [it for it in done.out.splitlines() if "looks like a secret" in it]
    assert (done.code, len(found)) == ((1, 1) if told else (0, 0)), done
    assert all(told in it for it in found)
    assert TOKEN not in done.out + done.err


def test_a_database_that_cannot_be_opened_is_a_finding(call: Call, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "hubbot.sqlite3").write_bytes(b"no database" * 1000)
    done = call("check")
    assert done.code == 1
    assert done.out.startswith("settings: ")


def test_a_check_looks_at_settings_and_packs_together(call: Call, hubs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = hubs / "pl" / "hub.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("sample = true", "sample = false"), encoding="utf-8")
    monkeypatch.setenv("HUBBOT_PL_MATRIX_USER", "@hub:example.org")
    done = call("check")
    assert "settings: HUBBOT_KEY is not set" in done.out
    assert "HUBBOT_PL_MATRIX_PASSWORD is not set" in done.out
    assert "@hub:example.org" not in done.out


def test_ask_answers_each_line(call: Call) -> None:
    lines = [{"id": "a", "lang": "en", "text": "From what age is breast screening?"}, {"id": 2, "text": "xyzzy"}]
    done = call("ask", "--hub", "pl", "--jsonl", input="\n".join(map(json.dumps, lines)) + "\nnot JSON\n")
    found = [json.loads(line) for line in done.out.splitlines()]
    assert (done.code, len(found)) == (0, 3)
    assert list(found[0]) == ["id", "route", "article", "score", "top"]
    assert [it["id"] for it in found[:2]] == ["a", 2]
    assert found[0]["route"] in ("answer", "suggest")
    assert found[1]["route"] == "unknown"
    assert "error" in found[2]


def test_ask_takes_a_folder(call: Call, hubs: Path) -> None:
    moved = hubs.parent / "elsewhere"
    shutil.copytree(hubs / "pt", moved)
    line = json.dumps({"id": 1, "text": "A partir de que idade é a mamografia?"})
    assert call("ask", "--hub", str(moved), "--jsonl", input=line).code == 0


def test_detect_answers_each_line(call: Call) -> None:
    lines = [
        {"id": 1, "text": "Від якого віку роблять мамографію?", "hint": "pl"},
        {"id": 2, "text": "ok", "hint": "en"},
        {"id": 3, "text": "From what age is screening free for women?", "hint": None},
    ]
    done = call("detect", "--hub", "pl", "--jsonl", input="\n".join(map(json.dumps, lines)))
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [it["lang"] for it in found] == ["uk", "en", "en"]
    assert all(list(it) == ["id", "lang", "confidence"] for it in found)
    wrong = call("detect", "--hub", "pl", "--jsonl", input=b"[]\n\xff\n" + json.dumps(lines[0]).encode())
    assert (wrong.code, [list(json.loads(line)) for line in wrong.out.splitlines()]) == (
        0,
        [["id", "error"], ["id", "error"], ["id", "lang", "confidence"]],
    )


def test_a_form_is_checked_and_tried(call: Call, tmp_path: Path) -> None:
    form = next((ROOT / "tests" / "hubs" / "pl" / "forms").glob("*.csv"))
    assert call("form", "check", str(form)).code == 0
    one, two = (call("form", "try", str(form), "--seed", "7", "--json") for _ in range(2))
    assert one.code == two.code == 0
    assert json.loads(one.out) == json.loads(two.out)
    assert json.loads(one.out)["status"] == "complete"
    bad = tmp_path / "bad.csv"
    bad.write_text('"survey",,,\n,"type","name","label"\n,"select_one nowhere","a","A?"\n', encoding="utf-8")
    assert call("form", "check", str(bad)).code == 1
    assert call("form", "try", str(bad)).code == 1


def test_a_form_is_one_file(call: Call, tmp_path: Path) -> None:
    one = tmp_path / "one.csv"
    one.write_text('"survey",,,\n,"type","name","label"\n,"text","a","A?"\n', encoding="utf-8")
    assert "accepted: 1 question, no languages named" in call("form", "check", str(one)).out
    for command in ("check", "try"):
        done = call("form", command, str(tmp_path))
        assert (done.code, done.out) == (2, "")
        assert (
            done.err == f"hubbot: {tmp_path}: a folder: name one form in it, a file that ends in .xlsx, .xls or .csv\n"
        )
        assert call("form", command, "/dev/null").err == "hubbot: /dev/null: not a file\n"


def test_a_new_hub_is_made_checked_and_talked_to(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = call("hub", "new", str(tmp_path / "packs" / "xx"))
    assert made.code == 0
    assert call("hub", "new", str(tmp_path / "packs" / "xx")).code == 2
    monkeypatch.setenv("HUBBOT_HUBS", str(tmp_path / "packs"))
    assert call("check").out
    done = call("chat", "--hub", "xx", input="/help\n")
    assert done.code in (0, 2)
    assert "Traceback" not in done.err
