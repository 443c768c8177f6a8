"""A whole durable turn, from the update to the commit: a person signs up for an event.

Bars: 0.8 ms on SQLite (FULL, one update a commit), 1.5 ms on PostgreSQL, of this process alone. The seat itself is taken in
one turn of ten, with a calendar file: it has no bar.
"""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import asyncpg

from tests.postgres import start
from tools.bench.meter import Figure
from tools.bench.place import PLAIN, SUBMIT, opened

PEOPLE, WARM = 60, 10


def _costs(name: str, bar: float, database: str = "") -> Iterator[Figure]:
    plain, seats = list[float](), list[float]()
    with opened(database) as place:
        for n in range(PEOPLE):
            for step, took in enumerate(place.sign_up(f"p{n}")):
                if n >= WARM and step in (*PLAIN, SUBMIT):
                    (seats if step == SUBMIT else plain).append(took)
    yield Figure(f"{name}: a turn of a sign-up", median(plain) * 1e3, "ms", bar)
    yield Figure(f"{name}: the turn that takes the seat", median(seats) * 1e3, "ms")


def measure() -> Iterator[Figure]:
    """On SQLite, then on the PostgreSQL of HUBBOT_TEST_POSTGRES, or one of our own."""
    yield from _costs("SQLite", 0.8)
    with tempfile.TemporaryDirectory(prefix="hubbot-pg-") as folder:
        home, server = Path(folder), None
        given = os.environ.get("HUBBOT_TEST_POSTGRES", "")
        if not given:
            server = start(home)
        try:
            yield from _costs(
                "PostgreSQL", 1.5, asyncio.run(_made(given or f"postgresql://postgres@/postgres?host={home}"))
            )
        finally:
            if server:
                server.kill()
                server.wait(10)


async def _made(address: str) -> str:
    """The address of a new, empty database on the server."""
    name = f"hubbot_bench_{os.getpid()}"
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(f'drop database if exists "{name}" with (force)')
        await connection.execute(f"create database \"{name}\" encoding 'UTF8' template template0")
    finally:
        await connection.close()
    head, mark, options = address.partition("?")
    return f"{head.rpartition('/')[0]}/{name}{mark}{options}"
