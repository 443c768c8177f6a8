"""Which processes live on a data directory, and whom each of them serves: a locked file of its own for each.

One rule: a lock is let go by the kernel when its process ends, however it ends, so a file that is not locked is a dead
process's. Names stand in these files only as salted digests: nobody is to be found in them.
"""

import contextlib
import fcntl
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

FOLDER = "processes"  # in the data directory


@dataclass(slots=True)
class Presence:
    """This process among the living. `owner` names it in claims and leases: the name of its lock file."""

    folder: Path
    owner: str
    file: BinaryIO
    salt: bytes
    served: dict[str, int] = field(default_factory=dict)  # mark -> when we last took the person over

    @classmethod
    def begin(cls, data: Path) -> "Presence":
        """Lock a file of our own in a data directory. OSError where that cannot be."""
        folder = data / FOLDER
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        salt = _salt(folder)
        owner = f"{_place(salt)}-{os.getpid()}-{secrets.token_hex(4)}"
        # Locked before it gets its name: whoever finds it unlocked under that name may take us for dead.
        unborn = folder / f".{owner}"
        file = _make(unborn)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        unborn.rename(folder / owner)
        return cls(folder, owner, file, salt)

    def serve(self, channel: str, name: str) -> None:
        """From now on the messages to this person are ours, until another process hears from them."""
        mark = self.mark(channel, name)
        if self.served.get(mark, 0) <= self.of_others().get(mark, 0):
            self.served[mark] = time.time_ns()
            self.file.write(f"{mark} {self.served[mark]}\n".encode())

    def admits(self) -> Callable[[str, str], bool]:
        """Whether the messages to a (channel, name) are ours to send: they wrote here last, or to no living process.

        It looks at the others' files when it is first asked, not before: whoever hears from a person says so before the
        turn, so that a claim, which sees the turn, sees that too.
        """
        others: dict[str, int] | None = None

        def ours(channel: str, name: str) -> bool:
            nonlocal others
            others = self.of_others() if others is None else others
            mark = self.mark(channel, name)
            return mark not in others or self.served.get(mark, 0) > others[mark]

        return ours

    def mark(self, channel: str, name: str) -> str:
        """What stands for a person in a file."""
        text = f"{channel}\0{name}".encode("utf-8", "surrogatepass")
        return blake2b(text, key=self.salt, digest_size=8).hexdigest()

    def of_others(self) -> dict[str, int]:
        """Whom other living processes serve, and since when. Files of dead ones are cleared away."""
        found: dict[str, int] = {}
        for path in self.folder.iterdir():
            if path.name != self.owner and not path.name.startswith(".") and living(path):
                with contextlib.suppress(FileNotFoundError):  # it went this moment
                    for line in path.read_text("ascii").split("\n")[:-1]:  # the last line may not be whole yet
                        mark, _, since = line.partition(" ")
                        found[mark] = max(found.get(mark, 0), int(since))
        return found

    def dead(self, owner: str) -> bool:
        """Whether the process of that name is known to be dead. One on another data directory is not."""
        ours = owner.startswith(f"{_place(self.salt)}-") and "/" not in owner
        return ours and owner != self.owner and not living(self.folder / owner)

    def end(self) -> None:
        """Go. What we served is anybody's."""
        (self.folder / self.owner).unlink(missing_ok=True)
        self.file.close()


def living(path: Path) -> bool:
    """Whether the process of this lock file lives. A dead one's file is removed."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        pass
    return False


def _place(salt: bytes) -> str:
    """What stands for a data directory, the same for every process on it."""
    return blake2b(salt, digest_size=4).hexdigest()


def _make(path: Path) -> BinaryIO:
    """A new file that its owner alone can read."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "wb", buffering=0)


def _salt(folder: Path) -> bytes:
    """The same for every process on this data directory, made whole by the first."""
    path = folder / ".salt"
    if not path.exists():
        made = folder / f".salt-{secrets.token_hex(6)}"
        with _make(made) as file:
            file.write(secrets.token_bytes(32))
        with contextlib.suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_bytes()
