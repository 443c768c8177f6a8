"""What is stored about a person: where they are reached, where their conversation stands, and what they agreed to.

One rule: whatever a person wrote, and whatever names them to the network, is sealed under a key of their own.
"""

from sqlalchemy import Boolean, Index, Integer, LargeBinary, String, Table, text

from storage.schema.base import Instant, Kept, Sealed, column, hub_id, metadata

CONTACT = Kept(
    "answer whoever writes, in their language",
    "GDPR Art. 6(1)(f): the person asked",
    "until [retention] subscription_inactive days without a message.",
    "goes when the receipt has been sent.",
)
TALK = Kept(
    "go on with a conversation after a pause or a restart",
    "GDPR Art. 6(1)(f), 9(2)(a): the person chose to tell",
    "[retention] conversation days after the last message; an unfinished survey survey_session days.",
    "goes at once.",
)
PROOF = Kept(
    "prove a consent (R26)",
    "GDPR Art. 7(1)",
    "while it is in force, then [retention] audit days.",
    "goes at once.",
)
NEWS = Kept(
    "send the news that were asked for",
    "GDPR Art. 6(1)(a)",
    "until it is ended (ten minutes longer after a stop, for its undo) or 730 days are silent ([retention] subscription_inactive).",
    "goes at once.",
)
ASKED = Kept(
    "let the hub's people answer a question",
    "GDPR Art. 6(1)(a), 9(2)(a)",
    "[retention] open_question days.",
    "goes at once.",
)
OUTLIVES = Kept(
    "keep a stop, an erasure and a taken part in force for somebody who is no longer known (promise 7)",
    "GDPR Art. 6(1)(c), 21(3), 17(3)(b)",
    "stop, again and erased: as long as the hub is served; took-part: until the form closes.",
    "stays: a keyed hash, and no way back from it.",
)

contact = Table(
    "contact",
    metadata,
    hub_id(CONTACT),
    column(CONTACT, "id", String(), "A random name for the person inside this database.", primary_key=True),
    column(CONTACT, "lang", String(), "The language that they are spoken to in; empty until known."),
    column(CONTACT, "lang_chosen", Boolean(), "Whether they chose it themselves."),
    column(CONTACT, "data_key", Sealed(), "Their own key, wrapped by the master key: destroying it is erasing."),
    column(CONTACT, "made", Instant(), "When they first wrote."),
    column(CONTACT, "touched", Instant(), "When they last wrote, to the hour: retention is counted from it."),
    column(CONTACT, "home_channel", String(), "The channel that they last wrote on: answers go there."),
    column(CONTACT, "home_account", String(), "The account that they last wrote to."),
    column(CONTACT, "home_index", LargeBinary(), "The keyed hash of the address that they last wrote from."),
    column(CONTACT, "stopped_at", Instant(), "When they stopped all announcements.", nullable=True),
    column(CONTACT, "blocked_at", Instant(), "When the network said that they blocked the bot.", nullable=True),
    column(
        CONTACT,
        "erased_at",
        Instant(),
        "When they erased themselves; the row lives on until the receipt has an end.",
        nullable=True,
    ),
    Index("ix_contact_touched", "hub_id", "touched"),
    comment="A person, as one hub knows them.",
)

address = Table(
    "address",
    metadata,
    hub_id(CONTACT),
    column(CONTACT, "channel", String(), "telegram, matrix or terminal.", primary_key=True),
    column(CONTACT, "account", String(), "The account of the hub that they write to.", primary_key=True),
    column(
        CONTACT,
        "index",
        LargeBinary(),
        "HMAC of the network's id under a key of its own: found, never read.",
        primary_key=True,
    ),
    column(CONTACT, "contact_id", String(), "Whose address it is."),
    column(CONTACT, "sealed", Sealed(), "The network's id of the person."),
    Index("ix_address_contact", "hub_id", "contact_id"),
    comment="Where a person is reached.",
)

