"""docs/requirements.md lists each test of a requirement, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (R\d\d) [^|]*\| (.*) \|$", re.MULTILINE)
NAMED = re.compile(r"^\s*(?:async )?def (test_((?:R\d\d_)+)\w+)", re.MULTILINE)


def made() -> set[tuple[str, str]]:
    """(requirement, file::name) of every test that carries a requirement's number."""
    found = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        for name, numbers in NAMED.findall(path.read_text(encoding="utf-8")):
            where = f"{path.relative_to(ROOT).as_posix()}::{name}"
            found |= {(number, where) for number in re.findall(r"R\d\d", numbers)}
    return found


def listed() -> set[tuple[str, str]]:
    return {(number, test) for number, tests in ROW.findall(PAGE) for test in re.findall(r"`([^`]+::[^`]+)`", tests)}


def test_the_page_lists_every_test_of_a_requirement() -> None:
    assert made() - listed() == set()


def test_every_test_that_the_page_lists_exists() -> None:
    assert listed() - made() == set()


def test_a_requirement_stands_once_and_either_has_a_test_or_a_reason() -> None:
    numbers = re.findall(r"^(?:\| |- )(R\d\d)\b", PAGE, re.MULTILINE)
    assert sorted(numbers) == [f"R{n:02}" for n in range(1, 98)]
