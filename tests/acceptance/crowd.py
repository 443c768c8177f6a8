"""Many people in as many processes want the few places of one event, all at the same moment, on one database.

One rule: whoever comes too late waits; nobody is lost, nobody is told sorry, and no place is given twice.
"""

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.acceptance.kills import HUB, NOW, packs, server
from tests.acceptance.player import HUBBOT, ROOT, environment, run

LONGEST = 60.0  # seconds until everybody knows, fifty people at once on two cores
LINES = "/start event_wanted\n1\n1\nSomebody\n1\n1\n/mine\n"


def played(
    folder: Path, database: str = "", *, people: int = 50, seats: int = 10, longest: float = LONGEST
) -> "tuple[str, list[str]]":
    """Let them come. What was counted, in one line, and what went wrong: nothing, it is hoped."""
    more = {"DATABASE_URL": database} if database else {}
    env = environment(folder / "data", packs(folder / "hubs", seats), **more)
    first = run(env, "chat", "--hub", HUB, "--lang", "en", "--now", NOW, input="/menu\n")
    wrong = [] if first.returncode == 0 else [f"the first start ended with {first.returncode}: {first.stderr}"]
    began = time.monotonic()
    crowd = [
        subprocess.Popen(
            [*HUBBOT, "chat", "--hub", HUB, "--lang", "en", "--as", f"p{n}"],
            cwd=ROOT / "tests", env={**env, "PYTHONPATH": str(ROOT)}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for n in range(people)
    ]  # fmt: skip
    for it in crowd:
        assert it.stdin
        it.stdin.write(LINES)
        it.stdin.close()
        it.stdin = None
    told = [it.communicate(timeout=4 * LONGEST) for it in crowd]
    took = time.monotonic() - began
    for it, (out, err) in zip(crowd, told, strict=True):
        if it.returncode or err or not re.search(r"You are signed up|You are on the waiting list", out):
            wrong.append(f"a process ended with {it.returncode}: {err or out[-500:]}")
    report = json.loads(run(env, "report", "event", "wanted", "--hub", HUB, "--json").stdout)
    wanted = {"confirmed": min(seats, people), "waitlisted": max(0, people - seats), "held": 0, "offered": 0}
    wrong += [f"{key}: {report[key]}, not {n}" for key, n in wanted.items() if report[key] != n]
    wrong += _places([out for out, _ in told], wanted["waitlisted"])
    return f"{people} people for {seats} places: {report['confirmed']} confirmed, {report['waitlisted']} waiting", [
        *wrong,
        *([f"it took {took:.0f} s"] if took > longest else []),
    ]


def _places(told: Sequence[str], waiting: int) -> list[str]:
    """Each place in the line was told to one person, from 1 on."""
    found = [re.findall(r"waiting list, at number (\d+)", out) for out in told]
    places = sorted(int(it[-1]) for it in found if it)
    return [] if places == [*range(1, waiting + 1)] else [f"places in the line that were told: {places}"]


def main() -> int:
    """Fifty people for ten places, on each kind of database. Exit 1 where anything went wrong."""
    failed = False
    for name in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="hubbot-crowd-") as folder, server(name) as url:
            line, wrong = played(Path(folder), url)
        sys.stdout.write("\n  ".join((f"{name}: {line}", *wrong)) + "\n")
        failed = failed or bool(wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
