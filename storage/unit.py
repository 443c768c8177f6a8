"""One unit of work: what an update, a timer or a command line may do to a hub's rows before the commit.

One rule: a unit is bound to one hub, and every statement that it runs names that hub; it knows no other (R52).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from bot.core.flow import Request
from bot.core.hub import Hub
from bot.core.message import Act
from bot.core.ports import DUE, TIMER, FollowUp, Notice, Outgoing, Person, Sender, Shown
from storage import arrivals, clock, contacts, counters, mail, reminders, sessions, timers
from storage.contacts import Contact, load
from storage.first import Secrets
from storage.library import Library
from storage.schema.base import MICROSECOND
from storage.stoplist import Entry
from storage.swift import Conn

Performers: TypeAlias = "Mapping[type, Callable[[SqlUnit, Any], object]]"


@dataclass(frozen=True, slots=True)
class World:
    """What all units of a process share. `performers` and `fire` come from above, so that those may know the unit.

    `trial`: a first conversation in this process makes the database one whose clock can be moved.
    """

    secrets: Secrets
    library: Library
    performers: "Performers"
    fire: "Callable[[SqlUnit], str]"
    trial: bool = False


@dataclass(slots=True)
class SqlUnit:
    """See bot.core.ports.Unit. `me` is the contact that the unit is for; `tidy` asks for what was erased to be gone for
    good after the commit, `outlive` for lines on the list beside the database. `real` is the machine's clock; `kept` has
    the row of the person's session, once it was read.
    """

    conn: Conn
    hub: str
    world: World
    real: Callable[[], datetime]
    lang: str = ""
    notices: list[Notice] = field(default_factory=list)
    erased: bool = False
    tidy: bool = False
    me: Contact | None = None
    account: str = TIMER
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    outlive: list[Entry] = field(default_factory=list)
    kept: Any = None
    _now: datetime | None = None
    _manifest: str = ""
    _entries: Mapping[str, str] | None = None

    @property
    def now(self) -> datetime:
        """See Unit.now."""
        return self._now or self.begin(clock.seen(self.conn, self.hub))

    @property
    def manifest(self) -> str:
        """The digest of what is published, "" for nothing yet."""
        if self._now is None:
            self.begin(clock.seen(self.conn, self.hub))
        return self._manifest

    def begin(self, seen: Any) -> datetime:
        """What the unit goes by from here on: the clock, and what is published. `seen` has the columns clock.SEEN."""
        self._now, self._manifest = self.real() + (seen.moved or 0) * MICROSECOND, seen.manifest or ""
        return self._now

    def go_by(self, at: datetime) -> None:
        """Go by that time in place of the clock's: what was done then is done again."""
        self.begin(clock.seen(self.conn, self.hub))
        self._now = at

    @property
    def person_here(self) -> Contact:
        """The contact that the unit is for. RuntimeError where it is for nobody: a timer's unit asks nothing of a person."""
        if self.me is None:
            raise RuntimeError("this unit is for no person: nothing was accepted or taken")
        return self.me

    @property
    def entries(self) -> Mapping[str, str]:
        """What is published now, by key; the same throughout the unit."""
        if self._entries is None:
            self._entries = self.world.library.entries(self.conn, self.hub, self.manifest)
        return self._entries

    def published(self, key: str) -> Any:
        """The thing that is published under a key, or None."""
        digest = self.entries.get(key)
        return digest and self.world.library.at(self.conn, self.hub, key.partition("/")[0], digest)

    def turn_to(self, manifest: str) -> None:
        """From here on this is what is published: the unit has locked the hub's row, or just changed it."""
        self._manifest, self._entries = manifest, None

    @property
    def here(self) -> Hub | None:
        """The hub's settings as published; None before the first publishing."""
        found: Hub | None = self.published("hub")
        return found

    def accept(self, update: str, sender: Sender) -> Person | None:
        """See Unit.accept."""
        return arrivals.accept(self, update, sender)

    def take(self, follow: FollowUp) -> tuple[Person, Act, str] | None:
        """See Unit.take."""
        return arrivals.take(self, follow)

    def follow(self, cause: str, account: str, act: Act, lang: str) -> FollowUp:
        """See Unit.follow."""
        return arrivals.follow(self, cause, account, act, lang)

    def fail(self, update: str, account: str) -> None:
        """See Unit.fail."""
        arrivals.fail(self, update, account)

    def session(self, contact: str | None = None) -> dict[str, Any] | None:
        """See Unit.session."""
        who = self.person_here if contact is None else contacts.free(self, contact)
        return sessions.read(self, who) if who else None

    def save(self, session: dict[str, Any] | None, contact: str | None = None) -> None:
        """See Unit.save. After an erasure nothing of the person is saved."""
        if contact is not None:
            sessions.save(self, contacts.load(self, contact), session)
        elif not self.erased:
            sessions.save(self, self.person_here, session)

    def shown(self, message: str | None) -> Shown | None:
        """See Unit.shown."""
        return mail.shown(self, message)

    def put(self, message: Outgoing, cause: str, n: int, *, run: int = 0, contact: str | None = None) -> None:
        """See Unit.put."""
        mail.put(self, message, f"{self.account}:{cause}", n, run, contact)

    def forget(self, run: int) -> None:
        """See Unit.forget. Call it before the receipt is put: it skips what is not sent yet."""
        mail.forget(self, run)

    def perform(self, request: Request) -> object:
        """See Unit.perform."""
        performer = self.world.performers.get(type(request))
        if performer is None:
            raise LookupError(f"nothing performs {type(request).__name__}")
        return performer(self, request)

    def speak(self, lang: str, *, chosen: bool) -> None:
        """See Unit.speak."""
        self.me = arrivals.speak(self, lang, chosen=chosen)

    def person(self, contact: str) -> Person:
        """See Unit.person. LookupError on a contact that this hub does not know."""
        known = load(self, contact)
        return Person(known.id, known.lang, known.chosen, silence=self.now - known.touched)

    def count(self, kind: str, subject: str = "") -> None:
        """See Unit.count. Written at the end of the unit, since a day's row is one that all units want."""
        self.counts[kind, subject] = self.counts.get((kind, subject), 0) + 1

    def fire(self) -> str:
        """See Unit.fire."""
        arrivals.outlived(self, TIMER, DUE)
        return self.world.fire(self)

    def deaths(self) -> int:
        """See Unit.deaths."""
        return arrivals.deaths(self, TIMER, DUE)

    def put_off(self) -> bool:
        """See Unit.put_off."""
        arrivals.outlived(self, TIMER, DUE)
        return timers.put_off(self, timedelta(hours=1))

    def nudge(self, run: int) -> None:
        """See Unit.nudge."""
        reminders.plan_nudge(self, run)

    def rest(self) -> None:
        """See Unit.rest."""
        reminders.plan_rest(self)

    def close(self) -> None:
        """Write what was left for the end."""
        counters.write(self)
