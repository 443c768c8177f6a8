"""What passes between a person and the bot, before any language or channel.

One rule: nothing here holds words of the program's own. A Line names them; a catalogue supplies them at the last moment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal  # noqa: TC003  # codec reads the hints of what holds a Param
from hashlib import blake2b
from typing import Generic, Protocol, TypeAlias, TypeVar

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None
T_co = TypeVar("T_co", covariant=True)


class Thing(Protocol):
    """A domain object in a line. It counts by its id, so that mending a typo in a title reopens no question."""

    @property
    def id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Texts:
    """A text that a hub wrote, in each language that it has: (code, text) pairs, the hub's default language first."""

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "Texts":
        return cls(tuple(texts.items()))

    def pick(self, *wanted: str) -> tuple[str, str]:
        """The language and text for the first of `wanted` that there is, else the first that there is, else ("", "")."""
        have = dict(self.pairs)
        return next(((lang, have[lang]) for lang in wanted if lang in have), self.pairs[0] if self.pairs else ("", ""))

    def __bool__(self) -> bool:
        return bool(self.pairs)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, and the zone in which people there speak of it ("10:00 in Warsaw"). `at` is aware, in UTC."""

    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a year, as "reviewed in November 2026" needs it."""

    day: date


@dataclass(frozen=True, slots=True)
class Link:
    """A web address with its words. Shown as words and address, since a link in the middle of a text may not be reachable."""

    url: str
    title: str = ""


Param: TypeAlias = "str | int | float | Decimal | date | Moment | Month | Link | Texts | Line | Thing | Sequence[Param]"


@dataclass(frozen=True, slots=True, init=False)
class Line:
    """A catalogue id and what goes into its gaps: Line("registration.confirmed", event=event).

    A gap may hold another Line, or several (shown as a list), or a Thing, whose fields the catalogue names: {event.title}.
    """

    id: str
    params: tuple[tuple[str, Param], ...]

    def __init__(self, id: str, /, **params: Param) -> None:
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "params", tuple(sorted(params.items()) if len(params) > 1 else params.items()))


def digest(key: str, line: Line) -> str:
    """Eight hex digits that stand for a question as it was put: its key, its line, and the facts in the line's gaps.

    The choices do not count: a list may grow or shrink under an open question, and the prompt re-checks the answer.
    """
    facts = [(name, _fact(value)) for name, value in line.params]
    return blake2b(repr((key, line.id, facts)).encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def _fact(value: Param) -> str:
    if isinstance(value, Line):
        return repr((value.id, [(name, _fact(inner)) for name, inner in value.params]))
    if isinstance(value, tuple | list):
        return repr([_fact(inner) for inner in value])
    return str(getattr(value, "id", value))


# Generic dataclasses here are frozen but not slotted: Python 3.11 raises TypeError at Choice[int](...) when they are both.
@dataclass(frozen=True)
class Choice(Generic[T_co]):
    """One thing to pick. `id` is what is recorded and what a button carries; `value` is what the flow gets."""

    id: str
    label: Line
    value: T_co


@dataclass(frozen=True, slots=True)
class Tap:
    """A button that answers. `run` tells this week's registration from last week's, `digest` this question from the last."""

    run: int
    digest: str
    choice: str


@dataclass(frozen=True, slots=True)
class Typed:
    """Words. `danger` is what the safety patterns made of them, before the transaction began."""

    text: str
    danger: "Danger | None" = None


@dataclass(frozen=True, slots=True)
class Start:
    """Begin a flow: by a command, a link, or a button that works under any message, however old."""

    flow: str
    args: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Back:
    """Reopen the last answered question. `run` as in Change."""

    run: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """Reopen the question `key` and keep every other answer that still fits. Key "": show which answers there are to change.

    `run` is the conversation under whose question the button stands; 0 means whichever has the floor.
    """

    key: str
    run: int = 0


@dataclass(frozen=True, slots=True)
class Cancel:
    """Leave the conversation on top; its answers are kept as a draft, and the one under it goes on. `run` as in Change."""

    run: int = 0


@dataclass(frozen=True, slots=True)
class Resume:
    """Put the open question again: the frame above it is done."""


@dataclass(frozen=True, slots=True)
class Edited:
    """The person changed a message of theirs; `of` is the update by which it came."""

    of: str
    text: str
    danger: "Danger | None" = None


@dataclass(frozen=True, slots=True)
class Sent:
    """Something that is not words: a sticker, a voice note, a picture. `kind` is the channel's word for it."""

    kind: str


Act: TypeAlias = Typed | Tap | Start | Back | Change | Cancel | Resume | Edited | Sent


@dataclass(frozen=True, slots=True)
class Danger:
    """What a text in distress gets. `route` is emergency, crisis, red_flag or no_diagnosis; the first two go before anything."""

    route: str
    says: tuple[Line, ...]

    @property
    def urgent(self) -> bool:
        return self.route in ("emergency", "crisis")


@dataclass(frozen=True, slots=True)
class Button:
    """Words to press. A Tap answers the question it stands under; every other act works under any message."""

    label: Line
    act: "Tap | Start | Back | Change | Cancel | Resume"


@dataclass(frozen=True, slots=True)
class File:
    """A file to send: `kind` names its maker ("calendar", "export"), `data` is what the maker needs, `name` its name."""

    kind: str
    name: Line
    data: Json


@dataclass(frozen=True, slots=True)
class Message:
    """Lines to say, and under the last of them buttons and files.

    `question` is (run, digest) where the last line asks; `numbered` says that a typed number picks a button.
    """

    lines: tuple[Line, ...]
    buttons: tuple[Button, ...] = ()
    files: tuple[File, ...] = ()
    question: tuple[int, str] | None = None
    numbered: bool = True


def act_to_json(act: Act) -> Json:
    """Plain data for an act that may rest in a session, under a button or in the inbox. Texts with danger never rest."""
    match act:
        case Typed(text=text):
            return ["typed", text]
        case Tap(run=run, digest=mark, choice=choice):
            return ["tap", run, mark, choice]
        case Start(flow=flow, args=args):
            return ["start", flow, *args]
        case Change(key=key, run=run):
            return ["change", key, run]
        case Back(run=run):
            return ["back", run]
        case Cancel(run=run):
            return ["cancel", run]
        case Edited(of=of, text=text):
            return ["edited", of, text]
        case Sent(kind=kind):
            return ["sent", kind]
        case _:
            return [type(act).__name__.lower()]


def act_from_json(data: Json) -> Act:
    """The inverse of act_to_json. ValueError on anything else."""
    match data:
        case ["typed", str(text)]:
            return Typed(text)
        case ["tap", int(run), str(mark), str(choice)]:
            return Tap(run, mark, choice)
        case ["start", str(flow), *args]:
            return Start(flow, tuple(args))
        case ["change", str(key), int(run)]:
            return Change(key, run)
        case ["edited", str(of), str(text)]:
            return Edited(of, text)
        case ["sent", str(kind)]:
            return Sent(kind)
        case ["back", int(run)]:
            return Back(run)
        case ["cancel", int(run)]:
            return Cancel(run)
        case ["resume"]:
            return Resume()
        case _:
            raise ValueError("not an act")
