"""Nothing that a person or a pack says becomes code: no eval, no pickle, no shell, and no text of a statement."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ("bot", "flows", "locales", "storage")
RUN = frozenset({"execute", "executescript", "executemany", "exec_driver_sql", "text", "literal_column"})


def test_W24_the_security_rules_of_ruff_hold_whatever_a_comment_lets_pass() -> None:
    """Chance that keeps no secret is let pass, and asserts, which check nothing that comes from outside."""
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "S", "--ignore-noqa"]
    done = subprocess.run(
        [*command, "--output-format", "json", *SHIPPED], cwd=ROOT, capture_output=True, timeout=50, check=False
    )
    found = [(it["code"], Path(it["filename"]).relative_to(ROOT).as_posix()) for it in json.loads(done.stdout)]
    assert {it for it in found if it[0] != "S101"} == {
        ("S311", "bot/forms/trial.py"),
        ("S311", "storage/postgres.py"),
        ("S311", "storage/sqlite.py"),
    }


def made_of_values(source: str) -> Iterator[int]:
    """Lines on which, within a function, the text of a statement is put together."""
    functions = (
        it for it in ast.walk(ast.parse(source)) if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    )
    for function in functions:
        for call in ast.walk(function):
            match call:
                case ast.Call(
                    func=ast.Name(id=name) | ast.Attribute(attr=name),
                    args=[
                        ast.JoinedStr()
                        | ast.BinOp()
                        | ast.Call(func=ast.Attribute(attr="format" | "join" | "replace")),
                        *_,
                    ],
                ) if name in RUN:
                    yield call.lineno
                case _:
                    pass


def test_W24_no_statement_is_put_together_where_values_are_at_hand() -> None:
    files = sorted(path for part in ("bot", "storage") for path in (ROOT / part).rglob("*.py"))
    assert len(files) > 100
    assert [f"{it}:{n}" for it in files for n in made_of_values(it.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "call",
    [
        'conn.execute(f"SELECT {a}")',
        'conn.execute("SELECT " + a)',
        'text("SELECT %s" % a)',
        'conn.exec_driver_sql("SELECT {}".format(a))',
        "literal_column(f\"'{a}'\")",
        'text("x".join(a))',
    ],
)
def test_the_look_finds(call: str) -> None:
    assert [*made_of_values(f"def f(conn, a):\n    {call}")] == [2]
    assert [*made_of_values(call)] == []
