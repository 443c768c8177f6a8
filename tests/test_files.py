"""The names of files that people are sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.files import named


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Cancer Mission Fair: citizens' day", "Cancer Mission Fair - citizens day.ics"),
        ("l'été", "l’été.ics"),
        ("День здоров'я", "День здоров’я.ics"),
        ("Spotkanie „Razem”: krok 1", "Spotkanie Razem - krok 1.ics"),
        ("«Rastreio» — perguntas, respostas...", "Rastreio - perguntas, respostas.ics"),
        ("10:30, A/B?", "10-30, A-B.ics"),
        ("a -- b --- c", "a - b - c.ics"),
        ("हिन्दी कार्यक्रम", "हिन्दी कार्यक्रम.ics"),
        ("../../etc/passwd", "etc-passwd.ics"),
        (".hidden\0\u202e\n", "hidden.ics"),
        ("place.ics", "place.ics"),
        ("?!", "file.ics"),
        ("", "file.ics"),
    ],
)
def test_a_file_has_a_name_that_people_read(words: str, name: str) -> None:
    assert named(words, ".ics") == name


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=300))
def test_any_words_make_a_name_that_every_system_takes(words: str) -> None:
    name = named(words, ".ics")
    assert name.removesuffix(".ics").strip(" .-")
    assert len(name.encode()) <= 164
    assert not set(name) & set("/\\<>:|?*'\"`")
    assert name.isprintable()
