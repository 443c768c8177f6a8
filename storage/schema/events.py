"""Events and who has a place at them.

One rule: no count of seats is stored; whoever needs one locks the event's row and counts its registrations.
"""

from sqlalchemy import Boolean, Index, Integer, String, Table, text

from storage.schema.base import Instant, Kept, Sealed, column, hub_id, metadata
from storage.schema.hubs import OURS

PLACE = Kept(
    "hold a place at an event",
    "GDPR Art. 6(1)(a)",
    "[retention] registration_after_event days after its end, or until the place is given up or lost; then only that there was a place, without a person.",
    "name, answers and person go at once; that there was a place stays for the count.",
)
NEEDS = Kept(
    "make an event accessible (R82)",
    "GDPR Art. 9(2)(a)",
    "[retention] special_needs_after_event days after the event's end, or until the place is given up or lost.",
    "goes at once.",
)
LIVE = text("state IN ('held', 'waitlisted', 'offered', 'confirmed') AND contact_id IS NOT NULL")

event = Table(
    "event",
    metadata,
    hub_id(OURS),
    column(OURS, "id", String(), "The event's name in the pack.", primary_key=True),
    column(OURS, "version", String(), "The digest of its text as last published."),
    column(OURS, "capacity", Integer(), "All seats together, for lists; the roles' own stand in the text."),
    column(OURS, "ends", Instant(), "When it is over: retention is counted from it."),
    column(OURS, "cancelled", Boolean(), "Called off."),
    column(OURS, "gone", Boolean(), "No longer in the pack: shown to those who have a place, offered to nobody."),
    comment="One row an event: what is locked before seats are counted.",
)

registration = Table(
    "registration",
    metadata,
    hub_id(PLACE),
    column(PLACE, "event_id", String(), "At which event.", primary_key=True),
    column(PLACE, "id", String(), "Random.", primary_key=True),
    column(PLACE, "contact_id", String(), "Whose place it is; empty when they are no longer known.", nullable=True),
    column(PLACE, "role", String(), "The kind of seat; each has its own queue."),
    column(PLACE, "party", Integer(), "How many people, the person included."),
    column(PLACE, "state", String(), "held, waitlisted, offered, confirmed; ended: expired, lapsed, cancelled."),
    column(PLACE, "rank", Integer(), "The order of coming, within the event: the queue is ordered by it."),
    column(PLACE, "since", Instant(), "When it came into this state."),
    column(PLACE, "until", Instant(), "When a held or offered seat is lost.", nullable=True),
    column(PLACE, "forced", Boolean(), "Given by a coordinator beyond the capacity: frees no seat for others."),
    column(PLACE, "version", String(), "The event's text as it was when the place was taken."),
    column(PLACE, "uid", String(), "The calendar entry's name; it never changes."),
    column(PLACE, "sequence", Integer(), "Grows with every change of the calendar entry (RFC 5545)."),
    column(
        PLACE,
        "confirmed_at",
        Instant(),
        "When it was first confirmed: only then was a calendar file sent.",
        nullable=True,
    ),
    column(PLACE, "answers", Sealed(), "Name and answers to the event's own questions.", nullable=True),
    Index(
        "uq_registration_live",
        "hub_id",
        "event_id",
        "contact_id",
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    ),
    Index("ix_registration_contact", "hub_id", "contact_id"),
    comment="A place at an event, or in its queue.",
)

needs = Table(
    "needs",
    metadata,
    hub_id(NEEDS),
    column(NEEDS, "event_id", String(), "At which event.", primary_key=True),
    column(NEEDS, "registration_id", String(), "For which place.", primary_key=True),
    column(NEEDS, "contact_id", String(), "Whose needs they are."),
    column(NEEDS, "answers", Sealed(), "What the person needs to take part: health data, apart from everything else."),
    column(NEEDS, "until", Instant(), "When it is deleted."),
    Index("ix_needs_contact", "hub_id", "contact_id"),
    Index("ix_needs_until", "hub_id", "until"),
    comment="Access needs, under a consent of their own.",
)
