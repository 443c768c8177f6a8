"""Each mistake that a hub's staff make is told with its file, its line, its key, and what is expected."""

from pathlib import Path

import pytest

from tests.packs.conftest import Broken, said

HUB, ARTICLE, EVENT, FORM = "xx/hub.toml", "xx/articles/en/about.md", "xx/events/talk.toml", "xx/forms/needs.toml"
SAFETY, NETWORK = "_network/safety.yaml", "_network/network.toml"

# file, what is replaced, by what; then the line as it begins, and words of the rest
CASES = [
    # the shape of hub.toml
    (HUB, 'id = "xx"', 'id = "XX"', "xx/hub.toml:1: id:", "small letters"),
    (HUB, 'id = "xx"\n', "", "xx/hub.toml:1: id:", "missing"),
    (HUB, 'id = "xx"', 'id = "yy"', "xx/hub.toml:1:", "the folder xx"),
    (HUB, 'country = "PL"', 'country = "Poland"', "xx/hub.toml:2: country:", "two capital letters"),
    (HUB, "Europe/Warsaw", "Poland/Warsaw", "xx/hub.toml:3: timezone:", "Europe/Warsaw"),
    (HUB, "Europe/Warsaw", "../../etc/passwd", "xx/hub.toml:3: timezone:", "no time zone"),
    (HUB, '["en", "pl"]', '["en", "qq"]', "xx/hub.toml:4: languages[2]:", "not the code of a language"),
    (HUB, '["en", "pl"]', '["en", "en"]', "xx/hub.toml:4: languages[2]:", "twice"),
    (HUB, '["en", "pl"]', "[]", "xx/hub.toml:4: languages:", "missing"),
    (HUB, "age_of_consent = 16", "age_of_consent = 12", "xx/hub.toml:5: age_of_consent:", "from 13 to 16"),
    (HUB, "age_of_consent = 16", "age_of_consent = 0x" + "f" * 5000, "xx/hub.toml:5: age_of_consent:", "not a number of many digits"),
    (HUB, "age_of_consent = 16", "age_of_consent = " + "9" * 5000, "xx/hub.toml:5:", "thousands of digits"),
    (HUB, "age_of_consent = 16", 'age_of_consent = "16"', "xx/hub.toml:5: age_of_consent:", "a whole number"),
    (HUB, "sample = true", 'sample = "yes"', "xx/hub.toml:6: sample:", "true or false"),
    (HUB, "sample = true", "smaple = true", "xx/hub.toml:6: smaple: warning:", "unknown key"),
    (HUB, "sample = true", "sample = ", "xx/hub.toml:6:", "not TOML"),
    (HUB, 'en = "Test hub"\n', "", "xx/hub.toml:7: name.en:", "missing"),
    (HUB, 'pl = "Hub testowy"\n', "", "xx/hub.toml:7: name.pl: warning:", "missing"),
    (HUB, 'pl = "Hub testowy"', 'pl = 7', "xx/hub.toml:9: name.pl:", "a text"),
    (HUB, 'pl = "Hub testowy"', 'pl = "a\\u202Eb"', "xx/hub.toml:9: name.pl:", "U+202E"),
    (HUB, "hub@example.org", "hub at example.org", "xx/hub.toml:11: contact.email:", "an e-mail address"),
    (HUB, "https://hub.example.org/", "javascript:alert(1)", "xx/hub.toml:12: contact.web:", "https://"),
    (HUB, 'address = "Street 1"\n', "", "xx/hub.toml:13: controller.address:", "missing"),
    (HUB, 'dpo_email = "dpo@example.org"\n', "", "xx/hub.toml:13: controller.dpo_email: warning:", "R57"),
    (HUB, 'what = "server"\n', "", "xx/hub.toml:20: processors[1].what:", "missing"),
    # lines, and what a sample is only warned of
    (HUB, 'kind = "cancer"', 'kind = "cancre"', "xx/hub.toml:32: lines[2].kind:", "crisis_child"),
    (HUB, '"22 555 10 10"', '"call us"', "xx/hub.toml:33: lines[2].number:", "a phone number"),
    (HUB, "verified_on = 2026-11-01", 'verified_on = "2026-11-01"', "xx/hub.toml:35: lines[2].verified_on:", "a day"),
    (HUB, "verified_on = 2026-11-01\n", "", "xx/hub.toml:30: lines[2].verified_on: warning:", "R16"),
    (HUB, "2026-11-01", "2026-03-01", "xx/hub.toml:35: lines[2].verified_on: warning:", "180 days"),
    (HUB, "2026-11-01", "2027-11-01", "xx/hub.toml:35: lines[2].verified_on:", "has not come yet"),
    (HUB, 'id = "helpline"', 'id = "emergency"', "xx/hub.toml:30: lines[2]:", "twice"),
    (HUB, 'kind = "emergency"', 'kind = "health"', "xx/hub.toml:24: lines:", 'kind = "emergency"'),
    # periods, hours, people, accounts, consents
    (HUB, "audit = 730", "audit = 0", "xx/hub.toml:38: retention.audit:", "days"),
    (HUB, "audit = 730", "audits = 730", "xx/hub.toml:38: retention.audits: warning:", "unknown key"),
    (HUB, 'start = "21:00"', 'start = "25:00"', "xx/hub.toml:40: quiet_hours.start:", "21:00"),
    (HUB, "k_default = 10", "k_default = 3", "xx/hub.toml:42: privacy.k_default:", "from 5"),
    (HUB, "HUBBOT_XX_TELEGRAM_TOKEN", "my-token", "xx/hub.toml:44: telegram.token_env:", "NAME of an environment"),
    (HUB, "HUBBOT_XX_TELEGRAM_TOKEN", f"123456789:{'A' * 35}", "xx/hub.toml:44:", "looks like a secret"),
    (HUB, "token_env =", "token =", "xx/hub.toml:44:", "looks like a secret"),
    (HUB, '"coordinator"', '"boss"', "xx/hub.toml:47: coordinators[1].role:", "coordinator, editor"),
    (HUB, "terminal:anna", "telegram:@anna", "xx/hub.toml:48: coordinators[1].address:", "channel:id"),
    (HUB, "version = 1\n", "", "xx/hub.toml:49: consents.news.version:", "missing"),
    (HUB, "version = 1", 'version = 1\ntranslation = "machine, unreviewed"', "xx/hub.toml:51: consents.news.translation: warning:", "R87"),
    (NETWORK, 'en = "Events"', 'xx = "Events"', "_network/network.toml:2: topics.events.xx:", "code of a language"),
    # articles
    (ARTICLE, "---\ntitle", "title", "xx/articles/en/about.md:1:", "---"),
    (ARTICLE, "---\n\nScreening", "\nScreening", "xx/articles/en/about.md:1:", "no end"),
    (ARTICLE, "title: About screening\n", "", "xx/articles/en/about.md:2: title:", "missing"),
    (ARTICLE, "About screening", "About screening " * 20, "xx/articles/en/about.md:2: title:", "at most 200"),
    (ARTICLE, "review_by: an editor", "review_by: " + "x" * 5000, "xx/articles/en/about.md:12: review_by:", "at most 4000"),
    (ARTICLE, "title:", "t" * 600 + ":", f"xx/articles/en/about.md:2: {'t' * 80}…: warning:", "unknown key"),
    (ARTICLE, "title:", "tilte:", "xx/articles/en/about.md:2: tilte: warning:", "unknown key"),
    (ARTICLE, "title: About", "title: [About", "xx/articles/en/about.md:3:", "not YAML"),
    (ARTICLE, "title: About screening", "title: Call 800 190 590", "xx/articles/en/about.md:2: title:", "phone number"),
    (ARTICLE, "title: About screening", "title: &a About", "xx/articles/en/about.md:2:", "anchors"),
    (ARTICLE, "title: About screening", "title: !!python/name:os.system x", "xx/articles/en/about.md:2:", "tags"),
    (ARTICLE, "topics: [screening]", "title: Twice", "xx/articles/en/about.md:6:", "twice"),
    (ARTICLE, "topics: [screening]", "topics: [Screening!]", "xx/articles/en/about.md:6: topics[1]:", "small letters"),
    (ARTICLE, "  - title: A source\n    url: https://example.org/source\n", "", "xx/articles/en/about.md:7: sources:", "R93"),
    (ARTICLE, "https://example.org/source", "file:///etc", "xx/articles/en/about.md:9: sources[1].url:", "https://"),
    (ARTICLE, "https://example", "http://example", "xx/articles/en/about.md:9: sources[1].url: warning:", "without https"),
    (ARTICLE, "reviewed: 2026-11-24", "reviewed: 2026-11-31", "xx/articles/en/about.md:10:", "no day"),
    (ARTICLE, "reviewed: 2026-11-24", "reviewed: last week", "xx/articles/en/about.md:10: reviewed:", "a day"),
    (ARTICLE, "reviewed: 2026-11-24", "reviewed: 2027-11-24", "xx/articles/en/about.md:10:", "has not come yet"),
    (ARTICLE, "reviewed: 2026-11-24", "reviewed: 2026-05-24", "xx/articles/en/about.md:10: warning:", "R09"),
    (ARTICLE, "review_every_days: 180", "review_every_days: 0", "xx/articles/en/about.md:11: review_every_days:", "from 1"),
    (ARTICLE, "symptoms.", "symptoms. Call +48 22 555 10 10.", "xx/articles/en/about.md:15:", "hub.toml only"),
    (ARTICLE, "symptoms.", "symptoms. Call 225551010.", "xx/articles/en/about.md:15:", "hub.toml only"),
    (ARTICLE, "symptoms.", "[x](javascript:alert(1))", "xx/articles/en/about.md:15:", "not allowed"),
    (ARTICLE, "symptoms.", "[x](tg://user?id=1)", "xx/articles/en/about.md:15:", "not allowed"),
    (ARTICLE, "symptoms.", "<b>symptoms</b>", "xx/articles/en/about.md:15: warning:", "HTML"),
    (ARTICLE, "Screening is for people without symptoms.\n", "", "xx/articles/en/about.md:14:", "no text"),
    (ARTICLE, "  - why screening", "  - he is not breathing", "xx/articles/en/about.md:5: warning:", "emergency"),
    # events
    (EVENT, '"in-person"', '"live"', "xx/events/talk.toml:1: mode:", "hybrid"),
    (EVENT, "start = 2027-05-21T10:00:00", "start = 2027-03-28T02:30:00", "xx/events/talk.toml:2: start:", "does not exist"),
    (EVENT, "end = 2027-05-21T17:00:00", "end = 2027-10-31T02:30:00", "xx/events/talk.toml:3: end:", "happens twice"),
    (EVENT, "2027-05-21T10:00:00", "2027-05-21T10:00:00+02:00", "xx/events/talk.toml:2: start:", "without an offset"),
    (EVENT, "2027-05-21T10:00:00", '"21 May"', "xx/events/talk.toml:2: start:", "local time"),
    (EVENT, "2027-05-21T17:00:00", "2027-05-21T09:00:00", "xx/events/talk.toml:3: end:", "not after the start"),
    (EVENT, "capacity = 20\n", "", "xx/events/talk.toml:1: capacity:", "seats"),
    (EVENT, "capacity = 20", "capacity = 0", "xx/events/talk.toml:4: capacity:", "from 1"),
    (EVENT, "2026-11-02T09", "2027-11-02T09", "xx/events/talk.toml:5: registration_opens:", "after it closes"),
    (EVENT, "2027-05-19T18", "2027-05-22T18", "xx/events/talk.toml:6: registration_closes:", "after the start"),
    (EVENT, '["P1D"]', '["1 day"]', "xx/events/talk.toml:8: reminders[1]:", "P1D"),
    (EVENT, "https://hub", "http://hub", "xx/events/talk.toml:9: link:", "https://"),
    (EVENT, "About screening.", "Call 800 190 590.", "xx/events/talk.toml:14: description.en:", "hub.toml only"),
    (EVENT, 'en = "Warsaw"\n', "", "xx/events/talk.toml:16: place.en:", "missing"),
    (EVENT, 'name = "meal"', 'name = "my meal"', "xx/events/talk.toml:20: questions[1].name:", "letters"),
    (EVENT, 'name = "meal_other"', 'name = "meal"', "xx/events/talk.toml:27: questions[2].name:", "twice"),
    (EVENT, '"select_one"', '"select"', "xx/events/talk.toml:21: questions[1].type:", "select_one"),
    (EVENT, '["all", "other"]', '["all", "all"]', "xx/events/talk.toml:23: questions[1].choices:", "twice"),
    (EVENT, '["Any", "Another"]', '["Any"]', "xx/events/talk.toml:25: questions[1].choice_labels.en:", "1 labels for 2"),
    (EVENT, "${meal}", "${mael}", "xx/events/talk.toml:29: questions[2].relevant:", "no question 'mael'"),
    (EVENT, "= 'other'", "= = 'other'", "xx/events/talk.toml:29: questions[2].relevant:", "cannot be read"),
    (EVENT, "${meal} = 'other'", "is(${meal})", "xx/events/talk.toml:29: questions[2].relevant:", "is()"),
    (EVENT, "${meal}", "${meal_other}", "xx/events/talk.toml:19: questions:", "wait for each other"),
    (EVENT, '"select_one"', '"select_one"\npurpose = "special-needs"', "xx/events/talk.toml:23: questions[1].required:", "Art. 9"),
    (EVENT, "Which meal?", "Which diet?", "xx/events/talk.toml:20: questions[1].name: warning:", "R82"),
    (EVENT, 'mode = "in-person"', 'mode = "in-person"\nfeedback_form = "none"', "xx/events/talk.toml:2: feedback_form:", "no form"),
    # forms
    (FORM, '"anonymous"', '"secret"', "xx/forms/needs.toml:1: mode:", "confidential"),
    (FORM, "closes = 2027", "closes = 2025", "xx/forms/needs.toml:4: closes:", "before it opens"),
    (FORM, "opens = 2026-11-02", "opens = 2026-13-02", "xx/forms/needs.toml:3:", "not TOML"),
    # safety
    (SAFETY, "Call {emergency_number} now.", "Call now.", "_network/safety.yaml:9: texts.en.emergency:", "R13"),
    (SAFETY, "now.", "now. Are you safe?", "_network/safety.yaml:9: texts.en.emergency:", "asks something back"),
    (SAFETY, "now.", "now. Calm down.", "_network/safety.yaml:9: texts.en.emergency:", "R15"),
    (SAFETY, "now.", "now, or {number}.", "_network/safety.yaml:9: texts.en.emergency:", "{number}"),
    (SAFETY, "now.", "now, or 116 123.", "_network/safety.yaml:9: texts.en.emergency:", "R94"),
    (SAFETY, '["not breathing"]', '["not (breathing"]', "_network/safety.yaml:16: patterns.en.emergency[1]:", "no regular"),
    (SAFETY, '["not breathing"]', "['not (a|aa)+$']", "_network/safety.yaml:16: patterns.en.emergency[1]:", "slow"),
    (SAFETY, '["not breathing"]', '["(breathing)?"]', "_network/safety.yaml:16: patterns.en.emergency[1]:", "every message"),
    (SAFETY, '["he is not breathing"]', '["he fell"]', "_network/safety.yaml:20: examples.en.emergency: warning:", "miss 1"),
    (SAFETY, "breathing exercises", "he is not breathing", "_network/safety.yaml:23: lookalikes.en.emergency[1]:", "harmless"),
    (SAFETY, "signed_by: {en: a clinician,", "signed_by: {", "_network/safety.yaml:3: signed_by.en: warning:", "clinician"),
    (SAFETY, "order: [emergency, ", "order: [", "_network/safety.yaml:9: texts.en.emergency:", "unknown key"),
    (SAFETY, "route_of: {emergency: emergency", "route_of: {emergency: ambulance", "_network/safety.yaml:2: route_of.emergency:", "crisis"),
]  # fmt: skip


def test_the_pack_that_is_broken_below_is_sound(packs: Path) -> None:
    assert said(packs) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "begins", "holds"), CASES, ids=[f"{it[0]} {it[2]}"[:60] for it in CASES]
)
def test_a_mistake_is_told_where_it_stands(
    broken: Broken, file: str, old: str, new: str, begins: str, holds: str
) -> None:
    lines = said(broken(file, old, new))
    assert any(line.startswith(begins) and holds in line for line in lines), lines


@pytest.mark.parametrize(
    "case",
    [it for it in CASES if "warning" not in it[3] and it[1] != "order: [emergency, "],
    ids=lambda it: f"{it[0]} {it[2]}"[:60],
)
def test_one_mistake_makes_one_problem(broken: Broken, case: tuple[str, str, str, str, str]) -> None:
    """Nothing follows from a mistake: the staff of a hub mend one line, not a heap."""
    file, old, new, _, _ = case
    errors = [line for line in said(broken(file, old, new)) if ": warning: " not in line]
    assert 1 <= len(errors) <= 2, errors
