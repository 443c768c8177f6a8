"""Runs the patterns that authors of forms and packs wrote, on texts that strangers wrote, within a time.

One rule: no pattern may stop the bot. One that runs out of time has not matched; a check refuses it before it is published.
"""

from functools import lru_cache
from typing import Final

import regex

DEADLINE: Final = 0.05  # seconds; a sound pattern on 4,096 characters takes less than one millisecond
MAX_PATTERN: Final = 200  # characters; the longest met in public forms has 93


@lru_cache(maxsize=2_000)
def _compiled(pattern: str) -> "regex.Pattern[str] | None":
    if len(pattern) > MAX_PATTERN:
        return None
    try:
        return regex.compile(translated(pattern), regex.VERSION0)
    except (regex.error, RecursionError, OverflowError):
        return None


def translated(pattern: str) -> str:
    r"""A pattern as Java and JavaScript read it, in `regex`'s words: a hyphen after a class in a class (`[\w-\.]`) is itself."""
    made: list[str] = []
    inside, place = False, 0
    while place < len(pattern):
        char = pattern[place]
        if char == "\\" and place + 1 < len(pattern):
            pair = pattern[place : place + 2]
            made.append(pair)
            place += 2
            if (
                inside
                and pair[1] in "wWdDsS"
                and pattern[place : place + 1] == "-"
                and pattern[place + 1 : place + 2] != "]"
            ):
                made.append("\\-")
                place += 1
            continue
        if char == "[" and inside:
            char = "\\["  # itself in JavaScript; the start of a set in later versions of `regex`
        elif char == "[":
            inside = True
            if pattern[place + 1 : place + 2] == "^":
                char, place = "[^", place + 1
        elif char == "]" and inside:
            inside = False
        made.append(char)
        place += 1
    return "".join(made)


def match(pattern: str, text: str) -> bool:
    """Whether `pattern` is found anywhere in `text`. False for a pattern that is none, or that ran out of time."""
    compiled = _compiled(pattern)
    if compiled is None:
        return False
    try:
        return compiled.search(text, timeout=DEADLINE) is not None
    except TimeoutError:
        return False


def wrong(pattern: str) -> str:
    """Why a form may not use `pattern`, or "": too long, no pattern, or slow on a text made to be slow for it."""
    if len(pattern) > MAX_PATTERN:
        return f"the pattern has more than {MAX_PATTERN} characters"
    compiled = _compiled(pattern)
    if compiled is None:
        return "the pattern is no regular expression"
    for piece in sorted({*pattern, "a", "0", " "} - set("\\[](){}^$.|?*+")):
        for text in (piece * 60 + "\n", piece * 2_000 + "\n"):
            if _slow(compiled, text) and _slow(compiled, text):  # twice: a machine may have been busy once
                return "the pattern takes too long on some texts: write it without a repetition inside a repetition"
    return ""


def _slow(compiled: "regex.Pattern[str]", text: str) -> bool:
    try:
        compiled.search(text, timeout=DEADLINE)
    except TimeoutError:
        return True
    return False
