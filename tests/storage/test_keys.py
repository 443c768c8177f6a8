"""Keys: from outside, or from a file that its owner alone can read; what does not fit is one clear line."""

import asyncio
import base64
import os
import sqlite3
from pathlib import Path

import pytest

from bot.core.articles import KeepQuestion
from bot.core.ports import Sender
from storage import keys
from storage.errors import StoreError
from storage.store import open_store
from storage.unit import SqlUnit
from tests.storage.kit import pack


def key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def ask(unit: SqlUnit) -> object:
    unit.accept("u1", Sender("chat", "terminal", "ann"))
    return unit.perform(KeepQuestion("Kanarek?"))


async def use(url: str, folder: Path, given: str) -> None:
    store = await open_store(url, folder, given)
    await store.publish("pl", pack())
    await store.run("pl", ask)
    await store.close()


async def test_R49_the_first_start_makes_a_key_that_its_owner_alone_can_read(url: str, tmp_path: Path) -> None:
    await use(url, tmp_path, "")
    path = tmp_path / keys.FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(base64.b64decode(path.read_text())) == 32
    before = path.read_text()
    store = await open_store(url, tmp_path)
    await store.close()
    assert path.read_text() == before


async def test_R49_data_without_their_key_are_refused_and_get_no_new_one(url: str, tmp_path: Path) -> None:
    await use(url, tmp_path, "")
    (tmp_path / keys.FILE).rename(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="key is missing") as told:
        await open_store(url, tmp_path)
    assert "\n" not in str(told.value)
    assert not (tmp_path / keys.FILE).exists()


async def test_another_key_is_refused(url: str, tmp_path: Path) -> None:
    await use(url, tmp_path, key())
    with pytest.raises(StoreError, match="HUBBOT_KEY: another key"):
        await open_store(url, tmp_path, key())
    keys.make_file(tmp_path)
    with pytest.raises(StoreError, match=r"hubbot\.key: another key"):
        await open_store(url, tmp_path)


async def test_the_first_key_of_a_list_seals_and_all_open(url: str, tmp_path: Path) -> None:
    old, new = key(), key()
    await use(url, tmp_path, old)
    store = await open_store(url, tmp_path, f"{new}, {old}")
    assert store.world.secrets.master.keys[0].id == keys.parse(new).keys[0].id
    await store.close()
    with pytest.raises(StoreError):
        await open_store(url, tmp_path, new)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("hello", "not a key"),
        ("ö" * 44, "not a key"),
        (base64.b64encode(b"short").decode(), "a key of 5 bytes"),
        (base64.b64encode(bytes(32)).decode(), "an example"),
        (base64.b64encode(bytes(range(32))).decode(), "an example"),
        (base64.b64encode(b"0123456789abcdef0123456789abcdef").decode(), "an example"),
        (base64.b64encode(b"correct horse battery staple ok!").decode(), "words"),
        (",", "not a key|a key of 0 bytes"),
    ],
)
async def test_a_bad_key_is_one_line_that_does_not_show_it(bad: str, why: str, url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=why) as told:
        await open_store(url, tmp_path, bad)
    assert "HUBBOT_KEY" in str(told.value)
    assert bad not in str(told.value) or bad == ","
    assert "\n" not in str(told.value)


async def test_a_key_file_that_others_can_read_is_refused(url: str, tmp_path: Path) -> None:
    await use(url, tmp_path, "")
    (tmp_path / keys.FILE).chmod(0o644)
    with pytest.raises(StoreError, match="chmod 600"):
        await open_store(url, tmp_path)


async def test_a_key_file_that_is_a_pipe_is_not_waited_for(url: str, tmp_path: Path) -> None:
    await use(url, tmp_path, "")
    (tmp_path / keys.FILE).unlink()
    os.mkfifo(tmp_path / keys.FILE, 0o600)
    with pytest.raises(StoreError, match="not a file"):
        await open_store(url, tmp_path)


def test_R49_the_file_shows_no_word_of_anybody(tmp_path: Path) -> None:
    asyncio.run(use(f"sqlite:///{tmp_path}/x.sqlite3", tmp_path, ""))
    found = b"".join(path.read_bytes() for path in tmp_path.glob("x.sqlite3*"))
    assert b"Kanarek" not in found
    with sqlite3.connect(tmp_path / "x.sqlite3") as raw:
        assert raw.execute("select count(*) from question").fetchone() == (1,)


def test_a_sealed_value_has_the_promised_shape() -> None:
    secret = os.urandom(32)
    one = keys.Key.of(secret)
    sealed = one.seal(b"plain", b"place")
    assert (sealed[:1], sealed[1:5], len(sealed)) == (b"\x01", one.id, 5 + 33)
    assert one.open(sealed, b"place") == b"plain"
    assert sealed != one.seal(b"plain", b"place")
    for value, place in ((sealed, b"other"), (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"place"), (b"", b"place")):
        with pytest.raises(keys.KeyMismatch):
            one.open(value, place)
    with pytest.raises(keys.KeyMismatch):
        keys.Key.of(os.urandom(32)).open(sealed, b"place")
    assert secret.hex() not in repr(one)


def test_an_address_is_found_by_a_keyed_hash_alone() -> None:
    secret = os.urandom(32)
    one = keys.index_of(secret, "telegram", "chat", "123")
    assert one == keys.index_of(secret, "telegram", "chat", "123")
    others = [("matrix", "chat", "123"), ("telegram", "other", "123"), ("telegram", "chat", "124")]
    assert one not in [keys.index_of(secret, *it) for it in others]
    assert one != keys.index_of(os.urandom(32), "telegram", "chat", "123")
