"""`hubbot` with a fault built in, to see that `make kills` finds it: KILLS_FAULT in the environment names it.

One rule: this is the one place where something inside is replaced. Nothing but the kills' own trial runs it.
"""

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from bot.core.ports import Letter, Person, Sender
from storage.store import SqlStore
from storage.unit import SqlUnit

accept = SqlUnit.accept
claim = SqlStore.claim


def take_twice(unit: SqlUnit, update: str, sender: Sender) -> Person | None:
    """The dedup is lost: an update that comes again is another one."""
    return accept(unit, f"{update} {os.urandom(4).hex()}", sender)


async def send_first(store: SqlStore, hub: str, *more: Any) -> Sequence[Letter]:
    """The order of commit and send is lost: a message counts as sent before it is."""
    letters = await claim(store, hub, *more)
    for letter in letters:
        await store.finish(hub, letter, "sent")
    return letters


FAULTS: dict[str, Callable[[], None]] = {
    "take-twice": lambda: setattr(SqlUnit, "accept", take_twice),
    "send-first": lambda: setattr(SqlStore, "claim", send_first),
}


def main() -> int:
    FAULTS[os.environ["KILLS_FAULT"]]()
    from bot.cli import main as hubbot  # noqa: PLC0415  # with the fault in place

    return hubbot()


if __name__ == "__main__":
    sys.exit(main())
