"""Files that nobody means well with: told in one line, with the file and where there is one the line; nothing is changed, and
none takes five seconds or 500 MB.

tests/packs has the mistakes that people make; here is what they would have to try hard for.
"""

import asyncio
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from storage.store import open_store
from tests.acceptance.player import ROOT, environment
from tests.forms.sheets import book
from tests.hostile import made
from tests.packs.conftest import ARTICLE, EVENT, HUB, SAFETY, SOUND, write

pytestmark = pytest.mark.timeout(120)  # each test reads some thirty files
SLOWEST = 5.0  # seconds of processor time for a file
LARGEST = 500.0  # MB


@dataclass(frozen=True)
class Told:
    code: int
    out: str
    err: str
    seconds: float

    @property
    def lines(self) -> list[str]:
        return (self.out + self.err).splitlines()


def examined(jobs: Iterable[Mapping[str, Any]]) -> list[Told]:
    """How each job ended, in a child that may have 500 MB."""
    asked = [json.dumps(job) for job in jobs]
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.child"], input="\n".join(asked), capture_output=True, encoding="utf-8",
        cwd=ROOT, timeout=110, check=False, env=environment(Path("unused")) | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    *told, last = map(json.loads, done.stdout.splitlines())
    assert len(told) == len(asked), done.stderr[-2000:]
    assert last["megabytes"] < LARGEST
    return [Told(**it) for it in told]


def call(*arguments: str, folder: Path, **env: str) -> dict[str, Any]:
    return {"do": "call", "arguments": arguments, "env": env, "folder": str(folder)}


def readable(told: Told) -> str:
    """What is wrong with how a file was told, whatever it was; "" for nothing."""
    if told.seconds > SLOWEST:
        return f"{told.seconds:.1f} s"
    if not told.lines:
        return "nothing was said"
    odd = [line for line in told.lines if not line.isprintable() or len(line) > 1_000]
    if odd:
        return f"a line like {ascii(odd[0])[:200]}"
    return "a fault of ours: " + told.lines[-1] if "failed inside" in told.err or "Traceback" in told.err else ""


