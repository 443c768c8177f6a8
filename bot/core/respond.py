"""What each thing that a person does makes of their session: one act, one turn, one frame run once.

One rule: every transition stands in `respond`. What follows from a turn is an act of its own, in a transaction of its own.

In this order a text is: words of danger; a command or stop word; a link; a pick from the newest list; an answer to the
open question; a question to the hub; not understood.
"""

import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any, TypeAlias

from bot.core import commands
from bot.core.flow import (
    Aside,
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
    Say,
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
    Line,
    Message,
    Resume,
    Sent,
    Start,
    Tap,
    Typed,
)
from bot.core.prompts import MAX_TYPED, Ear, Heard, Problem, Text, counted, place, valued
from bot.core.session import MAX_DEPTH, MAX_DRAFTS, Frame, Session

_WORD = re.compile(r"\w+")
GO_ON = "go-on"  # the flow that asks whether words that come late belong to the question that waits
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
    `silence` and `new` are of what a person did: an act that follows from a turn has neither.
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
    """The person's other lasting conversations, under way or kept as drafts. Answered from the session, by no store."""


@dataclass(frozen=True, slots=True)
class Listed(Query[tuple[Act, ...]]):
    """What the buttons under the newest message do. Answered from the session, by no store."""


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
    """A turn in the making. `aside`: buttons that come after all others, so that 1 is never theirs. `guess` and `offered`: what the session is to remember of the languages heard; None: no news."""

    lines: list[Line] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    aside: list[Button] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    lang: str = ""
    settled: bool = False
    forget: int = 0
    guess: str | None = None
    offered: str | None = None


def respond(session: Session, act: Act, at: Situation) -> Generator[Request, Any, Turn]:
    """One turn. Yields requests, is sent their results, and returns the Turn. Raises what a flow or a request raises."""
    danger = act.danger if isinstance(act, Typed | Edited) else None
    untold = session.untold or at.new or at.silence > FORGOTTEN
    if danger and danger.urgent:
        waits = bool(session.top and session.top.open)
        return Turn(replace(session, waiting=waits, untold=untold), Message(danger.says), route=danger.route)
    out = _Draft()
    act = _meaning(session, act, at)
    if untold and not isinstance(act, Resume):
        session = replace(session, untold=False)
        if act not in (Start("start"), Start("who")):  # these say it themselves
            out.lines.append(Line("welcome.program"))
    if danger:
        out.lines += danger.says
        if not (session.top and session.top.open) and isinstance(act, Typed | Edited):
            return Turn(session, _message(out), route=danger.route)
    turn = yield from _act(session, act, at, out)
    if out.guess is None and out.offered is None and danger is None:
        return turn
    guess = turn.session.guess if out.guess is None else out.guess
    offered = turn.session.offered if out.offered is None else out.offered
    session = replace(turn.session, guess=guess, offered=offered)
    return replace(turn, session=session, route=danger.route if danger else "")


def failed(session: Session, act: Act, at: Situation) -> Turn:
    """The turn in place of one that raised: without the frame that ran and no other, with an apology (rule 6).

    Whatever else the act would have moved is as it was; a flow that could not begin leaves nothing.
    """
    ran = _floor(session, _meaning(session, act, at), at).top
    frames = tuple(frame for frame in session.frames if ran is None or frame.run != ran.run)
    drafts = tuple(frame for frame in session.drafts if ran is None or frame.run != ran.run)
    untold = session.untold or at.new
    session = replace(session, frames=frames, drafts=drafts, last="", waiting=False, untold=untold)
    return Turn(session, Message((Line("core.sorry"),)), Resume() if frames else None)


def _meaning(session: Session, act: Act, at: Situation) -> Act:
    """What a text is, before any question is looked at: a command, a pick from the newest list, or still a text."""
    if isinstance(act, Edited) and act.of and act.of == session.last:
        meant = _meaning(session, Typed(act.text), at)  # "cancle", mended, is a cancel
        return act if isinstance(meant, Typed) else meant
    if not isinstance(act, Typed) or len(act.text) > MAX_TYPED:
        return act
    waits = session.top.open if session.top else None
    command = commands.read(act.text, at.ear, number_wanted=bool(waits and not waits.numbered))
    if command:
        return command
    if (waits is None or waits.numbered) and not _labelled(session, act.text, at.ear):
        lang = at.ear.language(act.text)
        if lang in at.languages:
            return Start("language", (lang,))
    # Where the question was put aside, a newer list stands under it, and its numbers count.
    return _picked(session, act.text, at.ear, listed=waits is None or waits.numbered or session.waiting) or act


