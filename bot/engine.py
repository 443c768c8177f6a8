"""One update, one transaction: accept it, run one turn of its conversation, record and queue what follows, or nothing.

One rule: whatever a flow does wrong stays in its own turn. The person gets an apology, the log gets a place without words.
"""

import asyncio
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from traceback import extract_tb
from typing import Any, TypeAlias

from bot.core.flow import Need, Request
from bot.core.message import Act, Edited, Message, Resume, Start, Tap, Typed, act_to_json
from bot.core.ports import (
    DUE,
    TIMER,
    Fault,
    FollowUp,
    Knowledge,
    Makers,
    Outgoing,
    Person,
    Press,
    Reply,
    Shown,
    ShownButton,
    Store,
    Unit,
    Update,
    Voice,
)
from bot.core.prompts import Ear, counted
from bot.core.respond import Detect, Flows, Guess, Situation, Turn, failed, lasting, respond
from bot.core.session import Session

MAX_NEEDS = 8  # different results that one turn may wait for; more is a flow that asks in a loop
MAX_ATTEMPTS = 3  # runs that ended with the process; the update is then given up, or it would kill every start
MAX_CHAIN = 8  # acts that may follow one another before a person has to say something
NOTICES_FROM = 1_000  # places of notices under one cause; a turn has far fewer messages of its own
RESTING = ("emergency", "crisis")  # routes after which nobody is reminded of a survey for a day
PASSED = Tap(0, "", "")  # a press that fits no question: run 0 is never given


@dataclass(frozen=True, slots=True)
class Began:
    """What a turn begins with: who, and what they did. `hint` is the language of their app; `spoken`, of what follows from
    a turn, is the language in which that turn spoke."""

    person: Person
    body: Act | Press | Reply
    hint: str = ""
    spoken: str = ""


Begin: TypeAlias = Callable[[Unit], Began | None]  # None: seen before, or taken by another


class _Behind(Exception):  # noqa: N818  # something older of this person comes first: their turn, then this one
    pass


class _Needed(Exception):  # noqa: N818  # it is no error: it carries the need out of the unit, and undoes the turn on its way
    def __init__(self, need: Need[Any], lang: str) -> None:
        super().__init__()
        self.need, self.lang = need, lang


