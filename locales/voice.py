"""Every hub's voice: the engine's port Voice, for one hub or thirty.

One rule: a hub is asked for its languages and its country at each call, so that a pack that changed is heard at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bot.core.message import Message
from locales.catalogue import Catalogues
from locales.ear import LocalEar
from locales.render import Renderer
from locales.words import Words


class Speaks(Protocol):
    """What of a hub matters to its voice; bot.core.hub.Hub has it."""

    @property
    def languages(self) -> tuple[str, ...]: ...
    @property
    def country(self) -> str: ...


@dataclass(frozen=True, slots=True)
class HubVoice:
    """The port Voice. `hub`: the hub of an id, as it is now; KeyError for an id that is none is passed on."""

    hub: Callable[[str], Speaks]
    catalogues: Catalogues = field(default_factory=Catalogues.load)
    words: Words = field(default_factory=Words.load)
    _ears: dict[tuple[str, tuple[str, ...], str], LocalEar] = field(default_factory=dict, repr=False)

    def languages(self, hub: str) -> tuple[str, ...]:
        return self.hub(hub).languages

    def ear(self, hub: str, lang: str) -> LocalEar:
        speaks = self.hub(hub)
        key = (lang, speaks.languages, speaks.country)
        ear = self._ears.get(key)
        if ear is None:
            renderer = Renderer.of(self.catalogues, lang, speaks.languages[0], speaks.country)
            others = tuple(it for it in speaks.languages if it != lang)
            ear = self._ears[key] = LocalEar(renderer, self.words, lang, others)
        return ear

    def render(self, message: Message, hub: str, lang: str) -> tuple[str, tuple[str, ...]]:
        """The text: each line a paragraph of its own, blank lines between; and each button's words. Channels number them."""
        renderer = self.ear(hub, lang).renderer
        return renderer.lines(message.lines), tuple(renderer.label(button.label) for button in message.buttons)