def _labelled(session: Session, text: str, ear: Ear) -> bool:
    """Whether the text is the beginning of a label of the newest list, so that "Polish" may be a choice."""
    words = ear.fold(text)
    return any(ear.fold(label).startswith(words) for label, _ in session.shown)


def _picked(session: Session, text: str, ear: Ear, *, listed: bool) -> Act | None:
    """The button of the newest list that `text` names. Answers to the open question are left to its prompt.

    `listed`: a bare number picks. Where a number, a day or words may be the answer itself, only a whole label does.
    """
    words = ear.fold(text)
    named = (*session.shown, *session.earlier) if listed else session.shown
    exact = next((act for label, act in named if words and ear.fold(label) == words), None)
    number = ear.number(text)
    if exact is None and number is not None:
        labels = tuple(label for label, _ in session.shown)
        at = place(number, len(labels)) if counted(labels, ear) else valued(labels, number, ear)
        return None if at is None or not listed else _start(session.shown[at][1])
    if exact is None and session.top is None and len(words) > 1:
        found = [act for label, act in session.shown if _begins(ear.fold(label), words)]
        found = found or [act for label, act in session.shown if _holds(ear.fold(label), words)]
        exact = found[0] if len(found) == 1 else None
    return _start(exact)


def _begins(label: str, words: str) -> bool:
    """Whether a label begins with these words; two letters must be a word of it: "no" is no beginning of "none of these"."""
    return label.startswith(words) and (len(words) > 2 or not label[len(words) : len(words) + 1].isalnum())


def _holds(label: str, words: str) -> bool:
    """Whether the longer ones of a few words stand in a label: "the fair" in "Cancer Mission Fair: citizens' day"."""
    typed = words.split()
    telling = {word for word in typed if len(word) > 3}
    return bool(telling) and len(typed) <= 3 and telling <= {*_WORD.findall(label)}


def _start(act: Act | None) -> Act | None:
    return None if isinstance(act, Tap) else act


def _act(  # noqa: C901, PLR0915  # every transition in one match: who asks "what happens when" reads one screen
    session: Session, act: Act, at: Situation, out: _Draft
) -> Generator[Request, Any, Turn]:
    top = session.top
    given: Given | None = None
    without: str | None = None
    match act, top:
        case Start(flow="forget-draft", args=(str(flow), *args)), _:
            known = any(frame.named == (flow, tuple(args)) for frame in session.drafts)
            session = session.forget_draft(flow, tuple(args))
            out.lines.append(Line("core.draft-forgotten" if known else "core.question-passed"))
        case Start(flow="not-interested", args=(str(flow), *args)), _:  # under a reminder of it
            known = any(frame.named == (flow, tuple(args)) for frame in (*session.frames, *session.drafts))
            session = _still_held(session.forget(flow, tuple(args)), session)
            out.lines.append(Line("core.draft-forgotten" if known else "core.question-passed"))
        case Start(flow=flow), _ if flow not in at.flows:  # a release took it away, or nobody ever had it
            _gone(out)
        case Start(), _:
            session = _floor(session, act, at)
        case Tap(run=number, digest=mark), Frame(open=Open() as waits) if (number, mark) == (top.run, waits.digest):
            given = Given(waits, act, Heard("", waits.shown, at.ear), at.update)
        case Tap(), _:
            out.lines.append(Line("core.question-passed"))
        case Sent(kind=kind), _:
            out.lines.append(Line("core.not-words") if kind != "other" else Line("core.not-readable"))
        case ((Typed(text=text) | Edited(text=text)), _) if len(text) > MAX_TYPED:
            out.lines.append(Line("core.message-too-long", limit=MAX_TYPED))
        case Typed(), Frame(open=Open()) if _paused(session, at):
            session = _floor(session, act, at)
        case Typed(), Frame(open=Open() as waits):
            given = Given(waits, act, Heard(act.text, waits.shown, at.ear), at.update)
        case Typed(text=text), _:
            yield from _listen(session, text, at, out)
            session = _floor(session, act, at)
        case Edited(of=of, text=text), Frame(open=Open() as waits) if of and of == session.last:
            given = Given(waits, Typed(text, act.danger), Heard(text, waits.shown, at.ear), of)
        case Edited(of=of), Frame() if of and any(entry.update == of for entry in top.log):
            return (yield from _edited(session, act, at, out))
        case Edited(), _:
            out.lines.append(Line("core.edit-too-late"))
        case ((Back(run=number) | Cancel(run=number) | Change(run=number)), _) if number and not (
            top and top.run == number
        ):
            out.lines.append(Line("core.question-passed"))  # it stands under a question of another conversation
        case Back(), Frame(log=(*_, last)):
            without = last.key
        case Change(key=""), Frame(open=Open(), log=(_, *_)):
            return (yield from _changeable(session, at, out))
        case Change(key=key), Frame() if any(entry.key == key for entry in top.log):
            without = key
        case Cancel(), Frame():
            return _left(session, at, out)
        case Cancel(), _:
            out.lines.append(Line("core.nothing-open"))
            out.buttons += [Button(Line("menu.open"), Start("menu")), Button(Line("stop.messages"), Start("stop"))]
        case ((Back() | Change()), _):
            out.lines.append(Line("core.nothing-to-change" if top else "core.nothing-open"))
        case _:
            pass
    if session.top is None:
        return Turn(session, _message(out))
    return (yield from _run(session, given, without, at, out, act))


