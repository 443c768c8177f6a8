"""Where the time of a durable turn on SQLite goes: the mean of a sign-up's turns, by what they do.

The parts are timed in the writer's thread, and none holds another: what a part took is taken off the one around it.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.app.hubs import Shelf
from bot.app.speech import LateVoice
from bot.engine import Engine
from storage.sqlite import Sqlite
from storage.unit import SqlUnit
from tools.bench.meter import Figure
from tools.bench.place import PLAIN, SIGN_UP, opened

PEOPLE, WARM = 40, 10
# What is timed, from the outside in: the class, the method, and what it does in words.
PARTS: tuple[tuple[type, str, str], ...] = (
    (Sqlite, "_commit", "begin, savepoint, commit"),
    (Engine, "_work", "the core: what an act means, the flow"),
    (SqlUnit, "accept", "accept: dedup, person, session's row"),
    (Shelf, "danger", "words of danger"),
    (SqlUnit, "session", "session unsealed"),
    (SqlUnit, "perform", "queries and commands of the flow"),
    (LateVoice, "render", "lines rendered"),
    (SqlUnit, "put", "message sealed and queued"),
    (SqlUnit, "save", "session sealed and saved"),
    (SqlUnit, "close", "counters"),
)


def measure() -> Iterator[Figure]:
    """One line for each part, then the rest: the event loop, and the way to the writer's thread and back."""
    clock = _Clock()
    turns, whole = 0, 0.0
    with opened() as place, ExitStack() as stack:
        for owner, method, words in PARTS:
            stack.enter_context(clock.times(owner, method, words))
        for n in range(WARM + PEOPLE):
            for step in range(len(SIGN_UP)):
                clock.on = n >= WARM and step in PLAIN
                took = place.said(f"p{n}")
                turns, whole = turns + clock.on, whole + took * clock.on
    for *_, words in PARTS:
        yield Figure(f"  {words}", clock.spent[words] / turns * 1e6, "µs")
    yield Figure("  the loop, and from thread to thread", (whole - sum(clock.spent.values())) / turns * 1e6, "µs")


@dataclass
class _Clock:
    """Seconds of the processor by what was done, of the thread that did it; `within` has what the parts inside took."""

    on: bool = False
    spent: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    within: list[float] = field(default_factory=list)

    @contextmanager
    def times(self, owner: type, method: str, words: str) -> Iterator[None]:
        """Time a method for as long as this lasts."""
        original: Callable[..., Any] = getattr(owner, method)

        def timed(*given: Any, **named: Any) -> Any:
            began = time.thread_time()
            self.within.append(0.0)
            try:
                return original(*given, **named)
            finally:
                took = time.thread_time() - began
                inside = self.within.pop()
                if self.within:
                    self.within[-1] += took
                if self.on:
                    self.spent[words] += took - inside

        setattr(owner, method, timed)
        try:
            yield
        finally:
            setattr(owner, method, original)
