"""What each thing that a person does makes of their session: one act, one turn, one frame run once.

One rule: every transition stands in `respond`. What follows from a turn is an act of its own, in a transaction of its own.

In this order a text is: words of danger; a command or stop word; a link; a pick from the newest list; an answer to the
open question; a question to the hub; not understood.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeAlias

from bot.core import commands
from bot.core.flow import (
    After,
    Asked,
    Command,
    Ended,
    Entry,
    Flow,
    Given,
    Leave,
    Need,
    Next,
    Open,
    Query,
    Reopen,
    Request,
    Retype,
    run,
)
from bot.core.message import (
    Act,
    Back,
    Button,
    Cancel,
    Change,
    Edited,
    File,
    Json,
    Line,
    Message,
    Resume,
    Sent,
    Start,
    Tap,
    Typed,
)
from bot.core.prompts import MAX_TYPED, Ear, Heard, Problem, Text
from bot.core.session import Frame, Session

LONG_SILENCE = timedelta(hours=12)  # after it, words may be about something else: "go on?" is asked first
FORGOTTEN = timedelta(days=365)  # after it, the bot says again that it is a program (R02)


@dataclass(frozen=True, slots=True)
class Spec:
    """A flow that can be started by its name. `lasting`: its answers are kept as a draft when the person leaves.

    `again`: a start of it while it is under way begins anew instead of bringing it back (a question asked twice).
    """

    flow: Callable[..., Flow]
    lasting: bool = False
    again: bool = False


Flows: TypeAlias = Mapping[str, Spec]


@dataclass(frozen=True, slots=True)
class Situation:
    """What a turn needs to know of the world: the flows there are, the person's language, the update and the silence.

    `new` is the first message ever of this person; `lang` what they are spoken to in, `chosen` whether they chose it.
    """

    flows: Flows
    ear: Ear
    update: str
    lang: str
    chosen: bool = False
    new: bool = False
    silence: timedelta = timedelta(0)
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unfinished(Query[tuple[Frame, ...]]):
    """The person's lasting conversations, under way or kept as drafts. Answered from the session, by no store."""


@dataclass(frozen=True, slots=True)
class Recall(Need[bool]):
    """Whether the hub knows an answer to the text, well enough to give it where it was not asked for one."""

    text: str


