"""YAML with the line of each key: the plain part of it that a hub's staff write.

One rule: no anchors, no aliases, no tags. A text stays a text unless it is a whole number, a date, true, false or nothing:
"no" is Norwegian or a word, never a boolean.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from bot.packs.problems import Document, Key

NESTING = 12  # safety.yaml needs 4
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is ten times as fast, where it is built in

_INTEGER = re.compile(r"[-+]?\d{1,18}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


class YamlError(ValueError):
    """Not YAML, or a part of it that a pack may not use: `line` says where."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


def parse(path: Path, text: str, *, first: int = 1) -> Document:
    """The mapping that the text holds, and the line of each key. `first` is the line of the file at which it begins.

    YamlError where it is not YAML, not a mapping, or uses anchors, aliases, tags, a key twice, or a second document.
    """
    build = _Build(first)
    try:
        data = build.document(yaml.parse(text, Loader=LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(mark.line + first if mark else first, f"not YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise YamlError(first, "not YAML: a character that may not stand in a text") from error
    return Document(path, data, build.lines)


class _Build:
    def __init__(self, first: int) -> None:
        self.first = first
        self.lines: dict[Key, int] = {}

    def document(self, events: Iterator[Event]) -> dict[str, object]:
        data: object = {}
        seen = False
        for event in events:
            if isinstance(event, DocumentStartEvent):
                if seen:
                    raise YamlError(self.line(event), "a second document: one file holds one")
                seen = True
            elif isinstance(event, MappingStartEvent | SequenceStartEvent | ScalarEvent | AliasEvent):
                data = self.value(event, events, ())
        if data is None:
            return {}
        if not isinstance(data, dict):
            raise YamlError(self.first, "expected keys with values, as in `title: Screening`")
        return data

    def line(self, event: Event) -> int:
        mark = event.start_mark
        return (mark.line if mark else 0) + self.first

    def value(self, event: Event, events: Iterator[Event], key: Key) -> object:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise YamlError(
                self.line(event), "anchors and aliases (& and *) are not allowed: write the text out, or in quotes"
            )
        if getattr(event, "tag", None) not in (None, "!") or len(key) > NESTING:
            wrong = "too many levels" if len(key) > NESTING else "tags (!) are not allowed: put the text in quotes"
            raise YamlError(self.line(event), wrong)
        self.lines.setdefault(key, self.line(event))
        if isinstance(event, ScalarEvent):
            return self.scalar(event)
        return self.mapping(events, key) if isinstance(event, MappingStartEvent) else self.sequence(events, key)

    def mapping(self, events: Iterator[Event], key: Key) -> dict[str, object]:
        data: dict[str, object] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            if not isinstance(event, ScalarEvent):
                raise YamlError(self.line(event), "a key must be a word")
            self.value(event, iter(()), (*key, event.value))
            if event.value in data:
                raise YamlError(self.line(event), f"the key {event.value} stands here twice: keep one")
            data[event.value] = self.value(next(events), events, (*key, event.value))
        return data

    def sequence(self, events: Iterator[Event], key: Key) -> list[object]:
        data: list[object] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            data.append(self.value(event, events, (*key, len(data))))
        return data

    def scalar(self, event: ScalarEvent) -> object:
        text = str(event.value)
        if event.style is not None and event.style != "":
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DATE.fullmatch(text):
            try:
                return date.fromisoformat(text)
            except ValueError as error:
                raise YamlError(self.line(event), f"there is no day {text}") from error
        return text
