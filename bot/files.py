"""Makers of the files that the bot sends: a calendar file for a place at an event, and the export of a person's data.

One rule: a calendar file is what three readers agreed on: UTC times, METHOD on the calendar, an organiser, no attendee.
"""

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.core.message import File, Line, Texts
from bot.core.ports import Attachment

ALARM = timedelta(hours=-2)  # time to travel; the evening before, the bot itself reminds
LONGEST_NAME = 160  # bytes of a file's name: with its ending it fits every file system's 255, and a line on a screen
_INNER = re.compile(r"(?<=\w)['’ʼ](?=\w)")
_QUOTES = re.compile(r"""["'`´‘“”„‚«»‹›]|(?<!\w)’|’(?!\w)""")
_DASHES = re.compile(r"\s*-[\s-]*")


@dataclass(frozen=True, slots=True)
class Makers:
    """Every maker by the kind of its file. `clock` tells the time of a hub: a calendar file says when it was made."""

    clock: Callable[[str], datetime]

    def warm(self) -> None:
        """See Makers.warm: the calendar's library takes its time."""
        import icalendar  # noqa: F401, PLC0415  # as in calendar

    def make(self, file: File, hub: str, lang: str, say: Callable[[Line], str]) -> Attachment:
        """The file in a language. LookupError on a kind that nothing makes."""
        match file.kind:
            case "calendar":
                method = "CANCEL" if _plain(file)["cancelled"] else "PUBLISH"
                body = calendar(_plain(file), lang, self.clock(hub))
                return Attachment(named(say(file.name), ".ics"), f"text/calendar; method={method}; charset=utf-8", body)
            case "export":
                text = json.dumps(file.data, ensure_ascii=False, indent=2) + "\n"
                return Attachment(named(say(file.name), ".json"), "application/json", text.encode("utf-8", "replace"))
            case kind:
                raise LookupError(f"nothing makes files of the kind {kind}")


def named(words: str, ending: str) -> str:
    """Words as the name of a file that people read and every system takes: "Fair: citizens' day" is "Fair - citizens day".

    Letters of every script stay, as do apostrophes within a word (as ’, which no shell minds); no path, no control
    character, nothing hidden.
    """
    stem = _INNER.sub("’", unicodedata.normalize("NFC", words.removesuffix(ending)))
    stem = "".join(map(_kept, _QUOTES.sub("", stem)))
    stem = _DASHES.sub(lambda found: "-" if found[0].strip("-") == "" else " - ", stem)
    stem = " ".join(stem.split()).strip(" .,-").encode()[:LONGEST_NAME].decode(errors="ignore").rstrip(" .,-")
    return (stem or "file") + ending


def _kept(char: str) -> str:
    kind = unicodedata.category(char)
    return char if kind[0] in "LMN" or char in "_ .,()+-’" else " " if char.isspace() else "-"


def calendar(data: dict[str, Any], lang: str, now: datetime) -> bytes:
    """One registration as an iCalendar file (RFC 5545, 5546), from what bot.core.events.calendar_data gives.

    Times are UTC, so that no reader needs a zone table; the local hour and its zone stand in the description.
    """
    from icalendar import Alarm, Calendar, Event, vText  # noqa: PLC0415  # 45 ms that only a calendar file needs

    start, end = datetime.fromisoformat(data["start"]), datetime.fromisoformat(data["end"])
    title, place, description = (_text(data[key], lang) for key in ("title", "place", "description"))
    event = Event()
    event.add("uid", data["uid"])
    event.add("sequence", data["sequence"])
    event.add("dtstamp", now)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", title)
    if place:
        event.add("location", place)
    event.add("description", "\n\n".join(part for part in (_local(start, end, data["zone"]), description) if part))
    event.add("status", "CANCELLED" if data["cancelled"] else "CONFIRMED")
    if data["organiser"]:
        event.add("organizer", f"mailto:{data['organiser']}")
    if not data["cancelled"]:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", vText(title))
        alarm.add("trigger", ALARM)
        event.add_component(alarm)
    whole = Calendar()
    whole.add("prodid", "-//hubbot//EN")
    whole.add("version", "2.0")
    whole.add("method", "CANCEL" if data["cancelled"] else "PUBLISH")
    whole.add_component(event)
    written: bytes = whole.to_ical()
    return written


def _plain(file: File) -> dict[str, Any]:
    if not isinstance(file.data, dict):
        raise TypeError("the data of a calendar file is a mapping")
    return file.data


def _text(pairs: list[list[str]], lang: str) -> str:
    return Texts(tuple((code, text) for code, text in pairs)).pick(lang)[1]


def _local(start: datetime, end: datetime, zone: str) -> str:
    """The hours at the place in ISO form, which needs no language."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # with its data files, only here

    begins, ends = start.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(zone))
    until = f"{ends:%H:%M}" if ends.date() == begins.date() else f"{ends:%Y-%m-%d %H:%M}"
    return f"{begins:%Y-%m-%d %H:%M}-{until} ({zone})"