@dataclass(frozen=True, slots=True)
class Guess:
    """What language a text is in. `lang` other than the conversation's: `sure` enough to answer in it, or only to offer."""

    lang: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Detect(Need[Guess]):
    """The language of a free text, where `hint` is the conversation's; a guess below the threshold is the hint itself."""

    text: str
    hint: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn leaves. `then` is handled next, in a transaction of its own: a fault there undoes nothing here.

    `lang`: the language to speak in from this turn's first line, `settled` whether it stays. `route`: the danger that was
    answered. `forget`: a run whose words are to leave the inbox and the outbox at once (an anonymous response).
    """

    session: Session
    message: Message
    then: Act | None = None
    lang: str = ""
    settled: bool = False
    route: str = ""
    forget: int = 0


@dataclass(slots=True)
class _Draft:
    """A turn in the making."""

    lines: list[Line] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    lang: str = ""
    settled: bool = False
    forget: int = 0


def respond(session: Session, act: Act, at: Situation) -> Generator[Request, Any, Turn]:
    """One turn. Yields requests, is sent their results, and returns the Turn. Raises what a flow or a request raises."""
    danger = act.danger if isinstance(act, Typed | Edited) else None
    if danger and danger.urgent:
        waits = bool(session.top and session.top.open)
        return Turn(replace(session, waiting=waits), Message(danger.says), route=danger.route)
    out = _Draft()
    act = _meaning(session, act, at)
    if (at.new or at.silence > FORGOTTEN) and act != Start("start") and not isinstance(act, Resume):
        out.lines.append(Line("welcome.program"))
    if danger and not (session.top and session.top.open):
        return Turn(session, Message((*out.lines, *danger.says)), route=danger.route)
    if danger:
        out.lines += danger.says
    turn = yield from _act(session, act, at, out)
    return replace(turn, route=danger.route) if danger else turn


def _meaning(session: Session, act: Act, at: Situation) -> Act:
    """What a text is, before any question is looked at: a command, a pick from the newest list, or still a text."""
    if not isinstance(act, Typed) or len(act.text) > MAX_TYPED:
        return act
    waits = session.top.open if session.top else None
    command = commands.read(act.text, at.ear, number_wanted=bool(waits and not waits.numbered))
    if command:
        return command
    if waits is None and (lang := _language_named(act.text, at)):
        return Start("language", (lang,))
    return _picked(session, act.text, at.ear, listed=waits is None or waits.numbered) or act


def _language_named(text: str, at: Situation) -> str | None:
    """The language whose own name the whole message is: "українська" is enough to be spoken to in it."""
    words = at.ear.fold(text)
    return next((it for it in at.languages if words and at.ear.fold(at.ear.say(Line(f"language.{it}"))) == words), None)


def _picked(session: Session, text: str, ear: Ear, *, listed: bool) -> Act | None:
    """The button of the newest list that `text` names. Answers to the open question are left to its prompt.

    `listed`: a bare number picks. Where a number, a day or words may be the answer itself, only a whole label does.
    """
    number = ear.number(text) if listed else None
    if number is not None:
        if number == number.to_integral_value() and 1 <= number <= len(session.shown):
            found = session.shown[int(number) - 1][1]
            return None if isinstance(found, Tap) else found
        return None
    words = ear.fold(text)
    exact = [act for label, act in session.shown if words and ear.fold(label) == words]
    begun = [act for label, act in session.shown if len(words) > 2 and ear.fold(label).startswith(words)]
    found_all = exact[:1] or (begun if len(begun) == 1 and session.top is None else [])
    return next((act for act in found_all if not isinstance(act, Tap)), None)


def _act(  # noqa: C901, PLR0915  # every transition in one match: who asks "what happens when" reads one screen
    session: Session, act: Act, at: Situation, out: _Draft
) -> Generator[Request, Any, Turn]:
    top = session.top
    given: Given | None = None
    without: str | None = None
    match act, top:
        case Start(flow="forget-draft", args=(str(flow), *args)), _:
            session = session.forget_draft(flow, tuple(args))
            out.lines.append(Line("core.draft-forgotten"))
        case Start(flow=flow, args=args), _:
            if flow not in at.flows:  # a release took it away, or nobody ever had it
                out.lines.append(Line("core.flow-gone"))
            else:
                session = _begun(session, flow, args, at)
        case Tap(run=number, digest=mark), Frame(open=Open() as waits) if (number, mark) == (top.run, waits.digest):
            given = Given(waits, act, Heard("", waits.shown, at.ear), at.update)
        case Tap(), _:
            out.lines.append(Line("core.question-passed"))
        case Sent(kind=kind), _:
            out.lines.append(Line("core.not-words") if kind != "other" else Line("core.not-readable"))
        case Typed(text=text), _ if len(text) > MAX_TYPED:
            out.lines.append(Line("core.message-too-long", limit=MAX_TYPED))
        case Typed(text=text), Frame(flow=flow, open=Open()) if flow != "go-on" and _paused(session, at):
            session = replace(session, waiting=False).push("go-on", (text,))
        case Typed(), Frame(open=Open() as waits):
            given = Given(waits, act, Heard(act.text, waits.shown, at.ear), at.update)
        case Typed(text=text), _:
            yield from _listen(session, text, at, out)
            session = replace(session, guess=_next_guess(out, at)).push("ask", (text,))
        case Edited(of=of, text=text), Frame(open=Open() as waits) if of == session.last:
            given = Given(waits, Typed(text), Heard(text, waits.shown, at.ear), of)
        case Edited(of=of), Frame() if any(entry.update == of for entry in top.log):
            return (yield from _edited(session, act, at, out))
        case Edited(), _:
            out.lines.append(Line("core.edit-too-late"))
        case Back(), Frame(log=(*_, last)):
            without = last.key
        case Change(key=""), Frame(open=Open()):
            return (yield from _changeable(session, at, out))
        case Change(key=key), Frame() if key in top.kept():
            without = key
        case Cancel(), Frame():
            return _left(session, at, out)
        case Cancel(), _:
            out.lines.append(Line("core.nothing-open"))
            out.buttons += [Button(Line("menu.open"), Start("menu")), Button(Line("stop.messages"), Start("stop"))]
        case Back() | Change(), _:
            out.lines.append(Line("core.nothing-to-change" if top else "core.nothing-open"))
        case _:
            pass
    if session.top is None:
        return Turn(session, _message(out))
    return (yield from _run(session, given, without, at, out, act))


def _changeable(session: Session, at: Situation, out: _Draft) -> Generator[Request, Any, Turn]:
    """Which answers there are, each with a button that opens its question again."""
    frame = session.frames[-1]
    spec = at.flows.get(frame.flow)
    if spec is None:
        out.lines.append(Line("core.flow-gone"))
        return _popped(session, out)
    ran = yield from _perform(run(spec.flow(*frame.args), frame.kept()), session, frame, out)
    if isinstance(ran, Asked):
        out.lines.append(Line("core.which-answer"))
        out.buttons += [Button(line, Change(key)) for key, line in ran.passed]
        out.buttons.append(Button(Line("core.back-to-question"), Resume()))
    return Turn(session, _message(out))


def _begun(session: Session, flow: str, args: tuple[Json, ...], at: Situation) -> Session:
    if at.flows[flow].again:
        session = replace(session, frames=tuple(frame for frame in session.frames if frame.flow != flow))
    return session.push(flow, args)


def _paused(session: Session, at: Situation) -> bool:
    return session.waiting or at.silence >= LONG_SILENCE


def _run(
    session: Session, given: Given | None, without: str | None, at: Situation, out: _Draft, act: Act
) -> Generator[Request, Any, Turn]:
    """Run the frame on top, and make a turn of where it came to."""
    frame = session.frames[-1]
    spec = at.flows.get(frame.flow)
    if spec is None:
        out.lines.append(Line("core.flow-gone"))
        return _popped(session, out)
    kept = frame.kept(without=without)
    ran = yield from _perform(run(spec.flow(*frame.args), kept, given), session, frame, out)
    if isinstance(ran, Ended):
        _say(out, ran.says)
        return _popped(session, out, ran.after)
    if ran.took or isinstance(act, Start):
        _say(out, ran.says)
    elsewhere = yield from _missed(session, ran, given, at, out)
    if elsewhere:
        return Turn(replace(session, last=at.update), _message(out), elsewhere)
    frame = _settled(frame, ran, kept, without, given)
    if ran.took and given and isinstance(given.act, Typed):
        yield from _beside(session, given, spec, frame, at, out)
    last = at.update if given and not ran.took else ""
    session = replace(session.put(frame), last=last, waiting=False, guess=_next_guess(out, at))
    return Turn(session, _question(frame, ran, out), lang=out.lang, settled=out.settled)


def _settled(frame: Frame, ran: Asked, kept: Mapping[str, Entry], without: str | None, given: Given | None) -> Frame:
    """The frame as this run leaves it."""
    used = {entry.key for entry in ran.log} | {ran.open.key}
    spare = tuple(entry for key, entry in kept.items() if key not in used)
    was = frame.kept().get(without) if without == ran.open.key else None
    same = frame.open is not None and (frame.open.key, frame.open.digest) == (ran.open.key, ran.open.digest)
    if same and was is None:
        was = frame.was
    missed = bool(given and not ran.took and same)
    misses = (frame.open.misses if same and frame.open else 0) + missed
    return replace(frame, log=ran.log, spare=spare, open=replace(ran.open, misses=misses), was=was)


def _missed(
    session: Session, ran: Asked, given: Given | None, at: Situation, out: _Draft
) -> Generator[Request, Any, Start | None]:
    """Say why an answer did not count; or, where it is a question that the hub can answer, go there first."""
    if given is None:
        if ran.problem and ran.problem.gone:
            out.lines.append(ran.problem.line)
        return None
    if ran.took:
        if ran.problem:  # another answer no longer holds: its question opens again, with the reason
            out.lines.append(ran.problem.line)
        return None
    if ran.problem is None:
        out.lines.append(Line("core.question-changed"))
        return None
    if isinstance(given.act, Typed) and not ran.problem.gone and (yield Recall(given.act.text)):
        return Start("ask", (given.act.text,))
    out.lines.append(ran.problem.line)
    misses = given.to.misses + 1
    if misses == 2:
        out.lines.append(Line("core.second-miss-list" if ran.choices else "core.second-miss"))
    if misses >= 3:
        out.lines.append(Line("core.third-miss"))
        out.buttons += [Button(Line("human.ask"), Start("human")), Button(Line("core.leave"), Cancel())]
    return None


def _beside(
    session: Session, given: Given, spec: Spec, frame: Frame, at: Situation, out: _Draft
) -> Generator[Request, Any, None]:
    """After a free answer was kept: look at its language, and offer what the hub knows where it reads like a question."""
    prompt = yield from _prompt_of(spec, frame, given)
    if not isinstance(prompt, Text) or not prompt.open or prompt.private:
        return
    text = given.heard.text
    yield from _listen(session, text, at, out)
    if at.ear.asks(text) and (yield Recall(text)):
        out.lines.append(Line("core.also-known"))
        out.buttons.append(Button(Line("core.show-answer"), Start("ask", (text,))))


def _prompt_of(spec: Spec, frame: Frame, given: Given) -> Generator[Request, Any, object]:
    """The prompt that `given` answered: the one that opens when its answer is away."""
    kept = {key: entry for key, entry in frame.kept().items() if key != given.to.key}
    ran = yield from run(spec.flow(*frame.args), kept)
    return ran.ask.prompt if isinstance(ran, Asked) and ran.open.key == given.to.key else None


def _listen(session: Session, text: str, at: Situation, out: _Draft) -> Generator[Request, Any, None]:
    """Follow the language of a free text: sure and new, answer in it and say so; sure twice, stay in it; else offer."""
    guess: Guess = yield Detect(text, at.lang)
    if guess.lang == at.lang:
        return
    if at.chosen or not guess.sure:
        if session.guess != guess.lang:
            out.lines.append(Line("language.offer", language=Line(f"language.{guess.lang}")))
            out.buttons.append(
                Button(
                    Line("language.switch-to", language=Line(f"language.{guess.lang}")),
                    Start("language", (guess.lang,)),
                )
            )
        out.lang = ""
        return
    out.settled = at.new or session.guess == guess.lang
    out.lang = guess.lang
    if not out.settled:
        out.lines.append(Line("language.switched", language=Line(f"language.{guess.lang}")))
        out.buttons.append(
            Button(Line("language.keep", language=Line(f"language.{at.lang}")), Start("language", (at.lang,)))
        )


def _next_guess(out: _Draft, at: Situation) -> str:
    return out.lang if out.lang != at.lang else ""


def _edited(session: Session, act: Edited, at: Situation, out: _Draft) -> Generator[Request, Any, Turn]:
    """The answer that an edited message had become, given again as it now reads; the other answers stay."""
    frame = session.frames[-1]
    spec = at.flows[frame.flow]
    entry = next(entry for entry in frame.log if entry.update == act.of)
    asked = yield from run(spec.flow(*frame.args), frame.kept(without=entry.key))
    if not isinstance(asked, Asked) or asked.open.key != entry.key:
        out.lines.append(Line("core.edit-too-late"))
        return (yield from _run(session, None, None, at, out, Resume()))
    given = Given(asked.open, Typed(act.text), Heard(act.text, asked.open.shown, at.ear), act.of)
    tried = yield from _perform(run(spec.flow(*frame.args), frame.kept(without=entry.key), given), session, frame, out)
    if isinstance(tried, Asked) and not tried.took:
        problem = tried.problem or Problem(Line("core.question-changed"))
        out.lines += [problem.line, Line("core.answer-kept")]
        return (yield from _run(session, None, None, at, out, Resume()))
    out.lines.append(Line("core.answer-changed"))
    if isinstance(tried, Ended):
        _say(out, tried.says)
        return _popped(session, out, tried.after)
    frame = _settled(frame, tried, frame.kept(without=entry.key), None, None)
    return Turn(session.put(frame), _question(frame, tried, out))


def _perform(
    running: Generator[Request, Any, Asked | Ended], session: Session, frame: Frame, out: _Draft
) -> Generator[Request, Any, Asked | Ended]:
    """Pass a run's requests on, and answer from the session what only the session knows."""
    result: object = None
    while True:
        try:
            request = running.send(result)
        except StopIteration as stop:
            ended: Asked | Ended = stop.value
            return ended
        if isinstance(request, Unfinished):
            result = (*session.frames[:-1], *session.drafts)
        else:
            result = yield request
            if isinstance(request, Command) and getattr(request, "anonymous", False):
                out.forget = frame.run


