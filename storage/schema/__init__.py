"""Every table of the database, by subject. One rule: each primary key begins with hub_id, so that a hub is a boundary.

REVISION names this shape: a database with another one is refused, and `hubbot db upgrade` brings it here.
"""

from storage.schema.base import metadata
from storage.schema.events import event, needs, registration
from storage.schema.hubs import consent_text, content, counter, hub, lease, meta, timer
from storage.schema.people import address, consent, contact, mark, question, session, subscription
from storage.schema.queue import inbox, outbox, outbox_number
from storage.schema.surveys import ballot, participation, response

REVISION = "0001"

__all__ = [
    "REVISION",
    "address",
    "ballot",
    "consent",
    "consent_text",
    "contact",
    "content",
    "counter",
    "event",
    "hub",
    "inbox",
    "lease",
    "mark",
    "meta",
    "metadata",
    "needs",
    "outbox",
    "outbox_number",
    "participation",
    "question",
    "registration",
    "response",
    "session",
    "subscription",
    "timer",
]
