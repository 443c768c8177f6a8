"""Responses to surveys, and the mark that a person took part.

One rule: nothing leads from an anonymous response to a person: no contact, no time finer than the week, no order (R74).
"""

from sqlalchemy import Boolean, Index, String, Table

from storage.schema.base import Instant, Kept, Sealed, column, hub_id, metadata

RESPONSE = Kept(
    "learn what people need and think",
    "GDPR Art. 6(1)(a), 9(2)(a); an anonymous one is about no person (recital 26)",
    "[retention] audit days after the form closes; an anonymous one as long as the hub is served.",
    "goes at once; an anonymous one stays, since nobody can tell whose it is.",
)
TOOK_PART = Kept(
    "take one answer a person, and prove that they took part",
    "GDPR Art. 6(1)(f)",
    "[retention] survey_session days after the form closes.",
    "goes at once; while the form is open a keyed hash stays.",
)

response = Table(
    "response",
    metadata,
    hub_id(RESPONSE),
    column(RESPONSE, "form_id", String(), "To which form.", primary_key=True),
    column(RESPONSE, "id", String(), "Random: also the order in which rows lie in the file.", primary_key=True),
    column(RESPONSE, "version", String(), "The digest of the form as it was answered."),
    column(RESPONSE, "mode", String(), "identified, confidential or anonymous."),
    column(RESPONSE, "week", String(), "The ISO week in the hub's zone (2026-W48)."),
    column(RESPONSE, "contact_id", String(), "Who answered; empty for an anonymous one.", nullable=True),
    column(RESPONSE, "at", Instant(), "When; empty for an anonymous one.", nullable=True),
    column(
        RESPONSE,
        "answers",
        Sealed(),
        "Values by question path: under the person's key, an anonymous one under the hub's.",
    ),
    # PostgreSQL stamps a row with its transaction, which also wrote the person's other rows. The sweep writes all fresh
    # rows anew in one transaction, so that the stamp tells the day at most.
    column(RESPONSE, "fresh", Boolean(), "Came since the last sweep."),
    Index("ix_response_contact", "hub_id", "contact_id"),
    comment="Responses to forms.",
    sqlite_with_rowid=False,  # a rowid would tell the order of arrival
)

participation = Table(
    "participation",
    metadata,
    hub_id(TOOK_PART),
    column(TOOK_PART, "form_id", String(), "In which form.", primary_key=True),
    column(TOOK_PART, "reference", String(), "The receipt's number: random, and nowhere else.", primary_key=True),
    column(TOOK_PART, "contact_id", String(), "Who took part."),
    Index("ix_participation_contact", "hub_id", "contact_id"),
    comment="That a person took part in a survey; not what they said, not when.",
    sqlite_with_rowid=False,  # the same reason
)
