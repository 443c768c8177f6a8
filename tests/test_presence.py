"""Who lives on a data directory, and whom each process serves."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from bot.presence import Presence, living
from tests.acceptance.player import ROOT

OTHER = """
import sys, pathlib
from bot.presence import Presence
it = Presence.begin(pathlib.Path(sys.argv[1]))
it.serve("terminal", "ana")
print(it.owner, flush=True)
sys.stdin.read()
"""


def other(data: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", OTHER, str(data)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_who_heard_last_serves_and_a_dead_process_serves_nobody(tmp_path: Path) -> None:
    with other(tmp_path) as process:
        assert process.stdout
        owner = process.stdout.readline().strip()
        me = Presence.begin(tmp_path)
        assert not me.admits()("terminal", "ana")
        assert me.admits()("telegram", "ana")
        assert not me.dead(owner)
        me.serve("terminal", "ana")
        assert me.admits()("terminal", "ana")
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
    assert me.dead(owner)
    assert me.of_others() == {}
    assert not (tmp_path / "processes" / owner).exists()
    me.end()
    assert [path.name for path in (tmp_path / "processes").iterdir()] == [".salt"]


def test_a_process_of_another_place_is_not_known_to_be_dead(tmp_path: Path) -> None:
    me, far = Presence.begin(tmp_path / "here"), Presence.begin(tmp_path / "there")
    far.end()
    assert not me.dead(far.owner)
    assert not me.dead(me.owner)
    assert not me.dead("")
    me.end()


def test_nobody_is_named_in_a_lock_file(tmp_path: Path) -> None:
    me = Presence.begin(tmp_path)
    me.serve("telegram", "quintela")
    for path in (tmp_path / "processes").iterdir():
        assert b"quintela" not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0
    me.end()


def test_a_name_that_is_no_file_is_no_living_process(tmp_path: Path) -> None:
    assert not living(tmp_path / "nobody")
