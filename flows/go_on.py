"""After a long silence, or after words of danger: is the open question still what the person is about?"""

from bot.core.flow import Ask, Leave, Retype, Say
from bot.core.message import Line
from bot.core.prompts import YesNo


async def go_on(text: str) -> Retype | Leave:
    """Hold back what was typed. Yes: it now counts, if it fits. No: the conversation underneath becomes a draft."""
    if await Ask("go-on", YesNo(Line("go-on.ask"), yes=Line("go-on.yes"), no=Line("go-on.no"))):
        return Retype(text)
    await Say(Line("go-on.left"))
    return Leave()
