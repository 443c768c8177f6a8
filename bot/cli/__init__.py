"""The command line. What it is called, what it takes and how it exits is stable: scripts rely on it.

One rule: whatever goes wrong is one line on stderr and an exit code (0 done, 1 what was checked is wrong, 2 called or
configured wrongly), never a traceback.
"""

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from typing_extensions import override

from bot.channels.parts import harmless

ABOUT = "The conversational front door of a National Cancer Mission Hub."
HELPED = "Settings come from the environment or a .env file: see docs/operators.md. Exit codes: 0 done, 1 wrong, 2 called wrongly."
# Python looks for circles of garbage after every 700 new objects. A start makes a hundred thousand and keeps them, a turn makes
# thousands and keeps none: a fifth of the one and a tenth of the other went into that.
GARBAGE = (10_000, 20, 20)


class UsageError(Exception):
    """Called wrongly; str() is the line that says how."""


class Parser(argparse.ArgumentParser):
    """An argparse parser whose complaint is one line."""

    @override
    def error(self, message: str) -> NoReturn:
        """Exit 2."""
        self.exit(2, harmless(f"{self.prog}: {message} (see {self.prog} --help)").replace("\n", " ") + "\n")


class Version(argparse.Action):
    """--version: looked up only where it is asked for, since that takes as long as some starts."""

    @override
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version  # noqa: PLC0415  # see above

        print(f"hubbot {version('hubbot')}")
        parser.exit()


def parser() -> Parser:
    """Every command with its arguments. Each names the module of bot.cli and the function in it that does it."""
    top = Parser(prog="hubbot", description=ABOUT, epilog=HELPED, allow_abbrev=False)
    top.add_argument("--version", action=Version, nargs=0, help="which release this is")
    commands = top.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)

    chat = _command(commands, "chat", "chat.chat", "talk to the bot in the terminal; piped in, each line is a message")
    chat.add_argument("--hub", default="pl", metavar="ID", help="which hub (default: pl)")
    chat.add_argument("--lang", metavar="L", help="the language of your app, one of the hub's")
    chat.add_argument("--as", dest="who", metavar="NAME", help="who you are (default: me)")
    chat.add_argument("--coordinator", action="store_true", help="speak as the hub's first coordinator in the terminal")
    chat.add_argument(
        "--now", type=_some, metavar="ISO", help="set the clock of a test database: 2027-03-01T09:00+01:00"
    )
    chat.add_argument("--jsonl", action="store_true", help="for machines: one JSON object a line, in and out")

    _command(commands, "run", "service.run", "serve every configured hub on every configured network, until SIGTERM")
    _command(commands, "health", "service.health", "exit 0 when the running service works, else 1")
    _command(
        commands, "check", "content.check", "validate settings, hub packs and catalogues; exit 1 if anything is wrong"
    )

    ask = _command(commands, "ask", "content.ask", "what the hub would answer to each question of stdin")
    detect = _command(commands, "detect", "content.detect", "which language the bot would answer each text of stdin in")
    for command in (ask, detect):
        command.add_argument(
            "--hub", type=_some, default="pl", metavar="ID|DIR", help="a hub's id, or the folder of a pack"
        )
        command.add_argument("--jsonl", action="store_true", required=True, help="one JSON object a line, in and out")

    form = _group(commands, "form", "look at an XLSForm")
    checked = _command(form, "check", "content.form_check", "each problem of a form with sheet, row and column")
    checked.add_argument("file", type=_some, metavar="FILE")
    tried = _command(form, "try", "content.form_try", "answer a form with random valid answers to the end")
    tried.add_argument("file", type=_some, metavar="FILE")
    tried.add_argument(
        "--seed", type=int, default=0, metavar="N", help="the same seed gives the same answers (default: 0)"
    )
    tried.add_argument("--lang", default="", metavar="L", help="a language of the form, such as pl")
    tried.add_argument("--json", action="store_true", help="every step as JSON")

    report = _command(commands, "report", "data.report", "the numbers that a coordinator sees")
    report.add_argument("kind", choices=("event", "campaign", "form", "hub"), metavar="event|campaign|form|hub")
    report.add_argument("id", type=_some, metavar="ID")
    report.add_argument("--hub", default="", metavar="ID", help="the hub, where several know the id")
    report.add_argument("--json", action="store_true", help="as JSON")

    hub = _group(commands, "hub", "make a hub pack")
    _command(hub, "new", "content.hub_new", "a new hub from the template").add_argument(
        "folder", type=_some, metavar="DIR"
    )

    _database(commands)

    for name, what in (
        ("export", "write all that is stored about a person to stdout, as JSON"),
        ("erase", "erase a person"),
    ):
        person = _command(commands, name, f"data.{name}", what)
        person.add_argument("--address", required=True, metavar="CHANNEL:ID", help="such as telegram:12345")
        person.add_argument("--hub", default="", metavar="ID", help="without it: lists the hubs that know the address")
    return top


