"""One run: a table of medians, each with its bar and the part of it that it takes. More than 1.00 is over the bar."""

import gc
import importlib
import sys

from bot.cli import GARBAGE
from tools.bench.meter import Figure, machine

PARTS = ("core", "turn", "phases", "line", "search", "sealing", "process", "many")


def main(wanted: list[str]) -> int:
    """All parts, or those that are named. 0 also where a bar is missed: a figure on a busy machine is no verdict."""
    if unknown := [it for it in wanted if it not in PARTS]:
        sys.stderr.write(f"bench: no {unknown[0]}; there are: {', '.join(PARTS)}\n")
        return 2
    gc.set_threshold(*GARBAGE)  # as the command line does
    sys.stdout.write(f"{'':<44} {'median':>9}     {'bar':>8} {'of it':>7}\n")
    told(Figure("this machine now: JSON of 1,000 objects", machine() * 1e3, "ms"))
    for part in wanted or PARTS:
        for figure in importlib.import_module(f"tools.bench.{part}").measure():
            told(figure)
    return 0


def told(figure: Figure) -> None:
    """Print a line at once: a run takes a minute."""
    sys.stdout.write(figure.line() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
