"""A flow has no annotations, and yet every answer in it has a type: mypy says so of typed_answers.py."""

from pathlib import Path

import pytest
from mypy import api

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def mypy(*files: Path) -> str:
    """What mypy says, with the project's settings and without its cache."""
    where = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", "/dev/null", "--no-error-summary"]
    out, err, _ = api.run([*where, "--follow-imports", "silent", *map(str, files)])
    return out + err


@pytest.mark.timeout(180)  # without a cache mypy reads the standard library anew
def test_answers_have_inferred_types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    good = HERE / "typed_answers.py"
    wrong = tmp_path / "wrong.py"
    wrong.write_text(
        "from bot.core.flow import Ask, Say\n"
        "from bot.core.message import Line\n"
        "from bot.core.prompts import Number\n"
        "async def flow() -> None:\n"
        "    Say(Line('a.line'))\n"  # the forgotten await
        "    answer = await Ask('key', Number(Line('a.line'), 0, 9))\n"
        "    answer.upper()\n"
    )
    said = mypy(good, wrong)
    errors = [row.rpartition("  ")[2] for row in said.splitlines() if ": error: " in row]
    assert errors == ["[unused-awaitable]", "[attr-defined]"], said
    assert "typed_answers" not in said
