"""What a person's words mean in their language: the core's port Ear.

One rule: any text may come, of any length. Each method looks at a bounded part of it and raises nothing.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bot.core.message import Line
from locales.days import Calendar
from locales.folding import fold
from locales.numerals import Numerals
from locales.render import Renderer
from locales.wishes import Wishes
from locales.words import Words

HEARD = 4_096  # characters that count; a network's message has no more
_MARK = r"[?？؟]+(?=\s|$|[\"'»”“)\]])"  # at the end of a sentence: not within an address (?id=3)
_MARKS = {
    "el": re.compile(_MARK + r"|[;\u037e](?=\s|$)"),
    "hy": re.compile(_MARK + r"|՞"),  # stands inside the word that asks
    "es": re.compile(_MARK + r"|¿"),
}
_ANY = re.compile(_MARK)


@dataclass(frozen=True, slots=True)
class LocalEar:
    """Hears in one language. `others`: the hub's other languages, whose commands are understood too (R86)."""

    renderer: Renderer
    words: Words
    lang: str
    others: tuple[str, ...] = ()
    _numerals: Numerals = field(init=False)
    _calendar: Calendar = field(init=False)
    _wishes: Wishes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_numerals", Numerals.of(self.renderer.locale))
        object.__setattr__(self, "_calendar", Calendar.of(self.words, self.lang, "en"))
        object.__setattr__(self, "_wishes", Wishes.of(self.words, (self.lang, *self.others)))

    def say(self, line: Line) -> str:
        return self.renderer.line(line)

    def fold(self, text: str) -> str:
        return fold(text[:HEARD])

    def command(self, text: str, *, number_wanted: bool = False) -> str | None:
        return self.words.command(text, self.lang, self.others, number_wanted=number_wanted)

    def language(self, text: str) -> str | None:
        return self._wishes.language(text)

    def yes_or_no(self, text: str) -> bool | None:
        return self.words.yes_or_no(text, self.lang)

    def number(self, text: str) -> Decimal | None:
        return self._numerals.read(text)

    def day(self, text: str, today: date) -> date | None:
        return self._calendar.read(text, today)

    def asks(self, text: str) -> bool:
        heard = text[:HEARD]
        if _MARKS.get(self.lang.partition("-")[0], _ANY).search(heard):
            return True
        return self.words.asks(heard, self.lang)
