"""A line in a person's language. The bar is 20 µs, in the median of all that a sign-up says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.core.message import Message
from bot.core.ports import Voice
from bot.core.prompts import Ear
from tools.bench.meter import Figure, spent
from tools.bench.place import HUB, SIGN_UP, opened


@dataclass
class Listener:
    """The voice, and all that it was given to say."""

    voice: Voice
    said: list[tuple[Message, str, str]] = field(default_factory=list)

    def languages(self, hub: str) -> Sequence[str]:
        return self.voice.languages(hub)

    def ear(self, hub: str, lang: str) -> Ear:
        return self.voice.ear(hub, lang)

    def render(self, message: Message, hub: str, lang: str) -> tuple[str, tuple[str, ...]]:
        self.said.append((message, hub, lang))
        return self.voice.render(message, hub, lang)


def measure() -> Iterator[Figure]:
    """Every message of a sign-up again, with its buttons, divided by its lines and labels."""
    with opened() as place:
        voice = place.app.engine.voice
        place.app.engine.voice = listener = Listener(voice)
        for _ in SIGN_UP:
            place.said("ana")
        lines = sum(len(it.lines) + len(it.buttons) for it, _, _ in listener.said)

        def again() -> None:
            for message, hub, lang in listener.said:
                voice.render(message, hub, lang)

        yield Figure("a line rendered", spent(again, 200) / lines * 1e6, "µs", 20)
        ear, texts = voice.ear(HUB, "en"), ("yes please", "Ana Example", "21 May 2027")

        def heard() -> None:
            for text in texts:
                ear.command(text)
                ear.yes_or_no(text)
                ear.number(text)

        yield Figure("a text heard: command, yes or no, number", spent(heard, 500) / len(texts) * 1e6, "µs")
