"""The conversation for machines: one JSON object a line, in and out, of as many people as there are names.

One rule: whatever a line holds, it is answered with a message, an error or nothing, and then with {"idle": true}.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.channels.parts import harmless, received
from bot.channels.simulated import NETWORKS, Part, kind, misnamed, row
from bot.core.message import Edited, Sent, Typed
from bot.core.ports import Press, Reply

LONGEST_LINE = 4 * 1024 * 1024  # bytes; 100,000 characters written as \ud83d\ude00 are 1.2 million
LONGEST_ID = 64  # characters of "update" and of a language's tag
FURTHEST = timedelta(days=36_525)  # a clock is moved by a century at most

_KEYS = frozenset({"as", "channel", "lang", "update", "text", "reply_to", "tap", "message", "file", "edit", "advance"})
_ACTS = ("text", "tap", "file", "edit", "advance")
_DURATION = re.compile(
    r"\+?P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?)?",
    re.ASCII,
)
# A tag of BCP 47 (pt-BR, sr-Latn-RS), with _ where people write it so. Of languages with two letters there is a short list
# (ISO 639-1, and the old codes that apps still send), of those with three one of thousands: there the form must do.
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*", re.ASCII)
_TWO_LETTERS = frozenset(
    re.findall(
        "..",
        "aaabaeafakamanarasavayazbabebgbhbibmbnbobrbscacechcocrcscucvcydadedvdzeeeleneoeseteufafffifjfofrfygagdglgngugv"
        "hahehihohrhthuhyhziaidieigiiikinioisitiuiwjajijvjwkakgkikjkkklkmknkokrkskukvkwkylalblglilnloltlulvmgmhmimkmlmn"
        "momrmsmtmynanbndnengnlnnnonrnvnyocojomorospapiplpsptqurmrnrorurwsascsdsesgshsiskslsmsnsosqsrssstsusvswtatetgth"
        "titktltntotrtstttwtyugukuruzvevivowawoxhyiyozazhzu",
    )
)


class MalformedError(Exception):
    """Why a line is no such object, in words for its author."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one person did. `who` "" is the process's own name; `channel` and `lang` None stay as they were; `act` None
    only sets them. `update` is the author's id for it, "" where there is none."""

    who: str
    channel: str | None
    lang: str | None
    update: str
    act: Typed | Edited | Sent | Press | Reply | None


@dataclass(frozen=True, slots=True)
class Advance:
    """The clock moves on."""

    by: timedelta


def read(line: bytes) -> Said | Advance:
    """One line of the input. MalformedError on anything that is not told in the handbook."""
    if len(line) > LONGEST_LINE:
        raise MalformedError(f"longer than {LONGEST_LINE} bytes")
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise MalformedError("not JSON") from None
    if not isinstance(data, dict):
        raise MalformedError("not a JSON object")
    if unknown := sorted(data.keys() - _KEYS):
        raise MalformedError(f"unknown key {harmless(unknown[0][:40])!r}")
    acts = [key for key in _ACTS if key in data]
    if len(acts) > 1:
        raise MalformedError(f"{acts[0]} and {acts[1]} in one line")
    if acts == ["advance"]:
        return Advance(duration(_text(data, "advance", LONGEST_ID)))
    if not acts and "channel" not in data and "lang" not in data:
        raise MalformedError("nothing to do: one of " + ", ".join(_ACTS))
    _stray(data, "reply_to", "text")
    _stray(data, "message", "tap", "edit")
    return Said(
        _name(data) if "as" in data else "",
        _network(data),
        _language(data) if "lang" in data else None,
        _id(data, "update") or "",
        _act(data, acts[0]) if acts else None,
    )


