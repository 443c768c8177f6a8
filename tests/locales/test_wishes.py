"""A wish for a language: its name in any language of the hub, alone or among words that ask for it (R86)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.wishes import Wishes
from locales.words import Words

WORDS = Words.load()
POLAND = Wishes.of(WORDS, ("pl", "en", "uk"))
PORTUGAL = Wishes.of(WORDS, ("pt", "en"))
AMONG = {
    "pl": [
        "Polish", "polski", "Polski!", "po polsku", "po polsku proszę", "in Polish please", "can you speak Polish?",
        "język polski", "mów po polsku", "польська", "польською", "по-польськи", "польська мова", "polska wersja",
    ],
    "en": [
        "English", "angielski", "English please", "mów po angielsku", "do you speak english?", "w języku angielskim",
        "англійська", "англійською, будь ласка", "по-англійськи", "czy możesz pisać po angielsku",
    ],
    "uk": [
        "Ukrainian", "ukraiński", "українська", "українською", "говори українською", "можна українською?", "po ukraińsku",
        "switch to Ukrainian", "по-українськи",
    ],
}  # fmt: skip


@pytest.mark.parametrize("lang", AMONG)
def test_r86_a_language_is_asked_for_in_any_language_of_the_hub(lang: str) -> None:
    assert [text for text in AMONG[lang] if POLAND.language(text) != lang] == []


def test_r86_in_another_hub() -> None:
    for text in ("inglês", "ingles", "em inglês, por favor", "fala inglês?", "pode falar em ingles", "língua inglesa"):
        assert PORTUGAL.language(text) == "en", text
    for text in ("Portuguese", "em português", "versão portuguesa"):
        assert PORTUGAL.language(text) == "pt", text
    assert PORTUGAL.language("po polsku") is None, "a language that this hub does not speak"


@pytest.mark.parametrize(
    "text",
    ["Polska", "in Poland please", "jestem z Polski", "na Ukrainie", "nie mówię po polsku", "I don't speak English",
     "English or Polish", "polish sausage", "is there a Polish hub", "po", "please", "", "?", "anglia", "на Україні"],
)  # fmt: skip
def test_what_only_sounds_like_a_wish(text: str) -> None:
    assert POLAND.language(text) is None


def test_names_are_cldrs_and_of_every_language_that_there_is() -> None:
    hub = Wishes.of(WORDS, ("ga", "mt", "sr-Latn", "de"))
    assert hub.language("Deutsch") == "de"
    assert hub.language("Gearmáinis") == "de"
    assert hub.language("Maltese please") == "mt"
    assert hub.language("Serbian") == "sr-Latn"


@given(st.text())
def test_no_text_raises(text: str) -> None:
    POLAND.language(text)
