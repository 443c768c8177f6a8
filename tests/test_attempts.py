"""What a process had in hand when it died is known to the next one, once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from bot.attempts import Attempt, Attempts, left_by_dead
from tests.acceptance.player import ROOT

OTHER = """
import sys, pathlib
from bot.attempts import Attempts
it = Attempts.begin(pathlib.Path(sys.argv[1]), "other")
with it.hold("pl", "chat", "done"):
    pass
with it.hold("pl", "chat", "u1"), it.hold("pt", "chat", "u2"):
    with it.hold("pl", "chat", "done, too"):
        pass
    print("ready", flush=True)
    sys.stdin.read()
"""
HELD = [Attempt("pl", "chat", "u1"), Attempt("pt", "chat", "u2")]


def everybody(owner: str) -> bool:
    return True


def test_what_a_dead_process_had_in_hand_is_told_once(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
    assert left_by_dead(tmp_path, lambda owner: owner != "other") == []
    assert left_by_dead(tmp_path, everybody) == HELD
    assert left_by_dead(tmp_path, everybody) == []
    assert list(tmp_path.iterdir()) == []


def test_who_goes_in_order_leaves_nothing(tmp_path: Path) -> None:
    it = Attempts.begin(tmp_path, "me")
    with it.hold("pl", "chat", "u1"):
        pass
    it.end()
    assert list(tmp_path.iterdir()) == []


def test_a_torn_or_strange_file_says_nothing(tmp_path: Path) -> None:
    for n, notes in enumerate((b"", b"[", b'["pl", "chat"]', b"\xff" * 2000, b'["pl","chat","u1"]')):
        (tmp_path / f".o{n}.hand").write_bytes(notes)
    assert left_by_dead(tmp_path, everybody) == [Attempt("pl", "chat", "u1")]


def test_a_name_that_is_too_long_is_not_noted(tmp_path: Path) -> None:
    it = Attempts.begin(tmp_path, "me")
    with it.hold("pl", "chat", "u" * 2000):
        assert left_by_dead(tmp_path, everybody) == []
