"""Who comes too late waits: a small crowd of `make kills`, each in a process of their own."""

from pathlib import Path

import pytest

from tests.acceptance.crowd import played


@pytest.mark.timeout(180)
def test_no_place_is_given_twice_and_nobody_is_lost(tmp_path: Path) -> None:
    said, wrong = played(tmp_path, people=6, seats=2, longest=160)
    assert wrong == [], said


@pytest.mark.timeout(180)
def test_no_place_is_given_twice_on_postgresql(pg_empty: str, tmp_path: Path) -> None:
    said, wrong = played(tmp_path, pg_empty, people=6, seats=2, longest=160)
    assert wrong == [], said