def state(folder: Path) -> dict[str, str]:
    """Every file below a folder, by what is in it."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.stat().st_size < 10_000_000
    }


def test_workbooks(tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    for name, data in [*made.workbooks(tmp_path), *made.old_workbooks(), *made.tables()]:
        (folder / name).write_bytes(data)
    for name, rows in made.questions():
        book(folder / f"{name}.xlsx", rows)
    paths = sorted(folder.iterdir())
    before = state(folder)
    told = examined(call("form", "check", str(path), folder=tmp_path) for path in paths)
    wrong = {path.name: why for path, it in zip(paths, told, strict=True) if (why := form(path, it))}
    assert not wrong, "\n".join(f"{name}: {why}" for name, why in wrong.items())
    assert len(paths) >= 70
    assert state(folder) == before
    assert not Path("/tmp/hubbot-climbed").exists()


HARMLESS = {"zip-of-zeros.xlsx"}  # strange, and still a form


def form(path: Path, told: Told) -> str:
    if why := readable(told):
        return why
    if told.code != 1:
        return f"exit {told.code}: {told.lines[0]}"
    return "" if all(line.startswith(f"{path}: ") for line in told.lines) else f"not of the file: {told.lines[0]}"


# A pack that is sound but for one file: its name, and what is in it.
PACKS: dict[str, tuple[str, "bytes | str | Callable[[Path], object]"]] = {
    "nothing": ("xx/hub.toml", b""),
    "only NUL": ("xx/hub.toml", b"\0" * 1000),
    "noise": ("xx/hub.toml", bytes(range(256)) * 20),
    "UTF-16": ("xx/hub.toml", HUB.encode("utf-16")),
    "a folder": ("xx/hub.toml", Path.mkdir),
    "a pipe": ("xx/hub.toml", os.mkfifo),
    "a link to itself": ("xx/hub.toml", lambda path: path.symlink_to(path.name)),
    "a link to a device": ("xx/hub.toml", lambda path: path.symlink_to("/dev/zero")),
    "a gigabyte of nothing": ("xx/hub.toml", lambda path: (path.touch(), os.truncate(path, 2**30))),
    "many digits": ("xx/hub.toml", HUB.replace("16", "9" * 60_000, 1)),
    "a number without end": ("xx/hub.toml", HUB.replace("16", "1e999", 1)),
    "not a number": ("xx/hub.toml", HUB.replace("16", "nan", 1)),
    "a number of another base": ("xx/hub.toml", HUB.replace("16", "0x" + "f" * 50_000, 1)),
    "half a character": ("xx/hub.toml", HUB.replace("Test hub", "\\uD800")),
    "an open text": ("xx/hub.toml", HUB + 'a = """' + "x\n" * 20_000),
    "an escape that is none": ("xx/hub.toml", HUB.replace("Test hub", "\\q")),
    "an ESC": ("xx/hub.toml", HUB.replace("Test hub", "\\u001b[2J")),
    "a control character": ("xx/hub.toml", HUB.replace("Test hub", "a\x07b")),
    "a table twice": ("xx/hub.toml", HUB + "[contact]\n"),
    "a table in a text": ("xx/hub.toml", HUB + "[id.a]\nb = 1\n"),
    "a long key": ("xx/hub.toml", HUB + f'{"k" * 60_000} = 1\n'),
    "quoted keys": ("xx/hub.toml", HUB + "\n".join(f'"\\u202e{n}" = 1' for n in range(2_000))),
    "lists in lists": ("xx/hub.toml", HUB.replace('["en", "pl"]', "[" * 500 + "]" * 500)),
    "an impossible day": ("xx/hub.toml", HUB.replace("2026-11-01", "2026-02-30")),
    "a day far off": ("xx/hub.toml", HUB.replace("2026-11-01", "9999-12-31")),
    "a zone that climbs": ("xx/hub.toml", HUB.replace("Europe/Warsaw", "../../../../etc/localtime")),
    "a zone with NUL": ("xx/hub.toml", HUB.replace("Europe/Warsaw", "Europe\\u0000")),
    "an address that is code": ("xx/hub.toml", HUB.replace("https://hub.example.org/", "data:text/html,x")),
    "an id of half a million": ("xx/events/talk.toml", EVENT.replace("mode =", f"m{'o' * 60_000} =")),
    "too many places": ("xx/events/talk.toml", EVENT.replace("capacity = 20", f"capacity = {10**30}")),
    "fewer than none": ("xx/events/talk.toml", EVENT.replace("capacity = 20", "capacity = -1")),
    "a reminder in a million years": ("xx/events/talk.toml", EVENT.replace("P1D", "P999999999D")),
    "a slow question": ("xx/events/talk.toml", EVENT.replace("${meal} = 'other'", "regex(${meal}, '((a|aa)+)+$') and (")),
    "a deep question": ("xx/events/talk.toml", EVENT.replace("${meal} = 'other'", "(" * 10_000)),
    "choices without end": ("xx/events/talk.toml", EVENT.replace('["all", "other"]', json.dumps([f"c{n}" for n in range(8_000)]))),
    "a link that is code": ("xx/events/talk.toml", EVENT.replace("https://hub.example.org/talk", "javascript:alert(1)")),
    "YAML that merges": ("xx/articles/en/about.md", ARTICLE.replace("title:", "<<: {a: 1}\ntitle:")),
    "YAML that asks": ("xx/articles/en/about.md", ARTICLE.replace("title:", "? [a, b]\n: c\ntitle:")),
    "YAML of another version": ("xx/articles/en/about.md", "---\n%YAML 9.9\n" + ARTICLE),
    "YAML with tabs": ("xx/articles/en/about.md", ARTICLE.replace("  - what", "\t- what")),
    "YAML that is binary": ("xx/articles/en/about.md", ARTICLE.replace("About screening", "!!binary aGVsbG8=")),
    "YAML with half a character": ("xx/articles/en/about.md", ARTICLE.replace("About screening", '"\\uD800"')),
    "YAML with an ESC": ("xx/articles/en/about.md", ARTICLE.replace("About screening", '"\\e[2J"')),
    "YAML in sixties": ("xx/articles/en/about.md", ARTICLE.replace("days: 180", "days: 190:20:30")),
    "YAML of names": ("xx/articles/en/about.md", ARTICLE.replace("title:", "&a title:")),
    "YAML in a box": ("xx/articles/en/about.md", ARTICLE.replace("About screening", "|\n" + "  x\n" * 10_000)),
    "a title like a page": ("xx/articles/en/about.md", ARTICLE.replace("About screening", "x" * 50_000)),
    "a pipe for an article": ("xx/articles/en/about.md", os.mkfifo),
    "a pattern that runs long": ("_network/safety.yaml", SAFETY.replace("not breathing", "(a+)+$", 1)),
    "a pattern with flags": ("_network/safety.yaml", SAFETY.replace("not breathing", "(?", 1)),
    "a pattern that counts": ("_network/safety.yaml", SAFETY.replace("not breathing", "(x{1,1000}){1,1000}{1,1000}", 1)),
    "a route of its own": ("_network/safety.yaml", SAFETY.replace("route_of: {emergency: emergency", "route_of: {emergency: [x]")),
    "YAML aliases": ("_network/safety.yaml", "a: &a [x]\nb: [" + ", ".join(["*a"] * 10_000) + "]\n"),
    "deep YAML": ("_network/safety.yaml", "{" * 50_000),
}  # fmt: skip


