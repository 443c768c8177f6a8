"""Sign up for an event: consent, name, the event's own questions, a look at it all, and the seat or the waiting list."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.consents import ask_consent, given
from bot.core.events import ChangeRegistration, Event, EventById, Listed, Seats, TakeSeat
from bot.core.flow import After, Ask, Do, Fetch, Reopen, Say
from bot.core.form.ask import FormQuestion, words_of
from bot.core.form.evaluate import Matcher
from bot.core.form.state import Cell, State
from bot.core.hub import Hub, Now, ThisHub
from bot.core.message import Button, Choice, Line, Start, Texts
from bot.core.person import Speaking
from bot.core.prompts import Number, OneOf, Text
from flows.events import choices_of, confirmed
from flows.questions import Count, ask_all, check, relevant, summary
from flows.survey import seed_of
from flows.welcome import TO_MENU

LONGEST_NAME = 80
REFUSALS = ("full", "closed", "cancelled", "already", "too-large", "too-many")
LINES = tuple(f"registration.{why}" for why in REFUSALS)


async def register(match: Matcher, id: str) -> After:
    """One person's place, with guests where the event takes them. The seat is taken at the end, by one command."""
    hub, it = await Fetch(ThisHub()), await Fetch(EventById(id))
    now, lang = await Fetch(Now()), await Fetch(Speaking())
    if it is None:
        await Say(Line("event.unknown"), TO_MENU)
        return None
    if refused := _refused(it):
        await Say(refused, *(choices_of(it) if it.mine else ()), Button(Line("menu.events"), Start("events")))
        return None
    event = it.event
    state = State(it.plan, now, seed_of(id, event.version), match, lang=lang) if it.plan else None
    more = 3 + (len(event.seats) > 1) + (event.guests_max > 0)
    role = await _role(event)
    consent = ask_consent(hub, "event", age=True, event=event)
    read = Button(Line("privacy.read"), Start("privacy"))
    agreed = await Ask(
        "consent", consent, before=_before(event, state, more), buttons=(read,), label=Line("consent.label")
    )
    if not agreed:
        await Say(Line("registration.no-consent" if agreed is False else "registration.too-young"), TO_MENU)
        return None
    done = 1 + (len(event.seats) > 1)
    name = await Ask(
        "name",
        Text(Line("registration.name", event=event), LONGEST_NAME),
        before=_progress(state, done, more),
        label=Line("registration.name-short"),
    )
    guests = 0
    if event.guests_max:
        prompt = Number(Line("registration.guests", event=event, count=event.guests_max), 0, event.guests_max)
        before = _progress(state, done + 1, more)
        guests = await Ask("guests", prompt, before=before, label=Line("registration.guests-short"))
    needs = _Needs(hub, event)
    if state:
        await ask_all(state, Count(more - 1, more), now.date(), allowed=needs.allowed)
    return await _settle(hub, it, _Wish(role, name, guests), state, needs)


def _refused(it: Listed) -> Line | None:
    """Why one cannot register now, whatever one answers."""
    if it.mine:
        return Line("registration.already", event=it.event)
    if it.event.cancelled:
        return Line("registration.cancelled", event=it.event)
    if not it.open:
        return Line("registration.closed", event=it.event)
    if it.free <= 0 and not it.event.waitlist:
        return Line("registration.full", event=it.event)
    return None


async def _role(event: Event) -> str:
    """The group of seats, where there is more than one. Being a patient may show by it, so the question says why it is asked."""
    if len(event.seats) == 1:
        return event.seats[0].role
    choices = [Choice(seats.role, _seats(seats), seats.role) for seats in event.seats]
    return await Ask(
        "role", OneOf(Line("registration.role", event=event), choices), label=Line("registration.role-short")
    )


def _seats(seats: Seats) -> Line:
    if not seats.mode:
        return Line("registration.role-is", label=seats.label)
    return Line("registration.role-in", label=seats.label, mode=Line(f"event.mode-{seats.mode}"))


def _before(event: Event, state: State | None, more: int) -> tuple[Line, ...]:
    """What comes with the consent: where one is, and that pictures will be taken (R85)."""
    lines = [*_progress(state, int(len(event.seats) > 1), more)]
    if event.photos:
        lines.append(Line("registration.photos", event=event))
    if event.recording:
        lines.append(Line("registration.recording", event=event))
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class _Wish:
    """Who wants which seats."""

    role: str
    name: str
    guests: int


def _progress(state: State | None, done: int, more: int) -> tuple[Line, ...]:
    return Count(done, more).line(state) if state else ()


