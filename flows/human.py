"""A question for the hub's people: kept with the person's yes, under a reference, for a period that is said."""

from bot.core.articles import KeepQuestion, WithdrawQuestion
from bot.core.consents import ask_consent
from bot.core.flow import Ask, Do, Fetch, Say
from bot.core.hub import ThisHub
from bot.core.message import Button, Line, Start
from bot.core.prompts import Text
from flows.welcome import TO_MENU

LONGEST = 1000  # characters: a coordinator reads it on a phone


async def human() -> None:
    """Take the question, show it back with what is stored and for how long, and keep it after a yes."""
    hub = await Fetch(ThisHub())
    days = hub.retention.open_question
    question = await Ask("question", Text(Line("human.write", hub=hub), LONGEST))
    consent = ask_consent(hub, "question", question=question, count=days)
    if not await Ask("send", consent):
        await Say(Line("human.not-sent"), TO_MENU)
        return
    reference = await Do(KeepQuestion(question))
    if reference:
        await Say(Line("human.kept", reference=reference, hub=hub, count=days))
        await Say(Line("core.nothing-more"), Button(Line("menu.mine"), Start("mine")))
    else:
        await Say(Line("human.too-many", hub=hub))


async def withdraw_question(id: str) -> None:
    """Take a question back while nobody has answered it."""
    gone = await Do(WithdrawQuestion(id))
    await Say(Line("human.withdrawn" if gone else "human.not-withdrawn", reference=id))


LINES = ("human.withdrawn", "human.not-withdrawn")
