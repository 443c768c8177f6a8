"""Surveys and consultations: forms that are open, and what becomes of a response.

One rule: an anonymous response keeps no contact and no time, and is mixed with others; the mark that a person took part
does not say what they answered (R74).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.events import Given
from bot.core.flow import Command, Query
from bot.core.form.state import Plan
from bot.core.message import Moment, Texts


@dataclass(frozen=True, slots=True)
class Survey:
    """A form on offer. `mode`: identified, confidential, anonymous. `version` is the digest of the published form.

    `closed`: why one cannot answer now: "" (open), early, over, answered, or gone (no such form).
    """

    id: str
    title: Texts
    mode: str
    once: bool
    opens: Moment | None
    closes: Moment | None
    version: str
    questions: int
    topic: str = ""
    listed: bool = True
    closed: str = ""


@dataclass(frozen=True, slots=True)
class OpenSurveys(Query[tuple[Survey, ...]]):
    """The surveys that are offered to everyone and open now, those already answered by this person included."""


@dataclass(frozen=True, slots=True)
class SurveyById(Query[Survey | None]):
    """A survey as it is now offered, or None. `version` pins the form that a conversation began with."""

    id: str


@dataclass(frozen=True, slots=True)
class LoadForm(Query[Plan | None]):
    """A published form by its version, made ready. It never changes, so a store makes it once. None: never published."""

    id: str
    version: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a response. `state`: sent, answered (before, and once is the rule), over, early, gone.

    `reference` proves that the person took part, never what they said.
    """

    state: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class SubmitResponse(Command[Receipt]):
    """Hand in. `answers`: XForms values by question path, only those that are relevant at the end.

    `anonymous` also tells the core to drop the words of this run from the session, the inbox and the outbox.
    """

    form: str
    version: str
    anonymous: bool
    answers: Mapping[str, str]
    consents: tuple[Given, ...] = ()
