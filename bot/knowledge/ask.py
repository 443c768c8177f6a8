"""`hubbot ask --jsonl`: one question a line in, what became of it out. For hubs that measure their own wordings.

One rule: a line that is wrong costs its own answer and no other.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date

from bot.core.message import Json
from bot.knowledge.library import Library


def ask_lines(library: Library, stdin_lines: Iterable[str], today: date) -> Iterator[str]:
    """For each {"id", "lang", "text"} that is not blank, one line of JSON without a line end.

    {"id", "route", "article", "score", "top"}: the best article on every route (null where no word is known), its score from
    0 to 1, the ids of the nearest three. `lang` may be missing: the hub's default. A bad line gives {"id", "error"}.
    """
    for line in stdin_lines:
        if line.strip():
            yield json.dumps(_answer(library, line, today))  # ASCII: an id may hold half a character


def _answer(library: Library, line: str, today: date) -> Json:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "error": "not JSON"}
    match data:
        case {"text": str(text)}:
            lang = data.get("lang") or library.hub.default
        case dict():
            return {"id": data.get("id"), "error": "no text"}
        case _:
            return {"id": None, "error": "not an object"}
    if not isinstance(lang, str):
        return {"id": data.get("id"), "error": "lang is no text"}
    found = library.search(text, lang, today)
    # To a machine small talk is one more text that no article answers.
    route = "unknown" if found.route == "small_talk" else found.route
    best = next(iter(found.hits), None)
    return {
        "id": data.get("id"),
        "route": route,
        "article": best.id if best else None,
        "score": best.score if best else 0.0,
        "top": [it.id for it in found.hits],
    }
