"""Which script a text is in, and which languages use it.

One rule: letters are counted, not characters, and the majority decides; a name in another script changes nothing.
"""

import unicodedata
from collections import Counter
from functools import cache

# Languages that are not written in Latin letters alone. A tag with a script of its own (sr-Latn) says it itself.
_SCRIPTS = {
    "el": ("GREEK",),
    "ka": ("GEORGIAN",),
    "hy": ("ARMENIAN",),
    "he": ("HEBREW",),
    "ar": ("ARABIC",),
    "bg": ("CYRILLIC",),
    "uk": ("CYRILLIC",),
    "ru": ("CYRILLIC",),
    "be": ("CYRILLIC",),
    "mk": ("CYRILLIC",),
    "sr": ("CYRILLIC", "LATIN"),
    "bs": ("CYRILLIC", "LATIN"),
    "cnr": ("CYRILLIC", "LATIN"),
}
_SUBTAGS = {"cyrl": ("CYRILLIC",), "latn": ("LATIN",), "grek": ("GREEK",)}


def script_of(text: str) -> tuple[str, int]:
    """The script of most letters of `text` ("LATIN", "GREEK", ...) and how many letters there are in all; ("", 0)."""
    counts = Counter(_script(char) for char in text if char.isalpha())
    return (counts.most_common(1)[0][0], counts.total()) if counts else ("", 0)


def writes(language: str, script: str) -> bool:
    """Whether a language is written in a script."""
    stem, *rest = language.replace("_", "-").lower().split("-")
    own = next((_SUBTAGS[part] for part in rest if part in _SUBTAGS), None)
    return script in (own or _SCRIPTS.get(stem, ("LATIN",)))


@cache
def _script(char: str) -> str:
    return unicodedata.name(char, "OTHER").partition(" ")[0]
