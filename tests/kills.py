"""Kills a piece of work at each of its steps, in turn, and looks at what that leaves.

A step is what Python tells of a file: opened, renamed, removed, a database connected to, a flush. Each try is a fork of a
process without threads, so that a hundred of them take seconds.
"""

import asyncio
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count
from pathlib import Path

STEPS = ("open", "sqlite3.connect", "os.rename", "os.remove", "os.chmod", "os.link", "os.truncate", "shutil.copyfile")
Work = Callable[[], Awaitable[object]]


def at_each_step(
    folder: Path, begin: Callable[[], object], work: Work, look: Callable[[bool], Awaitable[object]]
) -> int:
    """How many steps of `work` touch something in `folder`. Before each try `begin` runs; after it, in a process of its
    own, `look(killed)`."""
    for number in count(1):
        begin()
        killed = _forked(work, folder, number) == -signal.SIGKILL
        if (ended := _forked(partial(look, killed))) != 0:
            raise AssertionError(f"step {number}: ended with {ended}")
        if not killed:
            return number - 1
    raise AssertionError("unreachable")


def _forked(work: Work, folder: Path | None = None, step: int = 0) -> int:
    """Run it in a fork, killed at a step; how it ended."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 1
    try:
        if folder is not None:
            sys.addaudithook(_killer(str(folder), step))
        asyncio.run(work())  # type: ignore[arg-type]
        code = 0
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _killer(folder: str, step: int) -> Callable[[str, tuple[object, ...]], None]:
    left = step

    def hook(event: str, args: tuple[object, ...]) -> None:
        nonlocal left
        if event in STEPS and any(folder in str(it) for it in args):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return hook


def steps(test: str, *arguments: str, timeout: float = 110) -> int:
    """Call MODULE:FUNCTION with arguments in a process of its own, where it may fork; the number that it gives."""
    module, _, name = test.partition(":")
    code = f"import sys; from {module} import {name}; print('steps', {name}(*sys.argv[1:]))"
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=root, timeout=timeout, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout.rpartition("steps ")[2])
