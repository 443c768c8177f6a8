"""Responses to surveys, and the mark that a person took part.

One rule: nothing leads from an anonymous response to a person: no contact, no time, no order, no commit of theirs (R74).
"""

from sqlalchemy import Index, String, Table

from storage.schema.base import Instant, Kept, Sealed, column, hub_id, metadata

RESPONSE = Kept(
    "learn what people need and think",
    "GDPR Art. 6(1)(a), 9(2)(a); an anonymous one is about no person (recital 26)",
    "[retention] audit days after the form closes; an anonymous one as long as the hub is served.",
    "goes at once; an anonymous one stays, since nobody can tell whose it is.",
)
WAITING = Kept(
    "mix an anonymous response with others before it is kept",
    "GDPR Art. 6(1)(a), 9(2)(a)",
    "until so many wait that nobody can be told from them, or until the form has closed.",
    "stays: no field of it leads to a person.",
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
    column(RESPONSE, "id", String(), "Random, and the order in which rows lie in a SQLite file.", primary_key=True),
    column(RESPONSE, "version", String(), "The digest of the form as it was answered."),
    column(RESPONSE, "mode", String(), "identified, confidential or anonymous."),
    column(RESPONSE, "contact_id", String(), "Who answered; empty for an anonymous one.", nullable=True),
    column(RESPONSE, "at", Instant(), "When; empty for an anonymous one.", nullable=True),
    column(
        RESPONSE,
        "answers",
        Sealed(),
        "Values by question path: under the person's key, an anonymous one under the hub's.",
    ),
    Index("ix_response_contact", "hub_id", "contact_id"),
    comment="Responses to forms.",
    sqlite_with_rowid=False,  # a rowid would tell the order of arrival
)

# The commit that a response comes in also writes rows of the person, and PostgreSQL stamps all of them with it: what comes
# in waits here, apart from what is kept. See storage.ballots.
ballot = Table(
    "ballot",
    metadata,
    hub_id(WAITING),
    column(WAITING, "form_id", String(), "To which form.", primary_key=True),
    column(
        WAITING, "id", String(), "Random, new with each response that comes, as the whole row is.", primary_key=True
    ),
    column(WAITING, "version", String(), "The digest of the form as it was answered."),
    column(WAITING, "answers", Sealed(), "Values by question path, under the hub's key."),
    comment="Anonymous responses that wait for others.",
    sqlite_with_rowid=False,  # the same reason
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
