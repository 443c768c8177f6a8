"""Commands called inside the test's own process: the same code as `hubbot`, without a start each time."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli import main
from tests import warm


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


Call = Callable[..., Done]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """call("report", "hub", "pl", input="...") on a data directory of the test's own, in a folder without a .env."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUBBOT_DATA_DIR", str(tmp_path / "data"))

    def run(*arguments: str, input: str | bytes = "") -> Done:
        if arguments[:1] == ("chat",):
            warm.begin(tmp_path / "data")
        data = input.encode() if isinstance(input, str) else input
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), "utf-8"))
            patched.setattr(sys, "stdout", out)
            patched.setattr(sys, "stderr", err)
            code = main(arguments)
            out.flush()
        return Done(code, out.buffer.getvalue().decode(), err.getvalue())  # type: ignore[attr-defined]

    return run