def _floor(session: Session, act: Act, at: Situation) -> Session:
    """Who has the floor once `act` (as _meaning reads it) is heard: a flow that it starts, "go on?", a question to the
    hub, or the frame on top as before."""
    waits = session.top.open if session.top else None
    match act:
        case Start(flow=flow, args=args) if flow in at.flows:
            frames = session.frames
            if at.flows[flow].again:
                frames = tuple(frame for frame in frames if frame.flow != flow)
            return _still_held(replace(session, frames=frames).push(flow, args), session)
        case Typed(text=text) if waits and _paused(session, at):
            return replace(session, waiting=False).push(GO_ON, (text,))
        case Typed(text=text) if not waits and len(text) <= MAX_TYPED:
            return session.push("ask", (text,))
        case _:
            return session


def _still_held(session: Session, was: Session) -> Session:
    """Without a "go on?" that has lost the place which it had: words that it holds back belong to the conversation which was
    under it, and to no other."""
    under = {upper.run: lower.run for lower, upper in pairwise(was.frames)}
    lower = (0, *(frame.run for frame in session.frames))
    kept = (
        it for it, below in zip(session.frames, lower, strict=False) if it.flow != GO_ON or under.get(it.run) == below
    )
    return replace(session, frames=tuple(kept))


def _paused(session: Session, at: Situation) -> bool:
    """Whether words may be about something else than the open question, so that "go on?" comes first."""
    going_on = session.top is not None and session.top.flow == GO_ON
    return not going_on and (session.waiting or at.silence >= LONG_SILENCE)


def _changeable(session: Session, at: Situation, out: _Draft) -> Generator[Request, Any, Turn]:
    """Which answers there are, each with a button that opens its question again."""
    frame = session.frames[-1]
    ran = yield from _probe(session, frame, frame.kept(), at, out)
    if ran is None or not ran.passed:
        return (yield from _run(session, None, None, at, out, Resume()))
    out.lines.append(Line("core.which-answer"))
    out.buttons += [Button(line, Change(key, frame.run)) for key, line in ran.passed]
    out.buttons.append(Button(Line("core.back-to-question"), Resume()))
    return Turn(replace(session, waiting=True), _message(out))


