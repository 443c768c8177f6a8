"""What came in and what is to go out.

One rule: a row of the inbox is the proof that an update was seen, a row of the outbox that something is to be said; both
lose their words as soon as these have served.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    literal_column,
    text,
)

from storage.schema.base import Instant, Kept, Sealed, column, hub_id, metadata

IN = Kept(
    "handle an update once, and in order",
    "GDPR Art. 6(1)(f): the person wrote",
    "7 days; words only until they are handled.",
    "contact and words go at once; the network's number of the update stays its 7 days.",
)
OUT = Kept(
    "say what is to be said once, and know its end",
    "GDPR Art. 6(1)(f): the person asked",
    "30 days after the sending; words until they are sent, 30 days at most.",
    "goes at once, the receipt when it has been sent.",
)

# PostgreSQL draws a message's number here; SQLite, with one writer, from a row of meta (storage.numbers).
outbox_number = Sequence("outbox_number", metadata=metadata)

OPEN: ColumnElement[str] = literal_column("'open'")  # a literal, so that the partial index serves

inbox = Table(
    "inbox",
    metadata,
    hub_id(IN),
    column(IN, "account", String(), "The account that it came to, or that its cause came to.", primary_key=True),
    column(IN, "update_id", String(), "The network's number; with the account it is seen once.", primary_key=True),
    column(
        IN, "seq", BigInteger(), "Our number of arrival; a follow-up has its cause's, so it goes before anything newer."
    ),
    column(IN, "contact_id", String(), "Who wrote.", nullable=True),
    column(IN, "body", Sealed(), "What is to be done, while it is open.", nullable=True),
    column(IN, "state", String(), "open: to be done; done; failed: a flow could not bear it; tried: not accepted yet."),
    column(IN, "attempts", Integer(), "How many processes died with it in hand.", server_default="0"),
    column(IN, "received", Instant(), "When it came, by the hub's clock."),
    Index(
        "ix_inbox_open",
        "hub_id",
        "state",  # for the same reason as in ix_outbox_line
        "seq",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index("ix_inbox_contact", "hub_id", "contact_id"),
    Index("ix_inbox_seq", "hub_id", "seq"),
    Index("ix_inbox_received", "hub_id", "received"),
    comment="Every update that was seen, and what turns left to be done.",
)

LIVE = text("state IN ('queued', 'sending')")

outbox = Table(
    "outbox",
    metadata,
    hub_id(OUT),
    column(
        OUT,
        "id",
        BigInteger(),
        "The message's number; it never comes back in this database.",
        primary_key=True,
        autoincrement=False,
    ),
    column(OUT, "account", String(), "The account that sends it."),
    column(OUT, "cause", String(), "What made it: the account and number of an update, or a timer."),
    column(OUT, "n", Integer(), "Its place under that cause: a second run makes no second message."),
    column(OUT, "contact_id", String(), "Whom it is for."),
    column(OUT, "channel", String(), "The network that carries it."),
    column(OUT, "index", LargeBinary(), "The keyed hash of the address that it goes to."),
    column(
        OUT, "state", String(), "queued; sending: handed to the network; sent; failed; skipped; unknown: sent or not."
    ),
    column(
        OUT,
        "reason",
        String(),
        "Why it failed or was skipped: the program's word, never the network's text.",
    ),
    column(
        OUT, "run", BigInteger(), "The run of the conversation that it belongs to, or 0: an anonymous one is forgotten."
    ),
    column(OUT, "owner", String(), "The process that sends it.", nullable=True),
    column(OUT, "attempt", Integer(), "How often its sending was begun.", server_default="0"),
    column(OUT, "again", Boolean(), "A process died while it sent it: a second copy is possible."),
    column(OUT, "made", Instant(), "When it was queued, by the hub's clock."),
    column(OUT, "ended", Instant(), "When its sending had an end.", nullable=True),
    column(OUT, "network_id", String(), "The network's number of the message, for presses and edits.", nullable=True),
    column(OUT, "body", Sealed(), "The message, until it is sent.", nullable=True),
    column(OUT, "kept", Sealed(), "Its buttons and its question, for presses under an old message.", nullable=True),
    UniqueConstraint("hub_id", "account", "cause", "n"),
    # With the state in it, since SQLite takes one of two indexes that begin alike by chance.
    Index("ix_outbox_line", "hub_id", "contact_id", "account", "state", "id", sqlite_where=LIVE, postgresql_where=LIVE),
    Index("ix_outbox_live", "hub_id", "account", "id", sqlite_where=LIVE, postgresql_where=LIVE),
    Index("ix_outbox_contact", "hub_id", "contact_id", "id"),
    Index("ix_outbox_ended", "hub_id", "ended"),
    comment="Every message: queued before it is sent, and its end.",
)
