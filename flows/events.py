"""Events: the list, one event with what can be done about it, and what a person has going on."""

from bot.core.articles import MyQuestions
from bot.core.events import (
    AnswerOffer,
    CancelSeat,
    Event,
    EventById,
    Listed,
    MyRegistrations,
    OpenEvents,
    Registration,
    calendar_data,
)
from bot.core.flow import Ask, Do, Fetch, Next, Say
from bot.core.hub import ThisHub
from bot.core.message import Button, File, Line, Link, Start
from bot.core.prompts import YesNo
from bot.core.respond import Unfinished
from bot.core.surveys import SurveyById
from flows.paging import Page
from flows.welcome import TO_MENU

FEW = 10  # "few left" from a tenth of the seats, and always from three
MODES = ("in-person", "online", "hybrid")
STATES = ("confirmed", "waitlisted", "offered", "held")
LINES = (
    *(f"event.mode-{mode}" for mode in MODES),
    *(f"event.mine-{state}" for state in STATES),
    *(f"human.state-{state}" for state in ("open", "answered", "closed")),
    *(f"draft.{flow}" for flow in ("register", "survey")),
)


async def events(first: int = 0) -> None:
    """The events to come, five to a page, the earliest first."""
    listed = await Fetch(OpenEvents())
    if not listed:
        await Say(Line("event.none"), Button(Line("menu.news"), Start("news")), TO_MENU)
        return
    page = Page.of(listed, first)
    await Say(Line("event.page", first=page.first + 1, last=page.last, count=page.count))
    for it in page.items:
        await Say(
            Line("event.in-list", event=it.event, left=left(it)),
            Button(Line("event.title", event=it.event), Start("event", (it.event.id,))),
        )
    if turns := page.turns("events"):
        await Say(Line("event.more"), *turns)


async def event(id: str) -> None:
    """One event at once: what, when, where, what is left, and the buttons for what can be done now."""
    it = await Fetch(EventById(id))
    if it is None:
        await Say(Line("event.unknown"), Button(Line("menu.events"), Start("events")), TO_MENU)
        return
    event = it.event
    await Say(Line("event.card", event=event))
    await Say(Line("event.when", start=event.start, end=event.end))
    await Say(Line("event.where", event=event, mode=Line(f"event.mode-{event.mode}")))
    if event.description:
        await Say(Line("event.about", event=event))
    if event.access:
        await Say(Line("event.access", event=event))
    mine = it.mine
    if mine:
        await Say(Line(f"event.mine-{mine.state}", place=mine.place), *choices_of(it))
    elif event.cancelled:
        await Say(Line("event.cancelled"), Button(Line("menu.events"), Start("events")))
    elif not it.open:
        await Say(
            Line("event.closed", opens=event.opens, closes=event.closes), Button(Line("menu.events"), Start("events"))
        )
    else:
        await Say(left(it), *_doors(it))


