"""Any text may come: it raises nothing, and costs no more than a long message."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.fold import MAX_TEXT, normalised, words
from bot.knowledge.index import MAX_WORDS, Index
from bot.knowledge.library import Library
from bot.knowledge.smalltalk import small_talk
from tests.knowledge.conftest import TODAY, Parts

anything = st.text(st.characters(codec=None, exclude_categories=()), max_size=300)
meant = st.lists(
    st.sampled_from(["cancer", "screening", "mother", "wants to die", "не", "żyć", "\ud800", "\0", "112", "Niemczech", "?", "\u202e"]),
    max_size=40,
).map(" ".join)  # fmt: skip


@given(anything | meant)
def test_any_text_is_answered(text: str) -> None:
    library = _LIBRARY[0]
    found = library.search(text, "pl", TODAY)
    assert found.route in (
        "answer",
        "suggest",
        "unknown",
        "small_talk",
        "red_flag",
        "no_diagnosis",
        "emergency",
        "crisis",
    )
    assert len(found.hits) <= 3
    assert all(0 <= hit.score <= 1 for hit in found.hits)
    assert sorted((hit.score for hit in found.hits), reverse=True) == [hit.score for hit in found.hits]
    assert (found.says != ()) == (found.route not in ("answer", "suggest", "unknown"))
    library.known(text, "xx", TODAY)


@given(anything)
def test_any_text_is_folded(text: str) -> None:
    plain = normalised(text)
    assert len(plain) <= MAX_TEXT
    assert plain == normalised(plain)
    assert "  " not in plain
    assert all(word for word in words(text))
    small_talk(text)


_LIBRARY: list[Library] = []


@pytest.fixture(autouse=True, scope="module")
def _library(libraries: Mapping[str, Library]) -> None:
    """Given to hypothesis once: it may not ask for a fixture at each example."""
    _LIBRARY[:] = [libraries["pl"]]


@pytest.mark.parametrize(
    "piece",
    ["a", "mother ", "he no point ", "\u0301", "ﷺ", "\ud83d", "not breath bleed ", "screening of the breast ", "é"],
)
def test_a_hundred_thousand_letters_are_cut(piece: str, pl: Library) -> None:
    text = (piece * 100_000)[:100_000]
    assert len(normalised(text)) <= MAX_TEXT
    assert pl.search(text, "pl", TODAY).route
    pl.danger(text, "pl", TODAY)


def test_the_end_of_what_no_network_delivers_is_looked_at(pl: Library) -> None:
    for text in ("x " * 100_000 + "i want to die", "i want to die " + "x " * 100_000):
        assert pl.danger(text, "en", TODAY) is not None
    assert pl.danger("x " * 50_000 + "i want to die " + "x " * 50_000, "en", TODAY) is None


def test_a_story_is_searched_by_its_first_words(parts: Mapping[str, Parts]) -> None:
    index = Index([it.articles[0] for it in parts["pl"].articles])
    assert len(index.question([f"word{n}" for n in range(500)]).parts) == MAX_WORDS
