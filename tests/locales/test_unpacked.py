"""The unpacked model says what the packed one says, to the last digit; and nobody needs it."""

from pathlib import Path

import pytest

from locales.unpacked import identifier, unpack

TEXTS = (
    "Czym jest mammografia?",
    "O que é a mamografia?",
    "Що таке мамографія?",
    "What is it?",
    "",
    "123",
    "汉字 ąę",
    "x" * 1000,
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("share") / "hubbot" / "model"
    unpack(found)
    unpack(found)  # again: nothing to do
    assert [it.name for it in found.parent.iterdir()] == ["model"]
    return found


def test_unpacked_and_packed_say_the_same(place: Path, tmp_path: Path) -> None:
    unpacked, packed, shipped = identifier(place), identifier(tmp_path / "not there"), identifier()
    assert isinstance(unpacked.tk_nextmove, memoryview)
    assert isinstance(shipped.tk_nextmove, memoryview)  # the project's set-up has unpacked it
    for text in TEXTS:
        assert unpacked.rank(text) == packed.rank(text) == shipped.rank(text), text


@pytest.mark.parametrize("name", ["features", "labels", "moves"])
def test_a_damaged_one_is_passed_over(place: Path, tmp_path: Path, name: str) -> None:
    for part in place.iterdir():
        whole = part.read_bytes()
        (tmp_path / part.name).write_bytes(whole[: len(whole) // 2] if part.stem == name else whole)
    assert not isinstance(identifier(tmp_path).tk_nextmove, memoryview)