def _run(
    session: Session, given: Given | None, without: str | None, at: Situation, out: _Draft, act: Act
) -> Generator[Request, Any, Turn]:
    """Run the frame on top, and make a turn of where it came to."""
    frame = session.frames[-1]
    spec = at.flows.get(frame.flow)
    if spec is None:
        _gone(out)
        under = tuple(it for it in session.frames[:-1] if it.flow in at.flows)  # said once for all that went away
        return _popped(replace(session, frames=(*under, frame)), out)
    kept = frame.kept(without=without)
    ran = yield from _perform(run(spec.flow(*frame.args), kept, given), session, frame, at, out)
    if isinstance(ran, Ended):
        _say(out, ran.says)
        return _popped(session, out, ran)
    if ran.took or (frame.open is None and not isinstance(act, Resume)):
        _say(out, ran.says)
    elsewhere = yield from _missed(ran, given, out)
    if elsewhere and given:
        return Turn(replace(session, last=given.update), _message(out), elsewhere)
    earlier = frame.kept().get(without) if without else None
    frame = _settled(frame, ran, kept, earlier, missed=bool(given and not ran.took))
    yield from _beside(session, ran, given, at, out)
    last = given.update if given and not ran.took else ""
    session = _bounded(replace(session, frames=(*session.frames[:-1], frame), last=last, waiting=False), at, out)
    return Turn(session, _question(frame, ran, out), lang=out.lang, settled=out.settled)


def _gone(out: _Draft) -> None:
    out.lines.append(Line("core.flow-gone"))
    out.buttons.append(Button(Line("menu.open"), Start("menu")))


def _bounded(session: Session, at: Situation, out: _Draft) -> Session:
    """No more conversations than a person can remember. Only one that stays gives way to, or makes way for, another:
    an answer in passing, or "go on?", takes no place."""
    frame = session.frames[-1]
    if len(session.frames) <= MAX_DEPTH + (frame.flow == GO_ON):
        return session
    gone = session.frames[MAX_DEPTH - 1 : -1]
    session = replace(session, frames=(*session.frames[: MAX_DEPTH - 1], frame))
    for it in gone:
        if it.flow in at.flows and at.flows[it.flow].lasting and it.kept():
            session = _kept(session, it, out)
    return session


def _kept(session: Session, frame: Frame, out: _Draft) -> Session:
    """Keep what was answered as a draft. Where the oldest gives way it is said: nobody looks for it in vain."""
    if len(session.drafts) >= MAX_DRAFTS:
        out.lines.append(Line("core.draft-gave-way"))
    return session.keep_draft(frame)


def _settled(frame: Frame, ran: Asked, kept: Mapping[str, Entry], earlier: Entry | None, *, missed: bool) -> Frame:
    """The frame as this run leaves it. `earlier`: the answer that was just taken away, to be shown if it fits."""
    used = {entry.key for entry in ran.log} | {ran.open.key}
    spare = tuple(entry for key, entry in kept.items() if key not in used)
    here = (ran.open.key, ran.open.digest)
    was = earlier or frame.was
    if was and (was.key, was.digest) != here:
        was = None
    misses = frame.open.misses + missed if frame.open and (frame.open.key, frame.open.digest) == here else 0
    waits = replace(ran.open, misses=misses) if misses else ran.open
    return replace(frame, log=ran.log, spare=spare, open=waits, was=was)


def _missed(ran: Asked, given: Given | None, out: _Draft) -> Generator[Request, Any, Start | None]:
    """Say why an answer did not count; or, where it is a question that the hub can answer, go there first."""
    if given is None or ran.took or (given.to.key, given.to.digest) != (ran.open.key, ran.open.digest):
        # What was written is no answer to what is now open; but an older answer may have ceased to hold.
        if ran.problem:
            out.lines.append(ran.problem.line)
        elif given and not ran.took:
            out.lines.append(Line("core.question-changed"))
        return None
    problem = ran.problem or Problem(Line("core.question-changed"))
    if isinstance(given.act, Typed) and not (given.act.danger or problem.gone or ran.ask.prompt.free):
        known: bool = yield Recall(given.act.text)
        if known:
            return Start("ask", (given.act.text,))
    out.lines.append(problem.line)
    misses = given.to.misses + 1
    if misses == 2:
        out.lines.append(Line("core.second-miss-list" if ran.choices and ran.open.numbered else "core.second-miss"))
    if misses >= 3:  # never twice the same in a row: each time another way on beside the person
        line, more = _WAYS_ON[misses % len(_WAYS_ON)]
        out.lines.append(line)
        out.buttons += [Button(Line("human.ask"), Start("human")), *more, Button(Line("core.leave"), Cancel())]
    return None


_WAYS_ON: tuple[tuple[Line, tuple[Button, ...]], ...] = (
    (Line("core.third-miss"), ()),
    (Line("core.fourth-miss"), (Button(Line("menu.open"), Start("menu")),)),
    (Line("core.fifth-miss"), (Button(Line("command.help"), Start("help")),)),
)


