"""A message that is ready to send, as plain data and back.

One rule: what is kept after sending is enough to understand a press under the message, and holds none of its words.
"""

from base64 import b64decode, b64encode
from typing import Any

from bot.core.message import Json, act_from_json, act_to_json
from bot.core.ports import Attachment, Outgoing, Shown, ShownButton


def to_json(message: Outgoing) -> Json:
    """The whole message."""
    return {
        "text": message.text,
        "lang": message.lang,
        "lines": [*message.lines],
        "buttons": _buttons_out(message.buttons),
        "files": [[it.name, it.mimetype, b64encode(it.body).decode("ascii")] for it in message.files],
        "question": message.question and [*message.question],
        "numbered": message.numbered,
    }


def from_json(data: Any) -> Outgoing:
    """The inverse of to_json."""
    return Outgoing(
        data["text"],
        data["lang"],
        tuple(data["lines"]),
        _buttons_in(data["buttons"]),
        tuple(Attachment(name, mimetype, b64decode(body)) for name, mimetype, body in data["files"]),
        _question_in(data["question"]),
        data["numbered"],
    )


def kept(message: Outgoing) -> Json:
    """What stays for 30 days: the buttons and the question; None where there is neither."""
    if not message.buttons and not message.question:
        return None
    return {"buttons": _buttons_out(message.buttons), "question": message.question and [*message.question]}


def shown(data: Any) -> Shown:
    """What `kept` made."""
    return Shown(_buttons_in(data["buttons"]), _question_in(data["question"]))


def _buttons_out(buttons: tuple[ShownButton, ...]) -> Json:
    return [[it.id, it.label, act_to_json(it.act)] for it in buttons]


def _buttons_in(data: Any) -> tuple[ShownButton, ...]:
    return tuple(ShownButton(name, label, act_from_json(act)) for name, label, act in data)


def _question_in(data: Any) -> tuple[int, str] | None:
    return (data[0], data[1]) if data else None
