"""The patterns of safety.yaml, tried out: they compile, they are quick on hostile texts, they find what they are for.

One rule: no pattern of a pack may hold up a conversation. The bot gives each a deadline; the check refuses what needs it.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from time import thread_time

import regex

# A sound pattern needs less than 10 ms for such a text, a cubic one too; one that tries every way of splitting it up
# (a repeat in a repeat) needs longer than anybody waits.
LENGTH = 300
DEADLINE = 0.04  # seconds: ten times what the shipped patterns need
LONGEST = 2.0  # seconds of waiting for a busy machine
_BARRED = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ŋ": "n"}
_WORD = re.compile(r"[^\W_]{2,}")
_ESCAPE = re.compile(r"\\.|[\[\](){}|?*+.^$]", re.DOTALL)


def broken(pattern: str) -> str:
    """What keeps a pattern from compiling; "" where nothing does."""
    try:
        _compiled(pattern)
    except (regex.error, ValueError, OverflowError, RecursionError) as error:
        return f"no regular expression: {error}"
    return ""


@lru_cache(maxsize=4096)
def wrong(pattern: str) -> str:
    """What is wrong with a pattern: it does not compile, matches nothing at all, or is slow; "" for a sound one."""
    if bad := broken(pattern):
        return bad
    compiled = _compiled(pattern)
    if compiled.search("") is not None:
        return "matches every message, an empty one too: take out what makes all of it optional"
    for text in _hostile(pattern):
        if not _quick(compiled, text):
            return "slow: some texts keep it busy for ever; take out a repeat inside a repeat, such as (a+)+ or (.*)*"
    return ""


def _quick(compiled: "regex.Pattern[str]", text: str) -> bool:
    """Whether a search ends in DEADLINE of this thread's own time: what others do on the machine must not count."""
    patience = DEADLINE
    while patience < LONGEST:
        start = thread_time()
        try:
            compiled.search(text, timeout=patience)
        except TimeoutError:
            if thread_time() - start > DEADLINE * 0.8:
                return False
            patience *= 2
        else:
            return True
    return False


def _hostile(pattern: str) -> Iterator[str]:
    """Texts on which a careless pattern is slow: what it looks for, over and over, and no end to it."""
    words = list(dict.fromkeys(_WORD.findall(pattern)))
    letters = [char for char in dict.fromkeys(pattern) if char.isalnum() or char in " -,.'"]
    pieces = ["a", "a ", " ", "1", "ab", " ".join(words), *words[:6], *(f"{word} " for word in words[:6]), *letters[:6]]
    # After the end stands every letter that the pattern may need, where it cannot be reached: the engine gives up at once
    # on a text that lacks one.
    rest = _ESCAPE.sub("", pattern)
    ends = (f"\x01{rest}", f"\n{rest}")
    begins = dict.fromkeys(("", rest))
    for piece in dict.fromkeys(filter(None, pieces)):
        text = (piece * (LENGTH // len(piece) + 1))[:LENGTH]
        yield from (begin + text + end for begin in begins for end in ends)


def normalised(text: str) -> str:
    """The form of a message that patterns are written for: small letters, plain apostrophes and blanks, Latin letters
    without accents and bars; other letters keep their marks."""
    plain = re.sub("[’ʼ`´]", "'", unicodedata.normalize("NFC", text).casefold())
    return " ".join("".join(map(_bare, plain)).split())


def _bare(char: str) -> str:
    base = "".join(it for it in unicodedata.normalize("NFKD", char) if not unicodedata.combining(it))
    return _BARRED.get(base, base if base.isascii() else char)


def finds(patterns: tuple[str, ...], text: str) -> bool:
    """Whether one of the patterns, all known to be sound, is found in a normalised text."""
    return any(_compiled(pattern).search(text) for pattern in patterns)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> "regex.Pattern[str]":
    return regex.compile(pattern, regex.VERSION0)
