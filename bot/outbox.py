"""Sends what the outbox holds: claimed, sent, its end recorded.

One rule: a row is marked as being sent before the call, so that a crash in the call is known to have been one.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.core.ports import Letter, Store

ROUNDS = (
    100_000  # claims of one delivery; a store that hands out the same row again and again must not hold us for ever
)


@dataclass(frozen=True, slots=True)
class End:
    """What became of a sending. `state`: sent, failed, skipped, unknown."""

    state: str = "sent"
    reason: str = ""


Send = Callable[[Letter], Awaitable[End]]
Serves = Callable[[str, str], bool]


async def deliver(store: Store, hub: str, account: str, owner: str, serves: Callable[[], Serves], send: Send) -> int:
    """Send what an account owes to the people whom we serve, by (channel, their id there), until nothing is left.

    `serves` is asked before each claim: another process may have taken a person over meanwhile.
    The number of messages that ended. What `send` raises leaves its row as being sent: it is sent again later.
    """
    ended = 0
    for _ in range(ROUNDS):
        letters = await store.claim(hub, account, owner, serves())
        if not letters:
            break
        for letter in letters:
            end = await send(letter)
            await store.finish(hub, letter, end.state, end.reason)
            ended += 1
    return ended
