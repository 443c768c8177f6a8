"""`hubbot chat`: the conversation in the terminal, for a person, for a pipe, and for machines.

One rule: the answers are on stdout and nothing else is; whatever is about the process goes to stderr.
"""

import argparse
import os
import secrets
import shutil
import signal
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.app import App
from bot.channels import jsonl
from bot.channels.jsonl import LONGEST_LINE, Advance, MalformedError, Said
from bot.channels.parts import received
from bot.channels.simulated import Address, misnamed, parts, update
from bot.channels.terminal import Look, page
from bot.cli import UsageError, log
from bot.cli.keeping import Files, Names
from bot.cli.portal import Portal
from bot.cli.room import Room
from bot.cli.service import tell_paused
from bot.cli.settled import begin
from bot.core.hub import Hub
from bot.core.message import Typed
from bot.core.ports import Letter
from bot.settings import Settings
from locales.tags import match
from storage.errors import StoreError, Unavailable

ME = "me"
PROMPT = "> "
HINT = "Write to the bot. /start begins, /quit or Ctrl-D ends."


@dataclass(frozen=True, slots=True)
class Chat:
    """What the loops below need: the loop's thread, the room on it, the names and who types without saying who."""

    portal: Portal
    room: Room
    names: Names
    me: str


def chat(given: argparse.Namespace) -> int:
    """Talk until the input ends."""
    settings = begin()
    files = Files()
    who = [_who(given)]
    show = _show_json(files) if given.jsonl else _show_pages(files, who)
    with Portal() as portal:
        try:
            app = portal.call(App.open(settings, log.told))
            try:
                room, who[0], hint = portal.call(_opened(app, given, settings, show))
                names = Names(app.presence.folder / ".names", lambda name: app.presence.mark("", name), hint)
                talk = _machine if given.jsonl else _person
                talk(Chat(portal, room, names, who[0]))
            finally:
                portal.call(app.close())
        finally:
            files.end()
    return 0


async def _opened(
    app: App, given: argparse.Namespace, settings: Settings, show: Callable[[Letter], None]
) -> tuple[Room, str, str]:
    """The room with the clock set and all that is owed printed; who types, and in which language their app is."""
    try:
        hub = app.shelf.open(given.hub).hub
    except LookupError:
        raise UsageError(f"--hub: there is no hub {given.hub!r}; there are: {', '.join(app.hubs) or 'none'}") from None
    hint = _language(given.lang, hub) if given.lang is not None else ""
    at = _time(given.now, hub) if given.now else None
    me = _coordinator(hub) if given.coordinator else _who(given)
    moved = given.jsonl or bool(given.now) or settings.test_clock
    if moved and not await app.store.allow_clock() and given.now:
        raise UsageError("--now: the clock of this database cannot be moved: its first conversation began without it")
    if at and not await app.store.talked():
        await app.store.set_clock(at)
        at = None
    await app.serve(given.hub)
    room = Room(app, given.hub, show)
    if not given.jsonl:
        app.presence.serve("terminal", me)
    tell_paused([it for it in await app.store.paused() if it == given.hub])
    if not await room.begin(at):
        log.told("--now is earlier than the clock of this database, which never goes back: it stays as it is")
    return room, me, hint


def _who(given: argparse.Namespace) -> str:
    if given.who is not None and (wrong := misnamed(given.who)):
        raise UsageError(f"--as: {wrong}")
    return given.who or ME


def _language(tag: str, hub: Hub) -> str:
    """The one of the hub's languages that a tag means. On a network any may come; who types one here means one of these."""
    if (found := match(tag, hub.languages)) is None:
        raise UsageError(f"--lang: not a language of hub {hub.id}; there are: {', '.join(hub.languages)}")
    return found


def _time(text: str, hub: Hub) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(hub.timezone))
    except ValueError:
        raise UsageError("--now: not a time in ISO 8601 such as 2027-03-01T09:00+01:00") from None


def _coordinator(hub: Hub) -> str:
    for it in hub.coordinators:
        channel, _, name = it.address.partition(":")
        if channel == "terminal" and name:
            return name
    raise UsageError(f"--coordinator: hub {hub.id} has no coordinator with an address terminal:NAME in its hub.toml")


def _show_json(files: Files) -> Callable[[Letter], None]:
    def show(letter: Letter) -> None:
        paths = files.put(letter)
        for part in parts(letter.id, letter.message, letter.channel):
            print(jsonl.written(letter.to, letter.channel, letter.message.lang, part, paths if part.files else []))
        sys.stdout.flush()

    return show


def _show_pages(files: Files, who: list[str]) -> Callable[[Letter], None]:
    look = Look.of(sys.stdout, os.environ, shutil.get_terminal_size().columns)

    def show(letter: Letter) -> None:
        mine = letter.channel == "terminal" and letter.to == who[0]
        to = "" if mine else f"{letter.channel}:{letter.to}"
        print(page(letter.message, look, files.put(letter), to), flush=True)

    return show


def _machine(it: Chat) -> None:
    """One JSON object a line."""
    it.portal.call(it.room.watch())
    for (
        line
    ) in _lines():  # nothing is made ready beforehand: a script that kills and starts us would pay for it each time
        try:
            if line.strip():
                _line(it, line)
        except (MalformedError, Unavailable) as wrong:
            print(jsonl.error(str(wrong)))
        except StoreError as refused:  # a clock that must not be moved
            print(jsonl.error(str(refused)), jsonl.IDLE, sep="\n", flush=True)
            raise
        print(jsonl.IDLE, flush=True)


def _lines() -> Iterator[bytes]:
    """The lines of stdin, blank ones too: each is answered by its idle. The rest of one that is far too long is dropped."""
    while line := sys.stdin.buffer.readline(LONGEST_LINE + 2):
        rest = line
        while not rest.endswith(b"\n") and (rest := sys.stdin.buffer.readline(LONGEST_LINE)):
            pass
        yield line


def _line(it: Chat, line: bytes) -> None:
    match jsonl.read(line):
        case Advance(by=by):
            it.portal.call(it.room.advance(by))
        case Said() as said:
            address = it.names.at(said.who or it.me, said.channel, said.lang)
            if said.act is not None:
                id = jsonl.named(said.update) if said.update else f"new {secrets.token_hex(12)}"
                it.portal.call(it.room.hear(update(address, id, said.act)))


def _person(it: Chat) -> None:
    """Each line is a message. In a terminal with a prompt and what editing it has, and no history: it is personal."""
    tty = sys.stdin.isatty()
    if tty:
        print(textwrap.fill(HINT, shutil.get_terminal_size().columns), end="\n\n", flush=True)
        it.portal.call(it.room.watch())
    address = Address("terminal", it.me, it.names.hint)
    for number, line in enumerate(_typed() if tty else _piped()):
        if line.strip() == "/quit":
            break
        if tty and not number:  # through a pipe nobody waits, and only what is needed is made ready
            it.room.warm()
        if line.strip():
            it.portal.call(it.room.hear(update(address, f"new {secrets.token_hex(12)}", Typed(received(line)))))


def _piped() -> Iterator[str]:
    for line in _lines():
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _typed() -> Iterator[str]:
    try:
        import readline  # noqa: PLC0415  # where there is none, the terminal's own editing does

        readline.set_auto_history(False)
    except ImportError:
        pass
    while True:
        try:
            yield input(PROMPT)
        except EOFError:
            print()
            return
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # one is enough: what is under way ends in order
            raise
        except UnicodeDecodeError:
            log.told("that line was not UTF-8")
