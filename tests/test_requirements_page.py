"""docs/requirements.md and docs/security.md list each test that carries a number of theirs, and none that is not there.

On the first page a test must carry the number of its row; on the second one that settles it under another name is welcome.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS, SECURITY = (
    (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("requirements", "security")
)
ROW = re.compile(r"^\| ([RW]\d\d) [^|]*\|(.*)\|$", re.MULTILINE)
TEST = re.compile(r"^\s*(?:async )?def (test_\w+)", re.MULTILINE)
NUMBERS = re.compile(r"test_((?:[RW]\d\d_)+)")


def there() -> set[str]:
    """file::name of every test."""
    files = (ROOT / "tests").rglob("test_*.py")
    return {
        f"{path.relative_to(ROOT).as_posix()}::{name}"
        for path in files
        for name in TEST.findall(path.read_text(encoding="utf-8"))
    }


def made() -> set[tuple[str, str]]:
    """(number, file::name) of every test that carries numbers."""
    numbered = ((NUMBERS.search(test), test) for test in there())
    return {(number, test) for found, test in numbered if found for number in re.findall(r"[RW]\d\d", found[1])}


def listed(page: str) -> set[tuple[str, str]]:
    return {(number, test) for number, cells in ROW.findall(page) for test in re.findall(r"`([^`]+::[^`]+)`", cells)}


def test_the_pages_list_every_test_that_carries_a_number() -> None:
    assert made() - listed(REQUIREMENTS) - listed(SECURITY) == set()


def test_every_test_that_a_page_lists_exists() -> None:
    assert listed(REQUIREMENTS) - made() == set()
    assert {test for _, test in listed(SECURITY)} - there() == set()


def test_a_requirement_stands_once_and_either_has_a_test_or_a_reason() -> None:
    numbers = re.findall(r"^(?:\| |- )(R\d\d)\b", REQUIREMENTS, re.MULTILINE)
    assert sorted(numbers) == [f"R{n:02}" for n in range(1, 98)]


def test_what_is_to_be_defended_has_a_test() -> None:
    rows = ROW.findall(SECURITY)
    assert [number for number, _ in rows] == [f"W{n:02}" for n in range(1, len(rows) + 1)]
    assert all("::" in cells for _, cells in rows)
