"""What the bot says of its own accord, once each: an event that comes near, an offer that runs out, a thing left half-way.

One rule: what is no longer true is not said. Nobody asked, so the question that is open underneath is not put again.
"""

from bot.core.events import EventById
from bot.core.flow import Aside, Fetch, Say
from bot.core.message import Button, Line, Start
from bot.core.respond import Unfinished
from bot.core.session import Frame
from bot.core.surveys import SurveyById
from flows.events import choices_of, say_where


async def event_reminder(id: str) -> Aside:
    """The day or the hour is near: what, when, where, the link, and a way to give the place up."""
    it = await Fetch(EventById(id))
    if it and it.mine and it.mine.state == "confirmed" and not it.event.cancelled:
        cannot = Button(Line("reminder.cannot-come"), Start("cancel-place", (id,)))
        await Say(Line("reminder.event", event=it.event), cannot, Button(Line("menu.mine"), Start("mine")))
        await say_where(it.event)
    return Aside()


async def offer_reminder(id: str) -> Aside:
    """Half of the time for which a seat is kept is over."""
    it = await Fetch(EventById(id))
    if it and it.mine and it.mine.state == "offered" and it.mine.until:
        await Say(Line("reminder.offer", event=it.event, until=it.mine.until), *choices_of(it))
    return Aside()


async def unfinished(run: int) -> Aside:
    """A survey or a sign-up that was left half-way: go on, or be left in peace."""
    frame = next((it for it in await Fetch(Unfinished()) if it.run == run), None)
    what = await _open_still(frame) if frame else None
    if frame and what:
        leave = Start("not-interested", (frame.flow, *frame.args))
        await Say(what)
        await Say(
            Line("reminder.unfinished"),
            Button(Line("core.go-on"), Start(frame.flow, frame.args)),
            Button(Line("reminder.not-interested"), leave),
        )
    return Aside()


async def _open_still(frame: Frame) -> Line | None:
    """What it is about; None where it can no longer be finished."""
    id = str(frame.args[0])
    if frame.flow == "survey":
        survey = await Fetch(SurveyById(id))
        return Line("draft.survey", title=survey.title) if survey and not survey.closed else None
    it = await Fetch(EventById(id))
    return Line("draft.register", event=it.event) if it and it.open and not it.mine else None
