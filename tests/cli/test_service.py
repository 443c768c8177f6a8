"""`hubbot run` and `hubbot health`, as processes."""

import signal
import sqlite3
import subprocess
import time
from pathlib import Path

from tests.acceptance.player import HUBBOT, ROOT, WAIT, environment, run


def test_a_service_says_that_a_hub_is_paused_and_so_does_health(tmp_path: Path) -> None:
    env = environment(tmp_path / "data", CLOCK="test")
    assert run(env, "chat", input="/help\n").returncode == 0
    with sqlite3.connect(tmp_path / "data" / "hubbot.sqlite3") as raw:
        raw.execute("insert into meta (hub_id, name, number) select hub_id, 'paused', 1 from hub")
    service = subprocess.Popen(
        [*HUBBOT, "run"], cwd=ROOT / "tests", env=env | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True
    )
    assert service.stderr
    try:
        service.stderr.readline()
        assert "hub pl is paused since a restore" in service.stderr.readline()
        deadline = time.monotonic() + WAIT
        while not (health := run(env, "health")).stdout and time.monotonic() < deadline:
            pass
        assert (health.returncode, "hub pl is paused" in health.stdout) == (0, True)
        assert run(env, "db", "resume").returncode == 0
        while (health := run(env, "health")).stdout and time.monotonic() < deadline:
            pass
        assert (health.returncode, health.stdout) == (0, "")
    finally:
        service.kill()
        service.wait(WAIT)
        service.stderr.close()


def test_a_service_says_what_it_does_lives_and_stops_when_told(tmp_path: Path) -> None:
    env = environment(tmp_path / "data", CLOCK="test")
    assert run(env, "health").returncode == 1
    command = [*HUBBOT, "run"]
    service = subprocess.Popen(
        command, cwd=ROOT / "tests", env=env | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True
    )
    assert service.stderr
    try:
        assert "only what falls due" in service.stderr.readline()
        deadline = time.monotonic() + WAIT
        while (health := run(env, "health")).returncode and time.monotonic() < deadline:
            pass
        assert health.returncode == 0
        assert run(env, "db", "clock", "+P1D").returncode == 0
        service.send_signal(signal.SIGTERM)
        assert service.wait(WAIT) == 0
    finally:
        service.kill()
        service.stderr.close()
    gone = run(env, "health")
    assert gone.returncode == 1
    assert gone.stderr.count("\n") == 1
