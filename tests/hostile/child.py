"""Does one hostile thing after another in a process that may have 500 MB, and tells how each ended: one line of JSON each.

in:  {"do": "call", "arguments": [...], "env": {...}, "folder": DIR}   a command
     {"do": "pack", "folder": DIR}                                     every problem of the packs in a folder
     {"do": "catalogue", "folder": DIR}                                every problem of the catalogues in a folder
out: {"code", "out", "err", "seconds"}, and last {"megabytes"}
"""

import io
import json
import os
import resource
import signal
import sys
import time
from contextlib import redirect_stderr, redirect_stdout, suppress
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

from bot.channels.parts import harmless
from bot.cli import main
from bot.forms.xlsform import check as read_form
from bot.packs.check import check
from locales.catalogue import Catalogues

MOST = 500 * 2**20  # bytes
LONGEST = 20.0  # seconds by the clock on the wall: long enough for a busy machine, and for a pipe that is waited for
DAY = date(2026, 12, 1)


def done(job: dict[str, Any]) -> int:
    match job["do"]:
        case "call":
            os.chdir(job["folder"])
            with mock.patch.dict(os.environ, job["env"]):
                return main(job["arguments"])
        case "pack":
            found = check(Path(job["folder"]), DAY)
            print(*(harmless(str(it)) for it in found if "no reader of spreadsheets" not in it.text), sep="\n")
            return int(any(not it.warning for it in found))
        case _:
            wrong = Catalogues.load(Path(job["folder"])).problems
            print(*(f"{it.path}:{it.line}: {it.text}" for it in wrong), sep="\n")
            return int(bool(wrong))


def told(job: dict[str, Any]) -> dict[str, object]:
    out, err, began = io.StringIO(), io.StringIO(), time.process_time()
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = done(job)
        except Exception as fault:  # whatever it is, the next file is looked at too
            code = -1
            print(f"failed inside: {fault!r}", file=sys.stderr)
    signal.setitimer(signal.ITIMER_REAL, 0)
    seconds = time.process_time() - began
    return {"code": code, "out": out.getvalue(), "err": err.getvalue(), "seconds": seconds}


def most() -> float:
    """The most memory that this program had, in MB. Linux counts in getrusage what it was forked from, too."""
    with suppress(FileNotFoundError, StopIteration):
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(it.split()[1]) for it in lines if it.startswith("VmHWM:")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def late(*_: object) -> None:
    raise TimeoutError("it waits for ever")


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, late)
    for name in [it for it in os.environ if it.startswith("HUBBOT_")]:
        del os.environ[name]
    read_form(Path(os.devnull))  # what is imported only once is no cost of a file
    resource.setrlimit(resource.RLIMIT_DATA, (MOST, MOST))
    for line in sys.stdin:
        print(json.dumps(told(json.loads(line))), flush=True)
    print(json.dumps({"megabytes": most()}))
