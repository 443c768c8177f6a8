"""What the terminal shows of a message under the limits of a network, and what a network would have passed on to us.

One rule: the simulated networks differ from the real ones in nothing that a person can notice, save that they are here.
"""

import mimetypes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby

from bot.channels.parts import harmless, split, utf8, utf16
from bot.core.message import Edited, Sent, Typed
from bot.core.ports import Attachment, Outgoing, Press, Reply, Sender, ShownButton, Update

ACCOUNT = "chat"  # of every simulated address; `run` never claims what is addressed to it
NETWORKS = ("terminal", "telegram", "matrix")
LONGEST_NAME = 64  # characters of a name: a Matrix id may have 255, a test needs no such
LONG_LABEL = 30  # characters that a phone shows of a button; longer ones stand in the text, numbered

# Telegram takes 4,096 UTF-16 units a message; Matrix 65,536 bytes an event, which holds the text up to twice (plain and
# formatted) and a third more when it is encrypted. A terminal takes anything.
LIMITS: dict[str, tuple[int, Callable[[str], int]]] = {
    "telegram": (4_096, utf16),
    "matrix": (20_000, utf8),
    "terminal": (1_000_000, len),
}
_FIGURE = re.compile(r"[-−]?\d[\d.,]{0,4}")


@dataclass(frozen=True, slots=True)
class Part:
    """One message as a network would show it. Buttons and files come with the last part of a text that was cut.

    `id` is the outbox row's number; a part before the last has a text ("17.1") that no other message has.
    """

    id: int | str
    text: str
    lines: tuple[str, ...] = ()
    buttons: tuple[ShownButton, ...] = ()
    files: tuple[Attachment, ...] = ()


def parts(id: int, message: Outgoing, channel: str) -> list[Part]:
    """A message in the parts that `channel` would take, its choices in the text where the network has no buttons."""
    text = "\n\n".join(part for part in (message.text, "\n".join(choices(message, channel))) if part)
    limit, measure = LIMITS[channel]
    *first, last = split(harmless(text, isolates=channel != "terminal"), limit, measure)
    before = [Part(f"{id}.{n}", text) for n, text in enumerate(first, 1)]
    return [*before, Part(id, last, message.lines, message.buttons, message.files)]


def choices(message: Outgoing, channel: str) -> Iterator[str]:
    """The lines that list the choices. In brackets where a number could be the answer itself, and then the numbers of a
    scale stand in one row."""
    long = any(len(button.label) > LONG_LABEL for button in message.buttons)
    if channel == "telegram" and not (long and message.numbered):
        return
    if message.numbered:
        yield from (f"{number}. {button.label}" for number, button in enumerate(message.buttons, 1))
        return
    labels = (button.label for button in message.buttons)
    for short, together in groupby(labels, lambda label: bool(_FIGURE.fullmatch(label))):
        shown = [f"[{label}]" for label in together]
        yield from [" ".join(shown)] if short else shown


def row(id: str) -> str:
    """The outbox row that a message belongs to, by the id of any of its parts."""
    return id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Address:
    """Who speaks: a name on one of the networks, and the language of their app ("" where it tells none)."""

    channel: str
    name: str
    hint: str = ""


def misnamed(name: str) -> str:
    """What is wrong with a name to speak as, "" for nothing: two that look the same must not be two people, nor one."""
    if not name.strip():
        return "an empty name"
    if len(name) > LONGEST_NAME:
        return f"longer than {LONGEST_NAME} characters"
    return "a name with control characters" if "\n" in name or name != harmless(name) else ""


def update(address: Address, id: str, act: Typed | Edited | Sent | Press | Reply) -> Update:
    """What a person did, as an update. `id` is the caller's name for it, unique for the address: the same again is a
    redelivery. An edit names its message by such an id. No name stands in what is stored: ids are digests."""
    if isinstance(act, Edited):
        act = Edited(_digest(address, act.of), act.text)
    return Update(_digest(address, id), Sender(ACCOUNT, address.channel, address.name), act, address.hint)


def _digest(address: Address, id: str) -> str:
    named = "\0".join((address.channel, address.name, id))
    return blake2b(named.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def kind(path: str) -> str:
    """What a file is, by its name alone: nothing that a person sends is opened."""
    guess = (mimetypes.guess_type(path)[0] or "").partition("/")[0]
    return {"image": "picture", "audio": "voice", "video": "video"}.get(guess, "file")
