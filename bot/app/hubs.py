"""The hub packs of this process, as they are now: read, watched, and made into what the bot knows.

One rule: a pack with an error changes nothing. What was there before stays, and the error is told.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from zoneinfo import ZoneInfo

import bot
from bot.app.late import Late
from bot.app.speech import FOLDER, Speech
from bot.core import codec
from bot.core.articles import Article, Safety, Search, Versions
from bot.core.flow import Need
from bot.core.hub import Hub
from bot.core.message import Danger, Json
from bot.core.respond import Detect, Recall
from bot.fingerprint import fingerprint

if TYPE_CHECKING:
    from bot.knowledge.library import Library
    from locales.detect import Detector

Contents: TypeAlias = Mapping[str, Json]
CODE = Path(bot.__file__).parent
NETWORK = "_network"


class PackError(Exception):
    """A pack that cannot be served: its first error, and how many more there are."""


@dataclass(frozen=True, slots=True)
class Pack:
    """One hub's pack at one moment. `mark` changes when a file of it, or of what it inherits, does."""

    hub: Hub
    mark: str
    contents: Contents
    library: "Late[Library]"
    detector: "Late[Detector]"

    @classmethod
    def of(cls, contents: Contents, mark: str, speech: Speech) -> "Pack":
        """A pack of its plain data."""
        hub = codec.load(Hub, contents["hub"])
        return cls(
            hub,
            mark,
            contents,
            Late(partial(_library, hub, contents, speech)),
            Late(partial(speech.detector, hub.languages)),
        )

    def warm(self) -> None:
        """Do the work of up to two seconds that a first question would wait for; in a thread."""
        self.library.get().warm()
        self.detector.get().warm()


def _library(hub: Hub, contents: Contents, speech: Speech) -> "Library":
    from bot.knowledge.library import Library  # noqa: PLC0415

    articles: dict[str, list[Article]] = {}
    for key, data in contents.items():
        if key.startswith("article/"):
            articles.setdefault(key.split("/")[1], []).append(codec.load(Article, data))
    versions = [Versions(id, tuple(it)) for id, it in articles.items()]
    safety = codec.load(Safety, contents["safety"])
    return Library(hub, versions, safety, person=speech.for_a_person(hub.languages), checked="safety.checked")


def marked(folder: Path, id: str) -> str:
    """Changes when a file of the pack changes, or one that it inherits. About a millisecond."""
    return fingerprint(folder / id) + fingerprint(folder / NETWORK)


@dataclass(slots=True)
class Shelf:
    """The packs that this process serves; the port Knowledge, answered from them.

    `cache`: where packs are kept as they were last read. `told` takes a line about a pack that was refused.
    """

    folder: Path
    cache: Path
    speech: Speech
    told: Callable[[str], None]
    packs: dict[str, Pack] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def open(self, id: str) -> Pack:
        """Read a pack for the first time. Raises PackError; LookupError where there is no such hub."""
        if not id or id[0] in "_." or "/" in id or not (self.folder / id / "hub.toml").is_file():
            raise LookupError(id)
        self.packs[id] = self._read(id)
        return self.packs[id]

    def changed(self, id: str) -> Pack | None:
        """The pack anew, where its files changed and are right; a refused change is told once and the old one stays."""
        mark = marked(self.folder, id)
        if mark in (self.packs[id].mark, self.refused.get(id)):
            return None
        try:
            self.packs[id] = self._read(id)
        except PackError as wrong:
            self.refused[id] = mark
            self.told(f"{wrong}. The pack stays as it was.")
            return None
        return self.packs[id]

    def back(self, id: str, pack: Pack) -> None:
        """Keep the pack as it was: the store refused what came after it."""
        self.refused[id] = self.packs[id].mark
        self.packs[id] = pack

    def _read(self, id: str) -> Pack:
        """From its files; from the cache where neither they nor we have changed since."""
        mark = marked(self.folder, id)  # before the reading: what changes while we read is read again
        key = [
            str(self.folder),
            mark,
            fingerprint(FOLDER),
            *(fingerprint(CODE / it) for it in ("core", "forms", "packs")),
        ]
        kept = self.cache / f"pack-{id}.json"
        contents = _kept(kept, key)
        if contents is None:
            from bot.app.reader import Reader  # noqa: PLC0415

            contents = Reader(self.cache, self.speech).read(self.folder, id)
            _keep(kept, {"key": key, "contents": contents})
        return Pack.of(contents, mark, self.speech)

    def hub(self, id: str) -> Hub:
        """The hub's settings as they are now. KeyError on one that is not served."""
        return self.packs[id].hub

    def today(self, id: str, now: datetime) -> date:
        """The day in the hub's zone."""
        return now.astimezone(ZoneInfo(self.hub(id).timezone)).date()

    def meet(self, need: Need[Any], hub: str, lang: str, now: datetime) -> object:
        """See Knowledge.meet. Waits for what `warm` has not made ready yet."""
        pack = self.packs[hub]
        match need:
            case Search(text=text):
                return pack.library.get().search(text, lang, self.today(hub, now))
            case Recall(text=text):
                return pack.library.get().known(text, lang, self.today(hub, now))
            case Detect(text=text, hint=hint):
                return pack.detector.get().detect(text, hint)
            case _:
                raise LookupError(f"nothing meets {type(need).__name__}")

    def danger(self, text: str, hub: str, lang: str, today: date) -> Danger | None:
        """See Knowledge.danger."""
        return self.packs[hub].library.get().danger(text, lang, today)


def _kept(path: Path, key: list[str]) -> Contents | None:
    """What was kept under this key; None where there is nothing, or it cannot be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        contents: Contents | None = data["contents"] if data["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return contents


def _keep(path: Path, data: Json) -> None:
    """Whole or not at all; a cache that cannot be written is none."""
    part = path.with_suffix(f".{id(data)}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
