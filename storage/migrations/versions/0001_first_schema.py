"""The first schema, as it was when it was written: a migration never changes."""

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.schema.CreateSequence(sa.Sequence("outbox_number")))
    op.create_table(
        "address",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column("channel", sa.String(), nullable=False, comment="telegram, matrix or terminal."),
        sa.Column("account", sa.String(), nullable=False, comment="The account of the hub that they write to."),
        sa.Column(
            "index",
            sa.LargeBinary(),
            nullable=False,
            comment="HMAC of the network's id under a key of its own: found, never read.",
        ),
        sa.Column("contact_id", sa.String(), nullable=False, comment="Whose address it is."),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="The network's id of the person."),
        sa.PrimaryKeyConstraint("hub_id", "channel", "account", "index", name=op.f("pk_address")),
        comment="Where a person is reached.",
    )
    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.create_index("ix_address_contact", ["hub_id", "contact_id"], unique=False)

    op.create_table(
        "ballot",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column("form_id", sa.String(), nullable=False, comment="To which form."),
        sa.Column(
            "id",
            sa.String(),
            nullable=False,
            comment="Random, new with each response that comes, as the whole row is.",
        ),
        sa.Column("version", sa.String(), nullable=False, comment="The digest of the form as it was answered."),
        sa.Column(
            "answers", sa.LargeBinary(), nullable=False, comment="Values by question path, under the hub's key."
        ),
        sa.PrimaryKeyConstraint("hub_id", "form_id", "id", name=op.f("pk_ballot")),
        comment="Anonymous responses that wait for others.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "consent",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column("contact_id", sa.String(), nullable=False, comment="Who gave it."),
        sa.Column("id", sa.String(), nullable=False, comment="Random."),
        sa.Column(
            "purpose", sa.String(), nullable=False, comment="What for: event, special-needs, survey, news, question."
        ),
        sa.Column("subject", sa.String(), nullable=False, comment="The event, form or topic that it is about."),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="The version of the text that was shown: see consent_text."
        ),
        sa.Column("lang", sa.String(), nullable=False, comment="The language that the text was shown in."),
        sa.Column("channel", sa.String(), nullable=False, comment="The network on which it was given."),
        sa.Column("given", sa.BigInteger(), nullable=False, comment="When it was given."),
        sa.Column(
            "withdrawn",
            sa.BigInteger(),
            nullable=True,
            comment="When it was taken back, or another version took its place.",
        ),
        sa.PrimaryKeyConstraint("hub_id", "contact_id", "id", name=op.f("pk_consent")),
        comment="Each consent as it was given (R26).",
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(
            "ix_consent_withdrawn",
            ["hub_id", "withdrawn"],
            unique=False,
            sqlite_where=sa.text("withdrawn IS NOT NULL"),
            postgresql_where=sa.text("withdrawn IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_consent_in_force",
            ["hub_id", "contact_id", "purpose", "subject"],
            unique=True,
            sqlite_where=sa.text("withdrawn IS NULL"),
            postgresql_where=sa.text("withdrawn IS NULL"),
        )

    op.create_table(
        "consent_text",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column("purpose", sa.String(), nullable=False, comment="What the consent is for."),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="The author's number; a changed text needs a new one (R29).",
        ),
        sa.Column("digest", sa.String(), nullable=False, comment="The text that this number stands for, for ever."),
        sa.PrimaryKeyConstraint("hub_id", "purpose", "version", name=op.f("pk_consent_text")),
        comment="Which words a numbered consent text has: consent records point here.",
    )
    op.create_table(
        "contact",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column("id", sa.String(), nullable=False, comment="A random name for the person inside this database."),
        sa.Column(
            "lang", sa.String(), nullable=False, comment="The language that they are spoken to in; empty until known."
        ),
        sa.Column("lang_chosen", sa.Boolean(), nullable=False, comment="Whether they chose it themselves."),
        sa.Column(
            "data_key",
            sa.LargeBinary(),
            nullable=False,
            comment="Their own key, wrapped by the master key: destroying it is erasing.",
        ),
        sa.Column("made", sa.BigInteger(), nullable=False, comment="When they first wrote."),
        sa.Column(
            "touched",
            sa.BigInteger(),
            nullable=False,
            comment="When they last wrote, to the hour: retention is counted from it.",
        ),
        sa.Column(
            "home_channel",
            sa.String(),
            nullable=False,
            comment="The channel that they last wrote on: answers go there.",
        ),
        sa.Column("home_account", sa.String(), nullable=False, comment="The account that they last wrote to."),
        sa.Column(
            "home_index",
            sa.LargeBinary(),
            nullable=False,
            comment="The keyed hash of the address that they last wrote from.",
        ),
        sa.Column("stopped_at", sa.BigInteger(), nullable=True, comment="When they stopped all announcements."),
        sa.Column(
            "blocked_at", sa.BigInteger(), nullable=True, comment="When the network said that they blocked the bot."
        ),
        sa.Column(
            "erased_at",
            sa.BigInteger(),
            nullable=True,
            comment="When they erased themselves; the row lives on until the receipt has an end.",
        ),
        sa.PrimaryKeyConstraint("hub_id", "id", name=op.f("pk_contact")),
        comment="A person, as one hub knows them.",
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("ix_contact_touched", ["hub_id", "touched"], unique=False)

    op.create_table(
        "content",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column(
            "digest",
            sa.String(),
            nullable=False,
            comment="SHA-256 of the canonical form: the same text is the same version everywhere.",
        ),
        sa.Column(
            "body", sa.Text(), nullable=False, comment="The published text as JSON, its keys in the author's order."
        ),
        sa.PrimaryKeyConstraint("hub_id", "digest", name=op.f("pk_content")),
        comment="Everything that was ever published, by its digest.",
    )
    op.create_table(
        "counter",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column("day", sa.Date(), nullable=False, comment="The day in the hub's zone."),
        sa.Column("kind", sa.String(), nullable=False, comment="What is counted: answered, unknown, emergency, ..."),
        sa.Column(
            "subject",
            sa.String(),
            nullable=False,
            comment="The article or text that it was about, or empty. Never words of a person.",
        ),
        sa.Column("n", sa.Integer(), nullable=False, comment="How many that day."),
        sa.PrimaryKeyConstraint("hub_id", "day", "kind", "subject", name=op.f("pk_counter")),
        comment="Counts for the hub's report. No person, no text, no hour.",
    )
    op.create_table(
        "event",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column("id", sa.String(), nullable=False, comment="The event's name in the pack."),
        sa.Column("version", sa.String(), nullable=False, comment="The digest of its text as last published."),
        sa.Column(
            "capacity",
            sa.Integer(),
            nullable=False,
            comment="All seats together, for lists; the roles' own stand in the text.",
        ),
        sa.Column("ends", sa.BigInteger(), nullable=False, comment="When it is over: retention is counted from it."),
        sa.Column("cancelled", sa.Boolean(), nullable=False, comment="Called off."),
        sa.Column(
            "gone",
            sa.Boolean(),
            nullable=False,
            comment="No longer in the pack: shown to those who have a place, offered to nobody.",
        ),
        sa.PrimaryKeyConstraint("hub_id", "id", name=op.f("pk_event")),
        comment="One row an event: what is locked before seats are counted.",
    )
    op.create_table(
        "hub",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column(
            "manifest",
            sa.String(),
            nullable=False,
            comment="The digest of what is published now; moved by publishing and by nothing else.",
        ),
        sa.Column(
            "data_key",
            sa.LargeBinary(),
            nullable=False,
            comment="The hub's own key, wrapped: it seals what belongs to no person.",
        ),
        sa.Column(
            "published", sa.BigInteger(), nullable=False, comment="When the manifest last moved, by the hub's clock."
        ),
        sa.PrimaryKeyConstraint("hub_id", name=op.f("pk_hub")),
        comment="One row a hub: what is current.",
    )
    op.create_table(
        "inbox",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column(
            "account", sa.String(), nullable=False, comment="The account that it came to, or that its cause came to."
        ),
        sa.Column(
            "update_id", sa.String(), nullable=False, comment="The network's number; with the account it is seen once."
        ),
        sa.Column(
            "seq",
            sa.BigInteger(),
            nullable=False,
            comment="Our number of arrival; a follow-up has its cause's, so it goes before anything newer.",
        ),
        sa.Column("contact_id", sa.String(), nullable=True, comment="Who wrote."),
        sa.Column("body", sa.LargeBinary(), nullable=True, comment="What is to be done, while it is open."),
        sa.Column(
            "state", sa.String(), nullable=False, comment="open: to be done; done; failed: a flow could not bear it; tried: not accepted yet."
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False, comment="How many processes died with it in hand."),
        sa.Column("received", sa.BigInteger(), nullable=False, comment="When it came, by the hub's clock."),
        sa.PrimaryKeyConstraint("hub_id", "account", "update_id", name=op.f("pk_inbox")),
        comment="Every update that was seen, and what turns left to be done.",
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index("ix_inbox_contact", ["hub_id", "contact_id"], unique=False)
        batch_op.create_index(
            "ix_inbox_open",
            ["hub_id", "state", "seq"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index("ix_inbox_seq", ["hub_id", "seq"], unique=False)
        batch_op.create_index("ix_inbox_received", ["hub_id", "received"], unique=False)

    op.create_table(
        "lease",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column("name", sa.String(), nullable=False, comment="What is leased: the receiving of one account."),
        sa.Column("owner", sa.String(), nullable=False, comment="The process that holds it."),
        sa.Column("epoch", sa.Integer(), nullable=False, comment="Grows with each owner: a fencing token."),
        sa.Column(
            "until", sa.BigInteger(), nullable=False, comment="Real time in microseconds; leases know no moved clock."
        ),
        sa.PrimaryKeyConstraint("hub_id", "name", name=op.f("pk_lease")),
        comment="Who receives an account's messages.",
    )
    op.create_table(
        "mark",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column(
            "kind",
            sa.String(),
            nullable=False,
            comment="stop: wants no announcements; again: asked for news after that; erased: was erased; took-part: answered a form that takes one answer.",
        ),
        sa.Column("index", sa.LargeBinary(), nullable=False, comment="The keyed hash of the address."),
        sa.Column(
            "subject", sa.String(), nullable=False, comment="The form of took-part, the receipt of erased, else empty."
        ),
        sa.Column(
            "at",
            sa.BigInteger(),
            nullable=True,
            comment="When; of took-part nothing finer than the day that the form closes.",
        ),
        sa.PrimaryKeyConstraint("hub_id", "kind", "index", "subject", name=op.f("pk_mark")),
        comment="What outlives a person's data: but for took-part also on the list beside the database.",
    )
    op.create_table(
        "meta",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column(
            "name",
            sa.String(),
            nullable=False,
            comment="clock, movable, talked, index-key, outbox_number, question, paused, backup: see storage.clock, keys, numbers, pause, backup.",
        ),
        sa.Column(
            "number",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="A count, an offset in microseconds, or 0 and 1 for no and yes.",
        ),
        sa.Column("secret", sa.LargeBinary(), nullable=True, comment="A key, wrapped by the master key."),
        sa.PrimaryKeyConstraint("hub_id", "name", name=op.f("pk_meta")),
        comment="Single facts of the database and of a hub: the clock's offset, the next numbers, the wrapped index key.",
    )
    op.create_table(
        "needs",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column("event_id", sa.String(), nullable=False, comment="At which event."),
        sa.Column("registration_id", sa.String(), nullable=False, comment="For which place."),
        sa.Column("contact_id", sa.String(), nullable=False, comment="Whose needs they are."),
        sa.Column(
            "answers",
            sa.LargeBinary(),
            nullable=False,
            comment="What the person needs to take part: health data, apart from everything else.",
        ),
        sa.Column("until", sa.BigInteger(), nullable=False, comment="When it is deleted."),
        sa.PrimaryKeyConstraint("hub_id", "event_id", "registration_id", name=op.f("pk_needs")),
        comment="Access needs, under a consent of their own.",
    )
    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.create_index("ix_needs_contact", ["hub_id", "contact_id"], unique=False)
        batch_op.create_index("ix_needs_until", ["hub_id", "until"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column(
            "id",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="The message's number; it never comes back in this database.",
        ),
        sa.Column("account", sa.String(), nullable=False, comment="The account that sends it."),
        sa.Column(
            "cause",
            sa.String(),
            nullable=False,
            comment="What made it: the account and number of an update, or a timer.",
        ),
        sa.Column(
            "n",
            sa.Integer(),
            nullable=False,
            comment="Its place under that cause: a second run makes no second message.",
        ),
        sa.Column("contact_id", sa.String(), nullable=False, comment="Whom it is for."),
        sa.Column("channel", sa.String(), nullable=False, comment="The network that carries it."),
        sa.Column("index", sa.LargeBinary(), nullable=False, comment="The keyed hash of the address that it goes to."),
        sa.Column(
            "state",
            sa.String(),
            nullable=False,
            comment="queued; sending: handed to the network; sent; failed; skipped; unknown: sent or not.",
        ),
        sa.Column(
            "reason",
            sa.String(),
            nullable=False,
            comment="Why it failed or was skipped: the program's word, never the network's text.",
        ),
        sa.Column(
            "run",
            sa.BigInteger(),
            nullable=False,
            comment="The run of the conversation that it belongs to, or 0: an anonymous one is forgotten.",
        ),
        sa.Column("owner", sa.String(), nullable=True, comment="The process that sends it."),
        sa.Column(
            "attempt", sa.Integer(), server_default="0", nullable=False, comment="How often its sending was begun."
        ),
        sa.Column(
            "again", sa.Boolean(), nullable=False, comment="A process died while it sent it: a second copy is possible."
        ),
        sa.Column("made", sa.BigInteger(), nullable=False, comment="When it was queued, by the hub's clock."),
        sa.Column("ended", sa.BigInteger(), nullable=True, comment="When its sending had an end."),
        sa.Column(
            "network_id",
            sa.String(),
            nullable=True,
            comment="The network's number of the message, for presses and edits.",
        ),
        sa.Column("body", sa.LargeBinary(), nullable=True, comment="The message, until it is sent."),
        sa.Column(
            "kept",
            sa.LargeBinary(),
            nullable=True,
            comment="Its buttons and its question, for presses under an old message.",
        ),
        sa.PrimaryKeyConstraint("hub_id", "id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("hub_id", "account", "cause", "n", name=op.f("uq_outbox_hub_id_account_cause_n")),
        comment="Every message: queued before it is sent, and its end.",
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_contact", ["hub_id", "contact_id", "id"], unique=False)
        batch_op.create_index("ix_outbox_ended", ["hub_id", "ended"], unique=False)
        batch_op.create_index(
            "ix_outbox_line",
            ["hub_id", "contact_id", "account", "state", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('queued', 'sending')"),
            postgresql_where=sa.text("state IN ('queued', 'sending')"),
        )
        batch_op.create_index(
            "ix_outbox_live",
            ["hub_id", "account", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('queued', 'sending')"),
            postgresql_where=sa.text("state IN ('queued', 'sending')"),
        )

    op.create_table(
        "participation",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column("form_id", sa.String(), nullable=False, comment="In which form."),
        sa.Column("reference", sa.String(), nullable=False, comment="The receipt's number: random, and nowhere else."),
        sa.Column("contact_id", sa.String(), nullable=False, comment="Who took part."),
        sa.PrimaryKeyConstraint("hub_id", "form_id", "reference", name=op.f("pk_participation")),
        comment="That a person took part in a survey; not what they said, not when.",
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.create_index("ix_participation_contact", ["hub_id", "contact_id"], unique=False)

    op.create_table(
        "question",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="The number in Q-7."),
        sa.Column("contact_id", sa.String(), nullable=False, comment="Who asked: never shown to the hub's people."),
        sa.Column("text", sa.LargeBinary(), nullable=False, comment="What was asked."),
        sa.Column(
            "state", sa.String(), nullable=False, comment="open: waits for an answer; answered; closed: without one."
        ),
        sa.Column("asked", sa.BigInteger(), nullable=False, comment="When it was asked."),
        sa.Column("until", sa.BigInteger(), nullable=False, comment="When it is deleted."),
        sa.Column("answer", sa.LargeBinary(), nullable=True, comment="What the hub answered."),
        sa.PrimaryKeyConstraint("hub_id", "id", name=op.f("pk_question")),
        comment="Questions that people left for the hub.",
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index("ix_question_contact", ["hub_id", "contact_id"], unique=False)
        batch_op.create_index("ix_question_until", ["hub_id", "until"], unique=False)

    op.create_table(
        "registration",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column("event_id", sa.String(), nullable=False, comment="At which event."),
        sa.Column("id", sa.String(), nullable=False, comment="Random."),
        sa.Column(
            "contact_id", sa.String(), nullable=True, comment="Whose place it is; empty when they are no longer known."
        ),
        sa.Column("role", sa.String(), nullable=False, comment="The kind of seat; each has its own queue."),
        sa.Column("party", sa.Integer(), nullable=False, comment="How many people, the person included."),
        sa.Column(
            "state",
            sa.String(),
            nullable=False,
            comment="held, waitlisted, offered, confirmed; ended: expired, lapsed, cancelled.",
        ),
        sa.Column(
            "rank",
            sa.Integer(),
            nullable=False,
            comment="The order of coming, within the event: the queue is ordered by it.",
        ),
        sa.Column("since", sa.BigInteger(), nullable=False, comment="When it came into this state."),
        sa.Column("until", sa.BigInteger(), nullable=True, comment="When a held or offered seat is lost."),
        sa.Column(
            "forced",
            sa.Boolean(),
            nullable=False,
            comment="Given by a coordinator beyond the capacity: frees no seat for others.",
        ),
        sa.Column(
            "version", sa.String(), nullable=False, comment="The event's text as it was when the place was taken."
        ),
        sa.Column("uid", sa.String(), nullable=False, comment="The calendar entry's name; it never changes."),
        sa.Column(
            "sequence",
            sa.Integer(),
            nullable=False,
            comment="Grows with every change of the calendar entry (RFC 5545).",
        ),
        sa.Column(
            "confirmed_at",
            sa.BigInteger(),
            nullable=True,
            comment="When it was first confirmed: only then was a calendar file sent.",
        ),
        sa.Column("answers", sa.LargeBinary(), nullable=True, comment="Name and answers to the event's own questions."),
        sa.PrimaryKeyConstraint("hub_id", "event_id", "id", name=op.f("pk_registration")),
        comment="A place at an event, or in its queue.",
    )
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.create_index("ix_registration_contact", ["hub_id", "contact_id"], unique=False)
        batch_op.create_index(
            "uq_registration_live",
            ["hub_id", "event_id", "contact_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('held', 'waitlisted', 'offered', 'confirmed') AND contact_id IS NOT NULL"),
            postgresql_where=sa.text(
                "state IN ('held', 'waitlisted', 'offered', 'confirmed') AND contact_id IS NOT NULL"
            ),
        )

    op.create_table(
        "response",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column("form_id", sa.String(), nullable=False, comment="To which form."),
        sa.Column(
            "id", sa.String(), nullable=False, comment="Random, and the order in which rows lie in a SQLite file."
        ),
        sa.Column("version", sa.String(), nullable=False, comment="The digest of the form as it was answered."),
        sa.Column("mode", sa.String(), nullable=False, comment="identified, confidential or anonymous."),
        sa.Column("contact_id", sa.String(), nullable=True, comment="Who answered; empty for an anonymous one."),
        sa.Column("at", sa.BigInteger(), nullable=True, comment="When; empty for an anonymous one."),
        sa.Column(
            "answers",
            sa.LargeBinary(),
            nullable=False,
            comment="Values by question path: under the person's key, an anonymous one under the hub's.",
        ),
        sa.PrimaryKeyConstraint("hub_id", "form_id", "id", name=op.f("pk_response")),
        comment="Responses to forms.",
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.create_index("ix_response_contact", ["hub_id", "contact_id"], unique=False)

    op.create_table(
        "session",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column("contact_id", sa.String(), nullable=False, comment="Whose conversation it is."),
        sa.Column(
            "state",
            sa.LargeBinary(),
            nullable=False,
            comment="Conversations under way, drafts, and the newest list of buttons.",
        ),
        sa.Column(
            "touched", sa.BigInteger(), nullable=False, comment="When it was last saved: retention is counted from it."
        ),
        sa.PrimaryKeyConstraint("hub_id", "contact_id", name=op.f("pk_session")),
        comment="Where a person's conversation stands.",
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index("ix_session_touched", ["hub_id", "touched"], unique=False)

    op.create_table(
        "subscription",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column("contact_id", sa.String(), nullable=False, comment="Who wants news."),
        sa.Column("topic", sa.String(), nullable=False, comment="About what."),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="The consent text that it rests on; an older one than in force does not count (R29).",
        ),
        sa.Column("since", sa.BigInteger(), nullable=False, comment="When it began."),
        sa.Column(
            "stopped_at",
            sa.BigInteger(),
            nullable=True,
            comment="Ended by a stop that can still be undone; it goes ten minutes later.",
        ),
        sa.PrimaryKeyConstraint("hub_id", "contact_id", "topic", name=op.f("pk_subscription")),
        comment="Who wants news about which topic.",
    )
    op.create_table(
        "timer",
        sa.Column("hub_id", sa.String(), nullable=False, comment="The hub that the row belongs to."),
        sa.Column("key", sa.String(), nullable=False, comment="kind:subject; the same key cannot be planned twice."),
        sa.Column("due", sa.BigInteger(), nullable=False, comment="When it falls due, by the hub's clock."),
        sa.Column("kind", sa.String(), nullable=False, comment="settle, tell, remind, half, nudge, rest, mix, stopped, sweep or destroy: see storage.timers."),
        sa.Column(
            "subject",
            sa.String(),
            nullable=False,
            comment="The event, form, registration or contact; people by a random id that goes with its row.",
        ),
        sa.PrimaryKeyConstraint("hub_id", "key", name=op.f("pk_timer")),
        comment="What is to be done later. A row goes in the transaction that does it.",
    )
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.create_index("ix_timer_due", ["hub_id", "due"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("there is nothing before the first schema")
