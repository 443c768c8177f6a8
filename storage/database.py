"""A database that runs works: plain functions of a connection, each in a transaction (or a savepoint) of its own.

One rule: a work that raises leaves nothing behind, and takes nobody else's work with it.
"""

from collections.abc import Callable
from typing import Protocol, TypeAlias, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
Work: TypeAlias = Callable[[Connection], T]
TRIES = 5  # of a work that another transaction got in the way of; more is no accident any more
PAUSE = 0.02  # seconds before the second try at most; doubled each time


class Database(Protocol):
    """SQLite in its writer thread, or PostgreSQL through asyncpg."""

    async def run(self, work: Work[T]) -> T:
        """Commit what `work` did, and give its result; or undo it, and raise what it raised. Raises Unavailable.

        `work` may be run several times: whatever it does outside the connection must bear that.
        """
        ...

    async def read(self, work: Work[T]) -> T:
        """A work that only reads: it waits for no writer, and holds none up."""
        ...

    async def snapshot(self, work: Work[T]) -> T:
        """A work that reads for long and sees one moment all the while; nobody waits for it. Never run twice."""
        ...

    async def fence(self, dead: Callable[[str], bool]) -> None:
        """See to it that processes which died do nothing any more: a server may still be at what they sent it last, and
        commit it, or hold rows for it, after all others have looked at what they left. Raises Unavailable."""
        ...

    async def tidy(self, *, wait: bool = True) -> None:
        """What was erased or written anew goes for good: from SQLite's log, from PostgreSQL's tables. Never raises.

        `wait`: for a moment, for those who read the log; else it is left to a later commit where somebody does.
        """
        ...

    async def close(self) -> None: ...