def _say(out: _Draft, says: tuple[Any, ...]) -> None:
    for say in says:
        out.lines.append(say.line)
        out.buttons += say.buttons
        out.files += say.files


def _question(frame: Frame, ran: Asked, out: _Draft) -> Message:
    """The open question in full: what was said before it, its progress, the earlier answer, and its buttons last-shown first."""
    lines = [*out.lines, *ran.ask.before]
    if frame.was:
        lines.append(Line("core.earlier-answer", answer=ran.ask.prompt.show(frame.was.value)))
    lines.append(ran.ask.prompt.line)
    taps = tuple(Button(choice.label, Tap(frame.run, ran.open.digest, choice.id)) for choice in ran.choices)
    buttons = (*taps, *ran.ask.buttons, *out.buttons)
    return Message(tuple(lines), buttons, tuple(out.files), (frame.run, ran.open.digest), ran.ask.prompt.numbered)


def _message(out: _Draft) -> Message:
    return Message(tuple(out.lines), tuple(out.buttons), tuple(out.files))


def _left(session: Session, at: Situation, out: _Draft) -> Turn:
    """Leave the conversation on top. What was answered in a lasting one is kept as a draft, and the way back is shown."""
    frame = session.frames[-1]
    spec = at.flows.get(frame.flow)
    if spec and spec.lasting and frame.kept():
        session = session.keep_draft(frame)
        out.lines.append(Line("core.cancelled-kept"))
        out.buttons += [
            Button(Line("core.go-on"), Start(frame.flow, frame.args)),
            Button(Line("core.delete-draft"), Start("forget-draft", (frame.flow, *frame.args))),
        ]
    else:
        out.lines.append(Line("core.cancelled"))
    return _popped(session, out)


def _popped(session: Session, out: _Draft, after: After = None) -> Turn:
    """Take the top frame away; its answers go with it. Then what it hands over to, or the frame below, has the floor."""
    frame = session.frames[-1]
    session = replace(session.pop(), last="")
    then: Act | None = Resume() if session.frames else None
    match after:
        case Next(flow=flow, args=args):
            then = Start(flow, args)
        case Retype(text=text):
            then = Typed(text) if session.frames else None
        case Leave():
            then = Cancel() if session.frames else None
        case Reopen(key=key):
            kept = tuple(entry for entry in frame.log if entry.key != key)
            session = replace(session, frames=(*session.frames, replace(frame, log=kept, open=None)))
            then = Resume()
        case None:
            pass
    return Turn(session, _message(out), then, out.lang, out.settled, forget=out.forget)