def test_packs(tmp_path: Path) -> None:
    folders = []
    for n, (file, content) in enumerate(PACKS.values()):
        folder = write(tmp_path / f"{n}", SOUND)
        path = folder / file
        path.unlink()
        if callable(content):
            content(path)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
        folders.append(folder)
    told = examined({"do": "pack", "folder": str(folder)} for folder in folders)
    wrong = {
        name: why
        for (name, (file, _)), folder, it in zip(PACKS.items(), folders, told, strict=True)
        if (why := pack(folder / file, it))
    }
    assert not wrong, "\n".join(f"{name}: {why}" for name, why in wrong.items())


def pack(path: Path, told: Told) -> str:
    if why := readable(told):
        return why
    mine = [line for line in told.lines if line.startswith(f"{path}:") and ": warning: " not in line]
    if told.code != 1 or not mine:
        return f"exit {told.code}: {told.lines[:3]}"
    return "" if mine[0].removeprefix(f"{path}:").partition(":")[0].isdecimal() else f"no line: {mine[0]}"


# What stands in a .env, or in the environment itself; and the words that say what is wrong with it.
ENV: dict[str, tuple[bytes, str]] = {
    "noise": (bytes(range(1, 256)), ".env: not UTF-8"),
    "NUL": (b"HUBBOT_LOG=a\0b\n", ".env:1: not NAME=VALUE"),
    "a spreadsheet": (b"PK\x03\x04" + b"\0" * 100, ".env:1: not NAME=VALUE"),
    "UTF-16": ("HUBBOT_LOG=debug\n".encode("utf-16"), ".env: not UTF-8"),
    "a shell script": (b"if true; then\nHUBBOT_LOG=debug\nfi\n", ".env:1: not NAME=VALUE"),
    "a name with blanks": (b"HUBBOT LOG=debug\n", ".env:1: not NAME=VALUE"),
    "a name with ESC": (b"\x1b[2JHUBBOT_LOG=debug\n", ".env:1: not NAME=VALUE"),
    "a very long line": (b"A=" + b"x" * 70_000, ".env: the file is larger than"),
    "a log level of another kind": (b"HUBBOT_LOG=\x1b[2J\n", "HUBBOT_LOG: not warning"),
    "a number for a word": (b"HUBBOT_PACING=1e999\n", "HUBBOT_PACING: not on or off"),
    "a clock that is a time": (b"HUBBOT_CLOCK=2027-01-01\n", "HUBBOT_CLOCK: not test"),
    "a folder that is none": (b"HUBBOT_HUBS=/dev/null\n", "HUBBOT_HUBS: there is no such folder"),
    "a folder with a long name": (b"HUBBOT_HUBS=" + b"x" * 5_000 + b"\n", "HUBBOT_HUBS: there is no such folder"),
    "data in a device": (b"HUBBOT_DATA_DIR=/dev/null\n", "HUBBOT_DATA_DIR: not a folder"),
    "data below a file": (b"HUBBOT_DATA_DIR=.env/data\n", "HUBBOT_DATA_DIR: not a folder"),
    "a database of another kind": (b"HUBBOT_DATABASE_URL=file:///etc/passwd\n", "HUBBOT_DATABASE_URL: neither"),
    "a database with options": (b"HUBBOT_DATABASE_URL=sqlite:///x?mode=memory\n", "HUBBOT_DATABASE_URL: neither"),
    "a server that is code": (b"HUBBOT_TELEGRAM_API=javascript:alert(1)\n", "HUBBOT_TELEGRAM_API: not an address"),
    "a server with a password": (b"HUBBOT_MATRIX_HOMESERVER=https://a:b@c\n", "HUBBOT_MATRIX_HOMESERVER: not an address"),
    "a key in a device": (b"HUBBOT_KEY_FILE=/dev/zero\n", "HUBBOT_KEY_FILE: not a file"),
    "a key in a folder": (b"HUBBOT_KEY_FILE=/tmp\n", "HUBBOT_KEY_FILE: not a file"),
    "a key in nothing": (b"HUBBOT_KEY_FILE=/nowhere\n", "HUBBOT_KEY_FILE: cannot be read"),
    "two keys": (b"HUBBOT_KEY=a\nHUBBOT_KEY_FILE=b\n", "HUBBOT_KEY and HUBBOT_KEY_FILE are both set"),
}  # fmt: skip


