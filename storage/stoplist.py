"""The list of stops and erasures beside the database, which outlives it: `db restore` replays it (promise 7).

One rule: a line about a person is only ever added, after the commit that it tells of; one that its own sum does not confirm
counts as none.

A line is `HUB KIND INDEX AT SUBJECT SUM`: the keyed hash of an address in hex, the hub's clock in microseconds, - for no
subject. The line `! ID KEY SUM` holds the key of those hashes, wrapped by the master key, and what tells it from another.
"""

import fcntl
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

from storage.schema.base import EPOCH, MICROSECOND

FILE = "hubbot.stops"
STOP, AGAIN, ERASED = "stop", "again", "erased"  # wants no news; asked for news after that; was erased
KEY = "!"  # no hub is called so


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `kind` is stop, again or erased; `subject` the receipt of an erasure, else empty."""

    hub: str
    kind: str
    index: bytes = field(repr=False)
    at: datetime
    subject: str = ""

    @property
    def address(self) -> tuple[str, bytes]:
        """Whom it is about."""
        return self.hub, self.index


@dataclass(frozen=True, slots=True)
class Read:
    """What a list holds: its lines in order, its keys as (id, wrapped), and how many lines cannot be read."""

    entries: tuple[Entry, ...] = ()
    keys: tuple[tuple[bytes, bytes], ...] = ()
    broken: int = 0

    @property
    def news(self) -> dict[tuple[str, bytes], Entry]:
        """The newest stop, or wish for news after one, of each address."""
        found: dict[tuple[str, bytes], Entry] = {}
        for it in self.entries:
            known = found.get(it.address)
            if it.kind != ERASED and (known is None or known.at <= it.at):
                found[it.address] = it
        return found

    @property
    def erasures(self) -> tuple[Entry, ...]:
        return tuple(it for it in self.entries if it.kind == ERASED)


@dataclass(frozen=True, slots=True)
class StopList:
    """The list in a data directory. Several processes may share it."""

    path: Path

    @classmethod
    def of(cls, folder: Path) -> "StopList":
        return cls(folder / FILE)

    def read(self) -> Read:
        """All of it; nothing where there is none yet. Raises OSError."""
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return Read()
        entries: list[Entry] = []
        keys: list[tuple[bytes, bytes]] = []
        broken = 0
        for line in lines:
            match _parts(line):
                case [mark, id, key] if mark == KEY:
                    keys.append((bytes.fromhex(id), b64decode(key)))
                case [hub, kind, index, at, subject]:
                    when = EPOCH + int(at) * MICROSECOND
                    entries.append(Entry(hub, kind, bytes.fromhex(index), when, subject.removeprefix("-")))
                case None if line:
                    broken += 1
                case _:
                    pass
        return Read(tuple(entries), tuple(keys), broken)

    def add(self, entries: Iterable[Entry]) -> None:
        """Add lines, on the disk when this returns. Raises OSError."""
        self._write(_line(it) for it in entries)

    def set_key(self, id: bytes, wrapped: bytes) -> None:
        """Hold the key of the hashes as it is wrapped now, and no longer as it was: an old master key opens nothing here."""
        with self._locked() as file:
            key = f"{KEY} {id.hex()} {b64encode(wrapped).decode()}"
            mark = f"{KEY} ".encode()
            kept = [line + b"\n" for line in file.read().split(b"\n") if line and not line.startswith(mark)]
            part = self.path.with_name(f"{self.path.name}.part")
            with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as anew:
                anew.write(_summed([key]) + b"".join(kept))
                anew.flush()
                os.fsync(anew.fileno())
            part.replace(self.path)
            sync(self.path.parent)

    def _write(self, lines: Iterable[str]) -> None:
        text = _summed(lines)
        if not text:
            return
        with self._locked() as file:
            end = file.seek(0, os.SEEK_END)
            if end and os.pread(file.fileno(), 1, end - 1) != b"\n":  # a line that a power cut has torn
                text = b"\n" + text
            file.write(text)
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def _locked(self) -> Iterator[BinaryIO]:
        """The file that has the name now, made where there is none, and ours alone."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        while True:
            new = not self.path.exists()
            with os.fdopen(os.open(self.path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600), "r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if not _named(file, self.path):
                    continue  # another process gave the name to another file while we waited
                if new:
                    sync(self.path.parent)
                yield file
                return


def sync(folder: Path) -> None:
    """Bring a folder's list of names to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def newer(wanted: Iterable[Entry], known: Iterable[Entry]) -> Iterator[Entry]:
    """What of `wanted` tells more than `known`: an erasure that is not there, or another or later word about news."""
    there = set(known)
    latest = Read(tuple(there)).news
    for it in wanted:
        if it in there:
            continue
        before = latest.get(it.address)
        if it.kind == ERASED or before is None or (before.at, before.kind == it.kind) < (it.at, True):
            yield it


def _named(file: BinaryIO, path: Path) -> bool:
    """Whether the file still has the name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _summed(lines: Iterable[str]) -> bytes:
    return b"".join(f"{line} {crc32(line.encode()):08x}\n".encode() for line in lines)


def _line(it: Entry) -> str:
    return f"{it.hub} {it.kind} {it.index.hex()} {(it.at - EPOCH) // MICROSECOND} {it.subject or '-'}"


def _parts(line: bytes) -> list[str] | None:
    """The words of a line without its sum; None where the sum does not fit."""
    text, _, given = line.decode("ascii", "replace").rpartition(" ")
    return text.split(" ") if f"{crc32(text.encode()):08x}" == given else None
