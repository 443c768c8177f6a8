"""One hub's pack at one moment, as plain data, and what is made of it when it is first needed.

One rule: a pack never changes. One whose files change is another pack.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import bot
from bot.app.cache import Cache
from bot.app.late import Late
from bot.app.speech import Speech
from bot.core import codec
from bot.core.articles import Article, Safety, Versions
from bot.core.hub import Hub
from bot.core.message import Json
from bot.fingerprint import fingerprint

if TYPE_CHECKING:
    from bot.knowledge.calibrate import Calibration
    from bot.knowledge.library import Library
    from locales.detect import Detector

Contents: TypeAlias = Mapping[str, Json]
CODE = Path(bot.__file__).parent


class PackError(Exception):
    """A pack that cannot be served: its first error, and how many more there are."""


@dataclass(frozen=True, slots=True)
class Pack:
    """`mark` changes when a file of the pack, or of what it inherits, does."""

    hub: Hub
    mark: str
    contents: Contents
    cache: Cache
    library: "Late[Library]"
    detector: "Late[Detector]"
    index: Late[None]

    @classmethod
    def of(cls, contents: Contents, mark: str, speech: Speech, cache: Cache) -> "Pack":
        """A pack of its plain data."""
        hub = codec.load(Hub, contents["hub"])
        library = Late(partial(_library, hub, contents, speech, cache))
        detector = Late(partial(speech.detector, hub.languages))
        return cls(
            hub, mark, contents, cache, library, detector, Late(partial(_indexed, library, contents, hub, cache))
        )

    def searched(self) -> "Library":
        """The library with its index made, and the fit of its scores kept for the next start."""
        self.index.get()
        return self.library.get()

    def warm(self) -> None:
        """Do the work of up to two seconds that first questions would wait for, what the first one needs first; in a thread."""
        self.searched()
        self.detector.get().warm()
        self.library.get().watch.warm()


def _library(hub: Hub, contents: Contents, speech: Speech, cache: Cache) -> "Library":
    from bot.knowledge.library import Library  # noqa: PLC0415  # a first prompt asks nothing

    articles: dict[str, list[Article]] = {}
    for key, data in contents.items():
        if key.startswith("article/"):
            articles.setdefault(key.split("/")[1], []).append(codec.load(Article, data))
    return Library(
        hub,
        [Versions(id, tuple(it)) for id, it in articles.items()],
        codec.load(Safety, contents["safety"]),
        person=speech.for_a_person(hub.languages),
        checked="safety.checked",
        calibration=_fit(cache, contents, hub),
    )


def _fit(cache: Cache, contents: Contents, hub: Hub) -> "Calibration | None":
    from bot.knowledge.calibrate import Calibration  # noqa: PLC0415  # a first prompt asks nothing

    try:
        kept = cache.get(f"fit-{hub.id}", _fit_key(contents, hub))
        return None if kept is None else Calibration.load(kept)
    except (KeyError, TypeError, ValueError):
        return None


def _indexed(library: "Late[Library]", contents: Contents, hub: Hub, cache: Cache) -> None:
    fit, key = library.get().warm().dump(), _fit_key(contents, hub)
    if cache.get(f"fit-{hub.id}", key) != fit:
        cache.put(f"fit-{hub.id}", key, fit)


def _fit_key(contents: Contents, hub: Hub) -> tuple[str, ...]:
    """The fit is of these articles in these languages, by this release's search."""
    articles = {key: data for key, data in contents.items() if key.startswith("article/")}
    return codec.version(articles), *hub.languages, fingerprint(CODE / "knowledge")
