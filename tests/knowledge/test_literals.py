"""The strings that a pattern needs. A mistake here would silence a pattern: so each is compared with the pattern itself."""

from collections.abc import Mapping

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.fold import normalised
from bot.knowledge.literals import needed
from tests.knowledge.conftest import Parts


@pytest.mark.parametrize(
    ("pattern", "strings"),
    [
        ("chest pain", {"chest pain"}),
        ("abc|defg", {"abc", "defg"}),
        ("(mother|father) (ill|dead)", {"mother ill", "mother dead", "father ill", "father dead"}),
        (r"bleed\w*.*not stop", {"not stop"}),
        ("colou?r", {"color", "colour"}),
        (r"\bseizures?\b", {"seizure", "seizures"}),
        ("abc(?! def)", {"abc"}),
        ("(?<!no )harm", {"harm"}),
        ("abc?de", {"abde", "abcde"}),
        ("(abc)+x", {"abc"}),
        ("bl[uo]e lips", {"blue lips", "bloe lips"}),
        (r"3[89][.,]\d degrees", {" degrees"}),
        (r"ca ?125 ?\d", {"ca125", "ca 125", "ca125 ", "ca 125 "}),
    ],
)
def test_strings(pattern: str, strings: set[str]) -> None:
    assert needed(pattern) == strings


@pytest.mark.parametrize(
    "pattern",
    [
        "", "a*", "ab", "abc|", "(abc)?", "(abc)*", "(abc){0,2}", ".*", r"\d\d", "(?i)abc", "(?P<name>abc)", "abc)", "(abc", "[abc",
        r"\p{L}abc", r"abc\1", "ab|cdef", "+abc", "[[:alpha:]]abc",
    ],
)  # fmt: skip
def test_none_where_there_is_no_string_or_no_understanding(pattern: str) -> None:
    assert needed(pattern) is None


letters = st.text("abcé '?", min_size=1, max_size=4).map(regex.escape)
parts_of = st.recursive(
    letters | st.sampled_from([".", r"\w", r"\b", "[ab]", "[^a]", "[a-c]", "^", "$"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda them: f"({'|'.join(them)})"),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{2}", "{0,1}", "{1,}", "*?"])).map(lambda it: f"({it[0]}){it[1]}"),
        inner.map(lambda it: f"(?:{it})"),
        inner.map(lambda it: f"(?!{it})"),
    ),
    max_leaves=8,
)  # fmt: skip


@given(parts_of, st.text("abcé '?", max_size=12))
def test_a_match_holds_one_of_its_strings(pattern: str, text: str) -> None:
    strings = needed(pattern)
    if strings is not None and regex.search(pattern, text):
        assert any(string in text for string in strings), (pattern, text, strings)


def test_every_shipped_pattern_is_understood_and_agrees_with_itself(parts: Mapping[str, Parts]) -> None:
    for it in parts.values():
        texts = [normalised(text) for _, _, examples in it.safety.examples for text in examples]
        for _, _, patterns in it.safety.patterns:
            for pattern in patterns:
                strings = needed(pattern)
                assert strings, pattern
                for text in texts:
                    if regex.search(pattern, text):
                        assert any(string in text for string in strings), (pattern, text)
