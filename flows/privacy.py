"""The privacy notice, in two layers (R37): what matters in one screen, the rest behind a button."""

from bot.core.flow import Fetch, Say
from bot.core.hub import ThisHub
from bot.core.message import Button, Line, Start
from flows.welcome import TO_MENU


async def privacy(part: str = "first") -> None:
    """Who answers for the data, what for, how long, your rights; then recipients, networks, legal bases, the authority."""
    hub = await Fetch(ThisHub())
    if part == "first":
        await Say(Line("privacy.who", hub=hub))
        await Say(Line("privacy.what", hub=hub))
        await Say(Line("privacy.rights"))
        await Say(
            Line("privacy.more"),
            Button(Line("privacy.whole"), Start("privacy", ("whole",))),
            Button(Line("menu.mydata"), Start("mydata")),
            TO_MENU,
        )
        return
    await Say(Line("privacy.controller", hub=hub))
    await Say(Line("privacy.purposes", hub=hub))
    await Say(Line("privacy.basis"))
    await Say(Line("privacy.networks", hub=hub))
    for processor in hub.processors:
        await Say(Line("privacy.processor", name=processor.name, country=processor.country, what=processor.what))
    await Say(Line("privacy.periods", hub=hub))
    await Say(Line("privacy.complain", hub=hub), Button(Line("menu.mydata"), Start("mydata")), TO_MENU)
