"""What belongs to a hub or to the database, and to no person.

One rule: no column here leads to anybody; a counter counts, it does not remember.
"""

from sqlalchemy import BigInteger, Date, Index, Integer, String, Table, Text

from storage.schema.base import Instant, Kept, Sealed, column, hub_id, metadata

OURS = Kept(
    "run the service",
    "no personal data",
    "as long as the hub is served.",
    "nothing: it is about no person.",
)
TEXTS = Kept(
    "prove what a person saw (promise 5; GDPR Art. 5(2), 7(1))",
    "no personal data",
    "as long as the hub is served.",
    "nothing: it is a published text.",
)

meta = Table(
    "meta",
    metadata,
    hub_id(OURS),  # "" for what belongs to the whole database
    column(
        OURS,
        "name",
        String(),
        "clock, movable, talked, index-key, outbox_number, question, paused, backup: see storage.clock, keys, numbers, pause, backup.",
        primary_key=True,
    ),
    column(
        OURS,
        "number",
        BigInteger(),
        "A count, an offset in microseconds, or 0 and 1 for no and yes.",
        server_default="0",
    ),
    column(OURS, "secret", Sealed(), "A key, wrapped by the master key.", nullable=True),
    comment="Single facts of the database and of a hub: the clock's offset, the next numbers, the wrapped index key.",
)

hub = Table(
    "hub",
    metadata,
    hub_id(OURS),
    column(OURS, "manifest", String(), "The digest of what is published now; moved by publishing and by nothing else."),
    column(OURS, "data_key", Sealed(), "The hub's own key, wrapped: it seals what belongs to no person."),
    column(OURS, "published", Instant(), "When the manifest last moved, by the hub's clock."),
    comment="One row a hub: what is current.",
)

content = Table(
    "content",
    metadata,
    hub_id(TEXTS),
    column(
        TEXTS,
        "digest",
        String(),
        "SHA-256 of the canonical form: the same text is the same version everywhere.",
        primary_key=True,
    ),
    column(TEXTS, "body", Text(), "The published text as JSON, its keys in the author's order."),
    comment="Everything that was ever published, by its digest.",
)

consent_text = Table(
    "consent_text",
    metadata,
    hub_id(TEXTS),
    column(TEXTS, "purpose", String(), "What the consent is for.", primary_key=True),
    column(TEXTS, "version", Integer(), "The author's number; a changed text needs a new one (R29).", primary_key=True),
    column(TEXTS, "digest", String(), "The text that this number stands for, for ever."),
    comment="Which words a numbered consent text has: consent records point here.",
)

counter = Table(
    "counter",
    metadata,
    hub_id(OURS),
    column(OURS, "day", Date(), "The day in the hub's zone.", primary_key=True),
    column(OURS, "kind", String(), "What is counted: answered, unknown, emergency, ...", primary_key=True),
    column(
        OURS,
        "subject",
        String(),
        "The article or text that it was about, or empty. Never words of a person.",
        primary_key=True,
    ),
    column(OURS, "n", Integer(), "How many that day."),
    comment="Counts for the hub's report. No person, no text, no hour.",
)

timer = Table(
    "timer",
    metadata,
    hub_id(OURS),
    column(OURS, "key", String(), "kind:subject; the same key cannot be planned twice.", primary_key=True),
    column(OURS, "due", Instant(), "When it falls due, by the hub's clock."),
    column(
        OURS,
        "kind",
        String(),
        "settle, tell, remind, half, nudge, rest, mix, stopped, sweep or destroy: see storage.timers.",
    ),
    column(
        OURS,
        "subject",
        String(),
        "The event, form, registration or contact; people by a random id that goes with its row.",
    ),
    Index("ix_timer_due", "hub_id", "due"),
    comment="What is to be done later. A row goes in the transaction that does it.",
)

lease = Table(
    "lease",
    metadata,
    hub_id(OURS),
    column(OURS, "name", String(), "What is leased: the receiving of one account.", primary_key=True),
    column(OURS, "owner", String(), "The process that holds it."),
    column(OURS, "epoch", Integer(), "Grows with each owner: a fencing token."),
    column(OURS, "until", BigInteger(), "Real time in microseconds; leases know no moved clock."),
    comment="Who receives an account's messages.",
)