def duration(text: str) -> timedelta:
    """An ISO 8601 duration of weeks, days, hours, minutes and seconds, above zero. Months and years have no one length."""
    match = _DURATION.fullmatch(text)
    found = {unit: float(n.replace(",", ".")) for unit, n in match.groupdict().items() if n} if match else {}
    try:
        length = timedelta(**found)
    except OverflowError:
        length = FURTHEST * 2
    if not found or length <= timedelta(0):
        raise MalformedError("not an ISO 8601 duration above zero such as P3D, PT2H30M or P1DT12H")
    if length > FURTHEST:
        raise MalformedError("a duration of more than a century")
    return length


def _text(data: Mapping[str, Any], key: str, longest: int = 0, *, empty: bool = False) -> str:
    value = data[key]
    if not isinstance(value, str) or not (value.strip() or empty):
        raise MalformedError(f"{key}: not a text")
    if longest and len(value) > longest:
        raise MalformedError(f"{key}: longer than {longest} characters")
    return received(value)


def _name(data: Mapping[str, Any]) -> str:
    name = data["as"]
    if not isinstance(name, str):
        raise MalformedError("as: not a text")
    if wrong := misnamed(name):
        raise MalformedError(f"as: {wrong}")
    return name


def _language(data: Mapping[str, Any]) -> str:
    """The tag of any language that an app may be in, not only of the hub's; "" for an app that tells none."""
    tag = data["lang"]
    if tag == "":
        return ""
    match = _TAG.fullmatch(tag) if isinstance(tag, str) and len(tag) <= LONGEST_ID else None
    if match is None or (len(match[1]) == 2 and match[1].lower() not in _TWO_LETTERS):
        raise MalformedError("lang: not the tag of a language such as pl or pt-BR")
    return match[0].replace("_", "-")


def _id(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | str) or len(str(value)) > LONGEST_ID:
        raise MalformedError(f"{key}: neither a short text nor a number")
    return str(value)


def _network(data: Mapping[str, Any]) -> str | None:
    channel = data.get("channel")
    if channel is not None and channel not in NETWORKS:
        raise MalformedError("channel: not one of " + ", ".join(NETWORKS))
    return channel


def _stray(data: Mapping[str, Any], key: str, *homes: str) -> None:
    if key in data and not any(home in data for home in homes):
        raise MalformedError(f"{key} belongs beside {' or '.join(homes)}")


def _act(data: Mapping[str, Any], act: str) -> Typed | Edited | Sent | Press | Reply:
    message = _id(data, "message")
    match act:
        case "tap":
            choice = data["tap"]
            if isinstance(choice, bool) or not isinstance(choice, int | str) or choice == "":
                raise MalformedError("tap: neither a number nor a choice's id or label")
            return Press(received(choice) if isinstance(choice, str) else choice, row(message) if message else None)
        case "file":
            return Sent(kind(_text(data, "file")))
        case "edit":
            if message is None:
                raise MalformedError("edit: without the message that is edited (the update of an own one)")
            return Edited(named(message), _text(data, "edit", empty=True))
        case _:
            reply = _id(data, "reply_to")
            text = _text(data, "text", empty=True)
            return Reply(text, row(reply)) if reply else Typed(text)


def named(update: str) -> str:
    """The id of an update that the caller named: never that of one which we had to name."""
    return f"said {update}"


IDLE = '{"idle": true}'


def error(why: str) -> str:
    """A line that says what was wrong with the one that came in."""
    return json.dumps({"error": why}, ensure_ascii=False)


def written(to: str, channel: str, lang: str, part: Part, paths: list[str]) -> str:
    """A message as a line. `paths` are where its files were put, in order."""
    attached = [
        {"name": file.name, "mimetype": file.mimetype, "path": path}
        for file, path in zip(part.files, paths, strict=True)
    ]
    return json.dumps(
        {
            "to": to,
            "channel": channel,
            "id": part.id,
            "text": part.text,
            "lines": [*part.lines],
            "choices": [{"id": button.id, "label": harmless(button.label)} for button in part.buttons],
            "lang": lang,
            "edits": None,
            "attachments": attached,
        },
        ensure_ascii=False,
    )
