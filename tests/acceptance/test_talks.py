"""A file played through `hubbot chat`, as `make chat < file` does: from the first greeting to a confirmed place, a finished
survey and an erasure receipt, in each language that the sample hubs speak."""

import re
from pathlib import Path

import pytest

from tests.acceptance.player import ROOT, environment, run

TALKS = {
    "pl": ("pl", "programem komputerowym", "Od|mammografi", "zapis jest przyjęty", "usunięt"),
    "en": ("pl", "computer program", "European Code", "You are signed up", "erased"),
    "uk": (
        "pl",
        "комп'ютерна програма|комп’ютерна програма",
        "мамографі",
        "підтверджено|прийнято|зареєстр",
        "стерто|видалено",
    ),
    "pt": ("pt", "programa de computador", "mamografia", "inscrição", "apagad"),
}


@pytest.mark.timeout(90)
@pytest.mark.parametrize("lang", TALKS)
def test_a_file_goes_from_the_greeting_to_the_receipt(lang: str, tmp_path: Path) -> None:
    hub, program, answer, place, erased = TALKS[lang]
    talk = (ROOT / "tests" / "stories" / f"talk_{lang}.txt").read_text(encoding="utf-8")
    env = environment(tmp_path / "data")
    done = run(env, "chat", "--hub", hub, "--lang", lang, "--now", "2026-12-01T09:00:00+01:00", input=talk, timeout=80)
    assert (done.returncode, done.stderr) == (0, "")
    order = [program, r"\b112\b", answer, place, r"\.ics\n", r"R-[0-9A-Z]{8}", r"E-[0-9A-Z]{8}"]
    at = 0
    for pattern in order:
        found = re.compile(pattern, re.IGNORECASE).search(done.stdout, at)
        assert found, f"{pattern} after {done.stdout[at:][:2000]}"
        at = found.end()
    assert re.search(erased, done.stdout[done.stdout.rindex("E-") - 200 :], re.IGNORECASE)
