"""Reminders as a person reads them, and what they can answer."""

from datetime import timedelta

import pytest

from bot.core.ports import Outgoing
from tests.talks.place import Maker, Place, labels_of, lines_of, text_of
from tests.talks.test_requirements import FAIR, talk

DAY = timedelta(days=1)


def got(place: Place, by: timedelta, who: str = "ana") -> list[Outgoing]:
    """What the person is sent while the clock moves."""
    before = len(place.letters)
    place.later(by)
    return [letter.message for letter in place.letters[before:] if letter.to == who]


def at_the_fair(place: Place, who: str = "ana", **where: str) -> None:
    for words in (FAIR, "1", "1", "Ana Example", "0", "2", "6", "1"):
        place.say(words, who, **where)


def test_the_week_the_day_and_the_hours_before_an_event(place: Place) -> None:
    at_the_fair(place)
    place.later(timedelta(days=163))  # 13 May: a week and a day before
    week = got(place, DAY)
    assert lines_of(week) == ["reminder.event", "event.when", "event.where", "event.link"]
    assert "Friday, 21 May 2027, 10:00 to 17:00 (Warsaw)" in text_of(week)
    assert labels_of(week) == ["I cannot come", "What I have going on"]
    assert got(place, 5 * DAY) == []
    assert lines_of(got(place, DAY))[0] == "reminder.event"
    place.press("I cannot come")
    assert "cancelled" in talk(place, "yes")
    assert got(place, 2 * DAY) == []


@pytest.mark.parametrize(
    ("hub", "lang", "words"),
    [
        ("pl", "pl", "Przypomnienie: masz miejsce na tym wydarzeniu."),
        ("pl", "uk", "Нагадування: у вас є місце на цій події."),
        ("pt", "pt", "Lembrete: tem um lugar neste evento."),
    ],
)
def test_a_reminder_speaks_the_persons_language(hub: str, lang: str, words: str, open_place: Maker) -> None:
    place = open_place(hub=hub)
    for said in ("/start event_knowledge-exchange", "1", "1", "Ana", "1", "1"):
        place.say(said, lang=lang)
    place.later(timedelta(days=80))
    found = [letter.message for letter in place.letters if "reminder.event" in letter.message.lines]
    assert found
    assert {message.lang for message in found} == {lang}
    assert words in text_of(found)


def test_a_survey_that_was_left_is_reminded_of_in_the_morning_with_a_way_out(place: Place) -> None:
    talk(place, "/start form_citizen-needs", "1", "1")
    morning = got(place, DAY)
    assert lines_of(morning) == ["draft.survey", "reminder.unfinished"]
    assert labels_of(morning) == ["Go on", "Not interested"]
    assert place.letters[-1].message.question is None
    assert "Question 2" in talk(place, "Go on")
    assert got(place, 3 * DAY) == []


def test_who_is_not_interested_is_asked_no_more(place: Place) -> None:
    talk(place, "/start form_citizen-needs", "1", "1")
    got(place, DAY)
    place.press("Not interested")
    assert "You have nothing going on" in talk(place, "/mine")


def test_words_after_a_reminder_are_no_answer_before_a_yes(place: Place) -> None:
    talk(place, FAIR, "1", "1")
    got(place, DAY)
    assert "Shall we go on" in talk(place, "Ana Example")
    assert "How many people" in talk(place, "1")


def test_a_number_answers_the_reminder_of_an_offer(place: Place) -> None:
    path = place.own() / "events" / "cancer-mission-fair.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("capacity = 120", "capacity = 1"), encoding="utf-8")
    at_the_fair(place)
    at_the_fair(place, "bob")
    place.say(FAIR)
    place.press("Cancel my place")
    place.say("yes")
    half = got(place, DAY / 2, "bob")
    assert lines_of(half) == ["reminder.offer"]
    assert "until" in text_of(half)
    assert "You are signed up" in talk(place, "1", who="bob")
