"""A backup is whole, of one moment, without a key, and there under its name or not at all."""

import base64
import fcntl
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.hub import Retention
from storage.backup import backup, look
from storage.errors import StoreError
from storage.store import open_store
from tests.acceptance.player import ROOT, environment, run
from tests.storage.kit import NOON, House, Time, event, hub, words
from tests.storage.test_erasure import CANARY, a_life, planted

FULL = """
import asyncio, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
from bot.cli import main
sys.exit(main(["db", "backup", sys.argv[1]]))
"""


def key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


async def filled(url: str, data: Path, keys: str) -> House:
    house = House(await open_store(url, data, keys, real=Time()), Time())
    await a_life(house)
    await house.publish(event(), of=hub(retention=Retention(backup=10)))
    return house


async def test_a_backup_holds_every_row_and_opens_with_the_key(url: str, tmp_path: Path) -> None:
    given, file = key(), tmp_path / "saved.db"
    house = await filled(url, tmp_path, given)
    facts = await backup(url, file, real=house.time)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [name for name in os.listdir(tmp_path) if name.startswith("saved")] == ["saved.db"]
    assert (facts.rows["contact"], facts.rows["question"], facts.made) == (1, 1, NOON)
    assert facts.until == (NOON + timedelta(days=10)).date()
    assert look(file).rows == facts.rows
    before = {name: await house.rows(name) for name in ("contact", "registration", "question", "mark", "response")}
    export = await house.store.export("pl", "terminal", planted("address"))
    await house.turn(planted("address"), lambda unit: unit.put(words("more"), "more", 0))
    numbers = [row.id for row in await house.rows("outbox")]
    await house.store.close()
    copy = tmp_path / "copy" / "hubbot.sqlite3"
    copy.parent.mkdir()
    shutil.copy(file, copy)
    store = await open_store(f"sqlite:///{copy}", copy.parent, given, real=house.time)
    again = House(store, house.time, numbers=house.numbers)
    assert {name: await again.rows(name) for name in before} == before
    assert await store.export("pl", "terminal", planted("address")) == export
    await again.turn(planted("address"), lambda unit: unit.put(words("more"), "more", 0))
    assert [row.id for row in await again.rows("outbox")] == numbers  # it goes on where the database was
    await store.close()


async def test_R49_a_backup_without_its_key_shows_nobody(url: str, tmp_path: Path) -> None:
    house = await filled(url, tmp_path, key())
    file = tmp_path / "saved.db"
    await backup(url, file, real=house.time)
    await house.store.close()
    assert CANARY.encode() not in file.read_bytes()
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copy(file, copy / "x.db")
    with pytest.raises(StoreError, match="another key") as told:
        await open_store(f"sqlite:///{copy}/x.db", copy, key())
    assert "\n" not in str(told.value)


async def test_people_are_served_while_a_backup_is_made(tmp_path: Path) -> None:
    """A turn between two steps waits for nothing, and the backup is of the moment in which it began."""
    url, file = f"sqlite:///{tmp_path}/hubbot.sqlite3", tmp_path / "saved.db"
    house = await filled(url, tmp_path, key())
    bulk = [words("x" * 100_000) for _ in range(20)]
    await house.turn("bob", lambda unit: [unit.put(it, "bulk", n) for n, it in enumerate(bulk)])
    steps = []
    other = sqlite3.connect(tmp_path / "hubbot.sqlite3", isolation_level=None, check_same_thread=False)

    def meanwhile(status: int, left: int, whole: int) -> None:
        steps.append(left)
        other.execute("update contact set lang = 'xx'")

    await backup(url, file, real=house.time, progress=meanwhile)
    other.close()
    assert len(steps) > 2
    assert {row.lang for row in await house.rows("contact")} == {"xx"}
    await house.store.close()
    assert look(file).rows["outbox"] == 22


async def test_a_backup_takes_the_place_of_nothing(url: str, tmp_path: Path) -> None:
    house = await filled(url, tmp_path, key())
    await house.store.close()
    file = tmp_path / "saved.db"
    for make in (lambda: file.write_text("mine"), lambda: file.symlink_to(tmp_path / "nowhere"), file.mkdir):
        make()  # type: ignore[operator]
        with pytest.raises(StoreError, match="there is a file already"):
            await backup(url, file)
        assert not (tmp_path / "saved.db.part").exists()
        file.rmdir() if file.is_dir() else file.unlink()
    with pytest.raises(StoreError, match="No such file"):
        await backup(url, tmp_path / "no" / "saved.db")
    part = tmp_path / "saved.db.part"
    with part.open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="another backup"):
            await backup(url, file)
    assert part.exists()  # the other's
    part.write_bytes(b"left by one that was killed" * 100_000)
    await backup(url, file)
    assert look(file).rows["contact"] == 1
    assert not part.exists()


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    env = environment(tmp_path / "data")
    assert run(env, "chat", input="/help\n").returncode == 0
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    file = tmp_path / "saved.db"
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(file)], cwd=tmp_path, env={**env, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"hubbot: {file}: no backup was written (")
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_what_is_no_backup_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"no database" * 1_000)
    (tmp_path / "empty.db").touch()
    for name in ("x.db", "empty.db", "nowhere.db"):
        with pytest.raises(StoreError, match=r"x\.db|empty\.db|nowhere\.db|not hubbot's"):
            look(tmp_path / name)
