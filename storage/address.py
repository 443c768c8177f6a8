"""The address of a database, as it is given in HUBBOT_DATABASE_URL, and what is wrong with it.

One rule: people name the database; which driver speaks to it is our choice. No message shows a password.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from storage.errors import StoreError

NETWORK_FILES = (
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "fuse.sshfs",
    "9p",
)  # SQLite on these is corrupt sooner or later
LOG = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a database, after its name
WRITER = "-writer"  # and what storage.sqlite keeps there: the lock of who writes


@dataclass(frozen=True, slots=True)
class Address:
    """`url` is what SQLAlchemy takes; `path` is the file of a SQLite database, None on PostgreSQL."""

    url: str
    path: Path | None


def read(url: str) -> Address:
    """sqlite:///PATH or postgresql://..., with or without a driver's name. Raises StoreError on anything else."""
    scheme, found, rest = url.partition("://")
    kind = scheme.partition("+")[0]
    if found and kind == "sqlite" and rest.startswith("/") and rest[1:].partition("?")[0]:
        path = Path(rest[1:].partition("?")[0])
        return Address(f"sqlite:///{path}", path)
    if found and kind in ("postgresql", "postgres") and rest:
        return Address(f"postgresql+asyncpg://{rest}", None)
    raise StoreError("HUBBOT_DATABASE_URL: sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME is needed")


def remove(path: Path) -> None:
    """Remove a SQLite database that nobody works on, with all that is beside it. OSError."""
    for ending in ("", *LOG, WRITER):
        Path(f"{path}{ending}").unlink(missing_ok=True)


def prepare(path: Path, mounts: str | None = None) -> None:
    """Make the folder and the empty file of a SQLite database, for its owner alone. Raises StoreError.

    `mounts` is the text of /proc/mounts, for tests.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NONBLOCK, 0o600)
        regular = stat.S_ISREG(os.fstat(handle).st_mode)
        os.close(handle)
    except OSError as error:
        raise StoreError(f"{path}: cannot be opened ({error.strerror})") from None
    if not regular:  # SQLite would wait for ever for what comes out of a pipe
        raise StoreError(f"{path}: not a file")
    if kind := _network(path.resolve(), mounts):
        raise StoreError(
            f"{path}: lies on a network share ({kind}), where SQLite breaks; use a local disk or PostgreSQL"
        )


def _network(path: Path, mounts: str | None) -> str:
    """The kind of the network share that a file lies on, "" for a local disk or where the system does not tell."""
    if mounts is None:
        try:
            mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
    best, kind = "", ""
    for line in mounts.splitlines():
        _, point, found, *_ = (*line.split(), "", "", "")
        point = point.replace("\\040", " ")
        if point and path.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, found
    return kind if kind in NETWORK_FILES else ""
