"""Reads a pack's files into what is published: the pack's contents and the catalogues' consent texts.

One rule: a pack with an error is refused whole. It is imported only where files have changed since they were last read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.app.pack import Contents, PackError
from bot.app.speech import Speech
from bot.core.codec import dump
from bot.core.consents import VERSIONS
from bot.core.form.model import Form
from bot.core.hub import Hub, OwnConsent
from bot.core.message import Json, Texts
from bot.forms.workbook import Problem
from bot.packs import loader
from bot.packs.forms import Finding, cached


@dataclass(frozen=True, slots=True)
class Reader:
    """`cache` is where converted spreadsheets are kept."""

    cache: Path
    speech: Speech

    def read(self, folder: Path, id: str) -> Contents:
        """The pack `id` in a folder of packs. Raises PackError."""
        loaded = loader.load(folder, id, cached(convert, self.cache))
        if errors := loaded.errors:
            more = f" (and {len(errors) - 1} more: see `hubbot check`)" if len(errors) > 1 else ""
            raise PackError(f"{errors[0]}{more}")
        return self._contents(loaded)

    def read_what_is_right(self, directory: Path, told: Callable[[str], None]) -> Contents:
        """The pack in a directory, whatever that is called. What is wrong in it is told and left out.

        Raises PackError where too little is right.
        """
        loaded = loader.load_dir(directory, cached(convert, self.cache))
        for error in loaded.errors:
            told(str(error))
        return self._contents(loaded)

    def _contents(self, loaded: loader.Loaded) -> Contents:
        if loaded.hub is None or loaded.safety is None:
            raise PackError(f"{loaded.errors[0]}")
        return {**self._consents(loaded.hub), **loaded.contents}

    def _consents(self, hub: Hub) -> dict[str, Json]:
        """The catalogues' consent texts in the hub's languages: what people see is published with its version."""
        catalogues, found = self.speech.catalogues.get(), dict[str, Json]()
        for purpose, version in VERSIONS.items():
            line = f"consent.{purpose}"
            texts = {lang: text[1] for lang in hub.languages if (text := catalogues.find(line, None, lang))}
            found[f"consent/{purpose}"] = dump(OwnConsent(purpose, version, Texts.of(texts)))
        return found


def convert(path: Path) -> tuple[Form | None, Sequence[Finding]]:
    """A spreadsheet as a form. The library for it takes half a second to import: only where no cache has the file."""
    from bot.forms.xlsform import check  # noqa: PLC0415  # see above

    reading = check(path)
    return reading.form, tuple(Finding(_where(it), it.text, it.warning) for it in reading.problems)


def _where(problem: Problem) -> str:
    return problem.told().removesuffix(problem.text).rstrip(": ") if problem.sheet or problem.row else ""
