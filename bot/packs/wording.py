"""What no text shown to people may hold: phone numbers, addresses that are no https, pictures, markup.

One rule: a number to call is shown only from a line of hub.toml, where it has a source and a day of its last check (R94).
"""

import re
from collections.abc import Iterator

# What has many digits and is no number to call.
_HARMLESS = re.compile(
    r"https?://\S+|\b[\w-]+(?:\.[A-Za-z][\w-]*)+(?:/\S*)?|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{4}\b"
    r"|\b(?:19|20)\d\d ?[-–] ?(?:19|20)\d\d\b"
)
_GAP = r"[ \u00a0\u202f().-]{0,2}"
PHONE = re.compile(
    rf"(?<![\w/,-])(?:\+\d{{1,3}}{_GAP}\d(?:{_GAP}\d){{4,}}|0\d{{2,3}}[ -]\d(?:[ -]?\d)+|\d(?:{_GAP}\d){{6,}}|116 ?\d{{3}}|1411)(?!\w)"
)
LINK = re.compile(r"\]\(\s*<?([^)>\s]*)|<((?:[a-z][a-z0-9+.-]*):[^>\s]*)>", re.IGNORECASE)
# What apps make a link of though no Markdown says so: any scheme but the web's, and an address that hides its host behind
# a name (https://hub.example@elsewhere.example).
SCHEME = re.compile(
    r"\b(?:(?:javascript|vbscript|file|data|tg|tel|sms|matrix|intent):(?=\S)"
    r"|(?!https?:)[a-z][a-z0-9+.-]{0,20}://|https?://[^\s/?#]{0,200}@)",
    re.IGNORECASE,
)
HTTP = re.compile(r"\bhttp://[^\s)>\]]{1,200}", re.IGNORECASE)
MARKUP = re.compile(r"<(?:/|!--)?[a-z][^<>\n]{0,200}>", re.IGNORECASE)
SHOWN = 40  # characters of what was found, in a message
ALLOWED = ("https://", "mailto:")


def phones(text: str, own: frozenset[str] = frozenset()) -> Iterator[tuple[int, str]]:
    """Each number to call in a text, other than 112, with the index of the line (from 0) on which it stands.

    `own`: the digits of the hub's lines, which are found however they are spaced.
    """
    for number, line in enumerate(text.split("\n")):
        plain = _HARMLESS.sub(" ", line)
        for found in PHONE.finditer(plain):
            yield number, found[0][:SHOWN]
        for run in re.finditer(r"\d(?:[ \u00a0-]?\d)*", plain):
            digits = re.sub(r"\D", "", run[0])
            if digits in own and digits != "112" and not PHONE.search(run[0]):
                yield number, run[0][:SHOWN]


def links(text: str) -> Iterator[tuple[int, str, bool]]:
    """Each address in a Markdown text that may not be followed: line from 0, the address, and whether it is only warned
    of (http)."""
    for number, line in enumerate(text.split("\n")):
        found = SCHEME.search(line)
        if found:
            yield number, found[0][:SHOWN], False
        elif insecure := HTTP.search(line):
            yield number, insecure[0][:SHOWN], True
        for link in LINK.finditer(line):
            url = link[1] or link[2]
            if not found and not url.lower().startswith((*ALLOWED, "http://")):
                yield number, url[:SHOWN] or "(nothing)", False


def not_allowed(url: str) -> str:
    """What is said of an address that may not be followed."""
    return f"the link {url[:SHOWN]} is not allowed: only https:// is"