def test_settings(tmp_path: Path) -> None:
    folders = []
    for n, (content, _) in enumerate(ENV.values()):
        folder = tmp_path / f"{n}"
        folder.mkdir()
        (folder / ".env").write_bytes(content)
        (folder / ".env").chmod(0o600)
        folders.append(folder)
    told = examined(call("health", folder=folder) for folder in folders)
    wrong = {
        name: f"exit {it.code}: {it.lines}"
        for (name, (_, words)), it in zip(ENV.items(), told, strict=True)
        if readable(it) or it.code != 2 or len(it.lines) != 1 or words not in it.lines[0]
    }
    assert not wrong, "\n".join(f"{name}: {why}" for name, why in wrong.items())
    assert all(sorted(path.name for path in folder.iterdir()) == [".env"] for folder in folders)


def _sql(*statements: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        with sqlite3.connect(folder / "hubbot.sqlite3") as conn:
            for statement in statements:
                conn.execute(statement)
        conn.close()

    return change


def _bytes(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        path = folder / name
        path.write_bytes(change(path.read_bytes() if path.exists() else b""))
        path.chmod(0o600)

    return write


def _instead(name: str, make: Callable[[Path], object]) -> Callable[[Path], None]:
    def put(folder: Path) -> None:
        (folder / name).unlink()
        make(folder / name)

    return put


DB, KEY = "hubbot.sqlite3", "hubbot.key"
# What was done to a data directory. Every command refuses it: exit 2, one line.
DATA: dict[str, Callable[[Path], None]] = {
    "noise for a database": _bytes(DB, lambda _: bytes(range(256)) * 64),
    "words for a database": _bytes(DB, lambda _: b"no database\n" * 1000),
    "a database of zeros": _bytes(DB, lambda _: b"\0" * 8192),
    "half a database": _bytes(DB, lambda it: it[: len(it) // 2]),
    "the head of a database": _bytes(DB, lambda it: it[:100]),
    "a database with holes": _bytes(DB, lambda it: it[:4096] + b"\0" * (len(it) - 4096)),
    "a page size that is none": _bytes(DB, lambda it: it[:16] + b"\x03\x03" + it[18:]),
    "a database of the future": _bytes(DB, lambda it: it[:18] + b"\x09\x09" + it[20:]),
    "turned bits": _bytes(DB, lambda it: it[:100] + bytes(byte ^ 0x55 for byte in it[100:4096]) + it[4096:]),
    "a folder for a database": _instead(DB, Path.mkdir),
    "a pipe for a database": _instead(DB, os.mkfifo),
    "a link to itself for a database": _instead(DB, lambda path: path.symlink_to(path.name)),
    "a device for a database": _instead(DB, lambda path: path.symlink_to("/dev/zero")),
    "another program's tables": _instead(DB, lambda path: sqlite3.connect(path).execute("create table users (id)").connection.close()),
    "a schema of another release": _sql("update alembic_version set version_num = '9999'"),
    "a schema with an ESC": _sql("update alembic_version set version_num = char(27) || '[2J'"),
    "no schema": _sql("delete from alembic_version"),
    "two schemas": _sql("insert into alembic_version values ('0002')"),
    "no index key": _sql("update meta set secret = x'00'"),
    "no key": lambda folder: (folder / KEY).unlink(),
    "an empty key": _bytes(KEY, lambda _: b""),
    "half a key": _bytes(KEY, lambda it: it[:20]),
    "two keys in one": _bytes(KEY, lambda it: it + it),
    "a key of zeros": _bytes(KEY, lambda _: b"A" * 43 + b"=\n"),
    "a key of words": _bytes(KEY, lambda _: b"aGVsbG8gd29ybGQsIHRoaXMgaXMgbm8ga2V5IGF0IGE=\n"),
    "a key of noise": _bytes(KEY, lambda _: bytes(range(256))),
    "another key": _bytes(KEY, lambda _: b"q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=\n"),
    "a key for everybody": lambda folder: (folder / KEY).chmod(0o644),
    "a folder for a key": _instead(KEY, Path.mkdir),
    "a pipe for a key": _instead(KEY, lambda path: os.mkfifo(path, 0o600)),
    "a link to itself for a key": _instead(KEY, lambda path: path.symlink_to(path.name)),
    "a device for a key": _instead(KEY, lambda path: path.symlink_to("/dev/zero")),
}  # fmt: skip


async def _made(folder: Path) -> None:
    store = await open_store(f"sqlite:///{folder / DB}", folder, "")
    await store.close()


def test_data(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.mkdir(mode=0o700)
    asyncio.run(_made(whole))
    folders = []
    for n, change in enumerate(DATA.values()):
        folder = tmp_path / f"{n}"
        shutil.copytree(whole, folder / "data")
        change(folder / "data")
        folders.append(folder)
    before = [state(folder) for folder in folders]
    told = examined(call("report", "hub", "pl", folder=folder) for folder in folders)
    wrong = {
        name: f"exit {it.code}: {it.lines}"
        for name, it in zip(DATA, told, strict=True)
        if readable(it) or it.code != 2 or len(it.lines) != 1 or not it.err.startswith("hubbot: ")
    }
    assert not wrong, "\n".join(f"{name}: {why}" for name, why in wrong.items())
    assert [state(folder) for folder in folders] == before


PO = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
LINE = 'msgid "a.line"\nmsgstr "A line"\n'
CATALOGUES: dict[str, bytes] = {
    "nothing": b"",
    "noise": bytes(range(256)) * 10,
    "NUL": PO.encode() + b'msgid "a"\nmsgstr "\0"\n',
    "latin-1": PO.encode() + 'msgid "a.line"\nmsgstr "é"\n'.encode("latin-1"),
    "another charset": (PO + LINE).replace("UTF-8", "UTF-7").encode(),
    "a plural that has no form": (PO + LINE).replace("(n != 1)", "n").encode(),
    "a charset that is none": (PO + LINE).replace("UTF-8", "../../etc").encode(),
    "an open text": (PO + 'msgid "a.line\nmsgstr "x"\n').encode(),
    "code for a plural": (PO + LINE).replace("(n != 1)", "__import__('os').system('id')").encode(),
    "a plural that divides by nothing": (PO + LINE).replace("(n != 1)", "n/0").encode(),
    "a deep plural": (PO + LINE).replace("(n != 1)", "(" * 5_000 + "n" + ")" * 5_000).encode(),
    "a long plural": (PO + LINE).replace("(n != 1)", "n ? 1 : " * 3_000 + "0").encode(),
    "plurals without end": (PO + LINE).replace("nplurals=2", "nplurals=99999999999").encode(),
    "an ESC": (PO + 'msgid "a.line"\nmsgstr "\x1b[2J"\n').encode(),
    "a turned line": (PO + 'msgid "a.line"\nmsgstr "a\u202eb"\n').encode(),
    "a line of a megabyte": (PO + f'msgid "a.other"\nmsgstr "{"x" * 1_000_000}"\n').encode(),
    "a gap that is code": (PO + 'msgid "a.line"\nmsgstr "{hub.__class__}"\n').encode(),
}


def test_catalogues(tmp_path: Path) -> None:
    folders = []
    for n, content in enumerate(CATALOGUES.values()):
        folder = tmp_path / f"{n}"
        for lang, data in (("en", (PO + LINE).encode()), ("pl", content)):
            place = folder / lang / "LC_MESSAGES"
            place.mkdir(parents=True)
            (place / "hubbot.po").write_bytes(data)
        folders.append(folder)
    told = examined({"do": "catalogue", "folder": str(folder)} for folder in folders)
    wrong = {}
    for name, folder, it in zip(CATALOGUES, folders, told, strict=True):
        mine = [line for line in it.lines if line.startswith(f"{folder}/pl/LC_MESSAGES/hubbot.po:")]
        if readable(it) or it.code != 1 or mine != it.lines:
            wrong[name] = readable(it) or f"exit {it.code}: {it.lines[:3]}"
    assert not wrong, "\n".join(f"{name}: {why}" for name, why in wrong.items())