session = Table(
    "session",
    metadata,
    hub_id(TALK),
    column(TALK, "contact_id", String(), "Whose conversation it is.", primary_key=True),
    column(TALK, "state", Sealed(), "Conversations under way, drafts, and the newest list of buttons."),
    column(TALK, "touched", Instant(), "When it was last saved: retention is counted from it."),
    Index("ix_session_touched", "hub_id", "touched"),
    comment="Where a person's conversation stands.",
)

consent = Table(
    "consent",
    metadata,
    hub_id(PROOF),
    column(PROOF, "contact_id", String(), "Who gave it.", primary_key=True),
    column(PROOF, "id", String(), "Random.", primary_key=True),
    column(PROOF, "purpose", String(), "What for: event, special-needs, survey, news, question."),
    column(PROOF, "subject", String(), "The event, form or topic that it is about."),
    column(PROOF, "version", Integer(), "The version of the text that was shown: see consent_text."),
    column(PROOF, "lang", String(), "The language that the text was shown in."),
    column(PROOF, "channel", String(), "The network on which it was given."),
    column(PROOF, "given", Instant(), "When it was given."),
    column(PROOF, "withdrawn", Instant(), "When it was taken back, or another version took its place.", nullable=True),
    Index(
        "uq_consent_in_force",
        "hub_id",
        "contact_id",
        "purpose",
        "subject",
        unique=True,
        sqlite_where=text("withdrawn IS NULL"),
        postgresql_where=text("withdrawn IS NULL"),
    ),
    Index(
        "ix_consent_withdrawn",
        "hub_id",
        "withdrawn",
        sqlite_where=text("withdrawn IS NOT NULL"),
        postgresql_where=text("withdrawn IS NOT NULL"),
    ),
    comment="Each consent as it was given (R26).",
)

subscription = Table(
    "subscription",
    metadata,
    hub_id(NEWS),
    column(NEWS, "contact_id", String(), "Who wants news.", primary_key=True),
    column(NEWS, "topic", String(), "About what.", primary_key=True),
    column(
        NEWS,
        "version",
        Integer(),
        "The consent text that it rests on; an older one than in force does not count (R29).",
    ),
    column(NEWS, "since", Instant(), "When it began."),
    column(
        NEWS,
        "stopped_at",
        Instant(),
        "Ended by a stop that can still be undone; it goes ten minutes later.",
        nullable=True,
    ),
    comment="Who wants news about which topic.",
)

question = Table(
    "question",
    metadata,
    hub_id(ASKED),
    column(ASKED, "id", Integer(), "The number in Q-7.", primary_key=True, autoincrement=False),
    column(ASKED, "contact_id", String(), "Who asked: never shown to the hub's people."),
    column(ASKED, "text", Sealed(), "What was asked."),
    column(ASKED, "state", String(), "open: waits for an answer; answered; closed: without one."),
    column(ASKED, "asked", Instant(), "When it was asked."),
    column(ASKED, "until", Instant(), "When it is deleted."),
    column(ASKED, "answer", Sealed(), "What the hub answered.", nullable=True),
    Index("ix_question_contact", "hub_id", "contact_id"),
    Index("ix_question_until", "hub_id", "until"),
    comment="Questions that people left for the hub.",
)

mark = Table(
    "mark",
    metadata,
    hub_id(OUTLIVES),
    column(
        OUTLIVES,
        "kind",
        String(),
        "stop: wants no announcements; again: asked for news after that; erased: was erased; took-part: answered a form that takes one answer.",
        primary_key=True,
    ),
    column(OUTLIVES, "index", LargeBinary(), "The keyed hash of the address.", primary_key=True),
    column(
        OUTLIVES, "subject", String(), "The form of took-part, the receipt of erased, else empty.", primary_key=True
    ),
    column(
        OUTLIVES, "at", Instant(), "When; of took-part nothing finer than the day that the form closes.", nullable=True
    ),
    comment="What outlives a person's data: but for took-part also on the list beside the database.",
)
