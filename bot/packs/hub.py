"""hub.toml into a Hub.

One rule: what a person is told about who they talk to, and every number that they may be given, stands here and nowhere
else (R94).
"""

import re
from dataclasses import fields
from datetime import time

from bot.core.hub import (
    Account,
    Contact,
    Controller,
    Coordinator,
    HelpLine,
    Hub,
    OwnConsent,
    Processor,
    Retention,
    Topic,
)
from bot.packs.known import ADDRESS, COUNTRY, ID, LANGUAGES, MAIL, VARIABLE, zones
from bot.packs.problems import Document, Report
from bot.packs.table import Table

# Every key of hub.toml, by table. docs/hubs.md has each of them: a test compares.
KEYS: dict[str, tuple[str, ...]] = {
    "": (
        "id", "name", "country", "timezone", "languages", "age_of_consent", "sample", "contact", "controller",
        "processors", "lines", "retention", "quiet_hours", "privacy", "topics", "consents", "funding", "coordinators",
        "telegram", "matrix",
    ),
    "contact": ("email", "web", "hours"),
    "controller": ("name", "address", "privacy_email", "dpo_email", "authority", "authority_url"),
    "processors": ("name", "country", "what"),
    "lines": ("id", "kind", "number", "name", "hours", "languages", "source", "verified_on"),
    "retention": tuple(field.name for field in fields(Retention)),
    "quiet_hours": ("start", "end"),
    "privacy": ("k_default", "k_minimum"),
    "coordinators": ("name", "role", "address"),
    "telegram": ("token_env",),
    "matrix": ("homeserver_env", "user_env", "password_env", "invite_servers"),
}  # fmt: skip
CONSENT = ("version", "translation")  # beside a text per language

KINDS = ("emergency", "crisis", "crisis_child", "cancer", "health")
ROLES = ("coordinator", "editor", "analyst", "door")
LONGEST_DAYS = 3650
NUMBER = re.compile(r"\+?\d(?:[ ]?\d){2,14}")


def read(document: Document, report: Report, shared_topics: tuple[Topic, ...]) -> Hub | None:
    """The hub that a hub.toml describes, None where it has errors. Topics that all hubs share are inherited by id."""
    before = report.errors
    languages = _languages(document, report)
    top = Table(document, (), document.data, KEYS[""], report, languages)
    top.unknown()
    zone = top.text("timezone", "a time zone such as Europe/Warsaw", required=True)
    if zone and zone not in zones():
        top.wrong("timezone", f"there is no time zone {zone!r}: write one such as Europe/Warsaw")
    quiet, privacy = top.table("quiet_hours", KEYS["quiet_hours"]), top.table("privacy", KEYS["privacy"])
    k_minimum = privacy.whole("k_minimum", 5, 5, 1000, "the smallest group ever shown")
    hub = Hub(
        id=top.text("id", "small letters, digits, - and _", shape=ID, required=True),
        name=top.texts("name", "the name of the hub", longest=60),
        country=top.text("country", "two capital letters such as PL", shape=COUNTRY, required=True),
        timezone=zone,
        languages=languages,
        contact=_contact(top),
        controller=_controller(top),
        lines=tuple(_line(table) for table in top.tables("lines", KEYS["lines"])),
        # GDPR Art. 8(1): 16, or what the country chose, never below 13.
        age_of_consent=top.whole("age_of_consent", 16, 13, 16, "the country's age of consent"),
        sample=top.flag("sample"),
        processors=tuple(_processor(table) for table in top.tables("processors", KEYS["processors"])),
        retention=_retention(top),
        quiet_start=quiet.clock("start", time(21)),
        quiet_end=quiet.clock("end", time(8)),
        k_default=privacy.whole("k_default", max(10, k_minimum), k_minimum, 1000, "the smallest group shown"),
        k_minimum=k_minimum,
        topics=topics(top, shared_topics),
        consents=_consents(top),
        coordinators=tuple(_coordinator(table) for table in top.tables("coordinators", KEYS["coordinators"])),
        accounts=tuple(account for name in ("telegram", "matrix") if (account := _account(top, name))),
        funding=top.texts("funding", "the funding statement of the grant", required=False),
    )
    _check_lines(top, hub)
    _check_twice(top, "coordinators", [it.address for it in hub.coordinators])
    return hub if report.errors == before else None


def _languages(document: Document, report: Report) -> tuple[str, ...]:
    """Read first: every text needs them."""
    top = Table(document, (), document.data, KEYS[""], report)
    found = top.list_of("languages", "codes of languages such as pl, en", shape=re.compile(r"[a-z]{2,3}"))
    for number, lang in enumerate(found):
        if lang not in LANGUAGES:
            report.at(document, ("languages", number), f"{lang!r} is not the code of a language that is known here")
        elif lang in found[:number]:
            report.at(document, ("languages", number), f"{lang} stands here twice: keep one")
    if not found and not document.data.get("languages"):
        top.need("languages", 'a list of codes, the default first, such as ["pl", "en"]')
    return tuple(dict.fromkeys(found))


def _contact(top: Table) -> Contact:
    if not top.has("contact"):
        top.need("contact", "[contact] with email: people are told where to write")
        return Contact("")
    table = top.table("contact", KEYS["contact"])
    return Contact(
        email=table.text("email", "an e-mail address", shape=MAIL, required=True),
        web=table.url("web", "the hub's website"),
        hours=table.text("hours", 'opening hours such as "Mon-Fri 09:00-15:00"'),
    )


