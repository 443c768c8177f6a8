"""Which strings a pattern needs: none of them in a text, no match, and no search.

One rule: where this file does not understand a pattern it says None, which means "always search". It may cost time, never a match.
"""

from collections.abc import Iterable
from dataclasses import dataclass

MOST = 300  # strings kept for one part of a pattern: the longest shipped pattern has 130; a product of many is no use
_META = frozenset(".^$*+?{}[]\\|()")


@dataclass(frozen=True, slots=True)
class _Part:
    """`exact`: all that the part can match, where that is few. `needed`: each match holds one of these; None: unknown."""

    exact: frozenset[str] | None
    needed: frozenset[str] | None


_EMPTY = frozenset({""})
_NOTHING = _Part(_EMPTY, None)
_ANYTHING = _Part(None, None)


class _UnknownSyntaxError(Exception):
    """Syntax beyond what the patterns of a pack use."""


def needed(pattern: str) -> frozenset[str] | None:
    """Strings of which every match of the pattern holds at least one, each of 3 letters or more; None if not known."""
    try:
        part, rest = _either(pattern, 0)
    except (_UnknownSyntaxError, RecursionError):
        return None
    if rest != len(pattern):
        return None
    found = _best(part)
    return found if found and min(map(len, found)) >= 3 else None


def _best(part: _Part) -> frozenset[str] | None:
    return _longest([it for it in (part.exact, part.needed) if it is not None])


def _longest(sets: Iterable[frozenset[str]]) -> frozenset[str] | None:
    """The set whose shortest string is the longest: the rarest in a text. A set with "" in it says nothing."""
    useful = [it for it in sets if it and "" not in it]
    return max(useful, key=lambda it: (min(map(len, it)), -len(it)), default=None)


def _either(text: str, at: int) -> tuple[_Part, int]:
    """Alternatives up to a closing bracket or the end."""
    part, at = _row(text, at)
    parts = [part]
    while at < len(text) and text[at] == "|":
        part, at = _row(text, at + 1)
        parts.append(part)
    if len(parts) == 1:
        return part, at
    exact = _union(it.exact for it in parts)
    return _Part(exact, None if exact is not None else _union(_best(it) for it in parts)), at


def _union(sets: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    result: frozenset[str] = frozenset()
    for it in sets:
        if it is None:
            return None
        result |= it
    return result if len(result) <= MOST else None


def _row(text: str, at: int) -> tuple[_Part, int]:
    """Things one after the other: letters that touch are one string; what can match anything ends it."""
    string, ended = _EMPTY, list[frozenset[str]]()
    whole = True
    while at < len(text) and text[at] not in "|)":
        part, at = _thing(text, at)
        part, at = _repeated(part, text, at)
        if part.exact is not None and len(string) * len(part.exact) <= MOST:
            string = frozenset(left + right for left in string for right in part.exact)
            continue
        whole = False
        ended += [string, *([part.needed] if part.needed else [])]
        string = part.exact or _EMPTY
    if whole:
        return _Part(string, None), at
    return _Part(None, _longest([*ended, string])), at


def _thing(text: str, at: int) -> tuple[_Part, int]:
    """One letter, class, escape, anchor or group."""
    match text[at]:
        case "(":
            return _group(text, at)
        case "[":
            return _class(text, at)
        case "\\":
            return _escape(text[at + 1 : at + 2]), at + 2
        case "^" | "$":
            return _NOTHING, at + 1
        case ".":
            return _ANYTHING, at + 1
        case letter if letter in _META:
            raise _UnknownSyntaxError
        case letter:
            return _Part(frozenset({letter}), None), at + 1


def _class(text: str, at: int) -> tuple[_Part, int]:
    end = text.find("]", at + 2)
    inside = text[at + 1 : end]
    if end < 0 or "[" in inside:
        raise _UnknownSyntaxError
    few = inside[0] != "^" and "-" not in inside and "\\" not in inside
    return (_Part(frozenset(inside), None) if few else _ANYTHING), end + 1


def _escape(kind: str) -> _Part:
    if kind in ("b", "B"):
        return _NOTHING
    if kind in ("w", "d", "s", "W", "D", "S"):
        return _ANYTHING
    if kind in _META or kind in ("-", "'", " "):
        return _Part(frozenset({kind}), None)
    raise _UnknownSyntaxError


def _group(text: str, at: int) -> tuple[_Part, int]:
    looks = False
    start = at + 1
    if text.startswith("(?", at):
        head = next((it for it in ("(?:", "(?!", "(?=", "(?<!", "(?<=") if text.startswith(it, at)), None)
        if head is None:  # flags, names, comments
            raise _UnknownSyntaxError
        looks, start = head != "(?:", at + len(head)
    part, end = _either(text, start)
    if text[end : end + 1] != ")":
        raise _UnknownSyntaxError
    return (_NOTHING if looks else part), end + 1


def _repeated(part: _Part, text: str, at: int) -> tuple[_Part, int]:
    """What a quantifier makes of a part. `?` keeps few strings few; any other repetition ends what is exact."""
    mark = text[at : at + 1]
    if mark not in ("?", "*", "+", "{") or not mark:
        return part, at
    least, end = (1, at + 1) if mark == "+" else (0, at + 1)
    if mark == "{":
        close = text.find("}", at)
        if close < 0:
            raise _UnknownSyntaxError
        first = text[at + 1 : close].partition(",")[0]
        least, end = (int(first) if first.isdecimal() else 0), close + 1
    if text[end : end + 1] in ("?", "+"):  # lazy, possessive: the same strings
        end += 1
    if mark == "?" and part.exact is not None:
        return _Part(part.exact | {""}, None), end
    return (_Part(None, _best(part)) if least else _ANYTHING), end
