"""Texts cut to what a network takes, and cleaned of what could fool a terminal.

One rule: a cut never goes through a sentence where there is another place to cut.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

Measure = Callable[[str], int]

# Where to cut, the best first: between paragraphs, lines, sentences, words. Each keeps its own mark with the text before.
_CUTS = tuple(re.compile(cut) for cut in (r"\n\s*\n", r"\n", r"(?<=[.!?…;:])\s+", r"\s+"))


def utf16(text: str) -> int:
    """UTF-16 code units, in which Telegram counts: most emoji are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8(text: str) -> int:
    """Bytes, in which Matrix counts."""
    return len(text.encode("utf-8", "surrogatepass"))


def split(text: str, limit: int, measure: Measure) -> list[str]:
    """The text in pieces of at most `limit`, cut at paragraphs, else lines, else sentences, else words, else anywhere.

    At least one piece; none is blank unless the text is. Blanks at the ends of a piece are dropped.
    """
    pieces: list[str] = []
    for piece in _pieces(text, limit, measure, 0):
        joined = pieces[-1] + piece if pieces else ""
        if pieces and measure(joined.rstrip()) <= limit:
            pieces[-1] = joined
        else:
            pieces.append(piece.lstrip())
    return [piece.rstrip() for piece in pieces if piece.strip()] or [text]


def _pieces(text: str, limit: int, measure: Measure, cut: int) -> Iterator[str]:
    """Pieces that fit, in order, which together are the text; as few cuts of the finer kinds as can be."""
    if measure(text.strip()) <= limit:
        yield text
    elif cut == len(_CUTS):
        yield from _anywhere(text, limit, measure)
    else:
        start = 0
        for match in _CUTS[cut].finditer(text):
            yield from _pieces(text[start : match.end()], limit, measure, cut + 1)
            start = match.end()
        yield from _pieces(text[start:], limit, measure, cut + 1)


def _anywhere(text: str, limit: int, measure: Measure) -> Iterator[str]:
    """A word without a blank that is longer than a message: cut between characters, an accent with its letter."""
    piece = ""
    for char in text:
        if piece and measure(piece + char) > limit and not unicodedata.combining(char):
            yield piece
            piece = ""
        piece += char
    yield piece


# Embeddings, overrides, isolates and marks change the order in which a line is shown.
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ISOLATES = frozenset("\u2068\u2069")  # our own catalogues put them around names in right-to-left texts


def harmless(text: str, *, isolates: bool = False) -> str:
    """The text as it may be shown: no control character but new lines, no lone surrogate, no change of direction.

    `isolates` keeps U+2068 and U+2069, which Telegram and Matrix understand.
    """
    kept = _ISOLATES if isolates else frozenset()
    return "".join(char for char in map(_shown, text) if char not in _DIRECTIONS or char in kept)


def _shown(char: str) -> str:
    kind = unicodedata.category(char)
    if kind == "Cs":
        return "\ufffd"
    if kind == "Cc":
        return char if char == "\n" else " " if char == "\t" else ""
    return "\n" if char in "\u2028\u2029" else char


def received(text: str) -> str:
    """Words as a network would have passed them on: valid Unicode without NUL, which no network carries."""
    return "".join("\ufffd" if 0xD800 <= ord(char) <= 0xDFFF else char for char in text if char != "\0")