def _controller(top: Table) -> Controller:
    if not top.has("controller"):
        top.need(
            "controller", "[controller] with name, address and privacy_email: who answers for the data (GDPR Art. 13)"
        )
        return Controller("", "", "")
    table = top.table("controller", KEYS["controller"])
    return Controller(
        name=table.text("name", "who answers for the personal data", required=True),
        address=table.text("address", "the postal address", required=True),
        privacy_email=table.text("privacy_email", "an e-mail address", shape=MAIL, required=True),
        dpo_email=table.text("dpo_email", "an e-mail address", shape=MAIL),
        authority=table.text("authority", "the name of the supervisory authority"),
        authority_url=table.url("authority_url", "the authority's website"),
    )


def _processor(table: Table) -> Processor:
    return Processor(
        name=table.text("name", "who handles data for the controller", required=True),
        country=table.text("country", "two capital letters such as PL", shape=COUNTRY, required=True),
        what=table.text("what", "what they do, such as server and backups", required=True),
    )


def _line(table: Table) -> HelpLine:
    return HelpLine(
        id=table.text("id", "small letters, digits, - and _", shape=ID, required=True),
        kind=table.one_of("kind", KINDS),
        number=table.text("number", "a phone number: digits, blanks, + in front", shape=NUMBER, required=True),
        name=table.texts("name", "the name of the line", longest=100),
        hours=table.text("hours", 'when it answers, such as "24/7" or "Mon-Fri 09:00-18:00"'),
        languages=table.list_of("languages", "codes of languages", shape=re.compile(r"[a-z]{2,3}")),
        source=table.url("source", "where the number was found"),
        verified_on=table.day("verified_on"),
    )


def _check_lines(top: Table, hub: Hub) -> None:
    _check_twice(top, "lines", [line.id for line in hub.lines])
    if not any(line.kind == "emergency" for line in hub.lines):
        top.need("lines", '[[lines]] with kind = "emergency": safety texts begin with its number')


def _check_twice(top: Table, name: str, values: list[str]) -> None:
    for number, value in enumerate(values):
        if value and value in values[:number]:
            top.report.at(top.document, (*top.key, name, number), f"{value} stands here twice: keep one")


def _retention(top: Table) -> Retention:
    table = top.table("retention", KEYS["retention"])
    default = Retention()
    days = {name: table.whole(name, getattr(default, name), 1, LONGEST_DAYS, "days") for name in KEYS["retention"]}
    return Retention(**days)


def topics(top: Table, shared: tuple[Topic, ...]) -> tuple[Topic, ...]:
    """[topics.<id>] with a name per language, over the shared ones of the same id."""
    value = top.data.get("topics", {}) if top.has("topics") else {}
    names = tuple(value) if isinstance(value, dict) else ()
    table = top.table("topics", names)
    found = {topic.id: topic for topic in shared}
    for name in names:
        if not ID.fullmatch(name):
            table.wrong(name, "the id of a topic has small letters, digits, - and _")
        found[name] = Topic(name, table.texts(name, "the name of the topic", longest=40))
    return tuple(found.values())


def _consents(top: Table) -> tuple[OwnConsent, ...]:
    value = top.data.get("consents", {}) if top.has("consents") else {}
    table = top.table("consents", tuple(value) if isinstance(value, dict) else ())
    return tuple(_consent(table, name) for name in table.known)


def _consent(consents: Table, purpose: str) -> OwnConsent:
    if not ID.fullmatch(purpose):
        consents.wrong(purpose, "a purpose has small letters, digits, - and _")
    data = consents.data[purpose]
    table = consents.table(purpose, tuple(data) if isinstance(data, dict) else ())
    known = Table(table.document, table.key, table.data, (*CONSENT, *table.known), table.report, table.languages)
    if not known.has("version"):
        known.need("version", "a whole number, one more with every change of the text")
    known.text("translation", "how the text was translated")
    languages = [name for name in table.known if name not in CONSENT]
    return OwnConsent(
        purpose, known.whole("version", 1, 1, 100_000, "a version"), known.per_language("the text", languages)
    )


def _coordinator(table: Table) -> Coordinator:
    return Coordinator(
        name=table.text("name", "how the team knows them; citizens never see it", required=True),
        role=table.one_of("role", ROLES),
        address=table.text("address", 'channel:id, such as "telegram:123456789"', shape=ADDRESS, required=True),
    )


def _account(top: Table, channel: str) -> Account | None:
    if not top.has(channel):
        return None
    table = top.table(channel, KEYS[channel])
    names = [name for name in table.known if name.endswith("_env") and table.has(name)]
    what = "the NAME of an environment variable, such as HUBBOT_PL_TELEGRAM_TOKEN, never the secret itself"
    variables = tuple((name.removesuffix("_env"), table.text(name, what, shape=VARIABLE)) for name in names)
    if channel == "telegram":
        if not variables:
            table.need("token_env", what)
        return Account(channel, variables)
    servers = table.list_of("invite_servers", "names of servers", shape=re.compile(r"[A-Za-z0-9.:-]+"))
    return Account(channel, variables, servers)


def shared_topics(document: Document | None, report: Report, languages: tuple[str, ...]) -> tuple[Topic, ...]:
    """The topics of network.toml."""
    if document is None:
        return ()
    top = Table(document, (), document.data, ("topics",), report, languages, shared=True)
    top.unknown()
    return topics(top, ())
