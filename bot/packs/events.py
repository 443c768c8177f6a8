"""events/<id>.toml into an Event.

One rule: the file says civil times of one named zone; an hour that does not exist or happens twice there is refused, so
that nobody stands before a closed door.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.core.events import Event, Seats
from bot.core.form.model import Form
from bot.core.message import Moment, Texts
from bot.packs import questions, wording
from bot.packs.known import DURATION, ID, zones
from bot.packs.problems import Document, Report
from bot.packs.table import Setting, Table

# Every key of an event file, by table. docs/hubs.md has each of them: a test compares.
KEYS: dict[str, tuple[str, ...]] = {
    "": (
        "id", "title", "description", "place", "access", "mode", "start", "end", "timezone", "registration_opens",
        "registration_closes", "cancel_until", "capacity", "seats", "role_labels", "guests_max", "waitlist",
        "offer_hours", "fairness", "reminders", "feedback_form", "feedback_after", "photos", "recording", "link", "price",
        "cancelled", "questions", "questions_form",
    ),
    "seats": ("capacity", "roles"),
    "questions": questions.KEYS,
}  # fmt: skip
MODES = ("in-person", "online", "hybrid")
FAIRNESS = ("keep-order", "fill-seats")
MOST_SEATS = 100_000
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def read(
    document: Document, name: str, report: Report, setting: Setting, forms: Mapping[str, Form | None]
) -> Event | None:
    """The event that a file describes, None where it has errors. `forms` are those that `questions_form` may name."""
    before = report.errors
    top = Table(document, (), document.data, KEYS[""], report, setting.languages, setting.shared)
    top.unknown()
    _id(top, name)
    times = _times(top, setting.zone)
    mode = top.one_of("mode", MODES)
    form, needs = _questions(top, name, forms)
    _feedback(top, forms)
    event = Event(
        id=name,
        title=top.texts("title", "the title", longest=100),
        description=top.texts("description", "what it is about", longest=1500),
        place=top.texts("place", "where it is", longest=300),
        mode=mode,
        start=times["start"],
        end=times["end"],
        opens=times["opens"],
        closes=times["closes"],
        cancel_until=times["cancel_until"],
        seats=_seats(top, mode),
        access=top.texts("access", "how to get in and take part", required=False, longest=600),
        guests_max=top.whole("guests_max", 0, 0, 20, "persons besides the one who registers"),
        waitlist=top.flag("waitlist"),
        offer_hours=top.whole("offer_hours", 24, 1, 336, "hours for which a free seat is kept"),
        fairness=top.one_of("fairness", FAIRNESS, "keep-order"),
        reminders=top.list_of("reminders", 'durations before the start, such as "P1D" or "PT3H"', shape=DURATION),
        photos=top.flag("photos"),
        recording=top.flag("recording"),
        link=top.url("link", "the page of the event"),
        price=top.text("price", "what it costs"),
        cancelled=top.flag("cancelled"),
        form=form,
        needs=needs,
    )
    _numbers(top, setting.numbers)
    return event if report.errors == before else None


def _id(top: Table, name: str) -> None:
    given = top.text("id", "small letters, digits, - and _", shape=ID)
    if given and given != name:
        top.wrong("id", f"the file is called {name}.toml: take the same id, or leave it out")


def _times(top: Table, hub_zone: str) -> dict[str, Moment]:
    zone = top.text("timezone", "a time zone such as Europe/Warsaw") or hub_zone
    if zone not in zones():
        top.wrong("timezone", f"there is no time zone {zone!r}: write one such as Europe/Warsaw")
        zone = "UTC"
    for name in ("start", "end"):
        if not top.has(name):
            top.need(name, "a local time such as 2027-05-21T10:00:00")
    found = {name: top.moment(name, zone) for name in ("start", "end", "registration_opens", "registration_closes")}
    start = found["start"] or Moment(LONG_AGO, zone)
    end = found["end"] or start
    opens = found["registration_opens"] or Moment(LONG_AGO, zone)
    closes = found["registration_closes"] or start
    until = top.moment("cancel_until", zone) or start
    if found["start"] and found["end"] and end.at <= start.at:
        top.wrong("end", "the end is not after the start")
    if found["start"] and closes.at > start.at:
        top.wrong("registration_closes", "registration closes after the start")
    if found["start"] and closes.at <= opens.at:
        top.wrong("registration_opens", "registration opens after it closes")
    if found["start"] and until.at > start.at:
        top.wrong("cancel_until", "places can be cancelled after the start")
    return {"start": start, "end": end, "opens": opens, "closes": closes, "cancel_until": until}


def _seats(top: Table, mode: str) -> tuple[Seats, ...]:
    """Seats by mode and role: "in-person/patient". Without roles one kind of seat, "" in an event of one mode."""
    if not top.has("seats"):
        if not top.has("capacity"):
            top.need("capacity", "the number of seats, or [seats.in-person] and [seats.online]")
        return (Seats("", top.whole("capacity", 1, 1, MOST_SEATS, "seats"), mode),)
    if top.has("capacity"):
        top.wrong("capacity", "seats are given by mode below: take this line out")
    table = top.table("seats", ("in-person", "online"))
    found: list[Seats] = []
    for name in table.known:
        if not table.has(name):
            continue
        if mode not in ("hybrid", name):
            table.wrong(name, f'the event is {mode}: write mode = "hybrid" for both kinds of seat')
        found += _roles(table.table(name, KEYS["seats"]), name, _labels(top))
    if not found:
        top.wrong("seats", "no seats: [seats.in-person] or [seats.online] with capacity")
    return tuple(found)


def _roles(table: Table, mode: str, labels: dict[str, Texts]) -> list[Seats]:
    if not table.has("roles"):
        if not table.has("capacity"):
            table.need("capacity", "the number of seats")
        return [Seats(f"{mode}/any", table.whole("capacity", 1, 1, MOST_SEATS, "seats"), mode)]
    data = table.data["roles"]
    roles = table.table("roles", tuple(data) if isinstance(data, dict) else ())
    found = []
    for role in roles.known:
        if not ID.fullmatch(role):
            roles.wrong(role, "a role has small letters, digits, - and _")
        label = labels.get(role, Texts())
        if not label and role != "any":
            roles.wrong(role, f"no words for this role: add it to [role_labels.<language>], as in {role} = ...")
        found.append(Seats(f"{mode}/{role}", roles.whole(role, 1, 0, MOST_SEATS, "seats"), mode, label))
    total = sum(seats.capacity for seats in found)
    if table.has("capacity") and table.whole("capacity", total, 1, MOST_SEATS, "seats") != total:
        table.wrong("capacity", f"the seats of the roles are {total} together: make the numbers agree")
    return found


def _labels(top: Table) -> dict[str, Texts]:
    """[role_labels.<language>] turned round: the texts of each role."""
    data = top.data.get("role_labels", {}) if top.has("role_labels") else {}
    table = top.table("role_labels", tuple(data) if isinstance(data, dict) else ())
    by_role: dict[str, dict[str, str]] = {}
    for lang in table.known:
        if not top.shared and lang not in top.languages:
            continue  # the title's table has told of languages already
        inner = data[lang] if isinstance(data, dict) else {}
        words = table.table(lang, tuple(inner) if isinstance(inner, dict) else ())
        for role in words.known:
            by_role.setdefault(role, {})[lang] = words.text(role, "the words for a role", required=True)
    order = (*top.languages, "en")
    return {
        role: Texts.of({lang: texts[lang] for lang in dict.fromkeys((*order, *texts)) if lang in texts})
        for role, texts in by_role.items()
    }


def _questions(top: Table, name: str, forms: Mapping[str, Form | None]) -> tuple[Form | None, tuple[str, ...]]:
    wanted = top.text("questions_form", "the id of a form", shape=ID)
    if not wanted:
        return questions.build(top, name)
    if top.has("questions"):
        top.wrong("questions_form", "the event has questions of its own below: keep one of the two")
    if forms.get(wanted) is None:
        top.wrong("questions_form", f"there is no form {wanted} that can be asked: put {wanted}.xlsx into forms/")
    return forms.get(wanted), ()


def _feedback(top: Table, forms: Mapping[str, Form | None]) -> None:
    """What a later release uses is checked from the first: a pack does not break by an update."""
    name = top.text("feedback_form", "the id of a form", shape=ID)
    if name and name not in forms:
        top.wrong("feedback_form", f"there is no form {name}: put {name}.xlsx into forms/")
    top.text("feedback_after", 'a duration after the end, such as "PT2H"', shape=DURATION)


def _numbers(top: Table, numbers: frozenset[str]) -> None:
    for key, text in _texts((), top.data):
        for _, number in wording.phones(text, numbers):
            top.report.at(top.document, key, f"{number!r} looks like a phone number: numbers stand in hub.toml only")


def _texts(key: tuple[str | int, ...], value: object) -> list[tuple[tuple[str | int, ...], str]]:
    """Every text in plain data, with its key."""
    if isinstance(value, str):
        return [(key, value)]
    if isinstance(value, dict):
        return [found for name, inner in value.items() for found in _texts((*key, name), inner)]
    if isinstance(value, list):
        return [found for number, inner in enumerate(value) for found in _texts((*key, number), inner)]
    return []
