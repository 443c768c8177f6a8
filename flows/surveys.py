"""The surveys that are open, and the way into one by its link."""

from bot.core.flow import Fetch, Next, Say
from bot.core.message import Button, Line, Start
from bot.core.respond import Unfinished
from bot.core.surveys import OpenSurveys, Survey, SurveyById
from flows.paging import Page
from flows.welcome import TO_MENU

MODES = ("anonymous", "confidential", "identified")
CLOSED = ("early", "over", "answered", "gone")
LINES = (*(f"survey.mode-{mode}" for mode in MODES), *(f"survey.closed-{why}" for why in CLOSED))


async def surveys(first: int = 0) -> None:
    """What one can have a say in now, five to a page; what this person has answered is said."""
    open_now = await Fetch(OpenSurveys())
    if not open_now:
        await Say(Line("survey.none"), Button(Line("menu.news"), Start("news")), TO_MENU)
        return
    page = Page.of(open_now, first)
    await Say(Line("survey.page", first=page.first + 1, last=page.last, count=page.count))
    for it in page.items:
        await Say(_in_list(it), Button(Line("survey.title", survey=it), Start("survey-link", (it.id,))))
    if turns := page.turns("surveys"):
        await Say(Line("survey.more"), *turns)


def _in_list(it: Survey) -> Line:
    if it.closed == "answered":
        return Line("survey.in-list-answered", survey=it)
    return Line("survey.in-list", survey=it, mode=Line(f"survey.mode-{it.mode}"), count=it.questions)


async def survey_link(id: str) -> Next | None:
    """Open a survey at the version that is published now; one that was begun goes on, at the version it began with."""
    it = await Fetch(SurveyById(id))
    if it is None or it.closed:
        why = it.closed if it else "gone"
        await Say(Line(f"survey.closed-{why}"), Button(Line("menu.surveys"), Start("surveys")), TO_MENU)
        return None
    begun = [frame.args for frame in await Fetch(Unfinished()) if frame.flow == "survey" and frame.args[:1] == (id,)]
    return Next("survey", begun[0] if begun else (it.id, it.version))
