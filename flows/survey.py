"""A survey, from its introduction to its receipt. Saved after every answer; an anonymous one is joined to nobody."""

from bot.core.consents import ask_consent, given
from bot.core.flow import Ask, Do, Fetch, Say
from bot.core.form.evaluate import Matcher
from bot.core.form.state import State
from bot.core.hub import Now, ThisHub
from bot.core.message import Button, Line, Start
from bot.core.person import Speaking
from bot.core.surveys import LoadForm, SubmitResponse, Survey, SurveyById
from flows.questions import Count, ask_all, check, notes, relevant, summary
from flows.surveys import CLOSED, MODES
from flows.welcome import TO_MENU

LINES = (
    *(f"survey.closed-{state}" for state in CLOSED),
    *(f"survey.about-{mode}" for mode in MODES),
    *(f"survey.sent-{mode}" for mode in MODES),
)


async def survey(match: Matcher, id: str, version: str) -> None:
    """Who asks and what for, a yes, the questions, a look at all answers, and the receipt.

    `version` pins the form that the conversation began with: publishing another changes nothing here.
    """
    hub, it, plan = await Fetch(ThisHub()), await Fetch(SurveyById(id)), await Fetch(LoadForm(id, version))
    now, lang = await Fetch(Now()), await Fetch(Speaking())
    if it is None or plan is None or it.closed:
        await Say(Line(f"survey.closed-{it.closed if it and it.closed else 'gone'}"), TO_MENU)
        return
    consent = ask_consent(hub, "survey", age=True, survey=it, mode=it.mode)
    agreed = await Ask(
        "consent",
        consent,
        before=_about(it),
        buttons=(Button(Line("privacy.read"), Start("privacy")),),
        label=Line("consent.label"),
    )
    if not agreed:
        await Say(Line("survey.not-now" if agreed is False else "core.too-young"), TO_MENU)
        return
    private = it.mode == "anonymous"
    state = State(plan, now, seed_of(id, version), match, lang=lang)
    await ask_all(state, Count(0, 0), now.date(), private=private)
    values = relevant(state)
    answers = tuple(f"{path}={value}" for path, value in values.items())
    prompt, buttons = check(Line("survey.check", survey=it, answers=answers), Line("core.send"))
    await Ask("send", prompt, before=(*notes(state, "", None), *summary(state)), buttons=buttons)
    receipt = await Do(SubmitResponse(id, version, private, values, (given(hub, "survey", id),)))
    if receipt.state != "sent":
        await Say(Line(f"survey.closed-{receipt.state}"), TO_MENU)
        return
    await Say(Line(f"survey.sent-{it.mode}", reference=receipt.reference))
    await Say(Line("core.nothing-more"), TO_MENU)


def _about(it: Survey) -> tuple[Line, ...]:
    """What a person must know before the first question (R78): how long, until when, what becomes of the answers."""
    lines = [Line("survey.about", survey=it, count=it.questions), Line(f"survey.about-{it.mode}")]
    if it.closes:
        lines.append(Line("survey.until", closes=it.closes))
    return tuple(lines)


def seed_of(id: str, version: str) -> int:
    """What `randomize` and `random` of a form draw on: the same in every run of one conversation."""
    return int.from_bytes(f"{id}{version}".encode()[-7:], "big")
