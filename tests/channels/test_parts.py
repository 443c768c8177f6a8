"""Texts cut to size, and cleaned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.parts import harmless, received, split, utf8, utf16

SENTENCE = "Screening is free for women from 45 to 74. "


def test_a_short_text_is_one_piece() -> None:
    assert split("one\n\ntwo", 100, len) == ["one\n\ntwo"]


def test_a_cut_goes_between_paragraphs_before_lines_before_sentences() -> None:
    assert split("aaa bbb. ccc\n\nddd eee", 14, len) == ["aaa bbb. ccc", "ddd eee"]
    assert split("aaa bbb.\nccc ddd. eee", 14, len) == ["aaa bbb.", "ccc ddd. eee"]
    assert split("aaa bbb. ccc ddd. eee", 14, len) == ["aaa bbb.", "ccc ddd. eee"]
    assert split("aaa bbb ccc ddd", 8, len) == ["aaa bbb", "ccc ddd"]


def test_a_long_text_keeps_its_sentences_and_fills_its_pieces() -> None:
    pieces = split(SENTENCE * 300, 4096, utf16)
    assert len(pieces) == 4
    assert all(piece.startswith("Screening") and piece.endswith("74.") for piece in pieces)


def test_emoji_count_as_telegram_counts_them() -> None:
    assert utf16("a😀") == 3
    pieces = split("😀" * 5000, 4096, utf16)
    assert "".join(pieces) == "😀" * 5000
    assert max(map(utf16, pieces)) <= 4096


@given(st.text(alphabet="ab .\n😀ęé\u0301", max_size=200), st.integers(4, 40))
def test_nothing_is_lost_and_nothing_is_too_long(text: str, limit: int) -> None:
    for measure in (len, utf16, utf8):
        pieces = split(text, limit, measure)
        assert "".join("".join(pieces).split()) == "".join(text.split())
        combined = sum(char == "\u0301" for char in text) * 2  # an accent stays with its letter
        assert all(measure(piece) <= limit + combined for piece in pieces) or not text.strip()


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\x07", "\r", "\x7f", "\x9b", "\u202e", "\u2066", "\u200f"])
def test_what_moves_a_cursor_or_turns_a_line_is_not_shown(bad: str) -> None:
    assert harmless(f"a{bad}b") == "ab"


def test_isolates_stay_where_a_network_knows_them() -> None:
    assert harmless("\u2068a\u2069", isolates=True) == "\u2068a\u2069"
    assert harmless("\u2068a\u2069") == "a"


def test_a_lone_surrogate_becomes_a_sign_for_it() -> None:
    assert harmless("a\ud800b") == received("a\ud800b") == "a\ufffdb"
    assert received("a\0b") == "ab"
