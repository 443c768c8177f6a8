"""The core alone: a session read, one turn, the session written, with so many answers on record.

The bars are 10 µs for each answer, and 50 for the rest: a first sketch of the core took 8. A form is read by its own rules
and may take three times that.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from json import dumps, loads
from statistics import median
from typing import Any

from bot.core.flow import Ask, Fetch, Flow
from bot.core.form.model import Field, Form, Group, Kind, Language, Text
from bot.core.form.state import Plan, State
from bot.core.hub import Now
from bot.core.message import Act, Back, Line, Start, Typed
from bot.core.prompts import Text as Words
from bot.core.respond import Detect, Guess, Situation, Spec, respond
from bot.core.session import Session
from flows.questions import Count, ask_all
from tools.bench.meter import Figure

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
SIZES = (5, 50, 200)
TIMES = 40


class _Ear:
    """Hears plain words and no commands: what words mean is measured with the voice."""

    def say(self, line: Line) -> str:
        return line.id

    def fold(self, text: str) -> str:
        return text

    def command(self, text: str, *, number_wanted: bool = False) -> None:  # noqa: ARG002
        return None

    def number(self, text: str) -> Decimal | None:  # noqa: ARG002
        return None

    def asks(self, text: str) -> bool:  # noqa: ARG002
        return False


async def plain(size: int) -> None:
    """As many questions as asked for, and one more."""
    for n in range(size + 2):
        await Ask(f"q{n}", Words(Line("q", n=n), 80))


def planned(size: int) -> Plan:
    """A form of free texts."""
    fields = tuple(Field(f"/data/q{n}", Kind.TEXT, label=(("en", Text((f"Question {n}?",))),)) for n in range(size + 2))
    return Plan(Form("bench", "Bench", "1", (Language("en", "English"),), Group("/data", fields)))


def _filled(plan: Plan) -> Callable[[int], Flow]:
    async def filled(size: int) -> None:  # noqa: ARG001  # its name in the session
        state = State(plan, await Fetch(Now()), 7, lambda pattern, text: False)  # noqa: ARG005
        await ask_all(state, Count(0, 0), NOW.date())

    return filled


def _turn(flows: dict[str, Spec], text: str, act: Act) -> tuple[str, float]:
    """The session after an act, as text, and the seconds that it took."""
    at = Situation(flows, _Ear(), "u", "en", silence=timedelta(0), languages=("en",))  # type: ignore[arg-type]
    began = time.process_time()
    session = Session.load(loads(text)) if text else Session(runs=1)
    turn = respond(session, act, at)
    result: Any = None
    try:
        while True:
            match turn.send(result):
                case Now():
                    result = NOW
                case Detect():
                    result = Guess("en", sure=True)
                case _:
                    result = None
    except StopIteration as stop:
        text = dumps(stop.value.session.dump())
    return text, time.process_time() - began


def _cost(flow: Callable[[int], Flow], size: int) -> float:
    """Seconds for an answer with `size` answers below it."""
    flows = {"bench": Spec(flow)}
    text, _ = _turn(flows, "", Start("bench", (size,)))
    for n in range(size):
        text, _ = _turn(flows, text, Typed(f"answer {n}"))
    samples = []
    for _ in range(TIMES):
        text, took = _turn(flows, text, Typed("one more"))
        samples.append(took)
        text, _ = _turn(flows, text, Back())
    return median(samples)


def measure() -> Iterator[Figure]:
    """A plain flow, and a form."""
    for size in SIZES:
        yield Figure(f"core: a turn on {size} answers", _cost(plain, size) * 1e6, "µs", 50 + 10 * size)
    for size in SIZES:
        yield Figure(
            f"core: a turn on {size} of a form", _cost(_filled(planned(size)), size) * 1e6, "µs", 50 + 30 * size
        )