@dataclass(slots=True)
class Engine:
    """Ties the core to a store, a voice and a hub's knowledge. `chance` gives the first run number of a new session;
    `tell` takes what is known of a fault; `hold` notes, for as long as a turn runs, the hub, account and update in hand."""

    flows: Flows
    store: Store
    voice: Voice
    knowledge: Knowledge
    makers: Makers
    chance: Callable[[], int]
    tell: Callable[[Fault], None]
    hold: Callable[[str, str, str], AbstractContextManager[None]]

    async def handle(self, hub: str, update: Update) -> bool:
        """One update and all that follows from it. False: it was seen before, and nothing was done or said."""

        def accepted(unit: Unit) -> Began | None:
            person = unit.accept(update.id, update.sender)
            if person and person.behind:
                raise _Behind
            return Began(person, update.act, update.hint) if person else None

        for _ in range(MAX_CHAIN):
            try:
                seen, follow = await self._turn(hub, accepted, update.id, update.sender.account)
            except _Behind:
                await self.recover(hub)
            else:
                await self._carry_on(hub, follow)
                return seen
        raise RuntimeError(f"an update with more than {MAX_CHAIN} before it")

    async def recover(self, hub: str) -> None:
        """Do what turns of a process that died have left to be done."""
        for follow in await self.store.open_updates(hub):
            await self._carry_on(hub, follow)

    async def tick(self, hub: str) -> bool:
        """Do what falls due next by the hub's clock. False when nothing is due."""

        def work(unit: Unit) -> bool:
            if (deaths := unit.deaths()) >= MAX_ATTEMPTS:
                self.tell(Fault("Killed", f"{deaths} runs of one timer"))
                return unit.put_off()
            cause = unit.fire()
            if cause:
                self._notify(unit, cause)
            return bool(cause)

        try:
            with self.hold(hub, TIMER, DUE):
                done = await self.store.run(hub, work)
        except self.store.unavailable:
            raise
        except Exception as fault:  # noqa: BLE001  # one that cannot be done must not hold up all behind it
            self.tell(_fault(fault))
            return await self.store.run(hub, lambda unit: unit.put_off())
        if done:
            await self.recover(hub)
        return done

    async def _carry_on(self, hub: str, follow: FollowUp | None) -> None:
        for _ in range(MAX_CHAIN):
            if follow is None:
                return
            _, follow = await self._turn(hub, partial(_take, follow), follow.update, follow.account)

    async def _turn(self, hub: str, begin: Begin, update: str, account: str) -> tuple[bool, FollowUp | None]:
        """Run the turn as often as it takes to have its needs met; where it raises, end it with an apology."""
        with self.hold(hub, account, update):
            try:
                return await self._attempt(hub, begin, update, account)
            except _Behind:
                raise
            except self.store.unavailable:
                raise
            except Exception as fault:  # noqa: BLE001  # a flow may raise anything; its turn is undone, and said so
                self.tell(_fault(fault))
                return await self.store.run(hub, lambda unit: self._apologise(unit, begin, update, account))

    async def _attempt(self, hub: str, begin: Begin, update: str, account: str) -> tuple[bool, FollowUp | None]:
        met: dict[Need[Any], object] = {}
        for _ in range(MAX_NEEDS):
            try:
                return await self.store.run(hub, lambda unit: self._work(unit, begin, update, account, met))
            except _Needed as missing:
                now = await self.store.now(hub)
                met[missing.need] = await asyncio.to_thread(self.knowledge.meet, missing.need, hub, missing.lang, now)
        raise RuntimeError(f"a turn with more than {MAX_NEEDS} needs")

    def _work(
        self,
        unit: Unit,
        begin: Begin,
        update: str,
        account: str,
        met: dict[Need[Any], object],
    ) -> tuple[bool, FollowUp | None]:
        began = begin(unit)
        if began is None:
            return False, None
        if began.person.attempts >= MAX_ATTEMPTS:
            self.tell(Fault("Killed", f"{began.person.attempts} runs of one update"))
            began = replace(began, body=Resume())  # its words are not touched
            return True, self._give_up(unit, began, update, account)
        session, act, at = self._heard(unit, began, update)
        begun = {it.run for it in lasting(session, self.flows) if it.log}
        turn = self._drive(unit, respond(session, act, at), met, at)
        for it in lasting(turn.session, self.flows):
            if it.log and it.run not in begun and not unit.erased:
                unit.nudge(it.run)
        return True, self._commit(unit, turn, update, account)

    def _language(self, unit: Unit, began: Began) -> str:
        """What to speak: the person's language; for a new person that of their app where the hub has it, else the hub's.
        What follows from a turn goes on in the language of that turn, settled or not."""
        languages = self.voice.languages(unit.hub)
        lang = began.person.lang
        if lang not in languages:
            tags = (began.hint.lower(), began.hint.lower().partition("-")[0])
            lang = next((it for tag in tags for it in languages if it.lower() == tag), languages[0])
            unit.speak(lang, chosen=False)
        unit.lang = began.spoken if began.spoken in languages else lang
        return unit.lang

    def _session(self, unit: Unit) -> Session:
        data = unit.session()
        return Session.load(data) if data else Session(runs=self.chance())

    def _act(self, unit: Unit, body: Act | Press | Reply, session: Session, ear: Ear, lang: str) -> Act:
        """What an update does: presses and replies found under their message, words looked at for danger."""
        match body:
            case Press(choice=choice, message=message):
                return _pressed(unit.shown(message), choice, ear)
            case Reply(text=text, to=to):
                body = _replied(unit.shown(to), text, session, ear)
            case _:
                pass
        if isinstance(body, Typed | Edited):
            danger = self.knowledge.danger(body.text, unit.hub, lang, unit.now.date())
            return replace(body, danger=danger) if danger else body
        return body

    def _drive(
        self, unit: Unit, turn: Generator[Request, Any, Turn], met: dict[Need[Any], object], at: Situation
    ) -> Turn:
        """Send each request its result. A need without one ends the work; a query and a command go to the store."""
        result: object = None
        while True:
            try:
                request = turn.send(result)
            except StopIteration as stop:
                done: Turn = stop.value
                return done
            if not isinstance(request, Need):
                result = unit.perform(request)
            elif request in met:
                result = met[request]
                if isinstance(request, Detect) and isinstance(result, Guess) and result.sure and not at.chosen:
                    unit.lang = result.lang  # the rest of the turn is in the language that was just heard
            else:
                raise _Needed(request, unit.lang)

    def _commit(self, unit: Unit, turn: Turn, update: str, account: str) -> FollowUp | None:
        """Render, queue and save what the turn leaves. After an erasure nothing is saved: the receipt is all there is."""
        lang = unit.lang
        if turn.settled:
            unit.speak(lang, chosen=False)
        if turn.route:
            unit.count(turn.route)
        if turn.route in RESTING:
            unit.rest()
        session = turn.session
        if turn.message.lines:
            message = self._outgoing(unit, turn.message, lang)
            session = session.show(message.listed)
            run = turn.message.question[0] if turn.message.question else turn.forget
            if turn.forget:
                unit.forget(turn.forget)
            unit.put(message, update, 0, run=run)
        self._notify(unit, update)
        if unit.erased:
            return None
        unit.save(session.dump())
        return unit.follow(update, account, turn.then, lang) if turn.then else None

    def _notify(self, unit: Unit, cause: str) -> None:
        """Queue what others are to hear. Its list becomes their newest, so that a number typed under it counts in it."""
        for n, notice in enumerate(unit.notices, NOTICES_FROM):
            person = unit.person(notice.contact)
            languages = self.voice.languages(unit.hub)
            lang = person.lang if person.lang in languages else languages[0]
            message = self._outgoing(unit, notice.message, lang)
            unit.put(message, cause, n, contact=notice.contact)
            if message.buttons and (data := unit.session(notice.contact)):
                unit.save(Session.load(data).interrupt(message.listed).dump(), notice.contact)
        unit.notices.clear()

    def _outgoing(self, unit: Unit, message: Message, lang: str) -> Outgoing:
        text, labels = self.voice.render(message, unit.hub, lang)
        buttons = tuple(
            ShownButton(button_id(button.act), label, button.act)
            for button, label in zip(message.buttons, labels, strict=True)
        )
        ear = self.voice.ear(unit.hub, lang)
        files = tuple(self.makers.make(file, unit.hub, lang, ear.say) for file in message.files)
        lines = tuple(line.id for line in message.lines)
        numbered = message.numbered and counted(labels, ear)
        return Outgoing(text, lang, lines, buttons, files, message.question, numbered)

    def _apologise(self, unit: Unit, begin: Begin, update: str, account: str) -> tuple[bool, FollowUp | None]:
        began = begin(unit)
        return (False, None) if began is None else (True, self._give_up(unit, began, update, account))

    def _give_up(self, unit: Unit, began: Began, update: str, account: str) -> FollowUp | None:
        """End the update that a flow could not bear, drop the frame that ran and no other, and say sorry. To what nobody
        wrote nothing is said."""
        if account == TIMER:
            unit.fail(update, account)
            return None
        session, act, at = self._heard(unit, began, update)
        unit.fail(update, account)
        return self._commit(unit, failed(session, act, at), update, account)

    def _heard(self, unit: Unit, began: Began, update: str) -> tuple[Session, Act, Situation]:
        """The person's session, what they did, and what the turn needs to know of the world."""
        person, lang = began.person, self._language(unit, began)
        session = self._session(unit)
        ear = self.voice.ear(unit.hub, lang)
        languages = tuple(self.voice.languages(unit.hub))
        act = self._act(unit, began.body, session, ear, lang)
        return (
            session,
            act,
            Situation(self.flows, ear, update, lang, person.chosen, person.new, person.silence, languages),
        )


