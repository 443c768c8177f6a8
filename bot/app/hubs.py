"""The hub packs of this process, as they are now: read, watched, and made into what the bot knows.

One rule: a pack with an error changes nothing. What was there before stays, and the error is told.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.app.cache import Cache
from bot.app.pack import CODE, Pack, PackError
from bot.app.speech import FOLDER, Speech
from bot.core.articles import Search
from bot.core.flow import Need
from bot.core.hub import Hub, IsHub
from bot.core.message import Danger
from bot.core.respond import Detect, Recall
from bot.fingerprint import fingerprint

NETWORK = "_network"


def marked(folder: Path, id: str) -> str:
    """Changes when a file of the pack changes, or one that it inherits. About a millisecond."""
    return fingerprint(folder / id) + fingerprint(folder / NETWORK)


@dataclass(slots=True)
class Shelf:
    """The packs that this process serves; the port Knowledge, answered from them.

    `cache`: where packs are kept as they were last read. `told` takes a line about a pack that was refused.
    """

    folder: Path
    cache: Cache
    speech: Speech
    told: Callable[[str], None]
    packs: dict[str, Pack] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def open(self, id: str) -> Pack:
        """Read a pack for the first time. Raises PackError; LookupError where there is no such hub."""
        if not self._has(id):
            raise LookupError(id)
        self.packs[id] = self._read(id)
        return self.packs[id]

    def _has(self, id: str) -> bool:
        return bool(id) and id[0] not in "_." and "/" not in id and (self.folder / id / "hub.toml").is_file()

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
        contents = self.cache.get(f"pack-{id}", key)
        if not isinstance(contents, dict):
            from bot.app.reader import Reader  # noqa: PLC0415  # only where no cache has the pack

            contents = {**Reader(self.cache.folder, self.speech).read(self.folder, id)}
            self.cache.put(f"pack-{id}", key, contents)
        return Pack.of(contents, mark, self.speech, self.cache)

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
                return pack.searched().search(text, lang, self.today(hub, now))
            case Recall(text=text):
                return pack.searched().known(text, lang, self.today(hub, now))
            case Detect(text=text, hint=hint):
                return pack.detector.get().detect(text, hint)
            case IsHub(id=id):
                return self._has(id)
            case _:
                raise LookupError(f"nothing meets {type(need).__name__}")

    def danger(self, text: str, hub: str, lang: str, today: date) -> Danger | None:
        """See Knowledge.danger."""
        return self.packs[hub].library.get().danger(text, lang, today)
