"""The hub packs of this process, as they are now: read, watched, and made into what the bot knows.

One rule: a pack with an error changes nothing. What was there before stays, and the error is told.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import locales
from bot.core.articles import Search
from bot.core.codec import dump
from bot.core.consents import VERSIONS
from bot.core.flow import Need
from bot.core.form.model import Form
from bot.core.hub import Hub, OwnConsent
from bot.core.message import Danger, Json, Texts
from bot.core.respond import Detect, Recall
from bot.knowledge.library import Library
from bot.packs import loader
from bot.packs.files import fingerprint
from bot.packs.forms import Finding, cached
from locales.catalogue import Catalogues
from locales.detect import Detector
from locales.models import Models

WORDS = Path(locales.__file__).parent / "words.toml"


class PackError(Exception):
    """A pack that cannot be served: its first error, and how many more there are."""


@dataclass(frozen=True, slots=True)
class Pack:
    """One hub's pack at one moment. `mark` changes when a file of it, or of what it inherits, does."""

    hub: Hub
    mark: str
    contents: Mapping[str, Json]
    library: Library
    detector: Detector

    def warm(self) -> None:
        """Do the work of up to two seconds that a first question would wait for; in a thread."""
        self.library.warm()
        self.detector.warm()


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes packs of folders. `cache`: where converted spreadsheets are kept. `person`: per language, what one types to
    reach a person."""

    cache: Path
    catalogues: Catalogues
    models: Models
    person: Mapping[str, str]

    @classmethod
    def of(cls, cache: Path) -> "Reader":
        """With the catalogues and words that are shipped."""
        catalogues = Catalogues.load()
        words = tomllib.loads(WORDS.read_text(encoding="utf-8"))
        person = {
            lang: table["human"][0] for lang, table in words.items() if isinstance(table, dict) and "human" in table
        }
        return cls(cache, catalogues, Models(lambda lang: _lines(catalogues, lang)), person)

    def read(self, folder: Path, id: str) -> Pack:
        """The pack `id` in a folder of packs. Raises PackError."""
        mark = marked(folder, id)  # before the reading: what changes while we read is read again
        loaded = loader.load(folder, id, cached(convert, self.cache))
        if errors := loaded.errors:
            more = f" (and {len(errors) - 1} more: see `hubbot check`)" if len(errors) > 1 else ""
            raise PackError(f"{errors[0]}{more}")
        return self._made(loaded, mark)

    def used(self, folder: Path, id: str, told: Callable[[str], None]) -> Pack:
        """What is right in the pack `id`; what is wrong is told. Raises PackError where too little is right."""
        return self._used(loader.load(folder, id, cached(convert, self.cache)), told)

    def used_dir(self, directory: Path, told: Callable[[str], None]) -> Pack:
        """The same for the pack in a directory, whatever that is called."""
        return self._used(loader.load_dir(directory, cached(convert, self.cache)), told)

    def _used(self, loaded: loader.Loaded, told: Callable[[str], None]) -> Pack:
        for error in loaded.errors:
            told(str(error))
        return self._made(loaded, "")

    def _made(self, loaded: loader.Loaded, mark: str) -> Pack:
        hub = loaded.hub
        if hub is None or loaded.safety is None:
            raise PackError(f"{loaded.errors[0]}")
        person = {lang: self.person.get(lang, "/human") for lang in hub.languages}
        library = Library(hub, loaded.articles, loaded.safety, person=person)
        contents = {**self._consents(hub), **loaded.contents}
        return Pack(hub, mark, contents, library, Detector(self.models, hub.languages))

    def _consents(self, hub: Hub) -> dict[str, Json]:
        """The catalogues' consent texts in the hub's languages: what people see is published with its version."""
        found = {}
        for purpose, version in VERSIONS.items():
            line = f"consent.{purpose}"
            texts = {lang: text[1] for lang in hub.languages if (text := self.catalogues.find(line, None, lang))}
            found[f"consent/{purpose}"] = dump(OwnConsent(purpose, version, Texts.of(texts)))
        return found


def _lines(catalogues: Catalogues, lang: str) -> Sequence[str]:
    catalogue = catalogues.by_lang.get(lang)
    return [form for forms in catalogue.lines.values() for form in forms] if catalogue else ()


def convert(path: Path) -> tuple[Form | None, Sequence[Finding]]:
    """A spreadsheet as a form. The library for it takes half a second to import: only where no cache has the file."""
    from bot.forms.xlsform import check  # noqa: PLC0415

    reading = check(path)
    findings = tuple(Finding(_where(it), it.text, it.warning) for it in reading.problems)
    return reading.form, findings


def _where(problem: Any) -> str:
    return problem.told().removesuffix(problem.text).rstrip(": ") if problem.sheet or problem.row else ""


def marked(folder: Path, id: str) -> str:
    """Changes when a file of the pack changes, or one that it inherits. About a millisecond."""
    return fingerprint(folder / id) + fingerprint(folder / loader.NETWORK)


@dataclass(slots=True)
class Shelf:
    """The packs that this process serves; the port Knowledge, answered from them.

    `told` takes a line about a pack that was refused.
    """

    folder: Path
    reader: Reader
    told: Callable[[str], None]
    packs: dict[str, Pack] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def open(self, id: str) -> Pack:
        """Read a pack for the first time. Raises PackError; LookupError where there is no such hub."""
        if id not in loader.hubs(self.folder):
            raise LookupError(id)
        self.packs[id] = self.reader.read(self.folder, id)
        return self.packs[id]

    def changed(self, id: str) -> Pack | None:
        """The pack anew, where its files changed and are right; a refused change is told once and the old one stays."""
        mark = marked(self.folder, id)
        if mark in (self.packs[id].mark, self.refused.get(id)):
            return None
        try:
            pack = self.reader.read(self.folder, id)
        except PackError as wrong:
            self.refused[id] = mark
            self.told(f"{wrong}. The pack stays as it was.")
            return None
        if pack.hub.id != id:
            return None
        self.packs[id] = pack
        return pack

    def back(self, id: str, pack: Pack) -> None:
        """Keep the pack as it was: the store refused what came after it."""
        self.refused[id] = self.packs[id].mark
        self.packs[id] = pack

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
                return pack.library.search(text, lang, self.today(hub, now))
            case Recall(text=text):
                return pack.library.known(text, lang, self.today(hub, now))
            case Detect(text=text, hint=hint):
                return pack.detector.detect(text, hint)
            case _:
                raise LookupError(f"nothing meets {type(need).__name__}")

    def danger(self, text: str, hub: str, lang: str, today: date) -> Danger | None:
        """See Knowledge.danger."""
        return self.packs[hub].library.danger(text, lang, today)
