"""What every test may count on: one PostgreSQL a run, one database a worker, and a skip that fails."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from hashlib import md5
from pathlib import Path

import asyncpg
import pytest
from hypothesis import settings

from tests import warm

# The same examples in every run, so that a failure is a change's and not a day's. To look for new ones:
# pytest --hypothesis-profile=dev. No example database: a clone that cannot be written is tested too.
settings.register_profile("ci", deadline=None, derandomize=True, max_examples=100, print_blob=True, database=None)
settings.register_profile("dev", deadline=None, derandomize=False, max_examples=300, print_blob=True, database=None)
settings.load_profile("ci")

helper = pytest.StashKey[subprocess.Popen[bytes]]()
home = pytest.StashKey[str]()
warmed = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """In the process that was started, not in xdist's workers: those end one by one and would take it with them."""
    if hasattr(config, "workerinput") or config.option.collectonly or os.environ.get("HUBBOT_TEST_POSTGRES"):
        return
    folder = config.stash[home] = os.environ["HUBBOT_TEST_PG"] = tempfile.mkdtemp(prefix="hubbot-pg-")
    config.stash[warmed] = os.environ[warm.FOLDER] = tempfile.mkdtemp(prefix="hubbot-warm-")
    config.stash[helper] = subprocess.Popen(
        [sys.executable, "-m", "tests.postgres", folder], cwd=config.rootpath, stdin=subprocess.DEVNULL
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    """Kill the helper; the server hears of it from the kernel and stops at once."""
    if process := config.stash.get(helper, None):
        process.kill()
        process.wait(10)
        shutil.rmtree(config.stash[home], ignore_errors=True)
        os.environ.pop("HUBBOT_TEST_PG", None)
    if folder := config.stash.get(warmed, ""):
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop(warm.FOLDER, None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped or an expected failure is a failure: what is not tested is not promised."""
    report = yield
    if report.outcome == "skipped":
        why = getattr(report, "wasxfail", None) or report.longrepr
        if hasattr(report, "wasxfail"):
            del report.wasxfail
        report.outcome = "failed"
        report.longrepr = f"A skip is a failure here: {why}"
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole module that skips itself while it is collected."""
    report = yield
    if report.outcome == "skipped":
        report.outcome = "failed"
        report.longrepr = f"A skip is a failure here: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def pg_server() -> str:
    """postgresql://... of a server on which we are superuser: HUBBOT_TEST_POSTGRES, or one of our own.

    Our own starts when the first test asks for it, within 3 s.
    """
    if given := os.environ.get("HUBBOT_TEST_POSTGRES"):
        return given
    folder = Path(os.environ["HUBBOT_TEST_PG"])
    (folder / "wanted").touch()
    deadline = time.monotonic() + 50
    while not (folder / "ready").exists():
        assert not (folder / "failed").exists(), (folder / "failed").read_text()
        assert time.monotonic() < deadline, "PostgreSQL did not start: see the first lines of this run"
        time.sleep(0.02)
    return f"postgresql://postgres@/postgres?host={folder}"


def made(server: str, name: str) -> str:
    """The address of a new, empty database on the server."""

    async def make() -> None:
        connection = await asyncpg.connect(server)
        await connection.execute(f'drop database if exists "{name}" with (force)')
        await connection.execute(f"create database \"{name}\" encoding 'UTF8' template template0")
        await connection.close()

    asyncio.run(make())
    address, _, options = server.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{'?' if options else ''}{options}".replace(
        "postgresql://", "postgresql+asyncpg://", 1
    )


@pytest.fixture(scope="session")
def pg_database(pg_server: str, worker_id: str) -> str:
    """postgresql+asyncpg://... of this worker's own database, empty at first. Each test cleans what it leaves."""
    return made(pg_server, f"hubbot_test_{worker_id}")


@pytest.fixture
def pg_empty(pg_server: str, tmp_path: Path) -> str:
    """postgresql+asyncpg://... of an empty database for one test that starts processes on it."""
    return made(pg_server, f"hubbot_one_{md5(str(tmp_path).encode(), usedforsecurity=False).hexdigest()[:16]}")