class _Needs:
    """Questions whose answers say something about health have a consent of their own, asked before the first of them."""

    def __init__(self, hub: Hub, event: Event) -> None:
        self._hub, self._event = hub, event
        self._agreed: bool | None = None

    async def allowed(self, cell: Cell) -> bool:
        """Whether this question may be put."""
        if cell.name not in self._event.needs:
            return True
        if self._agreed is None:
            consent = ask_consent(self._hub, "special-needs", event=self._event)
            self._agreed = bool(await Ask("needs-consent", consent, label=Line("consent.label-needs")))
        return self._agreed

    @property
    def agreed(self) -> bool:
        """Whether the consent was asked for and given."""
        return bool(self._agreed)

    def part(self, values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """The ordinary answers, and those that rest on this consent."""
        apart = {path: value for path, value in values.items() if path.rpartition("/")[2] in self._event.needs}
        return {path: value for path, value in values.items() if path not in apart}, apart


async def _settle(hub: Hub, it: Listed, wish: "_Wish", state: State | None, needs: _Needs) -> After:
    """The look at all answers, then the command. A seat that went meanwhile opens this last question again."""
    event, role, name, guests = it.event, wish.role, wish.name, wish.guests
    free = next((left.free for left in it.left if left.role == role), 0)
    wait = free < 1 + guests
    lines = [Line("core.summary-answer", question=Line("registration.name-short"), answer=name)]
    if event.guests_max:
        lines.append(Line("core.summary-answer", question=Line("registration.guests-short"), answer=guests))
    if state:
        lines += summary(state, () if needs.agreed else event.needs)
    if wait:
        lines.append(Line("registration.only-waiting", event=event))
    values = relevant(state) if state else {}
    answers = (role, name, str(guests), *(f"{path}={value}" for path, value in values.items()))
    check_line = Line("registration.check-waiting" if wait else "registration.check", event=event, answers=answers)
    prompt, buttons = check(check_line, Line("registration.wait" if wait else "registration.confirm"))
    await Ask("check", prompt, before=(Line("registration.summary", event=event), *lines), buttons=buttons)
    ordinary, apart = needs.part(values)
    consents = [given(hub, "event", event.id)]
    if needs.agreed:
        consents.append(given(hub, "special-needs", event.id))
    seat = await Do(TakeSeat(event.id, role, 1 + guests, name, ordinary, apart, tuple(consents), wait))
    if seat.state == "full" and not wait and event.waitlist:
        await Say(Line("registration.just-gone", event=event))
        return Reopen("check")
    if seat.state == "confirmed" and seat.registration:
        await confirmed(event, seat.registration, hub.contact.email)
    elif seat.state == "waitlisted" and seat.registration:
        await Say(Line("registration.waitlisted", event=event, place=seat.registration.place))
        await Say(Line("registration.waitlisted-next", event=event), Button(Line("menu.mine"), Start("mine")))
    else:
        await Say(
            Line(f"registration.{seat.state}", event=event), Button(Line("menu.events"), Start("events")), TO_MENU
        )
    return None


async def change_place(match: Matcher, id: str) -> None:
    """Correct the name or one answer of one's own place (R41); the place itself stays."""
    it, now, lang = await Fetch(EventById(id)), await Fetch(Now()), await Fetch(Speaking())
    if it is None or it.mine is None:
        await Say(Line("event.no-place"), Button(Line("menu.events"), Start("events")))
        return
    event, mine = it.event, it.mine
    state = State(it.plan, now, seed_of(id, event.version), match, mine.answers, lang) if it.plan else None
    cells = [cell for cell in state.leaves() if state.asks(cell) and cell.name not in event.needs] if state else []
    choices = [Choice("name", Line("registration.name-short"), "name")]
    choices += [
        Choice(cell.path, Line("form.label", question=_question(state, cell)), cell.path) for cell in cells if state
    ]
    which = await Ask("which", OneOf(Line("registration.change-which", event=event, name=mine.name), choices))
    name = mine.name
    if which == "name":
        name = await Ask("name", Text(Line("registration.name", event=event), LONGEST_NAME))
    elif state:
        state.drop(which)
        for cell in cells:
            if not state.answered(cell.path) and cell.path != which:
                state.put(cell.path, "")
        await ask_all(state, Count(0, 0), now.date(), allowed=_Without(event).allowed)
    answers = relevant(state) if state else dict(mine.answers)
    seat = await Do(ChangeRegistration(id, name, answers))
    changed = seat.state in ("confirmed", "waitlisted", "offered")
    await Say(
        Line("registration.changed" if changed else "event.no-place", event=event),
        Button(Line("menu.mine"), Start("mine")),
    )


class _Without:
    """Answers about needs are not shown back or changed here: who wants them changed takes the consent back first."""

    def __init__(self, event: Event) -> None:
        self._event = event

    async def allowed(self, cell: Cell) -> bool:
        return cell.name not in self._event.needs


def _question(state: State, cell: Cell) -> FormQuestion:
    return FormQuestion(cell.path, words_of(state, cell), Texts())
