"""What a person did not ask for comes in the middle of something else: nothing that they then write counts for the wrong one."""

import re

import pytest

from tests.talks.place import Maker, Place, labels_of, lines_of, text_of

FAIR = "/start event_cancer-mission-fair"


def signed_up(place: Place, who: str) -> str:
    for words in (FAIR, "1", "1", who.title(), "0", "2", "skip this question", "1"):
        answer = place.say(words, who)
    return text_of(answer)


@pytest.fixture
def place(open_place: Maker) -> Place:
    """An event with one place, which is Ana's; Bob waits."""
    place = open_place()
    event = place.own() / "events" / "cancer-mission-fair.toml"
    event.write_text(
        re.sub(r"(?m)^capacity = .*$", "capacity = 1", event.read_text(encoding="utf-8")), encoding="utf-8"
    )
    assert "You are signed up" in signed_up(place, "ana")
    assert "waiting list" in signed_up(place, "bob")
    return place


def gives_up(place: Place) -> None:
    """Ana's place becomes free, and Bob is told."""
    place.say(FAIR)
    place.press("Cancel my place")
    place.say("yes")
    assert place.letters[-1].to == "bob"
    assert "A place is free for you" in place.letters[-1].message.text


def test_a_number_picks_from_the_offer_and_not_from_the_question_before_it(place: Place) -> None:
    assert labels_of(place.say("/start form_citizen-needs", "bob"))
    gives_up(place)
    assert "You are signed up" in text_of(place.say("1", "bob"))


def test_words_may_be_meant_for_either_and_wait_for_a_yes(place: Place) -> None:
    place.say("/human", "bob")
    gives_up(place)
    assert lines_of(place.say("When does the bus leave?", "bob")) == ["go-on.ask"]
    assert "This is your question: When does the bus leave?" in text_of(place.say("yes", "bob"))


def test_where_nothing_is_asked_a_number_picks_from_the_offer(place: Place) -> None:
    place.say("/menu", "bob")
    gives_up(place)
    assert "goes to the next person" in text_of(place.say("2", "bob"))
