"""Lists and shapes that a pack is held to: ids, languages, time zones, addresses.

One rule: a name is looked up in a list, never tried out.
"""

import re
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")  # file names, payloads of links and keys in the database
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{2,63}")
COUNTRY = re.compile(r"[A-Z]{2}")  # ISO 3166-1
MAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+")
HTTPS = re.compile(r"https://[^\s/?#@:]+\.[^\s/?#@:]+(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)
ADDRESS = re.compile(r"(?:telegram:[^@\s]\S*|matrix:\S+|terminal:\S+)")  # channel:id; a Telegram @name proves nothing
DURATION = re.compile(
    r"P(?=\d|T\d)(?:(\d{1,3})D)?(?:T(?=\d)(?:(\d{1,4})H)?(?:(\d{1,5})M)?)?"
)  # ISO 8601, days to minutes

# The 24 official languages of the Union, then those of the other countries in the Mission and of people who came there.
_UNION = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv"
_OTHERS = "ar bs ca cnr eu fa gl he hy is ka kk ky lb mk nb nn no ru se sq sr tr uk"
LANGUAGES = frozenset(re.findall(r"[a-z]+", f"{_UNION} {_OTHERS}"))


@cache
def zones() -> frozenset[str]:
    """The names of the time zones. From the list in the tzdata package: walking the system's folders takes 0.1 s."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


def instant(local: datetime, zone: str) -> datetime | str:
    """The instant (UTC) of a civil time in a known zone, or what is wrong with it: on two Sundays a year one hour does not
    exist and another happens twice."""
    early, late = (local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1))
    if early == late:
        return early
    if early.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local:
        return f"this hour does not exist in {zone}: the clocks go forward that night; take one an hour later"
    return f"this hour happens twice in {zone}: the clocks go back that night; take another hour"