def _beside(
    session: Session, ran: Asked, given: Given | None, at: Situation, out: _Draft
) -> Generator[Request, Any, None]:
    """After a free answer was kept: look at its language, and offer what the hub knows where it reads like a question."""
    prompt: object = ran.answered
    while inner := getattr(prompt, "inner", None):  # an optional question, or one with rules of its own
        prompt = inner
    if not (given and isinstance(given.act, Typed) and isinstance(prompt, Text) and prompt.open) or prompt.private:
        return
    text = given.heard.text
    yield from _listen(session, text, at, out)
    if given.act.danger is None and at.ear.asks(text):
        known: bool = yield Recall(text)
        if known:
            out.lines.append(Line("core.also-known"))
            out.buttons.append(Button(Line("core.show-answer"), Start("ask", (text,))))


def _listen(session: Session, text: str, at: Situation, out: _Draft) -> Generator[Request, Any, None]:
    """Follow the language of a free text: sure and new, answer in it and say so; sure twice, stay in it; else offer once."""
    guess: Guess = yield Detect(text, at.lang)
    out.guess = guess.lang if guess.sure and guess.lang != at.lang else ""
    if guess.lang == at.lang:
        return
    language = Line(f"language.{guess.lang}")
    if at.chosen or not guess.sure:
        if session.offered != guess.lang:
            out.offered = guess.lang
            out.lines.append(Line("language.offer", language=language))
            out.aside.append(Button(Line("language.switch-to", language=language), Start("language", (guess.lang,))))
        return
    out.lang = guess.lang
    out.settled = at.new or session.guess == guess.lang
    if not out.settled:
        out.lines.append(Line("language.switched", language=language))
        keep = Line("language.keep", language=Line(f"language.{at.lang}"))
        out.aside.append(Button(keep, Start("language", (at.lang,))))


def _edited(session: Session, act: Edited, at: Situation, out: _Draft) -> Generator[Request, Any, Turn]:
    """The answer that an edited message had become, given again as it now reads; the other answers stay."""
    frame = session.frames[-1]
    entry = next(entry for entry in frame.log if entry.update == act.of)
    kept = frame.kept(without=entry.key)
    asked = yield from _probe(session, frame, kept, at, out)
    if asked is None or asked.open.key != entry.key:
        out.lines.append(Line("core.edit-too-late"))
        return (yield from _run(session, None, None, at, out, Resume()))
    given = Given(asked.open, Typed(act.text, act.danger), Heard(act.text, asked.open.shown, at.ear), act.of)
    flow = at.flows[frame.flow].flow
    tried = yield from _perform(run(flow(*frame.args), kept, given), session, frame, at, out)
    if isinstance(tried, Asked) and not tried.took:
        problem = tried.problem or Problem(Line("core.question-changed"))
        out.lines += [problem.line, Line("core.answer-kept")]
        return (yield from _run(session, None, None, at, out, Resume()))
    out.lines.append(Line("core.answer-changed"))
    if isinstance(tried, Ended):
        _say(out, tried.says)
        return _popped(session, out, tried)
    if tried.problem:
        out.lines.append(tried.problem.line)
    frame = _settled(frame, tried, kept, None, missed=False)
    return Turn(replace(session.put(frame), waiting=False), _question(frame, tried, out))


def _probe(
    session: Session, frame: Frame, kept: Mapping[str, Entry], at: Situation, out: _Draft
) -> Generator[Request, Any, Asked | None]:
    """Where `frame` would come to with these answers. None: to its end, or to a command, which is not carried out."""
    spec = at.flows.get(frame.flow)
    if spec is None:
        return None
    running = _perform(run(spec.flow(*frame.args), kept), session, frame, at, out)
    result: object = None
    while True:
        try:
            request = running.send(result)
        except StopIteration as stop:
            return stop.value if isinstance(stop.value, Asked) else None
        if isinstance(request, Command):
            running.close()
            return None
        result = yield request


