"""What a hub is: its names, languages, numbers to call, people to turn to, periods and hours. All of it from hub.toml.

One rule: a number to call is shown only while its line is verified; 112 alone needs no proof (R16).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.core.flow import Need, Query
from bot.core.message import Texts

VERIFIED_FOR = timedelta(days=180)  # R16: numbers change; an older check counts as none


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A number to call. `kind` is emergency, crisis, crisis_child, cancer or health; `languages` empty means any."""

    id: str
    kind: str
    number: str
    name: Texts
    hours: str = ""
    languages: tuple[str, ...] = ()
    source: str = ""
    verified_on: date | None = None

    def shown(self, today: date) -> bool:
        """Whether people may be given this number today."""
        if self.number == "112":
            return True
        return self.verified_on is not None and today - self.verified_on <= VERIFIED_FOR


@dataclass(frozen=True, slots=True)
class Contact:
    """Where the hub's people are reached outside the chat, and when."""

    email: str
    web: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Controller:
    """Who answers for the personal data (GDPR Art. 4(7)), and the authority that one may complain to."""

    name: str
    address: str
    privacy_email: str
    dpo_email: str = ""
    authority: str = ""
    authority_url: str = ""


@dataclass(frozen=True, slots=True)
class Processor:
    """Who handles data on the controller's behalf (GDPR Art. 28)."""

    name: str
    country: str
    what: str


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days what is kept (R48); each is a key of hub.toml's [retention]."""

    conversation: int = 30
    open_question: int = 90
    registration_after_event: int = 60
    special_needs_after_event: int = 7
    survey_session: int = 14
    subscription_inactive: int = 730
    audit: int = 730
    backup: int = 35


@dataclass(frozen=True, slots=True)
class Coordinator:
    """Somebody of the hub's team: an address (channel:id), never a display name. `role`: coordinator, editor, analyst, door."""

    name: str
    role: str
    address: str


@dataclass(frozen=True, slots=True)
class Topic:
    """What news can be about."""

    id: str
    name: Texts


@dataclass(frozen=True, slots=True)
class OwnConsent:
    """A hub's own consent text for a purpose, which replaces the catalogue's. A changed text needs a new version."""

    purpose: str
    version: int
    text: Texts


@dataclass(frozen=True, slots=True)
class Account:
    """The names of the environment variables that hold a channel's secrets; never the secrets."""

    channel: str
    variables: tuple[tuple[str, str], ...]
    invite_servers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hub:
    """One hub's settings. `languages`: the first is the default."""

    id: str
    name: Texts
    country: str
    timezone: str
    languages: tuple[str, ...]
    contact: Contact
    controller: Controller
    lines: tuple[HelpLine, ...]
    age_of_consent: int = 16
    sample: bool = False
    processors: tuple[Processor, ...] = ()
    retention: Retention = Retention()
    quiet_start: time = time(21)
    quiet_end: time = time(8)
    k_default: int = 10
    k_minimum: int = 5
    topics: tuple[Topic, ...] = ()
    consents: tuple[OwnConsent, ...] = ()
    coordinators: tuple[Coordinator, ...] = ()
    accounts: tuple[Account, ...] = ()
    funding: Texts = Texts()

    @property
    def default(self) -> str:
        return self.languages[0]

    def numbers(self, today: date, *kinds: str) -> tuple[HelpLine, ...]:
        """The lines of these kinds that people may be given today, in the order of hub.toml."""
        return tuple(line for line in self.lines if line.kind in kinds and line.shown(today))

    @property
    def emergency(self) -> str:
        """The emergency number of the country; 112 where the pack names none."""
        return next((line.number for line in self.lines if line.kind == "emergency"), "112")


@dataclass(frozen=True, slots=True)
class ThisHub(Query[Hub]):
    """The hub that the person talks to."""


@dataclass(frozen=True, slots=True)
class IsHub(Need[bool]):
    """Whether there is a hub of that id beside this one. The packs know it, not the store, which has only those served."""

    id: str


@dataclass(frozen=True, slots=True)
class Today(Query[date]):
    """The day in the hub's time zone, by the hub's clock."""


@dataclass(frozen=True, slots=True)
class Now(Query[datetime]):
    """This moment by the hub's clock, aware, in the hub's time zone: whose calendar forms and people count by."""