def _database(commands: "argparse._SubParsersAction[Parser]") -> None:
    database = _group(commands, "db", "look after the database")
    _command(database, "upgrade", "data.upgrade", "bring the schema to this release's")
    saved = _command(database, "backup", "data.backup", "copy the database to a file while the bot works")
    saved.add_argument("file", type=_some, metavar="FILE")
    restored = _command(database, "restore", "data.restore", "put a backup in the place of the database")
    restored.add_argument("file", type=_some, metavar="FILE")
    resume = _command(database, "resume", "data.resume", "let hubs speak by themselves again after a restore")
    resume.add_argument("--hub", default="", metavar="ID", help="this hub alone (default: all)")
    _command(database, "rekey", "data.rekey", "wrap every key under the first key of HUBBOT_KEY")
    clock = _command(database, "clock", "data.clock", "move the clock of a test database: hubbot db clock +P3D")
    clock.add_argument("by", metavar="+DURATION", help="ISO 8601, such as +P3D or +PT2H30M")


def _some(text: str) -> str:
    """An argument that says something: an empty one is a variable of a script that was not set."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return text


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    gc.set_threshold(*GARBAGE)
    try:
        _streams()
        given = parser().parse_args(arguments)
        module, _, name = given.does.partition(".")
        code: int = getattr(importlib.import_module(f"bot.cli.{module}"), name)(given)
        sys.stdout.flush()
    except SystemExit as done:  # argparse: --help, or a wrong call
        return done.code if isinstance(done.code, int) else 2
    except KeyboardInterrupt:
        if sys.stdout.isatty():
            print()  # the shell's prompt begins a line of its own
        return 130  # as a shell calls a program that Ctrl-C ended
    except BrokenPipeError:
        # Who read us has gone (| head). Python flushes once more at exit, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as fault:  # noqa: BLE001  # the last guard: one line, and no value of anybody in it
        return _failed(fault)
    return code


def _streams() -> None:
    """Three streams that are there and take every character: a terminal by its own letters, a file or pipe by UTF-8."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed: the next file that we open would take its number, and what is printed
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  # to the end
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding=None if sys.stdout.isatty() else "utf-8", errors="replace")


def _failed(fault: Exception) -> int:
    from bot.cli.fault import told  # noqa: PLC0415  # what can fail knows the store; --help does not need it

    sys.stderr.write(harmless(f"hubbot: {told(fault)}").replace("\n", " ") + "\n")
    return 2


def _command(commands: "argparse._SubParsersAction[Parser]", name: str, does: str, what: str) -> Parser:
    made = commands.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".", allow_abbrev=False)
    made.set_defaults(does=does)
    return made


def _group(
    commands: "argparse._SubParsersAction[Parser]", name: str, what: str
) -> "argparse._SubParsersAction[Parser]":
    made = commands.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".", allow_abbrev=False)
    return made.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
