"""Kills a piece of work at each of its steps, in turn, and looks at what that leaves.

Each try is a fork of a process without threads, so that a hundred of them take seconds.
"""

import asyncio
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

FILES = ("open", "sqlite3.connect", "os.rename", "os.remove", "os.chmod", "os.link", "os.truncate", "shutil.copyfile")
Work = Coroutine[Any, Any, object] | None  # to be run, or done already


@dataclass
class Life:
    """So many steps, then SIGKILL."""

    left: int

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def ends_by_files(self, folder: Path) -> None:
        """Count as a step whatever Python tells of a file in this folder."""

        def hook(event: str, args: tuple[object, ...]) -> None:
            if event in FILES and any(str(folder) in str(it) for it in args):
                self.step()

        sys.addaudithook(hook)


@dataclass
class Mortal:
    """A database whose process dies before or after one of its transactions."""

    inner: Any
    life: Life

    async def run(self, work: Any) -> Any:
        return await self._between(self.inner.run(work))

    async def tidy(self) -> None:
        await self._between(self.inner.tidy())

    async def _between(self, work: Awaitable[Any]) -> Any:
        self.life.step()
        done = await work
        self.life.step()
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def at_each_step(begin: Callable[[], object], work: Callable[[Life], Work], look: Callable[[bool], Work]) -> int:
    """How many steps `work` has. Before each try `begin` runs; after it, in a process of its own, `look(killed)`."""
    for number in count(1):
        begin()
        killed = forked(partial(work, Life(number))) == -signal.SIGKILL
        if (ended := forked(partial(look, killed))) != 0:
            raise AssertionError(f"step {number}: ended with {ended}")
        if not killed:
            return number - 1
    raise AssertionError("unreachable")


def forked(work: Callable[[], Work]) -> int:
    """Run it in a fork; how that ended."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 1
    try:
        if (made := work()) is not None:
            asyncio.run(made)
        code = 0
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


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
