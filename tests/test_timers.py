"""A clock that is moved, and messages that are sent: the order in which things happen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.core.ports import Letter, Outgoing
from bot.outbox import End, deliver
from bot.timers import Timers

START = datetime(2026, 12, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Hubs:
    """Timers of some hubs, and a journal of what was done when."""

    timers: dict[str, list[tuple[datetime, str]]]
    clock: datetime = START
    journal: list[str] = field(default_factory=list)
    then: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    async def now(self, hub: str) -> datetime:
        return self.clock

    async def next_due(self, hub: str) -> datetime | None:
        return min(self.timers[hub])[0] if self.timers[hub] else None

    async def tick(self, hub: str) -> bool:
        if not self.timers[hub] or min(self.timers[hub])[0] > self.clock:
            return False
        due = min(self.timers[hub])
        self.timers[hub].remove(due)
        self.journal.append(f"{due[1]}@{(self.clock - START) // HOUR}")
        if due[1] in self.then:
            self.timers[hub].append(self.then[due[1]])
        return True

    async def move(self, at: datetime) -> None:
        assert at >= self.clock
        self.clock = at

    async def sent(self, hub: str) -> None:
        self.journal.append(f"sent {hub}")


def timers(hubs: Hubs) -> Timers:
    return Timers(hubs.tick, hubs, hubs.sent)  # type: ignore[arg-type]  # of the store only what timers ask


async def test_a_move_stops_at_each_due_row_in_turn() -> None:
    hubs = Hubs({"pl": [(START + 5 * HOUR, "b"), (START + 2 * HOUR, "a")], "pt": [(START + 3 * HOUR, "c")]})
    await timers(hubs).advance(["pl", "pt"], START + 10 * HOUR, hubs.move)
    assert hubs.journal == ["a@2", "sent pl", "c@3", "sent pt", "b@5", "sent pl"]
    assert hubs.clock == START + 10 * HOUR


async def test_what_a_due_row_plans_falls_due_on_the_way_too() -> None:
    hubs = Hubs({"pl": [(START + HOUR, "offer")]}, then={"offer": (START + 4 * HOUR, "lapse")})
    await timers(hubs).advance(["pl"], START + 4 * HOUR, hubs.move)
    assert hubs.journal == ["offer@1", "sent pl", "lapse@4", "sent pl"]


async def test_what_lies_beyond_stays() -> None:
    hubs = Hubs({"pl": [(START + 5 * HOUR, "later")]})
    await timers(hubs).advance(["pl"], START + HOUR, hubs.move)
    assert (hubs.journal, hubs.clock) == ([], START + HOUR)


async def test_what_was_due_before_the_move_is_done_at_its_beginning() -> None:
    hubs = Hubs({"pl": [(START - HOUR, "old")]})
    await timers(hubs).advance(["pl"], START + HOUR, hubs.move)
    assert hubs.journal == ["old@0", "sent pl"]


@dataclass
class Outbox:
    """Letters in an outbox, given out one at a time."""

    letters: list[Letter]
    ends: list[tuple[int, str, str]] = field(default_factory=list)

    async def claim(self, hub: str, account: str, owner: str, admits: Callable[[str, str], bool]) -> Sequence[Letter]:
        found = [it for it in self.letters if it.account == account and admits(it.channel, it.to)][:1]
        self.letters = [it for it in self.letters if it not in found]
        return found

    async def finish(self, hub: str, letter: Letter, state: str, reason: str = "") -> None:
        self.ends.append((letter.id, state, reason))


def letter(id: int, to: str) -> Letter:
    return Letter(id, "terminal", "chat", to, Outgoing("words", "en"))


async def test_everything_that_is_ours_is_sent_and_its_end_recorded() -> None:
    other = Letter(4, "telegram", "pl_bot", "ana", Outgoing("words", "en"))
    outbox: Any = Outbox([letter(1, "ana"), letter(2, "bob"), letter(3, "ana"), other])

    async def send(it: Letter) -> End:
        return End("failed", "blocked") if it.id == 3 else End()

    assert await deliver(outbox, "pl", "chat", "me", lambda: lambda _, to: to == "ana", send) == 2
    assert outbox.ends == [(1, "sent", ""), (3, "failed", "blocked")]
    assert [it.id for it in outbox.letters] == [2, 4]


async def test_a_sending_that_breaks_has_no_end() -> None:
    outbox: Any = Outbox([letter(1, "ana")])

    async def send(it: Letter) -> End:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        await deliver(outbox, "pl", "chat", "me", lambda: lambda *_: True, send)
    assert outbox.ends == []