def _perform(
    running: Generator[Request, Any, Asked | Ended], session: Session, frame: Frame, at: Situation, out: _Draft
) -> Generator[Request, Any, Asked | Ended]:
    """Pass a run's requests on, and answer from the session what only the session knows. Whether the list of an open
    question may be numbered is seen here, where its labels can be read."""
    result: object = None
    while True:
        try:
            request = running.send(result)
        except StopIteration as stop:
            ended: Asked | Ended = stop.value
            return _listed(ended, at.ear) if isinstance(ended, Asked) else ended
        if isinstance(request, Unfinished):
            result = lasting(session, at.flows, without=frame.run)
        elif isinstance(request, Listed):
            result = tuple(act for _, act in session.shown)
        else:
            result = yield request
            if isinstance(request, Command) and getattr(request, "anonymous", False):
                out.forget = frame.run


def _listed(ran: Asked, ear: Ear) -> Asked:
    if not (ran.open.numbered and ran.choices) or counted([ear.say(it.label) for it in ran.choices], ear):
        return ran
    return replace(ran, open=replace(ran.open, numbered=False))


def lasting(session: Session, flows: Flows, without: int = 0) -> tuple[Frame, ...]:
    """The conversations, under way or kept as drafts, whose answers are kept. `without`: the one that has the floor."""
    every = (*session.frames, *session.drafts)
    return tuple(it for it in every if it.run != without and it.flow in flows and flows[it.flow].lasting)


def _say(out: _Draft, says: tuple[Say, ...]) -> None:
    for say in says:
        out.lines.append(say.line)
        out.buttons += say.buttons
        out.files += say.files


def _question(frame: Frame, ran: Asked, out: _Draft) -> Message:
    """The open question in full: what was said before it, its progress, the earlier answer. Its own choices come first,
    so that their numbers are the same each time."""
    lines = [*out.lines, *ran.ask.before]
    if frame.was:
        lines.append(Line("core.earlier-answer", answer=ran.ask.prompt.show(frame.was.value)))
    lines.append(ran.ask.prompt.line)
    taps = tuple(Button(choice.label, Tap(frame.run, ran.open.digest, choice.id)) for choice in ran.choices)
    more = tuple(_own(button, frame) for button in (*ran.ask.buttons, *out.buttons, *out.aside))
    return Message(tuple(lines), (*taps, *more), tuple(out.files), (frame.run, ran.open.digest), ran.open.numbered)


def _own(button: Button, frame: Frame) -> Button:
    """A button that moves a conversation knows which."""
    act = button.act
    return replace(button, act=replace(act, run=frame.run)) if isinstance(act, Back | Cancel | Change) else button


def _message(out: _Draft) -> Message:
    return Message(tuple(out.lines), (*out.buttons, *out.aside), tuple(out.files))


def _left(session: Session, at: Situation, out: _Draft) -> Turn:
    """Leave the conversation on top. What was answered in a lasting one is kept as a draft, and the way back is shown."""
    frame = session.frames[-1]
    spec = at.flows.get(frame.flow)
    if spec and spec.lasting and frame.kept():
        out.lines.append(Line("core.cancelled-kept"))
        session = _kept(session, frame, out)
        out.buttons += [
            Button(Line("core.go-on"), Start(frame.flow, frame.args)),
            Button(Line("core.delete-draft"), Start("forget-draft", (frame.flow, *frame.args))),
        ]
    else:
        out.lines.append(Line("core.cancelled"))
    return _popped(session, out)


def _popped(session: Session, out: _Draft, ran: Ended | None = None) -> Turn:
    """Take the top frame away; its answers go with it. Then what it hands over to, or the frame below, has the floor."""
    frame = session.frames[-1]
    session = replace(session.pop(), last="", waiting=session.waiting and len(session.frames) > 1)
    then: Act | None = Resume() if session.frames else None
    match ran.after if ran else None:
        case Next(flow=flow, args=args):
            then = Start(flow, args)
        case Retype(text=text):
            then = Typed(text)
        case Leave():
            then = Cancel() if session.frames else None
        case Aside():
            then = None
            session = replace(session, waiting=session.waiting or bool(session.frames and out.lines))
        case Reopen(key=key):
            log = ran.log if ran else ()
            kept = tuple(entry for entry in log if entry.key != key)
            was = next((entry for entry in log if entry.key == key), None)
            session = replace(session, frames=(*session.frames, replace(frame, log=kept, open=None, was=was)))
            then = Resume()
        case None:
            pass
    return Turn(session, _message(out), then, out.lang, out.settled, forget=out.forget)
