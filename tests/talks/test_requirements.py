"""What law, platforms and good practice ask of us, as a person meets it in a conversation: docs/requirements.md has the list."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from bot.core.ports import Outgoing
from tests.acceptance.player import ROOT
from tests.talks.place import MORNING, Maker, Place, labels_of, text_of

CRISIS = "I do not want to live any more"
CANARY = "Kanarek-7531"
MACHINE = {
    "en": "computer program",
    "pl": "programem komputerowym",
    "uk": "комп'ютерна програма",
    "pt": "programa de computador",
}
ADULT, YOUNGER = "I am 16 or over and I agree", "I am younger than 16"
EXCHANGE, FAIR = "/start event_knowledge-exchange", "/start event_cancer-mission-fair"
ANONYMOUS, NAMED = "/start form_citizen-needs", "/start form_stakeholder-consultation"


def first_two(messages: list[Outgoing]) -> str:
    """The first two sentences."""
    return " ".join(re.split(r"(?<=[.!?])\s+", text_of(messages))[:2])


def talk(place: Place, *words: str, who: str = "ana") -> str:
    """Write all that, and read the last answer."""
    answer: list[Outgoing] = []
    for it in words:
        answer = place.say(it, who)
    return text_of(answer)


def exported(place: Place, who: str = "ana") -> dict[str, Any]:
    """The file that a person gets."""
    place.say("/mydata", who)
    label = "Get it all as a file"
    under = [it for it in place.letters if it.to == who and label in labels_of([it.message])][-1]
    (file,) = [file for message in place.press(label, who, str(under.id)) for file in message.files]
    assert file.mimetype == "application/json"
    data = json.loads(file.body)
    assert isinstance(data, dict)
    return data


def signed_up(place: Place, name: str = "Ana Example", who: str = "ana") -> str:
    return talk(place, EXCHANGE, "1", "1", name, "1", "1", who=who)


def signed_up_with_needs(place: Place, needs: str = "step-free entrance") -> str:
    return talk(place, FAIR, "1", "1", "Ana Example", "0", "1", needs, "skip this question", "1")


def subscribed(place: Place, topic: str = "events") -> str:
    return talk(place, f"/start news_{topic}", "1")


def on_disk(place: Place) -> bytes:
    """Every byte of the data directory: database, keys, caches, logs."""
    return b"".join(path.read_bytes() for path in (place.folder / "data").rglob("*") if path.is_file())


# A. A machine, and not a doctor


LANGUAGES = [("pl", ("pl", "en", "uk")), ("pt", ("pt", "en"))]


@pytest.mark.parametrize(("hub", "langs"), LANGUAGES)
def test_R01_a_new_contact_hears_first_that_a_program_answers(
    hub: str, langs: tuple[str, ...], open_place: Maker
) -> None:
    place = open_place(hub=hub)
    for lang in langs:
        for n, words in enumerate(("/start", "hello", "what is the european code against cancer", EXCHANGE)):
            answer = place.say(words, f"{lang}{n}", lang=lang)
            # English words may turn the conversation to English: then it is said in that.
            assert MACHINE[answer[0].lang] in first_two(answer)
            assert answer[0].lang == lang or not words.startswith("/")


def test_R01_after_a_cry_that_was_the_first_message_it_is_said_with_the_next_which_is_answered_too(
    place: Place,
) -> None:
    assert "not a doctor" not in talk(place, CRISIS)
    answer = place.say("/events")
    assert MACHINE["en"] in first_two(answer)
    assert "not a doctor" in first_two(answer)
    assert "Events: 1 to" in text_of(answer)
    assert MACHINE["en"] not in talk(place, "/events")


def test_R02_it_is_said_again_after_a_year_of_silence_and_not_before(place: Place) -> None:
    def hello_on(day: int) -> str:
        place.wait(place.app.store.set_clock(MORNING + timedelta(days=day)))
        return first_two(place.say("hello"))

    assert MACHINE["en"] in hello_on(0)
    assert MACHINE["en"] not in hello_on(300)
    assert MACHINE["en"] in hello_on(300 + 366)


ASKED = [
    ("pl", "en", "are you a human?"),
    ("pl", "pl", "to jest bot czy człowiek"),
    ("pl", "uk", "ти людина?"),
    ("pt", "pt", "estou a falar com uma máquina?"),
]


@pytest.mark.parametrize(("hub", "lang", "words"), ASKED)
def test_R02_it_is_said_when_asked_in_the_middle_of_a_question_too(
    hub: str, lang: str, words: str, open_place: Maker
) -> None:
    place = open_place(hub=hub)
    for before in ("/start", EXCHANGE, "/news"):
        place.say(before, lang=lang)
        assert MACHINE[lang] in first_two(place.say(words, lang=lang))
    assert text_of(place.say(words, "newcomer", lang=lang)).count(MACHINE[lang]) == 1


def test_R07_readme_and_help_state_the_purpose_and_claim_no_benefit(place: Place) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for text in (readme, talk(place, "/help")):
        assert "gives no medical advice" in text or "give no medical advice" in text
        assert "event" in text
        assert "survey" in text
        assert not re.search(r"diagnos|treat(s|ment)|heal(s|ing)\b|cure", text, re.IGNORECASE)


def test_R08_an_answer_shows_its_source_and_the_month_of_its_review(place: Place) -> None:
    answer = talk(place, "what is the european code against cancer")
    assert re.search(r"^Source: .+https://", answer, re.MULTILINE)
    assert re.search(r"^Last reviewed: [A-Z][a-z]+ 20\d\d$", answer, re.MULTILINE)


# B. Danger comes first


def test_R12_R13_R20_words_of_danger_within_a_survey_come_first_and_are_kept_nowhere(place: Place) -> None:
    words = f"{CRISIS} {CANARY}"
    question = talk(place, ANONYMOUS, "1", "7", "7", "5", "1", "8", "7", "1 2 3 4", "4", "2")
    assert "What else should the hub know?" in question
    answer = place.say(words)
    assert "112" in text_of(answer).splitlines()[0]
    data = json.dumps(exported(place))
    assert CANARY not in data
    assert "want to live" not in data
    assert CANARY.encode() not in on_disk(place)
    assert "What else should the hub know?" in talk(place, ANONYMOUS)  # it still waits


def test_R12_R13_the_very_first_message_can_be_one(place: Place) -> None:
    for n, (lang, words) in enumerate((("pl", "nie chcę już żyć"), ("uk", "я більше не хочу жити"), ("pl", CRISIS))):
        assert "112" in text_of(place.say(words, f"p{n}", lang=lang)).splitlines()[0]


# C. Consent, children


def test_R25_needs_have_a_consent_of_their_own_and_nothing_is_ticked_before(place: Place) -> None:
    first = talk(place, FAIR, "1")
    assert "keep your name" in first
    assert "health" not in first
    assert "health" in talk(place, "1", "Ana Example", "0")
    assert "consent" not in exported(place)  # neither is given before the end


def test_R25_no_to_the_needs_still_gives_the_place(place: Place) -> None:
    asked = talk(place, FAIR, "1", "1", "Ana Example", "0", "2")
    assert "Which topics interest you?" in asked
    assert "signed up" in talk(place, "1", "1")
    assert [it["purpose"] for it in exported(place)["consent"]] == ["event"]


def test_R26_the_person_can_see_what_was_agreed_to_when_and_where(place: Place) -> None:
    subscribed(place)
    (kept,) = exported(place)["consent"]
    assert (kept["purpose"], kept["subject"], kept["version"]) == ("news", "events", 1)
    assert (kept["lang"], kept["channel"]) == ("en", "terminal")
    assert "2026-12-01" in json.dumps(kept)
    shown = talk(place, "/mydata", "3")
    assert "News on: Events\nGiven: Tuesday, 1 December 2026, 09:00 (Warsaw)\nVersion: 1" in shown


def test_R27_taking_back_takes_no_more_steps_than_giving(place: Place) -> None:
    giving = ("/news", "1", "1")
    assert "You will get news" in talk(place, *giving)
    place.say("/mydata")
    place.press("Take a consent back")
    answer = place.press("Take back number 1")
    assert len(answer) == 1
    assert "taken back" in text_of(answer)
    assert "subscription" not in exported(place)


def test_R28_taking_back_the_needs_keeps_the_place(place: Place) -> None:
    assert "signed up" in signed_up_with_needs(place, CANARY)
    assert CANARY in json.dumps(exported(place))
    consents = talk(place, "/mydata", "3")
    number = re.search(r"^(\d)\. .*need", consents, re.MULTILINE | re.IGNORECASE)
    assert number, consents
    assert "taken back" in text_of(place.press(f"Take back number {number[1]}"))
    assert CANARY not in json.dumps(exported(place))
    assert "You have a place." in talk(place, "/mine")


def test_R29_a_new_version_of_a_text_asks_again(place: Place) -> None:
    pack = place.own() / "hub.toml"
    old = pack.read_text(encoding="utf-8")

    def publish(version: int, words: str) -> None:
        langs = "".join(f'{lang} = "{words}"\n' for lang in ("pl", "en", "uk"))
        own = f"\n[consents.news]\nversion = {version}\n{langs}"
        pack.write_text(old + own, encoding="utf-8")

    publish(2, "May we send you news? First wording.")
    assert "First wording" in talk(place, "/start news_events")
    publish(3, "May we send you news? Second wording.")
    assert "Second wording" in talk(place, "1")  # the yes was to the first
    assert "consent" not in exported(place)
    talk(place, "/start news_events", "1")
    assert [it["version"] for it in exported(place)["consent"]] == [3]


def test_R30_questions_and_reading_store_no_more_than_address_and_language(place: Place) -> None:
    talk(place, "what is the european code against cancer", "/events", "1", "/menu", "2")
    shown = text_of(place.say("/mydata"))
    kinds = [part.splitlines()[0] for part in shown.split("\n\n")[1:-1]]
    assert kinds == ["Your address in this chat", "Your language", "The conversation we are in, so that we can go on"]
    data = exported(place)
    for kind in ("consent", "registration", "subscription", "question", "response"):
        assert kind not in data, kind
    assert "european code" not in json.dumps(data)


def test_R31_R32_who_is_younger_gets_no_news_and_no_survey_but_a_way_on(place: Place) -> None:
    for link in ("/start news_events", ANONYMOUS, NAMED):
        place.say(link)
        answer = text_of(place.press(YOUNGER))
        assert "parent or guardian" in answer
        assert "ask me questions" in answer
    assert not {"consent", "subscription", "response"} & set(exported(place))


def test_R32_an_adult_signs_a_child_up(place: Place) -> None:
    talk(place, EXCHANGE, "1")
    assert re.search("adult|parent|guardian", text_of(place.press(YOUNGER)))
    assert "registration" not in exported(place)


def test_R34_a_stop_word_of_any_language_ends_all_news_at_once(place: Place) -> None:
    for word in ("stop", "STOP!", "unsubscribe", "nie pisz", "wypisz mnie", "відписатися"):
        subscribed(place)
        subscribed(place, "screening")
        assert "You get news on: Events and Screening" in talk(place, "/news"), word
        assert "?" not in text_of(place.say(word)), word
        assert "You get news on" not in talk(place, "/news"), word


def test_R34_a_sentence_with_the_word_stops_nothing(place: Place) -> None:
    subscribed(place)
    for words in ("when do the hot flushes stop", "how can I stop smoking", "nonstop"):
        place.say(words)
        assert "News on 1 topic" in talk(place, "/mydata"), words


# D. Information, access, erasure


@pytest.mark.parametrize(("hub", "langs"), LANGUAGES)
def test_R37_the_first_layer_is_short_and_names_who_is_responsible(
    hub: str, langs: tuple[str, ...], open_place: Maker
) -> None:
    place = open_place(hub=hub)
    controller = place.app.shelf.hub(hub).controller
    for lang in langs:
        place.say("/start", lang, lang=lang)
        text = text_of(place.say("/privacy", lang, lang=lang))
        assert len(text) < 900
        assert controller.name in text
        assert controller.privacy_email in text


def test_R37_R38_the_whole_notice(place: Place) -> None:
    place.say("/privacy")
    text = text_of(place.press("The whole notice"))
    hub = place.app.shelf.hub("pl")
    for part in (hub.controller.name, hub.controller.address, hub.controller.dpo_email, hub.controller.authority):
        assert part in text
    for processor in hub.processors:
        assert processor.name in text
    assert "consent" in text
    for period in ("30 days", "90 days", "60 days after", "7 days after", "35 days"):
        assert period in text
    assert "Telegram is a company outside the hub" in text
    assert "not end-to-end encrypted" in text
    assert "Matrix or e-mail" in text


def test_R39_my_data_shows_each_kind_at_once_in_words(place: Place) -> None:
    signed_up(place)
    subscribed(place)
    shown = text_of(place.say("my data"))
    for words in ("Your address", "Your language", "A place at 1 event", "News on 1 topic", "2 consents"):
        assert words in shown


def test_R40_the_file_is_json_with_what_the_person_gave(place: Place) -> None:
    signed_up(place, "Ana Example")
    signed_up(place, "Bob Other", who="bob")
    text = json.dumps(exported(place))
    assert "Ana Example" in text
    assert "knowledge-exchange" in text
    assert "Bob" not in text


def test_R41_name_and_language_are_corrected_in_the_chat(place: Place) -> None:
    signed_up(place, "Ana Exmaple")
    talk(place, "/mine")
    place.press("Change my answers")
    place.press("Name")
    assert "kept" in talk(place, "Ana Example")
    text = json.dumps(exported(place))
    assert "Ana Example" in text
    assert "Exmaple" not in text
    assert place.say("polski")[-1].lang == "pl"


def test_R42_R43_R44_all_is_erased_after_one_question_and_no_reason(place: Place) -> None:
    signed_up(place, CANARY)
    subscribed(place)
    place.say("/mydata")
    sure = place.press("Erase everything")
    assert labels_of(sure) == ["Yes, erase everything", "No, keep it"]
    assert "reason" not in text_of(sure)
    done = text_of(place.press(1))
    assert re.search(r"Receipt: E-\w{8}", done)
    assert "What stays" in done
    assert CANARY.encode() not in on_disk(place)
    again = place.say("/mydata")
    assert "A place" not in text_of(again)
    assert CANARY not in json.dumps(exported(place))
    assert "You have nothing going on" in talk(place, "/mine")


def test_R42_erasing_frees_the_seat(place: Place) -> None:
    path = place.own().parent / "_network" / "events" / "knowledge-exchange.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"capacity = \d+", "capacity = 1", text), encoding="utf-8")
    signed_up(place)
    assert "Sign me up" not in labels_of(place.say(EXCHANGE, "bob"))
    place.say("/mydata")
    place.press("Erase everything")
    place.say("yes")
    assert "Sign me up" in labels_of(place.say(EXCHANGE, "bob"))


def test_R46_a_question_about_loans_gets_an_article_and_erases_nothing(place: Place) -> None:
    subscribed(place)
    for words in ("right to be forgotten for a mortgage", "right to be forgotten insurance"):
        answer = place.say(words)
        assert "Source:" in text_of(answer)
        assert "Yes, erase everything" not in labels_of(answer)
    assert len(exported(place)["subscription"]) == 1


# H. Surveys


def test_R74_nothing_of_the_person_leads_to_an_anonymous_answer(place: Place) -> None:
    talk(place, ANONYMOUS, "1", "7", "2", "5", "1", "8", "7", "1 2 3 4", "4", "2", CANARY)
    assert "not joined to you" in text_of(place.press("Send"))
    data = exported(place)
    assert "response" not in data
    assert CANARY not in json.dumps(data)
    assert "cannot be shown" in talk(place, "/mydata")


def test_R78_before_the_first_question_it_is_said_who_asks_why_how_long_and_until_when(place: Place) -> None:
    before = talk(place, ANONYMOUS)
    first = talk(place, "1")
    assert "Question 1 of" in first
    for words in (
        "12 questions at most",
        "anonymous",
        "open until Friday, 17 December 2027",
        "Sample Cancer Mission Hub",
    ):
        assert words in before
    assert "stop at any time" in before
    for words in ("so that it can plan its work", "About 4 minutes", "stop at any time"):
        assert words in first.split("Question 1")[0]


def test_R79_what_was_answered_goes_when_the_person_says_so(place: Place) -> None:
    talk(place, NAMED, "1", "1")
    left = place.say("/cancel")
    assert labels_of(left) == ["Go on", "Delete the draft"]
    place.press("Delete the draft")
    assert "You have nothing going on" in talk(place, "/mine")
    data = exported(place)
    assert not {"response", "consent"} & set(data)


# I. Events


def test_R82_needs_are_optional_and_it_is_said_who_sees_them_and_how_long(place: Place) -> None:
    asked = talk(place, FAIR, "1", "1", "Ana Example", "0")
    assert "Only the event team sees them. They are erased 7 days after it." in asked
    question = place.say("1")
    assert "Optional" in text_of(question)
    assert "Skip this question" in labels_of(question)
    signed = talk(place, "step-free entrance", "skip this question", "1")
    assert "signed up" in signed
    assert "step-free entrance" in json.dumps(exported(place))
    place.later(timedelta(days=181))  # the fair was on 21 May: this is 31 May
    assert "step-free entrance" not in json.dumps(exported(place))


def test_R83_times_come_with_the_zone_of_the_event(place: Place, open_place: Maker) -> None:
    assert "10:00 to 17:00 (Warsaw)" in talk(place, FAIR)
    assert "13:00 to 14:30 (Brussels)" in talk(place, EXCHANGE)
    elsewhere = open_place(hub="pt")
    assert "(Brussels)" in talk(elsewhere, EXCHANGE)


def test_R84_a_place_is_given_up_with_two_presses(place: Place) -> None:
    signed_up(place, CANARY)
    assert CANARY in json.dumps(exported(place))
    place.say("/mine")
    place.press("Cancel my place")
    done = text_of(place.press("Yes, cancel my place"))
    assert "free for someone else" in done
    assert "Thank you" in done
    assert "You have nothing going on" in talk(place, "/mine")
    assert "Sign me up" in labels_of(place.say(EXCHANGE))
    assert CANARY not in json.dumps(exported(place))
    assert "A place at" not in talk(place, "/mydata")


def test_R85_pictures_and_recordings_are_told_before_signing_up_with_a_way_out(place: Place) -> None:
    photos = talk(place, FAIR, "1")
    assert "Photos will be taken" in photos
    assert "If you do not want to be in them" in photos
    recording = talk(place, EXCHANGE, "1", who="bob")
    assert "This event is recorded. You can take part without camera and microphone." in recording


# J. Language, access


def test_R86_one_word_changes_the_language(place: Place) -> None:
    for word, lang in (("polski", "pl"), ("українська", "uk"), ("English", "en")):
        assert place.say(word)[-1].lang == lang
        assert place.say("/menu")[-1].lang == lang


def test_R86_few_words_and_names_never_change_it(place: Place) -> None:
    place.say("/start")
    for words in ("ok", "raka", "raka", "test", "covid 2026", "dr", "Kraków", "Anna Kowalska"):
        assert {it.lang for it in place.say(words)} == {"en"}, words


def test_R86_a_language_is_had_by_its_name_in_any_language_and_state(place: Place) -> None:
    wishes = (("Polish", "pl"), ("english please", "en"), ("можна українською?", "uk"), ("po angielsku", "en"))
    for before in ("/start", "/news", EXCHANGE):  # nothing is open, or a consent is asked for
        for words, lang in wishes:
            place.say(before, f"{before} {words}")
            place.press(1, f"{before} {words}")
            assert lang in {it.lang for it in place.say(words, f"{before} {words}")}, words


MACHINES = {
    "pl": "tłumaczenie maszynowe",
    "uk": "переклала машина",
    "pt": "tradução automática",
    "en": "machine translated",
}


@pytest.mark.parametrize(("hub", "lang"), [("pl", "pl"), ("pl", "uk"), ("pt", "pt"), ("pl", "en")])
def test_R87_a_language_that_no_person_has_read_says_so_with_the_greeting_and_in_the_help(
    hub: str, lang: str, open_place: Maker
) -> None:
    place = open_place(hub=hub)
    assert [
        text_of(place.say(words, who, lang=lang)).lower().count(MACHINES[lang])
        for who, words in (
            ("ana", "/start"), ("ana", "/menu"), ("ana", "/events"), ("ana", "/help"), ("ana", "/start"), ("bob", "/events"),
            ("bob", "/news"),
        )
    ] == ([0] * 7 if lang == "en" else [1, 0, 0, 1, 1, 1, 0])  # fmt: skip
    assert text_of(place.say("English", "ana")).count("machine") == 0


def test_R90_all_of_it_goes_without_a_single_button(place: Place) -> None:
    """Numbers where the choices are numbered, and the words of a choice everywhere."""
    assert "What would you like to do?" in talk(place, "menu")
    assert "Events: 1 to 2" in talk(place, "3")
    assert "Cancer Mission Fair" in talk(place, "cancer mission fair: citizens' day")
    assert "keep your name" in talk(place, "sign me up")
    assert "Under which name" in talk(place, ADULT.lower())
    assert "How many people" in talk(place, "Ana Example")
    assert "about your needs" in talk(place, "0") or "what you need" in place.letters[-1].message.text
    assert "Which topics" in talk(place, "no")
    assert "Is everything as it should be?" in talk(place, "skip this question")
    assert "signed up" in talk(place, "sign me up")


def test_R90_buttons_say_in_words_what_they_do(place: Place) -> None:
    for words in ("/start", "/events", "/news", "/mydata", "/help", "/privacy", ANONYMOUS):
        for label in labels_of(place.say(words)):
            assert re.search(r"[^\W\d_]{2}", label), label
