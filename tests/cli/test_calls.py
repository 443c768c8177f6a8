"""Called wrongly: one line, exit code 2, nothing changed."""

import subprocess
import tomllib
from pathlib import Path

import pytest

from bot.cli import main, parser
from tests.acceptance.player import HUBBOT, ROOT, environment, run
from tests.cli.conftest import Call

WRONG = [
    (),
    ("talk",),
    ("chat", "--speed", "9"),
    ("chat", "extra"),
    ("chat", "--hub"),
    ("chat", "--hub", "nowhere"),
    ("chat", "--hub", "../pl"),
    ("chat", "--hub", ""),
    ("chat", "--lang", "xx"),
    ("chat", "--lang", "de"),
    ("chat", "--lang", ""),
    ("chat", "--jsonl", "--lang", "\x1b"),
    ("chat", "--as", ""),
    ("chat", "--as", " "),
    ("chat", "--as", "an\x1bna"),
    ("chat", "--as", "an\udcffna"),
    ("chat", "--as", "a" * 65),
    ("chat", "--now", "yesterday"),
    ("chat", "--now", "2026-13-01T00:00"),
    ("chat", "--coordinator", "--hub", "pt", "--now", "x"),
    ("run", "now"),
    ("check", "--hub"),
    ("ask",),
    ("ask", "--jsonl", "--hub", "nowhere"),
    ("detect", "--jsonl", "--hub", "/nowhere"),
    ("form",),
    ("form", "look"),
    ("form", "check"),
    ("form", "check", "/nowhere.xlsx"),
    ("form", "try", "/nowhere.xlsx"),
    ("form", "try", "a.xlsx", "--seed", "x"),
    ("report",),
    ("report", "event"),
    ("report", "people", "x"),
    ("report", "campaign", "x", "--json"),
    ("form", "check", ""),
    ("ask", "--jsonl", "--hub", ""),
    ("hub", "new"),
    ("hub", "new", ""),
    ("report", "event", " "),
    ("chat", "--now", ""),
    ("db",),
    ("db", "clock", "3 days"),
    ("db", "clock", "--", "-P1D"),
    ("db", "backup"),
    ("export",),
    ("export", "--address", "nobody"),
    ("erase", "--address", ""),
    ("chat", "--ja\x1b[2Jbad"),
]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_a_wrong_call_is_one_line(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUBBOT_DATA_DIR", str(tmp_path / "data"))
    assert main(arguments) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("hubbot")
    assert err.count("\n") == 1
    assert err[:-1].isprintable()
    assert "Traceback" not in err


def test_a_language_that_the_hub_has_not_is_told_with_those_it_has(call: Call) -> None:
    done = call("chat", "--hub", "pt", "--lang", "uk")
    assert (done.code, done.err) == (2, "hubbot: --lang: not a language of hub pt; there are: pt, en\n")
    done = call("chat", "--hub", "pt", "--lang", "en-US", input="/help\n")
    assert (done.code, done.err) == (0, "")
    assert "You can" in done.out


def test_a_wrong_call_leaves_the_clock_alone(call: Call) -> None:
    """--jsonl lets the clock of a new database be moved: not where nobody talked, because the call was wrong."""
    assert call("chat", "--jsonl", "--hub", "nowhere").code == 2
    assert call("chat", input="/help\n").code == 0
    assert call("db", "clock", "+P1D").code == 2


def test_a_wrong_setting_is_one_line(tmp_path: Path) -> None:
    for name, value in (("KEY", "aGVsbG8="), ("DATABASE_URL", "mysql://x"), ("PACING", "fast"), ("LOG", "loud")):
        done = run(environment(tmp_path / "data", **{name: value}), "chat", input="/help\n")
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.startswith(f"hubbot: HUBBOT_{name}")
        assert done.stderr.count("\n") == 1


def test_it_says_which_release_it_is(call: Call) -> None:
    done = call("--version")
    assert (done.code, done.err) == (0, "")
    released = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert done.out == f"hubbot {released}\n"


def test_help_is_pleasant(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    top = capsys.readouterr().out
    for name in ("chat", "run", "health", "check", "ask", "detect", "form", "report", "hub", "db", "export", "erase"):
        assert f"\n    {name} " in top
        assert main([name, "--help"]) == 0
        assert capsys.readouterr().out.startswith(f"usage: hubbot {name}")


def test_hubbot_is_python_m_bot() -> None:
    script = ROOT / ".venv" / "bin" / "hubbot"
    assert "from bot.cli import main" in script.read_text()
    done = subprocess.run([*HUBBOT, "--help"], cwd=ROOT, capture_output=True, timeout=30, check=True)
    assert done.stdout == parser().format_help().encode()


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    env = environment(tmp_path / "data") | {"PYTHONPATH": str(ROOT)}
    command = f"yes /help | head -50 | {' '.join(HUBBOT)} chat | head -c 10"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} >/dev/null; echo ${{PIPESTATUS[2]}}"],
        cwd=ROOT / "tests", env=env, capture_output=True, timeout=40, check=False,
    )  # fmt: skip
    assert done.stderr == b""


def shell(tmp_path: Path, command: str, **env: str) -> "subprocess.CompletedProcess[str]":
    """`hubbot` and what stands around it, in a shell."""
    line = command.replace("hubbot", " ".join(HUBBOT), 1)
    return subprocess.run(
        ["bash", "-c", line], cwd=ROOT / "tests", timeout=40, check=False, capture_output=True, encoding="utf-8",
        env=environment(tmp_path / "data") | {"PYTHONPATH": str(ROOT)} | env,
    )  # fmt: skip


def test_a_stream_that_is_closed_or_full_is_no_crash(tmp_path: Path) -> None:
    form = "tests/hubs/pl/forms/kap.csv"
    for command, code, err in (
        (f"hubbot form check {ROOT / form} >&-", 0, ""),
        (f"hubbot form check {ROOT / form} | head -c 1", 0, ""),
        ("hubbot chat <&- >&-", 0, ""),
        ("hubbot ask --jsonl <&-", 0, ""),
        ("hubbot chat --hub nowhere 2>&-", 2, ""),
        (f"hubbot form check {ROOT / form} >/dev/full", 2, "hubbot: No space left on device\n"),
    ):
        done = shell(tmp_path, command)
        assert (done.returncode, done.stderr) == (code, err), command


def test_every_letter_can_be_printed_where_only_ascii_is_known(tmp_path: Path) -> None:
    done = shell(tmp_path, "hubbot chat <<<'/language'", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Українська" in done.stdout


def test_a_fault_of_ours_is_one_line_without_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(given: object) -> int:
        raise KeyError("somebody's words")

    monkeypatch.setattr("bot.cli.content.check", broken)
    assert main(["check"]) == 2
    err = capsys.readouterr().err
    assert "KeyError at " in err
    assert "test_calls.py:" in err
    assert "somebody" not in err
    assert err.count("\n") == 1
