"""What a text in distress gets: route, texts, numbers. The requirements R04 to R23 and R97 as far as words decide them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from time import thread_time
from typing import TYPE_CHECKING

import pytest

from bot.core.message import Danger, Line, Texts
from bot.knowledge.fold import normalised
from bot.knowledge.library import Library
from bot.knowledge.safety import BUDGET, Watch
from tests.knowledge.conftest import PERSON, TODAY, Parts, Rows, rows

if TYPE_CHECKING:
    import regex

Make = Callable[..., Library]


def text(line: Line, lang: str) -> str:
    """What a person reads of a safety line."""
    assert line.id == "safety.text"
    texts = dict(line.params)["text"]
    assert isinstance(texts, Texts)
    return texts.pick(lang)[1]


def said(danger: Danger | None, lang: str) -> str:
    assert danger is not None
    return "\n".join(text(line, lang) for line in danger.says)


def every(parts: Mapping[str, Parts]) -> Watch:
    """A hub that speaks all four languages."""
    both = {key: Texts.of(dict(texts.pairs)) for key, texts in parts["pl"].safety.texts}
    for key, texts in parts["pt"].safety.texts:
        both[key] = Texts.of(dict(both[key].pairs) | dict(texts.pairs))
    safety = replace(
        parts["pl"].safety,
        texts=tuple(both.items()),
        patterns=tuple(dict.fromkeys(parts["pl"].safety.patterns + parts["pt"].safety.patterns)),
    )
    return Watch(safety, replace(parts["pl"].hub, languages=("pl", "en", "uk", "pt")), PERSON)


@pytest.mark.parametrize("name", ["pl", "pt"])
def test_R22_every_shipped_example_takes_its_route(name: str, parts: Mapping[str, Parts]) -> None:
    safety = parts[name].safety
    watch = Watch(safety, parts[name].hub, PERSON)
    routes = dict(safety.route_of)
    for lang, key, examples in safety.examples:
        for example in examples:
            danger = watch.danger(example, lang, TODAY)
            assert danger is not None, example
            assert danger.route == routes[key], example


def test_R22_a_hub_of_four_languages_finds_them_too(parts: Mapping[str, Parts]) -> None:
    watch = every(parts)
    for name in ("pl", "pt"):
        routes = dict(parts[name].safety.route_of)
        for lang, key, examples in parts[name].safety.examples:
            if routes[key] in ("emergency", "crisis"):
                for example in examples:
                    danger = watch.danger(example, lang, TODAY)
                    assert danger is not None, example
                    assert danger.urgent, example


def test_lookalikes_of_a_language_set_off_none_of_its_own_patterns(parts: Mapping[str, Parts]) -> None:
    for it in parts.values():
        for lang, texts in it.safety.lookalikes:
            patterns = tuple(row for row in it.safety.patterns if row[0] == lang)
            watch = Watch(replace(it.safety, patterns=patterns), replace(it.hub, languages=(lang,)), PERSON)
            assert [text for text in texts if watch.fired(text)] == []


def test_R97_fever_under_treatment_is_an_emergency_with_its_own_text(pl: Library) -> None:
    for lang, words in (
        ("en", "fever during chemotherapy"), ("pl", "mam gorączkę po chemii"), ("uk", "температура після хімії"),
    ):  # fmt: skip
        danger = pl.danger(words, lang, TODAY)
        assert danger is not None
        assert danger.route == "emergency"
        shown = said(danger, lang)
        assert "112" in shown.split("\n")[0]
        assert "38" not in shown, "no temperature is named"
    assert "treatment team" in said(pl.danger("fever during chemotherapy", "en", TODAY), "en")


def test_R13_the_first_line_holds_the_number_of_the_country(parts: Mapping[str, Parts]) -> None:
    for lang in ("pl", "en", "uk", "pt"):
        for words in ("chest pain", "i want to die", "my son wants to die", "fever during chemotherapy"):
            danger = every(parts).danger(words, lang, TODAY)
            assert danger is not None
            assert "112" in text(danger.says[0], lang).split("\n")[0]


def test_R13_a_country_with_another_number(parts: Mapping[str, Parts]) -> None:
    hub = parts["pl"].hub
    lines = tuple(replace(it, number="999") if it.kind == "emergency" else it for it in hub.lines)
    library = parts["pl"].library(hub=replace(hub, lines=lines))
    assert "999" in said(library.danger("chest pain", "en", TODAY), "en").split("\n")[0]


def test_R14_a_crisis_answer_names_a_line_with_its_hours(verified: Make) -> None:
    shown = said(verified().danger("nie chcę już żyć", "pl", TODAY), "pl")
    assert "Telefon wsparcia dla dorosłych w kryzysie: 116 123 (24/7)" in shown
    assert "116 111" in shown, "and the one for children"
    assert "112" in shown.split("\n")[0]
    assert "programem" in shown


def test_R16_a_line_that_nobody_verified_is_not_shown(pl: Library) -> None:
    shown = said(pl.danger("nie chcę już żyć", "pl", TODAY), "pl")
    assert "116" not in shown
    assert "112" in shown
    assert "{" not in shown


@pytest.mark.parametrize(("days", "there"), [(0, True), (180, True), (181, False)])
def test_R16_a_check_counts_for_180_days(days: int, there: bool, verified: Make) -> None:
    shown = said(verified(day=TODAY - timedelta(days=days)).danger("i want to die", "en", TODAY), "en")
    assert ("116 123" in shown) is there


def test_R16_a_gap_that_stays_empty_takes_its_line_and_the_colon_before(pl: Library, verified: Make) -> None:
    empty = said(pl.danger("my son wants to die", "en", TODAY), "en")
    filled = said(verified().danger("my son wants to die", "en", TODAY), "en")
    assert "worry about someone:" not in empty
    assert "worry about someone:\n" in filled
    assert len(filled.split("\n")) == len(empty.split("\n")) + 3  # the line with a colon, and two helplines


def test_S9_the_day_on_which_the_numbers_were_verified_is_said_where_there_is_a_line_for_it(
    parts: Mapping[str, Parts],
) -> None:
    hub = parts["pl"].hub
    days = {"crisis-adults": date(2026, 11, 3), "crisis-children": date(2026, 10, 5), "patient-information": TODAY}
    hub = replace(hub, lines=tuple(replace(it, verified_on=days.get(it.id)) for it in hub.lines))
    library = parts["pl"].library(hub=hub, checked="safety.checked")
    danger = library.danger("i want to die", "en", TODAY)
    assert danger is not None
    assert danger.says[-1] == Line("safety.checked", day=date(2026, 10, 5))
    no_numbers = library.danger("chest pain", "en", TODAY)
    assert no_numbers is not None
    assert [line.id for line in no_numbers.says] == ["safety.text"]


def test_R17_lines_that_always_answer_come_first_and_each_has_its_hours(parts: Mapping[str, Parts]) -> None:
    hub = parts["pt"].hub
    lines = tuple(replace(it, verified_on=TODAY) for it in hub.lines)
    library = parts["pt"].library(hub=replace(hub, lines=lines))
    shown = said(library.danger("should i stop my tablets", "en", TODAY), "en")
    first, second = (it for it in shown.split("\n") if "808" in it)
    assert first == "SNS 24 health line: 808 24 24 24 (24/7)"
    assert second.endswith("808 255 255 (Mon-Fri 09:00-18:00)")


def test_an_emergency_that_is_a_crisis_gets_both_texts_the_emergencys_first(pl: Library) -> None:
    danger = pl.danger("i took too many pills, i want to die", "en", TODAY)
    assert danger is not None
    assert danger.route == "emergency"
    first, second = (text(line, "en") for line in danger.says)
    assert "The call is free" in first
    assert "you do not have to carry it alone" in second


def test_a_red_flag_beside_an_emergency_says_the_emergency_alone(pl: Library) -> None:
    danger = pl.danger("chest pain and i found a lump", "en", TODAY)
    assert danger is not None
    assert (danger.route, len(danger.says)) == ("emergency", 1)


def test_R12_every_language_of_the_hub_and_english_is_heard_in_every_conversation(parts: Mapping[str, Parts]) -> None:
    pt = parts["pt"].library()
    for words in ("quero morrer", "i want to die"):
        for lang in ("pt", "en", "pl", ""):
            danger = pt.danger(words, lang, TODAY)
            assert danger is not None
            assert danger.route == "crisis"
    assert pt.danger("chcę umrzeć", "pt", TODAY) is None, "a language that this hub does not speak"


def test_the_answer_is_in_the_language_of_the_conversation(pl: Library) -> None:
    danger = pl.danger("i want to die", "uk", TODAY)
    assert danger is not None
    (line,) = danger.says
    assert text(line, "uk").startswith("Якщо ви зараз")
    texts = dict(line.params)["text"]
    assert isinstance(texts, Texts)
    assert [lang for lang, _ in texts.pairs] == ["pl", "en", "uk"], "the hub's default first: what is shown in need"


def test_S9b_a_language_without_a_text_gets_the_hubs_own_and_english(pl: Library) -> None:
    danger = pl.danger("i want to die", "mt", TODAY)
    assert danger is not None
    assert [text(line, "mt")[:11] for line in danger.says] == ["If you are ", "Jeśli jeste"]
    typed = pl.danger("не хочу більше жити", "", TODAY)
    assert typed is not None
    assert [text(line, "")[:5] for line in typed.says] == ["Якщо ", "Jeśli", "If yo"], "what was typed goes first"


def test_the_word_to_type_for_a_person_is_the_languages(pl: Library) -> None:
    assert "„człowiek”" in said(pl.danger("jakie mam szanse", "pl", TODAY), "pl")


def test_without_a_word_for_a_person_the_line_is_left_out(parts: Mapping[str, Parts]) -> None:
    shown = said(parts["pl"].library(person={}).danger("what are my chances", "en", TODAY), "en")
    assert "{person}" not in shown
    assert "I cannot answer this" in shown


@pytest.mark.parametrize(
    "words",
    [
        "my mother wants to die", "mama mówi, że nie chce żyć", "моя мама хоче померти", "my friend said goodbye to everyone",
    ],
)  # fmt: skip
def test_R23_worry_about_somebody_else_gets_the_text_for_helpers(words: str, pl: Library) -> None:
    danger = pl.danger(words, "en", TODAY)
    assert danger is not None
    assert danger.route == "crisis"
    assert "Ask the person openly" in said(danger, "en")


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "I found a lump in my breast"), ("en", "there is blood in my stool"), ("pl", "mam guzek w piersi"),
        ("uk", "кров у калі"),
    ],
)  # fmt: skip
def test_R18_a_red_flag_is_sent_to_a_doctor_and_names_no_disease(lang: str, words: str, pl: Library) -> None:
    found = pl.search(words, lang, TODAY)
    assert found.route == "red_flag"
    shown = "\n".join(text(line, lang) for line in found.says)
    assert "112" in shown
    assert not any(it in shown.casefold() for it in ("tumour", "guz", "пухлин"))


def test_R18_the_nearest_articles_stand_beside_it(pl: Library) -> None:
    assert pl.search("I found a lump in my breast", "en", TODAY).hits


def test_R04_R05_R10_nobody_is_told_what_they_have_or_should_take(libraries: Mapping[str, Library]) -> None:
    routed = [(row, libraries[row["hub"]].search(row["text"], row["lang"], TODAY).route) for row in rows("advice")]
    assert [row["text"] for row, route in routed if route == "answer"] == []
    told = sum(route in ("no_diagnosis", "red_flag") for _, route in routed)
    assert told >= 0.7 * len(routed)  # seen: 38 of 51; the others are not understood, which is no advice either


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "what are my chances"), ("pl", "jakie mam szanse"), ("uk", "які в мене шанси")]
)
def test_R10_figures_are_no_answer_about_oneself(lang: str, words: str, pl: Library) -> None:
    assert pl.search(words, lang, TODAY).route == "no_diagnosis"


def test_R15_no_safety_text_promises_or_asks_back(verified: Make, parts: Mapping[str, Parts]) -> None:
    for name, words in (("pl", "i want to die"), ("pt", "chest pain"), ("pl", "my son wants to die")):
        for lang in parts[name].hub.languages:
            shown = said(verified(name).danger(words, lang, TODAY), lang)
            assert "?" not in shown
            assert "promise" not in shown


def test_R20_a_danger_holds_nothing_of_what_was_written(pl: Library) -> None:
    assert "zebra" not in repr(pl.danger("zebra i want to die zebra", "en", TODAY))


def test_S9_a_death_in_the_family_is_no_emergency(pl: Library) -> None:
    assert pl.danger("moja babcia zmarła na raka, jak mogę pomóc?", "pl", TODAY) is None


def heard(asked: Rows, libraries: Mapping[str, Library]) -> float:
    """The share of messages that take their route by words alone."""
    dangers = [libraries[row["hub"]].danger(row["text"], row["lang"], TODAY) for row in asked]
    return sum(it is not None and it.route == row["route"] for it, row in zip(dangers, asked, strict=True)) / len(asked)


@pytest.mark.parametrize(("name", "floor"), [("distress", 0.95), ("distress_fresh", 0.85)])
def test_distress_in_the_words_of_others(name: str, floor: float, libraries: Mapping[str, Library]) -> None:
    """Seen: 90 of 90, with which the patterns grew, and 33 of 37, which their authors did not look at."""
    assert heard(rows(name), libraries) >= floor


@pytest.mark.parametrize("lang", ["en", "pl", "pt", "uk"])
def test_R22_cries_in_everyday_words_with_slips_and_slang(lang: str, libraries: Mapping[str, Library]) -> None:
    """Seen: 524 of 528. docs/answers.md says how many were found of each set when it was new: words are never all known."""
    assert heard([row for row in rows("cries") if row["lang"] == lang], libraries) >= 0.97


def test_messages_that_only_sound_alike_are_left_in_peace(libraries: Mapping[str, Library]) -> None:
    names = ("lookalikes", "near_misses", "questions", "untranslated", "out_of_scope")
    quiet = [row for name in names for row in rows(name)]
    urgent = [
        row["text"]
        for row in quiet
        if (danger := libraries[row["hub"]].danger(row["text"], row["lang"], TODAY)) and danger.urgent
    ]
    assert urgent == []  # of 827


def test_what_the_hubs_say_themselves_sets_off_no_crisis(
    parts: Mapping[str, Parts], libraries: Mapping[str, Library]
) -> None:
    """Every title, wording and sentence of the articles: ordinary words about cancer, by the thousand."""
    said = [
        (name, article.lang, text)
        for name, it in parts.items()
        for versions in it.articles
        for article in versions.articles
        for text in (article.title, *article.questions, *re.split(r"(?<=[.!?])\s+", article.body))
    ]
    dangers = [(text, libraries[name].danger(text, lang, TODAY)) for name, lang, text in said]
    assert len(said) > 3_000
    assert [text for text, danger in dangers if danger and danger.route == "crisis"] == []


@pytest.mark.parametrize(
    "words",
    ["I WANT TO DIE", "i  want\n\tto\u00a0die", "i want to d\u00adi\u200be", "Ｉ want to die", "i want to díe"],
)  # fmt: skip
def test_how_it_is_spelt_hides_nothing(words: str, pl: Library) -> None:
    danger = pl.danger(words, "en", TODAY)
    assert danger is not None
    assert danger.route == "crisis"


def test_normalised_as_the_head_of_safety_yaml_says() -> None:
    assert normalised("Chcę  SPAĆ,\nŁódź") == "chce spac, lodz"
    assert normalised("I don’t, don‘t, don`t") == "i don't, don't, don't"
    assert normalised("Її Йод, ґудзик") == "її йод, ґудзик", "other scripts keep their marks"
    assert normalised("i\u0306".replace("i", "\u0438")) == "й", "also when they come apart"
    assert normalised("naïve Ærø") == "naive aero"


class Counted(Watch):
    """Counts the patterns that are really searched."""

    searched = 0

    def _matches(self, n: int, plain: str) -> tuple[bool, float]:
        self.searched += 1
        return super()._matches(n, plain)


def test_an_ordinary_message_is_searched_by_hardly_a_pattern(parts: Mapping[str, Parts]) -> None:
    it = parts["pl"]
    watch = Counted(it.safety, it.hub, PERSON)
    questions = [row["text"] for row in rows("questions") if row["hub"] == "pl"]
    for words in questions:
        watch.fired(words)
    assert watch.searched < len(questions)  # of some 120 patterns each


def test_a_text_that_defeats_a_pattern_ends_in_time_and_the_others_are_heard(parts: Mapping[str, Parts]) -> None:
    safety = replace(
        parts["pl"].safety, patterns=(("en", "emergency", (r"(aaa|aaaa)+(aaa|aaaaa)+$",)), ("en", "crisis", ("want to die",)))
    )  # fmt: skip
    danger = Watch(safety, parts["pl"].hub, PERSON).danger("a" * 3_000 + " want to die", "en", TODAY)
    assert danger is not None
    assert danger.route == "crisis"


@pytest.mark.parametrize("before", [0, 3_990, 4_096, 30_000, 64_000])
def test_a_cry_is_heard_wherever_it_stands_in_a_long_text(parts: Mapping[str, Parts], before: int) -> None:
    watch = Watch(parts["pl"].safety, parts["pl"].hub, PERSON)
    for after in (0, 20_000):
        text = (
            "It was a long day. " * (before // 19) + " I want to kill myself. " + "It was a long day. " * (after // 19)
        )
        danger = watch.danger(text, "en", TODAY)
        assert danger is not None, after
        assert danger.route == "crisis"
    assert watch.danger("It was a long day. " * 10_000, "en", TODAY) is None


class Slow(Watch):
    """Takes longer to make a pattern ready than a text may be searched."""

    def _regex(self, n: int) -> "regex.Pattern[str]":
        until = thread_time() + 1.2 * BUDGET
        while thread_time() < until:
            pass
        return super()._regex(n)


def test_a_first_message_is_heard_though_no_pattern_is_ready(parts: Mapping[str, Parts]) -> None:
    patterns = (("en", "emergency", (r"want to \w+ day",)), ("en", "crisis", ("want to die",)))
    watch = Slow(replace(parts["pl"].safety, patterns=patterns), parts["pl"].hub, PERSON)
    assert list(watch.fired("i want to die")) == ["crisis"]


def test_a_pattern_that_is_none_silences_no_other(parts: Mapping[str, Parts]) -> None:
    safety = replace(parts["pl"].safety, patterns=(("en", "emergency", ("(",)), ("en", "crisis", ("want to die",))))
    assert Watch(safety, parts["pl"].hub, PERSON).danger("i want to die", "en", date(2026, 12, 1)) is not None


def test_a_pack_with_a_gap_raises_nothing(parts: Mapping[str, Parts]) -> None:
    """The check refuses such packs; a message to one must still be handled."""
    whole = parts["pl"].safety
    no_text = Watch(replace(whole, texts=()), parts["pl"].hub, PERSON).danger("i want to die", "en", TODAY)
    assert no_text == Danger("crisis", ())
    assert Watch(replace(whole, route_of=()), parts["pl"].hub, PERSON).danger("i want to die", "en", TODAY) is None


@pytest.mark.parametrize(
    ("hub", "lang", "text"),
    [
        ("pl", "pl", "chcę się zabić"),
        ("pl", "pl", "Chce sie zabic!"),
        ("pl", "pl", "chcę się dziś zabić"),
        ("pl", "pl", "zamierzam się zabić"),
        ("pl", "uk", "я хочу себе вбити"),
        ("pl", "uk", "хочу вбити себе"),
        ("pt", "pt", "quero me matar"),
        ("pt", "pt", "vou me matar hoje"),
    ],
)
def test_R22_the_order_of_the_words_hides_nothing(parts: Mapping[str, Parts], hub: str, lang: str, text: str) -> None:
    found = parts[hub].library().danger(text, lang, TODAY)
    assert found
    assert found.route == "crisis"