def left(it: Listed) -> Line:
    """How full it is, in words: a number would be wrong a minute later."""
    if it.event.cancelled:
        return Line("event.cancelled")
    if not it.open:
        return Line("event.closed-short")
    capacity = sum(seats.capacity for seats in it.event.seats)
    if it.free <= 0:
        return Line("event.waiting-list" if it.event.waitlist else "event.full")
    return Line("event.few-left" if it.free <= max(3, capacity // FEW) else "event.available")


def _doors(it: Listed) -> tuple[Button, ...]:
    back = Button(Line("event.not-now"), Start("menu"))
    if it.free > 0:
        return Button(Line("event.sign-up"), Start("register", (it.event.id,))), back
    if it.event.waitlist:
        return Button(Line("event.join-waiting-list"), Start("register", (it.event.id,))), back
    return (back,)


def choices_of(it: Listed) -> tuple[Button, ...]:
    """What a person can do about their own place."""
    id, mine = it.event.id, it.mine
    if mine and mine.state == "offered":
        return (
            Button(Line("offer.take"), Start("offer", (id, "take"))),
            Button(Line("offer.leave"), Start("offer", (id, "leave"))),
        )
    return (
        Button(Line("event.change-answers"), Start("change-place", (id,))),
        Button(Line("event.cancel-place"), Start("cancel-place", (id,))),
    )


async def mine() -> None:
    """Everything booked, begun or asked, each with its next action: the way back after weeks."""
    places = await Fetch(MyRegistrations())
    drafts = [frame for frame in await Fetch(Unfinished()) if f"draft.{frame.flow}" in LINES and frame.kept()]
    questions = await Fetch(MyQuestions())
    for it in places:
        if it.mine:
            await Say(
                Line("event.mine-is", event=it.event, state=Line(f"event.mine-{it.mine.state}", place=it.mine.place))
            )
            await Say(Line("event.when", start=it.event.start, end=it.event.end), *choices_of(it))
    for frame in drafts:
        title = await _title(frame.flow, str(frame.args[0]) if frame.args else "")
        await Say(title, Button(Line("core.go-on"), Start(frame.flow, frame.args)))
    for question in questions:
        state = Line(f"human.state-{question.state}", until=question.until)
        withdraw = Button(Line("human.withdraw", reference=question.id), Start("withdraw-question", (question.id,)))
        await Say(
            Line("human.mine", reference=question.id, text=question.text, state=state),
            *((withdraw,) if question.state == "open" else ()),
        )
    if not places and not drafts and not questions:
        await Say(Line("mine.nothing"), Button(Line("menu.events"), Start("events")), TO_MENU)


async def _title(flow: str, id: str) -> Line:
    """What an unfinished conversation is about. A person keeps three at most, so the look-ups are bounded."""
    if flow == "survey":
        survey = await Fetch(SurveyById(id))
        return Line("draft.survey", title=survey.title) if survey else Line("draft.other")
    it = await Fetch(EventById(id))
    return Line(f"draft.{flow}", event=it.event) if it and f"draft.{flow}" in LINES else Line("draft.other")


def calendar(event: Event, registration: Registration, organiser: str, *, cancelled: bool = False) -> File:
    """The event as a file for the person's calendar; its facts also stand in the words beside it."""
    data = calendar_data(event, registration, organiser, cancelled=cancelled)
    return File("calendar", Line("event.file-name", event=event), data)


async def cancel_place(id: str) -> Next | None:
    """Give a place up: two presses in all, the seat is free at once (R84)."""
    it, hub = await Fetch(EventById(id)), await Fetch(ThisHub())
    if it is None or it.mine is None:
        await Say(Line("event.no-place"), Button(Line("menu.events"), Start("events")))
        return None
    if not await Ask(
        "sure",
        YesNo(
            Line("event.cancel-sure", event=it.event),
            yes=Line("event.cancel-yes"),
            no=Line("event.cancel-no"),
            binding=True,
        ),
    ):
        await Say(Line("event.place-kept"))
        return None
    ended = await Do(CancelSeat(id))
    if ended is None:
        await Say(Line("event.no-place"))
    elif ended.sequence > 0:
        await Say(
            Line("event.place-cancelled", event=it.event),
            files=(calendar(it.event, ended, hub.contact.email, cancelled=True),),
        )
    else:
        await Say(Line("event.place-cancelled", event=it.event))
    return None


async def offer(id: str, answer: str) -> None:
    """Take or decline a seat that became free. The button works under any message, while the offer lasts."""
    it, hub = await Fetch(EventById(id)), await Fetch(ThisHub())
    if it is None:
        await Say(Line("event.unknown"), TO_MENU)
        return
    seat = await Do(AnswerOffer(id, answer == "take"))
    match seat.state:
        case "confirmed" if seat.registration:
            await confirmed(it.event, seat.registration, hub.contact.email)
        case "cancelled":
            await Say(Line("offer.declined", event=it.event))
        case _:
            again = Button(Line("event.join-again"), Start("register", (id,)))
            await Say(Line("offer.over", event=it.event), again, Button(Line("menu.events"), Start("events")))


async def say_where(event: Event) -> None:
    """When and where it is, and the link, for who has a place."""
    await Say(Line("event.when", start=event.start, end=event.end))
    await Say(Line("event.where", event=event, mode=Line(f"event.mode-{event.mode}")))
    if event.link:
        await Say(Line("event.link", link=Link(event.link)))


async def confirmed(event: Event, registration: Registration, organiser: str) -> None:
    """A place that is certain: what, when, where, the calendar file, and what happens next."""
    await Say(Line("registration.confirmed", event=event), files=(calendar(event, registration, organiser),))
    await say_where(event)
    await Say(Line("registration.next"), Button(Line("menu.mine"), Start("mine")))
