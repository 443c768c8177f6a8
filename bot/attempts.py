"""What this process has in hand, noted where it outlives the process: a file of places beside the lock file.

One rule: an update is noted before its turn runs and wiped after it, so what stands in a dead process's file is what may
have killed it. A note costs two writes to memory and no commit: a turn that goes well pays nothing to the database.
"""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

HAND = ".hand"  # what such a file's name ends with; it begins with a dot, so that it is no lock file
PLACE = 1024  # bytes of one note; the longest id of an update that a network may give is 255 characters


@dataclass(frozen=True, slots=True)
class Attempt:
    """A run of an update that began and did not end."""

    hub: str
    account: str
    update: str


@dataclass(slots=True)
class Attempts:
    """The notes of one process. `owner` is the name of its lock file."""

    path: Path
    file: int
    taken: set[int] = field(default_factory=set)

    @classmethod
    def begin(cls, folder: Path, owner: str) -> "Attempts":
        """An empty file of notes. OSError where that cannot be."""
        path = folder / f".{owner}{HAND}"
        return cls(path, os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))

    @contextlib.contextmanager
    def hold(self, hub: str, account: str, update: str) -> Iterator[None]:
        """Note an update for as long as its turn runs. One with too long a name is not noted."""
        note = json.dumps([hub, account, update]).encode()
        place = next(it for it in range(len(self.taken) + 1) if it not in self.taken)
        self.taken.add(place)
        try:
            if len(note) <= PLACE:
                os.pwrite(self.file, note.ljust(PLACE), place * PLACE)
            yield
        finally:
            os.pwrite(self.file, b" " * PLACE, place * PLACE)
            self.taken.discard(place)

    def end(self) -> None:
        """Go in order: nothing is in hand."""
        self.path.unlink(missing_ok=True)
        os.close(self.file)


def left_by_dead(folder: Path, dead: Callable[[str], bool]) -> list[Attempt]:
    """What dead processes had in hand; each is told to one asker only, whoever asks at the same moment."""
    found: list[Attempt] = []
    for path in folder.glob(f".*{HAND}"):
        if dead(path.name[1 : -len(HAND)]):
            with contextlib.suppress(FileNotFoundError):  # another process was told
                notes = path.read_bytes()
                path.unlink()
                found += _read(notes)
    return found


def _read(notes: bytes) -> Iterator[Attempt]:
    for at in range(0, len(notes), PLACE):
        with contextlib.suppress(ValueError, TypeError):  # a place that is empty, or of another release
            yield Attempt(*json.loads(notes[at : at + PLACE]))
