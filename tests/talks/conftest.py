"""A hub for each test, gone with it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.talks.place import Maker, Place


@pytest.fixture
def open_place(tmp_path: Path) -> Iterator[Maker]:
    """Makes places; what they open is closed after the test."""
    places: list[Place] = []

    def make(**options: Any) -> Place:
        folder = tmp_path / str(len(places))
        folder.mkdir()
        places.append(Place(folder, **options))
        return places[-1]

    yield make
    for place in places:
        place.close()


@pytest.fixture
def place(open_place: Maker) -> Place:
    """The Polish sample hub on a morning in December 2026."""
    return open_place()
