"""A small sound pack, to be broken in one place at a time."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from bot.packs import Problem, check, load
from bot.packs.loader import Loaded

TODAY = date(2026, 12, 1)

HUB = """\
id = "xx"
country = "PL"
timezone = "Europe/Warsaw"
languages = ["en", "pl"]
age_of_consent = 16
sample = true
[name]
en = "Test hub"
pl = "Hub testowy"
[contact]
email = "hub@example.org"
web = "https://hub.example.org/"
[controller]
name = "Institute"
address = "Street 1"
privacy_email = "privacy@example.org"
dpo_email = "dpo@example.org"
authority = "Authority"
authority_url = "https://authority.example.org/"
[[processors]]
name = "Hosting"
country = "PL"
what = "server"
[[lines]]
id = "emergency"
kind = "emergency"
number = "112"
source = "https://example.org/112"
name = { en = "Emergency", pl = "Alarmowy" }
[[lines]]
id = "helpline"
kind = "cancer"
number = "22 555 10 10"
source = "https://example.org/line"
verified_on = 2026-11-01
name = { en = "Helpline", pl = "Infolinia" }
[retention]
audit = 730
[quiet_hours]
start = "21:00"
[privacy]
k_default = 10
[telegram]
token_env = "HUBBOT_XX_TELEGRAM_TOKEN"
[[coordinators]]
name = "Anna"
role = "coordinator"
address = "terminal:anna"
[consents.news]
version = 1
en = "May I send you news?"
pl = "Zgoda na aktualności?"
"""

ARTICLE = """\
---
title: About screening
questions:
  - what is screening
  - why screening
topics: [screening]
sources:
  - title: A source
    url: https://example.org/source
reviewed: 2026-11-24
review_every_days: 180
review_by: an editor
---

Screening is for people without symptoms.
"""

EVENT = """\
mode = "in-person"
start = 2027-05-21T10:00:00
end = 2027-05-21T17:00:00
capacity = 20
registration_opens = 2026-11-02T09:00:00
registration_closes = 2027-05-19T18:00:00
cancel_until = 2027-05-20T18:00:00
reminders = ["P1D"]
link = "https://hub.example.org/talk"
[title]
en = "A talk"
pl = "Wykład"
[description]
en = "About screening."
pl = "O badaniach."
[place]
en = "Warsaw"
pl = "Warszawa"
[[questions]]
name = "meal"
type = "select_one"
required = true
choices = ["all", "other"]
label = { en = "Which meal?", pl = "Jaki posiłek?" }
choice_labels = { en = ["Any", "Another"], pl = ["Każdy", "Inny"] }
[[questions]]
name = "meal_other"
type = "text"
relevant = "${meal} = 'other'"
label = { en = "Which other?", pl = "Jaki inny?" }
"""

FORM = """\
mode = "anonymous"
once = true
opens = 2026-11-02T09:00:00
closes = 2027-12-17T18:00:00
topic = "screening"
[title]
en = "A survey"
pl = "Ankieta"
"""

SAFETY = """\
order: [emergency, no_diagnosis]
route_of: {emergency: emergency, no_diagnosis: no_diagnosis}
signed_by: {en: a clinician, pl: a clinician}
forbidden:
  en: [calm down]
  pl: [spokojnie]
texts:
  en:
    emergency: "Call {emergency_number} now."
    no_diagnosis: "I cannot answer this."
  pl:
    emergency: "Zadzwoń teraz pod {emergency_number}."
    no_diagnosis: "Nie mogę odpowiedzieć."
patterns:
  en:
    emergency: ["not breathing"]
    no_diagnosis: ["is (it|this) cancer"]
examples:
  en:
    emergency: ["he is not breathing"]
lookalikes:
  en:
    emergency: ["breathing exercises"]
"""

NETWORK = """\
[topics.events]
en = "Events"
pl = "Wydarzenia"
"""

SOUND: Mapping[str, str] = {
    "xx/hub.toml": HUB,
    "xx/articles/en/about.md": ARTICLE,
    "xx/articles/pl/about.md": ARTICLE,
    "xx/events/talk.toml": EVENT,
    "xx/forms/needs.toml": FORM,
    "xx/forms/needs.csv": "survey,type,name,label\n",
    "_network/network.toml": NETWORK,
    "_network/safety.yaml": SAFETY,
}


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """A folder with the sound pack xx and a network."""
    return write(tmp_path / "hubs", SOUND)


Broken = Callable[[str, str, str], Path]


@pytest.fixture
def broken(packs: Path) -> Broken:
    """Replaces one place of one file of the sound pack."""

    def change(file: str, old: str, new: str) -> Path:
        path = packs / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return packs

    return change


def read(folder: Path, name: str = "xx") -> Loaded:
    return load(folder, name)


def said(folder: Path, *, today: date = TODAY) -> list[str]:
    """Every problem as the check prints it, file names from the folder of packs on."""
    return [str(it).removeprefix(f"{folder}/") for it in check.check(folder, today) if not unread(it)]


def unread(problem: Problem) -> bool:
    """These tests read no spreadsheets: there is a file of its own for them."""
    return "no reader of spreadsheets" in problem.text
