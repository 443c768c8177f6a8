"""Who works on a database: whoever opens it holds its lock file with the others, whoever replaces it holds it alone.

One rule: the kernel lets a lock go when its process ends, however it ends, so nobody has to clear one away.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.address import Address, remove
from storage.errors import StoreError

BESIDE = ".restore"  # what a restore builds beside the database has this at the end of its name


def place(at: Address, folder: Path) -> Path:
    """The file that stands for a database: SQLite's own, or one in the data directory (of PostgreSQL see storage.restore)."""
    return at.path or folder / "hubbot"


def enter(at: Address, folder: Path) -> int:
    """Work on it together with others, until the handle is closed. Raises StoreError while it is being replaced."""
    handle = _open(place(at, folder))
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise StoreError("the database is being restored: try again when that has ended") from None
    clear(place(at, folder))  # nobody restores now: what is there was left by one that was killed
    return handle


@contextmanager
def alone(at: Address, folder: Path) -> Iterator[Path]:
    """Replace it while nobody else works on it; where to build what is to come. Raises StoreError."""
    handle = _open(place(at, folder))
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError("a process works on this database: stop it first (hubbot run, hubbot chat)") from None
        clear(place(at, folder))
        yield Path(f"{place(at, folder)}{BESIDE}")
    finally:
        clear(place(at, folder))
        os.close(handle)


def clear(path: Path) -> None:
    """Remove what a restore built and did not put in place: people who were erased may still be in it."""
    remove(Path(f"{path}{BESIDE}"))


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise StoreError(f"{path}.lock: cannot be opened ({error.strerror})") from None
