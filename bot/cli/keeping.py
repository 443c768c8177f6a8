"""What a chat process keeps beside the database: the files it handed out, and which network a name was last on.

One rule: nothing here names anybody. Files lie outside the data directory and go with the process; names are digests.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from bot.channels.simulated import NETWORKS, Address
from bot.core.ports import Letter

PREFIX = "hubbot-files-"
ERASED = "erase.done"  # the line of a receipt
STALE = 3600.0  # seconds after which the files of a process that was killed are swept: a script may still read them


@dataclass(slots=True)
class Files:
    """A private folder, made when the first file comes."""

    folder: Path | None = None
    lock: BinaryIO | None = None
    of: dict[tuple[str, str], list[Path]] = field(default_factory=dict)  # by (channel, name), what was handed to them

    def put(self, letter: Letter) -> list[str]:
        """Write the files of a message; their paths. The receipt of an erasure takes away what the person got before."""
        whose, files = (letter.channel, letter.to), letter.message.files
        if ERASED in letter.message.lines:
            for place in self.of.pop(whose, []):
                shutil.rmtree(place, ignore_errors=True)
        if not files:
            return []
        if self.folder is None:
            sweep()
            self.folder = Path(tempfile.mkdtemp(prefix=PREFIX))  # for its owner alone
            self.lock = (self.folder / ".lock").open("wb")
            fcntl.flock(self.lock, fcntl.LOCK_EX)
        paths = []
        place = self.folder / str(letter.id)
        place.mkdir(mode=0o700, exist_ok=True)
        self.of.setdefault(whose, []).append(place)
        for file in files:
            path = place / file.name.replace("/", "-")
            path.write_bytes(file.body)
            paths.append(str(path))
        return paths

    def end(self) -> None:
        """Remove them."""
        if self.folder is not None and self.lock is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.lock.close()


def sweep() -> None:
    """Remove what processes left that were killed an hour ago or longer."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid != os.getuid() or folder.stat().st_mtime > time.time() - STALE:
                continue
            with (folder / ".lock").open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                shutil.rmtree(folder)


@dataclass(slots=True)
class Names:
    """Which network each name speaks on "from here on", through restarts. `path`: a file that only grows, last line wins.

    `mark` stands for a name; `hint` is the language of those who told none.
    """

    path: Path
    mark: Callable[[str], str]
    hint: str = ""
    known: dict[str, Address] = field(default_factory=dict)

    def at(self, name: str, channel: str | None = None, lang: str | None = None) -> Address:
        """Where `name` speaks now; `channel` and `lang` change it."""
        was = self.known.get(name) or self._read(name)
        now = Address(channel or was.channel, name, was.hint if lang is None else lang)
        if now != was:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{self.mark(name)} {now.channel} {now.hint.encode().hex()}\n")
        self.known[name] = now
        return now

    def _read(self, name: str) -> Address:
        mark, found = self.mark(name), Address("terminal", name, self.hint)
        with contextlib.suppress(FileNotFoundError):
            for line in self.path.read_text(encoding="ascii", errors="replace").splitlines():
                match line.split(" "):
                    case [known, channel, hint] if known == mark and channel in NETWORKS:
                        with contextlib.suppress(ValueError):  # a process was killed while it wrote this line
                            found = Address(channel, name, bytes.fromhex(hint).decode())
                    case _:
                        pass
        return found
