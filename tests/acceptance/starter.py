"""Starts `python -m bot` hundreds of times: each is a process of its own, forked from one that has imported everything.

One rule: only the imports are shared, which take most of a start. What a program does when it runs (settings, database,
catalogues, models), each process does for itself. How long a real start takes is looked at where that is the question.
"""

import io
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from multiprocessing.reduction import DupFd
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

_fork = multiprocessing.get_context("forkserver")
_fork.set_forkserver_preload([
    "bot.cli.chat", "bot.engine", "bot.knowledge.library", "bot.channels.simulated", "locales.voice", "locales.detect",
    "locales.unpacked", "langdetect.detector_factory", "storage.sqlite", "storage.postgres",
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Started:
    """A process that was started, with our ends of its two pipes."""

    process: ForkServerProcess
    stdin: io.FileIO
    stdout: io.FileIO

    @property
    def pid(self) -> int:
        assert self.process.pid
        return self.process.pid

    def wait(self, seconds: float) -> int:
        """The exit code; AssertionError where it has not ended by then."""
        self.process.join(seconds)
        assert self.process.exitcode is not None, "it did not end in time"
        return self.process.exitcode

    def kill(self) -> None:
        """SIGKILL, and its end; nothing where it has ended."""
        self.process.kill()
        self.wait(20)
        self.stdin.close()
        self.stdout.close()


def call(
    arguments: Sequence[str], env: Mapping[str, str], folder: Path, given: bytes, seconds: float
) -> subprocess.CompletedProcess[str]:
    """`python -m bot ARGUMENTS` to its end, with these words as its standard input. subprocess.TimeoutExpired."""
    with TemporaryFile() as read, TemporaryFile() as out, TemporaryFile() as err:
        read.write(given)
        read.seek(0)
        process = _forked((read.fileno(), out.fileno(), err.fileno()), "bot", arguments, env, folder)
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired([*arguments], seconds)
        for it in (out, err):
            it.seek(0)
        return subprocess.CompletedProcess([*arguments], process.exitcode, out.read().decode(), err.read().decode())


def start(module: str, arguments: Sequence[str], env: Mapping[str, str], folder: Path) -> Started:
    """`python -m MODULE ARGUMENTS` in a folder, with this environment and no other; standard error is that of the tests."""
    theirs_in, ours_in = os.pipe()
    ours_out, theirs_out = os.pipe()
    process = _forked((theirs_in, theirs_out), module, arguments, env, folder)
    os.close(theirs_in)
    os.close(theirs_out)
    return Started(process, io.FileIO(ours_in, "wb"), io.FileIO(ours_out, "rb"))


def _forked(
    files: Sequence[int], module: str, arguments: Sequence[str], env: Mapping[str, str], folder: Path
) -> ForkServerProcess:
    handed = [_Handed(it) for it in files]
    args = (handed, module, [*arguments], {**env}, str(folder))
    process = _fork.Process(target=_run, args=args, daemon=True)  # it ends with the tests, however they end
    process.start()
    return process


class _Handed:
    """A file's number in another process."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __reduce__(self) -> Any:
        return _handed, (DupFd(self.number),)


def _handed(given: Any) -> int:
    return int(given.detach())


def _run(handed: Sequence[int], module: str, arguments: list[str], env: dict[str, str], folder: str) -> None:
    """`handed`: standard input and output, and standard error where it is not that of the tests."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    for place, file in enumerate(handed):
        os.dup2(file, place)
        os.close(file)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), "utf-8")
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "wb", closefd=False)), "utf-8")
    sys.stderr = io.TextIOWrapper(io.BufferedWriter(io.FileIO(2, "wb", closefd=False)), "utf-8", write_through=True)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
