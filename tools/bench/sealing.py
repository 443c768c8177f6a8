"""What a turn seals and opens: the person's key, the session twice, a message and its buttons. The bar is 50 µs."""

from collections.abc import Iterator

from bot.core.message import Json
from storage.contacts import box_of
from storage.keys import Key, Master, new_secret
from tools.bench.meter import Figure, spent

SESSION: Json = {
    "frames": [{"log": [[f"q{n}", f"an answer of some words {n}", "0f3a9c21", f"u{n}"] for n in range(30)]}]
}
MESSAGE: Json = {"text": "Words of a message. " * 30, "buttons": [["yes", "Yes", ["tap", 7, "0f3a9c21", "yes"]]] * 3}
BUTTONS: Json = {"buttons": [["yes", "Yes", ["tap", 7, "0f3a9c21", "yes"]]] * 3}


def measure() -> Iterator[Figure]:
    """A session of 30 answers: 1.7 KiB."""
    master = Master((Key.of(new_secret()),))
    wrapped = master.wrap(new_secret(), "contact", "pl", "ana")
    sealed = box_of(master, "pl", "ana", wrapped).seal("session", "state", SESSION)

    def turn() -> None:
        box = box_of(master, "pl", "ana", wrapped)
        box.open("session", "state", sealed)
        box.seal("session", "state", SESSION)
        box.seal("outbox", "body", MESSAGE)
        box.seal("outbox", "kept", BUTTONS)

    yield Figure("sealing of a turn, its JSON included", spent(turn, 2_000) * 1e6, "µs", 50)
