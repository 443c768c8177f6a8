"""The page that explains the code names files that exist, and the README links to pages that do."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_file_that_the_page_names_exists() -> None:
    named = {it for it in re.findall(r"`([a-z_]+/[\w/.]+)`", PAGE) if "." in it or it.endswith("/")}
    assert len(named) > 15
    assert [it for it in sorted(named) if not (ROOT / it).exists()] == []


def test_every_step_of_a_message_has_its_file() -> None:
    steps = re.findall(r"^\| (\d+)\. .*\| (.*) \|$", PAGE, re.MULTILINE)
    assert [int(n) for n, _ in steps] == list(range(1, 11))
    assert all("`" in files for _, files in steps)


def test_every_link_of_the_readme_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [it for it in links if not (ROOT / it).exists()] == []
