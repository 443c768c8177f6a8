"""Events, and a person's place at one.

One rule: a seat is given by a command that locks the event and counts its rows; what a person saw before was a moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.flow import Command, Query
from bot.core.form.model import Form
from bot.core.form.state import Plan
from bot.core.message import Json, Moment, Texts


@dataclass(frozen=True, slots=True)
class Seats:
    """Seats of one role, with a queue of their own. `role` is "" where the event knows no roles, else mode/role."""

    role: str
    capacity: int
    mode: str = ""
    label: Texts = Texts()


@dataclass(frozen=True, slots=True)
class Event:
    """One event as published. `version` is the digest of its text: registrations point to it."""

    id: str
    title: Texts
    description: Texts
    place: Texts
    mode: str  # in-person, online, hybrid
    start: Moment
    end: Moment
    opens: Moment
    closes: Moment
    cancel_until: Moment
    seats: tuple[Seats, ...]
    access: Texts = Texts()
    guests_max: int = 0
    waitlist: bool = False
    offer_hours: int = 24
    fairness: str = "keep-order"  # or fill-seats
    reminders: tuple[str, ...] = ()
    photos: bool = False
    recording: bool = False
    link: str = ""
    price: str = ""
    cancelled: bool = False
    form: Form | None = None  # the event's own questions
    needs: tuple[str, ...] = ()  # names of the questions that need their own consent (GDPR Art. 9), erased soon after
    version: str = ""

    def taking(self, now: datetime) -> bool:
        """Whether one may register now."""
        return not self.cancelled and self.opens.at <= now < self.closes.at


@dataclass(frozen=True, slots=True)
class Availability:
    """How full a role is: `free` seats, and how many parties wait. A newcomer gets no seat while somebody who fits waits."""

    role: str
    free: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Listed:
    """An event with what is left of it now, and this person's own registration, if any.

    `plan`: its own questions made ready, where it has some and this one event was asked for.
    """

    event: Event
    left: tuple[Availability, ...]
    mine: "Registration | None" = None
    open: bool = True
    plan: Plan | None = field(default=None, compare=False, repr=False)

    @property
    def id(self) -> str:
        return self.event.id

    @property
    def free(self) -> int:
        return sum(role.free for role in self.left)


@dataclass(frozen=True, slots=True)
class Registration:
    """One person's place at one event. `state`: held, waitlisted, offered, confirmed; ended: expired, lapsed, cancelled.

    `place` is the parties before one's own in the queue plus one; `until` ends an offer. `answers` by question path.
    """

    id: str
    event: str
    role: str
    party: int
    state: str
    name: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    place: int = 0
    until: Moment | None = None
    uid: str = ""
    sequence: int = 0
    version: str = ""


@dataclass(frozen=True, slots=True)
class OpenEvents(Query[tuple[Listed, ...]]):
    """The events that are not over, the earliest first."""


@dataclass(frozen=True, slots=True)
class EventById(Query[Listed | None]):
    """One event that was ever published here, or None."""

    id: str


@dataclass(frozen=True, slots=True)
class MyRegistrations(Query[tuple[Listed, ...]]):
    """The events at which the person has a live registration, the earliest first."""


@dataclass(frozen=True, slots=True)
class Given:
    """A consent as it was given: purpose, what it is about, and the version of the text that was shown."""

    purpose: str
    subject: str
    version: int


@dataclass(frozen=True, slots=True)
class Seat:
    """What became of a wish for a seat.

    `state`: confirmed, waitlisted; or why not: full (no waiting list, or the list is full), closed, cancelled, already,
    too-large (more than the role ever had), too-many (five open registrations are enough: nobody hoards).
    """

    state: str
    registration: Registration | None = None


@dataclass(frozen=True, slots=True)
class TakeSeat(Command[Seat]):
    """Confirm a place, or a place in the queue where `wait`. `answers` by question path, `needs` those of Art. 9."""

    event: str
    role: str
    party: int
    name: str
    answers: Mapping[str, str]
    needs: Mapping[str, str]
    consents: tuple[Given, ...]
    wait: bool = False


@dataclass(frozen=True, slots=True)
class ChangeRegistration(Command[Seat]):
    """New name or answers for the person's own live registration; the place stays."""

    event: str
    name: str
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CancelSeat(Command[Registration | None]):
    """Give the place up. The registration as it ended, or None where there is none to cancel."""

    event: str


@dataclass(frozen=True, slots=True)
class AnswerOffer(Command[Seat]):
    """Take or decline the offered seat. `state` is confirmed, cancelled, or lapsed where the offer's time has run out."""

    event: str
    take: bool


def calendar_data(event: Event, registration: Registration, organiser: str, *, cancelled: bool = False) -> Json:
    """What the maker of calendar files needs (File kind "calendar"); each text as (language, text) pairs, since the
    language is chosen when the file is made. `organiser` is the hub's mailbox; start and end are UTC in ISO form."""
    return {
        "uid": registration.uid,
        "sequence": registration.sequence,
        "cancelled": cancelled,
        "start": event.start.at.isoformat(),
        "end": event.end.at.isoformat(),
        "zone": event.start.zone,
        "title": [[*pair] for pair in event.title.pairs],
        "place": [[*pair] for pair in event.place.pairs],
        "description": [[*pair] for pair in event.description.pairs],
        "organiser": organiser,
    }