def _take(follow: FollowUp, unit: Unit) -> Began | None:
    taken = unit.take(follow)
    return Began(*taken[:2], spoken=taken[2]) if taken else None


def button_id(act: Act) -> str:
    """What machines know a button by: a choice's id, or a start's flow and arguments."""
    match act:
        case Tap(choice=choice):
            return choice
        case Start(flow=flow, args=args):
            return ":".join((flow, *map(str, args)))
        case _:
            return str(act_to_json(act)[0])  # type: ignore[index]  # every act is a list that begins with its name


def _pressed(shown: Shown | None, choice: int | str, ear: Ear) -> Act:
    if shown is None:
        return PASSED
    found = _button(shown.buttons, choice, ear)
    if found:
        return found
    return Tap(*shown.question, "") if shown.question else PASSED


def _button(buttons: tuple[ShownButton, ...], choice: int | str, ear: Ear) -> Act | None:
    if isinstance(choice, int):
        return buttons[choice - 1].act if 1 <= choice <= len(buttons) else None
    words = ear.fold(choice)
    by_id = [button.act for button in buttons if button.id == choice]
    by_label = [button.act for button in buttons if words and ear.fold(button.label) == words]
    return next(iter(by_id or by_label), None)


def _replied(shown: Shown | None, text: str, session: Session, ear: Ear) -> Act:
    """A reply to an older message counts as a press under it: never a wrong answer to the question that is open now."""
    if shown is None:
        return Typed(text)
    top = session.top
    waits = top.open if top and top.open and shown.question == (top.run, top.open.digest) else None
    listed = counted([button.label for button in shown.buttons], ear) and (waits is None or waits.numbered)
    number = ear.number(text) if listed else None
    whole = int(number) if number is not None and number == number.to_integral_value() else None
    found = _button(shown.buttons, text if whole is None else whole, ear)
    if whole is not None and shown.buttons and found is None:
        return PASSED  # a number that its list never had is no answer to what is asked now
    if shown.question and waits is None:
        return found if isinstance(found, Start) else Tap(*shown.question, "")
    return found if found and not isinstance(found, Tap) else Typed(text)


def _fault(fault: Exception) -> Fault:
    """Where it broke: exceptions' messages stay out, since they may hold what somebody wrote."""
    where = ", ".join(f"{step.name}:{step.lineno}" for step in extract_tb(fault.__traceback__)[-3:])
    return Fault(type(fault).__name__, where)
