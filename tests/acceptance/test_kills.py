"""A taste of `make kills`: twenty processes die inside their turns, on each kind of database ten, and nobody notices."""

from pathlib import Path

import pytest

from tests.acceptance.kills import played


@pytest.mark.timeout(400)
def test_nobody_notices_a_kill(tmp_path: Path) -> None:
    said, wrong = played(tmp_path, kills=10)
    assert wrong == [], said


@pytest.mark.timeout(400)
def test_nobody_notices_a_kill_on_postgresql(pg_empty: str, tmp_path: Path) -> None:
    said, wrong = played(tmp_path, pg_empty, kills=10)
    assert wrong == [], said
