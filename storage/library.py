"""What is published, as the core's types: read once from the database, then kept in the process by its digest.

One rule: a digest never changes its meaning, so nothing here is ever stale; what is current is asked of the hub's row.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from json import loads
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import bindparam, select

from bot.core.articles import Article, Safety
from bot.core.codec import load
from bot.core.events import Event
from bot.core.form.model import from_json
from bot.core.form.state import Plan
from bot.core.hub import Hub, OwnConsent
from bot.core.surveys import Survey
from storage.schema import content
from storage.swift import Conn

T = TypeVar("T")
MOST = 20_000  # things in memory; thirty hubs with 600 texts each. Beyond it we begin anew
NOTHING: Mapping[str, str] = MappingProxyType({})
MANIFEST = "manifest"

_body = select(content.c.body).where(content.c.hub_id == bindparam("hub"), content.c.digest == bindparam("digest"))
_bodies = select(content.c.digest, content.c.body).where(
    content.c.hub_id == bindparam("hub"), content.c.digest.in_(bindparam("digests", expanding=True))
)


DECODE: Mapping[str, Callable[[Any], object]] = {
    MANIFEST: lambda data: data,
    "article": lambda data: load(Article, data),
    "event": lambda data: load(Event, data),
    "form": from_json,
    "plan": lambda data: Plan(from_json(data)),
    "survey": lambda data: load(Survey, data),
    "hub": lambda data: load(Hub, data),
    "safety": lambda data: load(Safety, data),
    "consent": lambda data: load(OwnConsent, data),
}


class Library:
    """One for a process. Its hubs share what is the same, but each reads only what was published for itself."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], object] = {}
        self._published: set[tuple[str, str]] = set()

    def entries(self, conn: Conn, hub_id: str, manifest: str) -> Mapping[str, str]:
        """What a manifest lists: key ("article/screening-what/pl") to digest. Empty before the first publishing ("")."""
        if not manifest:
            return NOTHING
        found: Mapping[str, str] | None = self.at(conn, hub_id, MANIFEST, manifest)
        return found or NOTHING

    def at(self, conn: Conn, hub_id: str, kind: str, digest: str) -> Any:
        """The thing of a digest that was published for this hub, or None."""
        made = self._made.get((kind, digest))
        if made is not None and (hub_id, digest) in self._published:
            return made
        body = conn.execute(_body, {"hub": hub_id, "digest": digest}).scalar_one_or_none()
        if body is None:
            return None
        self._published.add((hub_id, digest))
        return made if made is not None else self._make(kind, digest, body)

    def all(self, conn: Conn, hub_id: str, kind: str, digests: Iterable[str]) -> Mapping[str, Any]:
        """Several at once, by digest; those never published for this hub are left out."""
        wanted = dict.fromkeys(digests)
        have = {
            it: self._made[kind, it] for it in wanted if (kind, it) in self._made and (hub_id, it) in self._published
        }
        missing = [it for it in wanted if it not in have]
        for start in range(0, len(missing), 500):
            for row in conn.execute(_bodies, {"hub": hub_id, "digests": missing[start : start + 500]}):
                self._published.add((hub_id, row.digest))
                have[row.digest] = self._made.get((kind, row.digest)) or self._make(kind, row.digest, row.body)
        return have

    def plan(self, event: Event) -> Plan | None:
        """An event's own questions made ready, or None where it has none."""
        if event.form is None:
            return None
        made = self._made.get(("event-plan", event.version))
        if not isinstance(made, Plan):
            made = self._made["event-plan", event.version] = Plan(event.form)
        return made

    def _make(self, kind: str, digest: str, body: str) -> object:
        if len(self._made) >= MOST:
            self._made.clear()
        made = DECODE[kind](loads(body))
        if isinstance(made, Event):
            made = replace(made, version=digest)  # a text cannot hold its own digest
        self._made[kind, digest] = made
        return made
