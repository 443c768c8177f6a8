"""How a text is spelt before anything is looked for in it.

One rule: whatever a person sends goes through here first, and is cut here, so that no later work can grow with it.
"""

import re
import unicodedata

MAX_TEXT = 4_096  # the longest message that Telegram delivers; what is longer came through a file or another network
_APOSTROPHES = frozenset("'’‘ʼ′`´ʹ＇")
# Letters that Unicode does not take apart, as people type them who lack the key.
_BARRED = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ŋ": "n"}
_WORD = re.compile(r"[^\W_]+")


class _Table(dict[int, str | None]):
    """What becomes of each character, worked out when it is first met. `marks`: keep the marks of other scripts than Latin."""

    def __init__(self, *, marks: bool) -> None:
        super().__init__()
        self._marks = marks

    def __missing__(self, code: int) -> str | None:
        self[code] = result = _spelt(chr(code), marks=self._marks)
        return result


def _spelt(char: str, *, marks: bool) -> str | None:
    if char in _APOSTROPHES:
        return "'"
    if char.isspace():
        return " "
    kind = unicodedata.category(char)
    if kind in ("Mn", "Cf", "Cs", "Co", "Cn"):  # marks left over by NFC, invisible signs, halves of characters
        return None
    if kind == "Cc":
        return " "
    plain = "".join(it for it in unicodedata.normalize("NFKD", char) if unicodedata.category(it) != "Mn").casefold()
    if plain in _BARRED:
        return _BARRED[plain]
    # й is no и with an accent that somebody forgot, ї no і: other scripts keep their marks where patterns are matched
    return plain if plain and (plain.isascii() or not marks) else char


_MATCHED, _SEARCHED = _Table(marks=True), _Table(marks=False)


def normalised(text: str) -> str:
    """A message as the patterns of safety.yaml expect it, at most MAX_TEXT long.

    Case folded, apostrophes as ', white space as one space, no invisible signs; Latin letters without diacritics (ł as l).
    """
    plain = unicodedata.normalize("NFC", text[:MAX_TEXT]).casefold().translate(_MATCHED)
    return " ".join(plain.split())[:MAX_TEXT]


def words(text: str) -> list[str]:
    """The words of a text for searching: as `normalised`, without apostrophes, and without marks in every script."""
    plain = unicodedata.normalize("NFC", text[:MAX_TEXT]).casefold().translate(_SEARCHED)
    return _WORD.findall(plain.replace("'", ""))
