"""Which language to speak. The choice is the person's, sticks, and loses no answer."""

from bot.core.flow import Ask, Do, Fetch, Say
from bot.core.hub import ThisHub
from bot.core.message import Choice, Line
from bot.core.person import SetLanguage
from bot.core.prompts import OneOf


async def language(code: str = "") -> None:
    """Ask, or where a button or the language's own name said which, do it at once. Every name stands in its own writing."""
    hub = await Fetch(ThisHub())
    if code not in hub.languages:
        choices = [Choice(lang, Line(f"language.{lang}"), lang) for lang in hub.languages]
        code = await Ask("language", OneOf(Line("language.which"), choices))
    await Do(SetLanguage(code))
    await Say(Line("language.set", language=Line(f"language.{code}")))
