"""How every command begins that needs the settings: they are read, the log is as they want it, and odd ones are told.

One rule: a name that nothing reads is told and stops nothing, since it may be another release's.
"""

import os
import re
from collections.abc import Iterator, Set
from pathlib import Path

from bot.cli import log
from bot.settings import KNOWN, Settings, SettingsError, load, read_small

OURS, OF_TESTS = "HUBBOT_", "HUBBOT_TEST_"  # how the names begin that we read, and those that only our tests read
LONGEST = 80  # characters that are shown of a name; ours have 30
_NAMED = re.compile(rf"\b{OURS}\w+")


def begin() -> Settings:
    """The settings that hold for the environment and the folder in which the command was called."""
    settings = load(os.environ, Path.cwd())
    log.begin(settings.log)
    for line in unread(settings):
        log.told(line)
    return settings


def unread(settings: Settings) -> Iterator[str]:
    """A line for each name that is set as if it were ours and that nothing reads: a typing error, most likely."""
    odd = sorted(it for it in settings.variables if it.upper().startswith(OURS) and not _one_of(it, KNOWN.keys()))
    if not odd:
        return
    known = {*KNOWN, *(name for path in settings.hubs.glob("*/hub.toml") for name in _NAMED.findall(_text(path)))}
    for name in odd:
        if not _one_of(name, known) and not name.startswith(OF_TESTS):
            near = _nearest(name, known)
            yield f"warning: {name[:LONGEST]} is set, and nothing reads it" + (f": is {near} meant?" if near else "")


def _one_of(name: str, known: Set[str]) -> bool:
    return name in known or name.removesuffix("_FILE") in known


def _nearest(name: str, known: Set[str]) -> str:
    """The known name most like `name`, "" where none is like it. What all begin with makes none alike."""
    from difflib import get_close_matches  # noqa: PLC0415  # only for a name that is wrong

    stems = [it.removeprefix(OURS) for it in sorted(known)]
    near = get_close_matches(name[len(OURS) : LONGEST].upper(), stems, 1)
    return OURS + near[0] if near else ""


def _text(path: Path) -> str:
    try:
        return read_small(path, str(path))
    except SettingsError:  # `hubbot check` says so
        return ""
