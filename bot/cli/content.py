"""`hubbot check`, `ask`, `detect`, `form` and `hub new`: what a hub's staff do with their files.

One rule: nothing here changes a database or speaks to anybody.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app.cache import Cache
from bot.app.clock import peek
from bot.app.pack import Pack
from bot.app.reader import Reader, convert
from bot.app.speech import Speech
from bot.channels.parts import harmless
from bot.cli import UsageError
from bot.cli.findings import Finding, of_settings
from bot.cli.settled import begin
from bot.packs import loader
from bot.packs.forms import cached
from bot.settings import Settings


def check(given: argparse.Namespace) -> int:  # noqa: ARG001  # every command is handed its arguments
    """Every problem on a line of its own; 1 where one of them is an error."""
    from bot.packs.check import check as problems  # noqa: PLC0415  # this command alone needs it

    settings = begin()
    now, wrong = peek(settings)
    lines: list[Finding] = [(f"settings: {wrong}", False)] if wrong else []
    names = loader.hubs(settings.hubs)
    if not names:
        lines.append((f"{settings.hubs}: no hub pack here: make one with `hubbot hub new {settings.hubs}/ID`", False))
    found = problems(settings.hubs, now.date(), cached(convert, settings.data / "cache"), names)
    lines += [(str(it), it.warning) for it in found]
    speech = Speech.shipped()
    lines += of_settings(settings, names, speech)
    lines += [(f"{it.path}:{it.line}: {it.text}", False) for it in speech.catalogues.get().problems]
    for line, _ in lines:
        print(harmless(line).replace("\n", " "))
    errors = sum(not warning for _, warning in lines)
    print(f"{_many(len(names), 'hub')}: {_many(errors, 'error')}, {_many(len(lines) - errors, 'warning')}")
    return 1 if errors else 0


def _many(number: int, what: str) -> str:
    return f"{number} {what}" + "s" * (number != 1)


def ask(given: argparse.Namespace) -> int:
    """A line of JSON for each question of stdin."""
    from bot.knowledge.ask import ask_lines  # noqa: PLC0415  # this command alone needs it

    settings = begin()
    pack = _pack(given.hub, settings)
    for line in ask_lines(pack.library.get(), _stdin(), _today(pack, settings)):
        print(line, flush=True)
    return 0


def detect(given: argparse.Namespace) -> int:
    """A line of JSON for each text of stdin."""
    from locales.detect import detect_lines  # noqa: PLC0415  # this command alone needs it

    pack = _pack(given.hub, begin())
    for line in detect_lines(_stdin(), pack.detector.get()):
        print(line, flush=True)
    return 0


def form_check(given: argparse.Namespace) -> int:
    """1 where the form cannot be asked."""
    from bot.forms.commands import check  # noqa: PLC0415  # this command alone needs it

    return check(_file(given.file))


def form_try(given: argparse.Namespace) -> int:
    """1 where one gets stuck in the form."""
    from bot.forms.commands import try_  # noqa: PLC0415  # this command alone needs it

    return try_(_file(given.file), given.seed, given.lang, as_json=given.json)


def _file(name: str) -> Path:
    path = Path(name)
    if path.is_dir():
        raise UsageError(f"{name}: a folder: name one form in it, a file that ends in .xlsx, .xls or .csv")
    if not path.is_file():
        raise UsageError(f"{name}: {'not a file' if path.exists() else 'there is no such file'}")
    path.open("rb").close()  # one that may not be read is told as one that is not there
    return path


def _pack(name: str, settings: Settings) -> Pack:
    """The pack of a hub's id, or the one in a folder. What is wrong in it is told, and what is right is used."""
    folder = settings.hubs / name if name in loader.hubs(settings.hubs) else Path(name)
    if not (folder / "hub.toml").is_file():
        known = ", ".join(loader.hubs(settings.hubs))
        raise UsageError(f"--hub: {name!r} is neither a hub ({known}) nor a folder with a hub.toml")
    speech = Speech.shipped()
    cache = Cache(settings.data / "cache")
    return Pack.of(Reader(cache.folder, speech).read_what_is_right(folder, _told), "", speech, cache)


def _told(line: str) -> None:
    print(line, file=sys.stderr)


def _today(pack: Pack, settings: Settings) -> date:
    return peek(settings)[0].astimezone(ZoneInfo(pack.hub.timezone)).date()


def _stdin() -> Iterator[str]:
    assert isinstance(sys.stdin, TextIOWrapper)
    sys.stdin.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    yield from sys.stdin


def hub_new(given: argparse.Namespace) -> int:
    """Write the template into a folder that is new or empty, and say what to do next."""
    from bot.packs.new import new  # noqa: PLC0415  # this command alone needs it

    folder = Path(given.folder)
    try:
        made = new(folder)
    except FileExistsError as there:
        raise UsageError(str(there)) from None
    for path in made:
        print(path)
    print(f"\nFill in {folder / 'hub.toml'}, then: HUBBOT_HUBS={folder.absolute().parent} hubbot check")
    return 0
