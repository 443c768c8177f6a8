"""What a whole message means that is a command, a word for one, or a link's payload.

One rule: a command counts only when it is the whole message, and then it goes before whatever question is open.
"""

import re

from bot.core.message import Act, Back, Cancel, Start
from bot.core.prompts import Ear

# The flow that each command starts; back and cancel are acts of their own. Names are stable: links and buttons carry them.
FLOWS = {
    "start": "start",
    "menu": "menu",
    "settings": "menu",
    "help": "help",
    "events": "events",
    "mine": "mine",
    "surveys": "surveys",
    "news": "news",
    "language": "language",
    "privacy": "privacy",
    "mydata": "mydata",
    "stop": "stop",
    "human": "human",
    "helplines": "helplines",
    "contact": "contact",
    "who": "who",
}
COMMANDS = (*FLOWS, "back", "cancel")
LINKS = {
    "event": "event",
    "form": "survey-link",
    "hub": "hub",
    "news": "subscribe",
}  # payload kind -> flow, with its id

# A slash may stand before any word, since people guess at commands in their own script; "!" before Latin letters alone.
_COMMAND = re.compile(r"(/\w+|![A-Za-z]+)(?:@[A-Za-z0-9_]+)?(?:\s+(\S+)(\s.*)?)?", re.DOTALL)
_PAYLOAD = re.compile(r"([a-z]+)_([A-Za-z0-9_-]{1,64})", re.ASCII)


def read(text: str, ear: Ear, *, number_wanted: bool = False) -> Act | None:
    """The act that the whole message is, or None where it is not a command.

    `/start PAYLOAD` and a payload alone (Matrix has no links into a bot) start what the payload names. An unknown
    command or payload starts "unknown-command", which says so: a slash is never taken for an answer. Words after a
    command that wants none are passed over; words after a slash that is no command of ours are a text like any other.
    """
    text = text.strip()
    if match := _COMMAND.fullmatch(text):
        name, argument, more = match[1][1:].lower(), match[2], match[3]
        if name == "start" and argument:
            return payload(argument) or Start("unknown-link")
        if name in COMMANDS:
            return act(name)
        if more is None:
            return Start("unknown-command", (name[:32],))
    if found := payload(text):
        return found
    word = ear.command(text, number_wanted=number_wanted)
    return act(word) if word in COMMANDS else None


def act(name: str) -> Act:
    """The act of a command that exists. KeyError on another name."""
    return Back() if name == "back" else Cancel() if name == "cancel" else Start(FLOWS[name])


def payload(text: str) -> Start | None:
    """What a link's payload (event_fair, form_needs, hub_pt, news_screening) starts, or None where it names nothing."""
    match = _PAYLOAD.fullmatch(text)
    return Start(LINKS[match[1]], (match[2],)) if match and match[1] in LINKS else None
