"""The conversations. One file each; they import the core alone, and say what, never how it reads in a language."""

from collections.abc import Callable
from functools import partial

from bot.core.flow import Flow
from bot.core.form.evaluate import Matcher
from bot.core.respond import Flows, Spec
from flows.ask import article, ask, topic, useful
from flows.events import cancel_place, event, events, mine, offer
from flows.go_on import go_on
from flows.human import human, withdraw_question
from flows.language import language
from flows.mydata import consents, correct, erase, export, mydata, withdraw_consent
from flows.news import news, stop, stop_only, subscribe, undo_stop, unsubscribe
from flows.privacy import privacy
from flows.register import change_place, register
from flows.reminders import event_reminder, offer_reminder, unfinished
from flows.survey import survey
from flows.surveys import survey_link, surveys
from flows.welcome import (
    ask_me,
    contact,
    help_,
    helplines,
    hub_link,
    menu,
    start,
    unknown_command,
    unknown_link,
    who,
    you,
)

_PLAIN: dict[str, Callable[..., Flow]] = {
    "start": start,
    "menu": menu,
    "you": you,
    "help": help_,
    "helplines": helplines,
    "contact": contact,
    "who": who,
    "hub": hub_link,
    "unknown-link": unknown_link,
    "unknown-command": unknown_command,
    "ask-me": ask_me,
    "ask": ask,
    "article": article,
    "topic": topic,
    "useful": useful,
    "go-on": go_on,
    "language": language,
    "human": human,
    "withdraw-question": withdraw_question,
    "events": events,
    "event": event,
    "mine": mine,
    "cancel-place": cancel_place,
    "offer": offer,
    "event-reminder": event_reminder,
    "offer-reminder": offer_reminder,
    "unfinished": unfinished,
    "surveys": surveys,
    "survey-link": survey_link,
    "news": news,
    "subscribe": subscribe,
    "unsubscribe": unsubscribe,
    "stop": stop,
    "stop-only": stop_only,
    "undo-stop": undo_stop,
    "privacy": privacy,
    "mydata": mydata,
    "export": export,
    "correct": correct,
    "consents": consents,
    "withdraw-consent": withdraw_consent,
    "erase": erase,
}


def flows(match: Matcher) -> Flows:
    """Every conversation by its name. `match` runs the patterns of a form's author: bounded in time, as the core is not."""
    lasting: dict[str, Callable[..., Flow]] = {"register": register, "survey": survey, "change-place": change_place}
    return {
        **{name: Spec(flow, again=name == "language") for name, flow in _PLAIN.items()},
        **{name: Spec(partial(flow, match), lasting=name != "change-place") for name, flow in lasting.items()},
    }
