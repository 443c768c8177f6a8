"""Never run: read by mypy, from test_types.py. The type of every answer is inferred from its prompt, query or command."""

from datetime import date
from decimal import Decimal
from typing import Literal, assert_type

from bot.core.flow import After, Ask, Do, Fetch, Leave, Next, Reopen, Retype
from bot.core.message import Choice, Line
from bot.core.prompts import Consent, Date, ManyOf, Maybe, Measure, Number, OneOf, Ranking, Text, YesNo
from bot.core.respond import Detect, Guess, Recall, Spec, Unfinished
from bot.core.session import Frame
from tests.core.world import Event, Events, Note, TakeSeat


async def flow(line: Line, event: Event, day: date) -> After:
    options = [Choice(event.id, line, event)]
    assert_type(await Fetch(Events()), tuple[Event, ...])
    assert_type(await Fetch(Unfinished()), tuple[Frame, ...])
    assert_type(await Fetch(Recall("?")), bool)
    assert_type(await Fetch(Detect("?", "en")), Guess)
    assert_type(await Ask("one", OneOf(line, options)), Event)
    assert_type(await Ask("many", ManyOf(line, options)), tuple[Event, ...])
    assert_type(await Ask("ranked", Ranking(line, options)), tuple[Event, ...])
    assert_type(await Ask("text", Text(line)), str)
    assert_type(await Ask("number", Number(line, 0, 9)), int)
    assert_type(await Ask("measure", Measure(line, Decimal(0), Decimal(9))), Decimal)
    assert_type(await Ask("day", Date(line, day, day, day)), date)
    assert_type(await Ask("consent", Consent(line)), bool | None)
    assert_type(await Ask("yes", YesNo(line)), bool)
    assert_type(await Ask("maybe.text", Maybe(Text(line))), str | None)
    assert_type(await Ask("maybe.many", Maybe(ManyOf(line, options))), tuple[Event, ...] | None)
    assert_type(await Do(Note("done")), None)
    seat = await Do(TakeSeat(event.id, "Ana"))
    assert_type(seat, Literal["confirmed", "waitlisted", "closed", "full"])
    match seat:
        case "confirmed":
            return Next("form", ("welcome",))
        case "full":
            return Reopen("one")
        case "closed":
            return Retype("words")
        case _:
            return Leave()


async def without_end() -> None:
    return


async def with_one_end() -> Next:
    return Next("form")


async def with_some_ends(id: str) -> Next | Reopen | None:
    return Reopen(id) if id else None


SPECS = (Spec(flow), Spec(without_end), Spec(with_one_end), Spec(with_some_ends))
