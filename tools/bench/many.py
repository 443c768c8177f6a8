"""The same turns among 10^3, 10^5 and 10^6 people, and a backup of all of them while some talk.

Bars: a turn among a million costs at most 1.5 times what it costs among a thousand; the backup takes at most 30 s, and no
turn waits longer than 500 ms for it. On SQLite: PostgreSQL's backup reads one snapshot and holds up nobody.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from random import Random
from sqlite3 import connect
from statistics import median
from typing import Any

from tools.bench.meter import Figure, machine
from tools.bench.place import PLAIN, ROOT, SIGN_UP, Place, opened

SIZES = (1_000, 100_000, 1_000_000)
PEOPLE = 40  # who sign up at each size
TABLES = ("contact", "address", "session", "inbox", "outbox")
TENTH = ("session", "inbox", "outbox")  # one in ten has talked lately: retention ends the rest
FAR = 10_000_000  # from here on their messages are numbered: those of the people who talk come before
AT_ONCE = 20_000  # rows of one commit: the writer of the turns is to get in between
DEADLINE = 300  # seconds


def measure() -> Iterator[Figure]:
    """A database of some 500 MB, in a folder of its own, which goes with it."""
    with opened() as place:
        place.sign_up("first")
        first, times, there = 0.0, 0.0, 1
        for size in SIZES:
            _fill(place.file, there, size)
            there = size
            before = machine()
            cost = _cost(place, f"n{size}-")
            yield Figure(f"SQLite: a turn among {size:,} people", cost * 1e3, "ms")
            # Minutes lie between the sizes, in which a machine may change its pace.
            times = 2 * cost / (before + machine())
            first = first or times
        yield Figure("... as often as among 1,000", times / first, "", 1.5)
        took, slowest = _backup(place)
        yield Figure("a backup of a million people who talk on", took, "s", 30)
        yield Figure("the longest that a turn took meanwhile", slowest * 1e3, "ms", 500)


def _cost(place: Place, name: str) -> float:
    """Seconds of the processor for a turn of a sign-up, the median; see tools.bench.turn."""
    costs = list[float]()
    for n in range(PEOPLE):
        costs += [took for step, took in enumerate(place.sign_up(f"{name}{n}")) if step in PLAIN]
    return median(costs)


def _fill(file: Path, there: int, wanted: int) -> None:
    """Copy the first person's rows under other names until so many people are there. They cannot be read, only counted and
    searched: nobody talks to them."""
    with closing(connect(file, timeout=DEADLINE)) as database:
        for table in TABLES:
            columns, row = _first(database, table)
            every = 10 if table in TENTH else 1
            rows = (_copy(table, columns, row, n) for n in range(there, wanted, every))
            statement = f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})"  # noqa: S608  # names of ours
            while some := [*islice(rows, AT_ONCE)]:
                with database:
                    database.executemany(statement, some)


def _first(database: Any, table: str) -> tuple[list[str], tuple[Any, ...]]:
    found = database.execute(f"SELECT * FROM {table} ORDER BY rowid LIMIT 1")  # noqa: S608  # names of ours
    return [it[0] for it in found.description], found.fetchone()


def _copy(table: str, columns: list[str], row: tuple[Any, ...], n: int) -> tuple[Any, ...]:
    """The row of the nth person: what names them is by chance, and the same in every table."""
    name = Random(n).randbytes(8)  # noqa: S311  # no secret
    new: dict[str, Any] = {
        "id" if table == "contact" else "contact_id": name.hex(),
        "index": name * 4,
        "home_index": name * 4,
    }
    if table == "inbox":
        new |= {"update_id": name.hex(), "seq": n, "state": "done"}
    if table == "outbox":
        new |= {"id": FAR + n, "cause": name.hex(), "state": "sent", "ended": row[columns.index("made")], "body": None}
    return tuple(new.get(column, value) for column, value in zip(columns, row, strict=True))


def _backup(place: Place) -> tuple[float, float]:
    """Seconds by the clock of a `hubbot db backup`, and of the slowest turn while it ran."""
    began = time.monotonic()
    command = (sys.executable, "-m", "bot", "db", "backup", str(place.file.parent / "saved.db"))
    slowest, n = 0.0, 0
    with subprocess.Popen(command, cwd=ROOT, env=place.env, stdout=subprocess.DEVNULL) as process:  # noqa: S603  # ours
        while process.poll() is None and time.monotonic() - began < DEADLINE:
            for _ in SIGN_UP:
                asked = time.monotonic()
                place.said(f"meanwhile-{n}")
                slowest = max(slowest, time.monotonic() - asked)
            n += 1
    if process.returncode:
        raise RuntimeError(f"the backup ended with {process.returncode}")
    return time.monotonic() - began, slowest
