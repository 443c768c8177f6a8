"""What falls due: one row after another, each at its own hour.

One rule: a clock that is moved stops at each due row in turn, so that days in one step are the days one by one.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.ports import Store

MOST = 100_000  # due rows of one move; a row that stays due would hold us for ever


@dataclass(frozen=True, slots=True)
class Timers:
    """The timers of some hubs. `tick` does the earliest that is due in a hub, False where none is; `after` runs when
    something was done: it sends what came of it."""

    tick: Callable[[str], Awaitable[bool]]
    store: Store
    after: Callable[[str], Awaitable[None]]

    async def settle(self, hub: str) -> int:
        """Do all that is due by the hub's clock; how many rows there were. Where nothing is, it only looks."""
        done = 0
        due = await self.store.next_due(hub)
        if due is None or due > await self.store.now(hub):
            return done
        while done < MOST and await self.tick(hub):
            done += 1
        if done:
            await self.after(hub)
        return done

    async def advance(self, hubs: Sequence[str], to: datetime, move: Callable[[datetime], Awaitable[None]]) -> None:
        """Move the clock to `to` by way of every due row of these hubs, the earliest first."""
        for _ in range(MOST):
            for hub in hubs:
                await self.settle(hub)
            due = [at for hub in hubs if (at := await self.store.next_due(hub)) is not None and at <= to]
            if not due:
                break
            await move(min(due))
        await move(to)
        for hub in hubs:
            await self.settle(hub)
