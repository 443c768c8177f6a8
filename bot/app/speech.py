"""The languages of this process: catalogues, voice, and the detector's models, each made when it is first needed.

One rule: what reads catalogues is imported in the function that makes it: parsing them takes longer than a prompt may.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import locales
from bot.app.late import Late
from bot.core.hub import Hub
from bot.core.message import Message
from bot.core.prompts import Ear

if TYPE_CHECKING:
    from locales.catalogue import Catalogues
    from locales.detect import Detector
    from locales.models import Models
    from locales.voice import HubVoice

FOLDER = Path(locales.__file__).parent


def _catalogues() -> "Catalogues":
    from locales.catalogue import Catalogues  # noqa: PLC0415  # made when first needed: see Late

    return Catalogues.load()


def _models(catalogues: "Late[Catalogues]") -> "Models":
    from locales.models import Models  # noqa: PLC0415  # made when first needed: see Late

    def lines(lang: str) -> Sequence[str]:
        catalogue = catalogues.get().by_lang.get(lang)
        return [form for forms in catalogue.lines.values() for form in forms] if catalogue else ()

    return Models(lines)


@dataclass(frozen=True, slots=True)
class Speech:
    """What all hubs of a process share."""

    catalogues: "Late[Catalogues]"
    models: "Late[Models]"

    @classmethod
    def shipped(cls) -> "Speech":
        """With the catalogues and words in locales/."""
        catalogues = Late(_catalogues)
        return cls(catalogues, Late(partial(_models, catalogues)))

    def detector(self, languages: tuple[str, ...]) -> "Detector":
        """A detector among some languages. It loads its models when it first needs them."""
        from locales.detect import Detector  # noqa: PLC0415  # made when first needed: see Late

        return Detector(self.models.get(), languages)

    def for_a_person(self, languages: tuple[str, ...]) -> Mapping[str, str]:
        """What one types to reach a person, per language."""
        words = tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))
        return {lang: words.get(lang, {}).get("human", ["/human"])[0] for lang in languages}


@dataclass(frozen=True, slots=True)
class LateVoice:
    """The port Voice. `hub`: the hub of an id, as it is now."""

    hub: Callable[[str], Hub]
    speech: Speech
    _voice: "Late[HubVoice]" = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_voice", Late(self._made))

    def _made(self) -> "HubVoice":
        from locales.voice import HubVoice  # noqa: PLC0415  # made when first needed: see Late

        return HubVoice(self.hub, self.speech.catalogues.get())

    def languages(self, hub: str) -> Sequence[str]:
        """See Voice.languages."""
        return self.hub(hub).languages

    def ear(self, hub: str, lang: str) -> Ear:
        """See Voice.ear."""
        return self._voice.get().ear(hub, lang)

    def render(self, message: Message, hub: str, lang: str) -> tuple[str, tuple[str, ...]]:
        """See Voice.render."""
        return self._voice.get().render(message, hub, lang)
