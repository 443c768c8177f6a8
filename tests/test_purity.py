"""The core and the flows know no network, no database, no clock, no randomness, no file (promise 8).

import-linter and ruff know what they list; this list is the other way round: what is not named here is not imported.
"""

import ast
import symtable
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PURE = frozenset({
    "__future__", "abc", "base64", "bisect", "calendar", "collections", "copy", "dataclasses", "datetime", "decimal",
    "difflib", "enum", "fractions", "functools", "hashlib", "heapq", "hmac", "inspect", "itertools", "json", "math",
    "numbers", "operator", "re", "string", "textwrap", "traceback", "types", "typing", "unicodedata",
})  # fmt: skip
# open, print, input: I/O. hash, id: differ between two processes. The rest hides an import from us.
BANNED = frozenset({"open", "print", "input", "hash", "id", "eval", "exec", "compile", "__import__", "breakpoint"})
# A datetime is a value; asking for the time is not.
CLOCK = frozenset({"now", "utcnow", "today"})


def builtins_used(table: symtable.SymbolTable) -> Iterator[tuple[int, str]]:
    """Each scope that reads a banned builtin. A parameter or a variable of the same name is another thing."""
    for name in BANNED & set(table.get_identifiers()):
        symbol = table.lookup(name)
        outermost = table.get_type() == "module"
        if symbol.is_referenced() and (symbol.is_global() if not outermost else not symbol.is_assigned()):
            yield table.get_lineno(), f"uses {name} in {table.get_name()}"
    for inner in table.get_children():
        yield from builtins_used(inner)


def faults(source: str, own: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Every line of `source` that does what the core may not, with what it does; `own`: our packages it may import."""
    yield from builtins_used(symtable.symtable(source, "source", "exec"))
    names: list[str]
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                names = [alias.name for alias in node.names]
            case ast.ImportFrom(module=str(module), level=0):
                # `from bot import engine` is bot.engine, not bot: look at the name where the module alone is too wide
                names = [f"{module}.{alias.name}" if module == "bot" else module for alias in node.names]
            case ast.ImportFrom():
                yield node.lineno, "imports relatively"
                continue
            case ast.Attribute(
                attr=name, value=ast.Name(id="datetime" | "date") | ast.Attribute(attr="datetime" | "date")
            ) if name in CLOCK:
                yield node.lineno, f"asks the clock: {name}"
                continue
            case _:
                continue
        for name in names:
            ours = any(name == package or name.startswith(f"{package}.") for package in own)
            if not ours and name.partition(".")[0] not in PURE:
                yield node.lineno, f"imports {name}"


def sources() -> list[tuple[Path, tuple[str, ...]]]:
    core = [(path, ("bot.core",)) for path in sorted((ROOT / "bot" / "core").rglob("*.py"))]
    return core + [(path, ("bot.core", "flows")) for path in sorted((ROOT / "flows").rglob("*.py"))]


def test_core_and_flows_are_pure() -> None:
    assert sources()
    found = [
        f"{path.relative_to(ROOT)}:{line}: {fault}"
        for path, own in sources()
        for line, fault in faults(path.read_text(encoding="utf-8"), own)
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "import os.path",
        "from time import monotonic",
        "import yaml",
        "from bot import engine",
        "from bot.corelike import x",
        "from . import prompts",
        "import flows.menu",
        "def f():\n    from sqlalchemy import text",
        "x = hash('a')",
        "key = sorted(things, key=id)",
        "open('a')",
        "print('a')",
        "datetime.now()",
        "datetime.date.today()",
        "__import__('time')",
        "def f(things):\n    return [id(thing) for thing in things]",
        "class A:\n    key: int = hash('a')",
    ],
)
def test_the_check_finds(source: str) -> None:
    assert list(faults(source, ("bot.core",)))


@pytest.mark.parametrize(
    "source",
    [
        "from bot.core.flow import Ask",
        "from bot import core",
        "from collections.abc import Sequence",
        "class A:\n    id: str",
        "at = event.id",
        "def f(id, ids):\n    return [id for id in ids if id], id",
        "now = at.replace(hour=1)",
        "given = self.hub.now",
    ],
)
def test_the_check_lets_pass(source: str) -> None:
    assert not list(faults(source, ("bot.core",)))
