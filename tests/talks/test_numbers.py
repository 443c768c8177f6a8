"""Lists whose labels are numbers: "3" is the value 3, on every network, and the list shows no other numbers."""

import pytest

from bot.channels.simulated import NETWORKS, parts
from bot.core.ports import Reply
from tests.talks.place import Maker, Place, lines_of

SHEET = """survey,,,,,
,type,name,label::English (en),required,parameters
,select_one tens,often,How often?,,
,range,much,How much?,,start=0 end=10 step=1
,integer,old,How old?,,
choices,,
,list_name,name,label::English (en)
,tens,a,10
,tens,b,1
,tens,c,3
"""
SURVEY = """mode = "confidential"
opens = 2026-11-01T09:00:00
closes = 2027-06-30T18:00:00
title = { pl = "Liczby", uk = "Числа", en = "Numbers" }
"""


@pytest.fixture
def hub(open_place: Maker) -> Place:
    place = open_place()
    forms = place.own() / "forms"
    forms.mkdir(exist_ok=True)
    (forms / "numbers.csv").write_text(SHEET, encoding="utf-8")
    (forms / "numbers.toml").write_text(SURVEY, encoding="utf-8")
    return place


@pytest.mark.parametrize("channel", NETWORKS)
def test_a_number_typed_is_the_value(hub: Place, channel: str) -> None:
    hub.say("/start form_numbers", channel=channel)
    (often,) = hub.press("yes", channel=channel)
    assert not often.numbered
    assert [it.label for it in often.buttons][:3] == ["10", "1", "3"]
    if channel != "telegram":
        assert "\n[10] [1] [3]\n[Skip this question]" in parts(1, often, channel)[0].text
    (again,) = hub.say("2", channel=channel)
    assert "core.pick-one" in again.lines
    hub.say("3", channel=channel)
    hub.say("3", channel=channel)
    (check,) = hub.does(Reply("33", str(hub.letters[-1].id)), channel=channel)
    assert "How often?\nYour answer: 3" in check.text
    assert "How much?\nYour answer: 3" in check.text
    assert "How old?\nYour answer: 33" in check.text


def test_a_network_reply_is_the_value_too(hub: Place) -> None:
    hub.say("/start form_numbers", channel="matrix")
    hub.press("yes", channel="matrix")
    first = str(hub.letters[-1].id)
    assert "How much?" in hub.does(Reply("10", first), channel="matrix")[0].text
    hub.say("7", channel="matrix")
    assert "core.question-passed" in lines_of(hub.does(Reply("3", first), channel="matrix"))
