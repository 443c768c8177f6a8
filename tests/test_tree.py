"""What holds for the tree as a whole: its requirements, its commands, its image, who may use which library."""

import ast
import configparser
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "flows", "locales", "storage")
NOT_OURS = {".git", ".hypothesis", ".venv", "data", "build", "dist", "__pycache__"}

# A client library is known to one part, so that it can be replaced there. A new part with a library adds its line.
HOMES = {
    "telegram": ("bot/channels/telegram",),
    "nio": ("bot/channels/matrix",),
    "sqlalchemy": ("storage/",),
    "alembic": ("storage/",),
    "asyncpg": ("storage/",),
    "cryptography": ("storage/",),
    "babel": ("locales/",),
    "langdetect": ("locales/",),
    "py3langid": ("locales/",),
    "pyxform": ("bot/forms",),
    "openpyxl": ("bot/forms",),
}

# What costs a tenth of a second or more to import, or is not needed before the first prompt: inside the function that
# needs it (alembic to upgrade, a network's client for that network, the language models after the prompt is shown).
LATE = {
    "alembic", "telegram", "nio", "asyncpg", "pyxform", "openpyxl", "icalendar", "aiohttp", "langdetect", "py3langid",
    "numpy",
}  # fmt: skip


def files(*suffixes: str) -> Iterator[Path]:
    """Our text files; with suffixes, only such."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(f for f in folders if f not in NOT_OURS and not f.endswith((".egg-info", "_cache")))
        for name in sorted(names):
            path = Path(folder, name)
            if not suffixes or path.suffix in suffixes:
                yield path


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Each line of a source file that imports, with the first part of what it imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
            case ast.ImportFrom(module=str(module), level=0):
                yield node.lineno, module.partition(".")[0]
            case _:
                pass


def test_nothing_points_outside_the_clone() -> None:
    """No folder of the machine that it was written on, no package index: a clone is whole, a mirror will do."""
    pattern = re.compile(r"(?<![\w.-])/work/|\.\./shared|pypi\.or[g]|pythonhosted\.or[g]|registry\.npm", re.ASCII)
    found = []
    for path in files():
        if path == Path(__file__):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a workbook
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in pattern.finditer(text)]
    assert found == []


@pytest.mark.parametrize("name", ["runtime", "dev", "tools", "build", "bootstrap"])
def test_requirements_are_pinned_with_hashes_and_no_address(name: str) -> None:
    assert (ROOT / "requirements" / f"{name}.in").is_file()
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    pins = [line for line in text.splitlines() if line.strip()]
    assert pins
    for pin in pins:
        assert re.match(r"[a-z0-9][a-z0-9-]*==[\w.]+( ; [^#]*?)?\s+--hash=sha256:[0-9a-f]{64}", pin), pin
    assert "://" not in text
    assert not re.search(r"--(extra-)?index|--find-links|--trusted", text)


def test_the_development_set_holds_the_runtime_set() -> None:
    """bootstrap.sh keeps the development set where it is: it must not run the bot on other versions."""
    sets = {}
    for name in ("runtime", "dev"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        sets[name] = set(re.findall(r"^[a-z0-9-]+==\S+", text, re.MULTILINE))
    assert sets["runtime"] < sets["dev"]


def test_every_test_has_a_deadline() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    assert 0 < options["timeout"] <= 60
    assert importlib.util.find_spec("pytest_timeout")
    lifted = re.compile(r"mark\.timeout\(\s*(0|None)\b|--timeout[= ]0|-p no:timeout")
    assert [
        path.name for path in files(".py", ".sh") if path != Path(__file__) and lifted.search(path.read_text())
    ] == []


def test_each_library_has_one_home() -> None:
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            for line, library in imports(path):
                if library in HOMES and not name.startswith(HOMES[library]):
                    found.append(f"{name}:{line}: {library} belongs to {', '.join(HOMES[library])}")
    assert found == []


def test_each_part_has_its_place_in_the_import_rules() -> None:
    """A new module under bot/ that no layer names would be free to import everything."""
    rules = configparser.ConfigParser()
    rules.read(ROOT / ".importlinter", encoding="utf-8")
    layers = set(re.findall(r"[\w.]+", rules["importlinter:contract:layers"]["layers"]))
    parts = {
        f"bot.{path.stem}"
        for path in (ROOT / "bot").iterdir()
        if path.suffix == ".py" or (path.is_dir() and path.name != "__pycache__")
    }
    assert parts - layers <= {"bot.__init__", "bot.__main__"}


def test_the_image_holds_what_the_program_needs() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    context = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for folder in (*PACKAGES, "hubs"):
        assert (ROOT / folder).is_dir()
        assert f"COPY {folder}/ {folder}/\n" in image
        assert f"!{folder}/" in context
    assert re.search(r"^USER 10001", image, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*hubbot", image, re.MULTILINE)


def test_make_chat_hands_its_words_on_untouched(tmp_path: Path) -> None:
    """HUB, SPEAK, WHO and NOW arrive as one argument each, whatever they hold; LANG does not arrive."""
    (tmp_path / "python").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (tmp_path / "python").chmod(0o755)
    make = shutil.which("make")
    assert make
    said = "anna \"b\"; echo `id` 'c'"
    words = ["HUB=pt", "SPEAK=uk", f"WHO={said}", "NOW=2027-03-01T09:00+01:00", "LANG=pl_PL.UTF-8"]
    command = [make, "-o", ".venv/.runtime", "chat", f"BIN={tmp_path}", *words]
    env = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=30, check=True)
    wanted = ["-m", "bot", "chat", "--hub", "pt", "--lang", "uk", "--as", said, "--now", "2027-03-01T09:00+01:00"]
    assert done.stdout.splitlines() == wanted


def test_a_conversation_starts_without_what_it_does_not_need_yet(tmp_path: Path) -> None:
    env = {key: value for key, value in os.environ.items() if not key.startswith("HUBBOT_")}
    env |= {"HUBBOT_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-X", "importtime", "-m", "bot", "chat"]

    def start() -> str:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=25,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stderr

    start()  # the first start makes the database and may import alembic for it; no start after that may
    imported = {name.partition(".")[0] for name in re.findall(r"\|\s+(\S+)$", start(), re.MULTILINE)}
    assert "bot" in imported
    assert imported & LATE == set()
