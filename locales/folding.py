"""When two texts count as the same words.

One rule: folding is for comparing only. What is shown or stored is never folded.
"""

import re
import unicodedata
from functools import cache

# Letters that Unicode does not take apart into a letter and an accent, as people without the key type them.
_PLAIN = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ŧ": "t"}
_QUOTES = frozenset("\"'«»‹›„“”‟‚‘’‛`´ʼʻʹ′″＇＂")
_OPENING = "¿¡ "
_CLOSING = ".,!?;:…。！？；·։ "  # the Greek question mark is a semicolon to NFKD; ։ is Armenian
_INSIDE = frozenset("՞՛՜՝")  # Armenian marks stand inside the word that they mark
_STRUCK = frozenset(
    "\u0334\u0335\u0336\u0337\u0338\u20d2\u20d3\u20e5\u20e6\u20ea\u20eb"
)  # a word struck out is not said
_BLANK = re.compile(r"\s+")


def fold(text: str) -> str:
    """The form in which texts are compared: without case, accents, quotation marks, invisible marks and final stops.

    The same for every language: Turkish İ, I, ı and i are one letter, ß is ss, Greek ς is σ, й is и, ș and ş are s. Work
    grows with the length alone: characters are taken one by one, since reordering long runs of accents is quadratic.
    """
    kept = "".join(map(_char, text))
    return _BLANK.sub(" ", kept).strip().strip(_CLOSING).lstrip(_OPENING)


@cache
def _char(char: str) -> str:
    if char.isspace():
        return " "
    parts = unicodedata.normalize("NFKD", char.casefold()).casefold()
    return "".join(_PLAIN.get(part, part) for part in parts if _counts(part))


def _counts(part: str) -> bool:
    if part in _QUOTES or part in _INSIDE or (unicodedata.combining(part) and part not in _STRUCK):
        return False
    return part == " " or unicodedata.category(part) not in ("Cc", "Cf", "Cs")
