"""Which text asks for which consent, and in which version.

One rule: whoever changes a consent's words raises its version here (or in hub.toml), and everybody is asked again before
the next use; silence is no (R29). A test and publishing refuse a text that changed under its number.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bot.core.events import Given
from bot.core.hub import Hub
from bot.core.message import Line, Param
from bot.core.prompts import Consent

# Purpose -> version of the catalogue's text `consent.<purpose>`.
VERSIONS: Mapping[str, int] = MappingProxyType({"event": 1, "special-needs": 1, "survey": 1, "news": 1, "question": 1})
LINES = tuple(f"consent.{purpose}" for purpose in VERSIONS)


def version_of(hub: Hub, purpose: str) -> int:
    """The version now in force: the hub's own text, where it has one, counts for itself."""
    return next((own.version for own in hub.consents if own.purpose == purpose), VERSIONS[purpose])


def ask_consent(hub: Hub, purpose: str, *, age: bool = False, **params: Param) -> Consent:
    """The question. `params` say what it is for (which event, which topic), so that a yes counts for nothing else.

    `age`: the person also says that they are old enough for the hub's country (R31).
    """
    years = hub.age_of_consent if age else None
    for own in hub.consents:
        if own.purpose == purpose:
            return Consent(Line("consent.own", text=own.text, purpose=purpose, version=own.version, **params), years)
    facts = {"hub": hub, "version": VERSIONS[purpose], **params}
    return Consent(Line(f"consent.{purpose}", **facts), years)


def given(hub: Hub, purpose: str, subject: str) -> Given:
    """The record of a yes to `ask_consent` for the same purpose."""
    return Given(purpose, subject, version_of(hub, purpose))
