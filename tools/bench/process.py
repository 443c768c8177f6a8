"""A process of its own: how much of the processor it takes to the prompt (bar 1 s), and how much memory (bar 200 MB)."""

import json
import os
import pty
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from tools.bench.meter import Figure
from tools.bench.place import ROOT, SIGN_UP
from tools.bench.search import QUESTIONS

CHAT = (sys.executable, "-m", "bot", "chat")
DEADLINE = 60  # seconds; a chat that takes longer to its prompt has failed


def _to_prompt(data: str) -> float:
    """Seconds of the processor from nothing to the prompt, as a person in a terminal waits for it."""
    signal.alarm(DEADLINE)
    pid, screen = pty.fork()
    if pid == 0:
        os.environ["HUBBOT_DATA_DIR"] = data
        os.chdir(ROOT)
        os.execv(CHAT[0], CHAT)  # noqa: S606
    seen = b""
    while not seen.endswith(b"> "):
        seen += os.read(screen, 4_096)
    os.kill(pid, signal.SIGKILL)
    _, _, usage = os.wait4(pid, 0)
    os.close(screen)
    signal.alarm(0)
    return usage.ru_utime + usage.ru_stime


def _memory(data: str) -> float:
    """The most megabytes that a chat ever held which was asked, searched and signed up to."""
    said = [{"as": "ana", "lang": "en", "text": it} for it in (*SIGN_UP, *QUESTIONS)]
    process = subprocess.Popen(  # noqa: S603  # our own program
        (*CHAT, "--jsonl"),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
        env=os.environ | {"HUBBOT_DATA_DIR": data},
    )
    assert process.stdin
    process.stdin.write("".join(json.dumps(it) + "\n" for it in said).encode())
    process.stdin.close()
    _, _, usage = os.wait4(process.pid, 0)
    return usage.ru_maxrss * 1024 / 1e6


def measure() -> Iterator[Figure]:
    """The very first start, which makes database, key and caches, then the median of five more."""
    with tempfile.TemporaryDirectory(prefix="hubbot-bench-") as data:
        yield Figure("the very first start to the prompt", _to_prompt(data), "s", 2)
        yield Figure("start to the prompt", sorted(_to_prompt(data) for _ in range(5))[2], "s", 1)
        yield Figure("memory after a sign-up and some searches", _memory(data), "MB", 200)
