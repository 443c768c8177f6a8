"""Each prompt: what people write becomes an answer or a problem with a way to mend it, and nothing ever raises."""

from datetime import date
from decimal import Decimal
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.message import Choice, Json, Line
from bot.core.prompts import (
    SKIP,
    Consent,
    Date,
    Heard,
    ManyOf,
    Maybe,
    Measure,
    Number,
    OneOf,
    Problem,
    Prompt,
    Ranking,
    Text,
    YesNo,
    as_number,
    clean,
    counted,
    place,
    spelled,
)
from tests.core.world import EARS

Q = Line("form.age")
DAYS = Date(Q, date(2026, 1, 1), date(2026, 12, 31), date(2026, 5, 4))
TOPICS = [Choice(id, Line(f"form.topics.{id}"), id.upper()) for id in ("care", "data", "sun")]
EVENTS = [Choice(word, Line("registration.event", event=word), word) for word in ("0", "1", "2", "18 to 25", "Sun")]
TENS = [Choice(word, Line("registration.event", event=word), word) for word in ("10", "20", "110")]
PEOPLE = [Choice(word, Line("registration.event", event=word), word) for word in ("Nobody", "1 person", "2 people")]
PROMPTS: list[Prompt[Any]] = [
    Text(Q), Text(Q, 3), Number(Q, 0, 4), Measure(Q, Decimal("0.5"), Decimal(9)), DAYS, OneOf(Q, TOPICS), ManyOf(Q, TOPICS),
    Ranking(Q, TOPICS), Consent(Q), Consent(Q, age=16), YesNo(Q), Maybe(Text(Q)), Maybe(Number(Q, 0, 4)), Maybe(DAYS),
    Maybe(OneOf(Q, TOPICS)), Maybe(ManyOf(Q, TOPICS)), Maybe(Ranking(Q, TOPICS)), Maybe(Consent(Q)), OneOf(Q, []),
    ManyOf(Q, []), Ranking(Q, []),
]  # fmt: skip


def answer(prompt: Prompt[Any], text: str, lang: str = "en") -> object:
    """What the text becomes: the answer, or the id of the problem's line."""
    heard = Heard(text, tuple(choice.id for choice in prompt.choices()), EARS[lang])
    value = prompt.parse(heard)
    result = value if isinstance(value, Problem) else prompt.check(value)
    return result.line.id if isinstance(result, Problem) else result


@pytest.mark.parametrize(
    ("labels", "wanted"),
    [
        (("Yes", "No"), True),
        (("18-24", "25-34"), True),
        (("18 to 24", "25 to 34"), True),
        (("1 person", "2 people"), True),
        (("5 a day", "2 steps", "Sun"), True),
        (("0", "1", "2"), False),
        (("Yes", "7"), False),
        (("3.", "No"), False),
        (("none", "1 person", "2 people"), False),
        (("", " "), True),
        ((), True),
    ],
)
def test_a_list_of_numbers_is_not_numbered(labels: tuple[str, ...], wanted: bool) -> None:
    assert counted(labels, EARS["en"]) == wanted


@pytest.mark.parametrize(
    ("prompt", "text", "wanted"),
    [
        (Text(Q), "  Ana \n Maria ", "Ana Maria"),
        (Text(Q), "a\u202eb\x00c\ud800d", "abcd"),
        (Text(Q), " \u200b ", "core.say-something"),
        (Text(Q), "", "core.say-something"),
        (Text(Q, 3), "Ana", "Ana"),
        (Text(Q, 3), "Anna", "core.too-long"),
        (Number(Q, 0, 4), "3", 3),
        (Number(Q, 0, 4), "٣", 3),
        (Number(Q, 0, 4), "3.0", 3),
        (Number(Q, 0, 4), "0", 0),
        (Number(Q, 0, 4), "4", 4),
        (Number(Q, 0, 4), "5", "core.number-between"),
        (Number(Q, 0, 4), "-1", "core.number-between"),
        (Number(Q, 0, 4), "1.5", "core.whole-number"),
        (Number(Q, 0, 4), "two", "core.not-a-number"),
        (Number(Q, 0, 4), "1e999999999", "core.not-a-number"),
        (Number(Q, 0, 4), "nan", "core.not-a-number"),
        (Measure(Q, Decimal(0), Decimal(1)), "0.1", Decimal("0.1")),
        (Measure(Q, Decimal(0), Decimal(1)), "1.1", "core.number-between"),
        (Measure(Q, Decimal(0), Decimal(1)), "much", "core.not-a-number"),
        (DAYS, "20.5.2026", date(2026, 5, 20)),
        (DAYS, "2026-05-20", date(2026, 5, 20)),
        (DAYS, "tomorrow", date(2026, 5, 5)),
        (DAYS, "31.12.2026", date(2026, 12, 31)),
        (DAYS, "1.1.2027", "core.day-between"),
        (DAYS, "5/20/2026", "core.not-a-day"),
        (DAYS, "soon", "core.not-a-day"),
        (OneOf(Q, TOPICS), "2", "DATA"),
        (OneOf(Q, TOPICS), "DATA", "DATA"),
        (OneOf(Q, TOPICS), "da", "DATA"),
        (OneOf(Q, TOPICS), "d", "core.pick-one"),
        (OneOf(Q, TOPICS), "0", "core.pick-one"),
        (OneOf(Q, TOPICS), "4", "core.pick-one"),
        (OneOf(Q, TOPICS), "1.5", "core.pick-one"),
        (OneOf(Q, TOPICS), "", "core.pick-one"),
        (OneOf(Q, TOPICS), "?!", "core.pick-one"),
        # Where a label is a number, a number is never a place.
        (OneOf(Q, EVENTS), "1", "1"),
        (OneOf(Q, EVENTS), "01", "1"),
        (OneOf(Q, EVENTS), "٢", "2"),
        (OneOf(Q, EVENTS), "2.0", "2"),
        (OneOf(Q, EVENTS), "4", "core.pick-one"),
        (OneOf(Q, EVENTS), "18", "18 to 25"),
        (OneOf(Q, EVENTS), "18 to", "18 to 25"),
        (OneOf(Q, EVENTS), "sun", "Sun"),
        (OneOf(Q, TENS), "1", "core.pick-one"),
        (OneOf(Q, TENS), "11", "core.pick-one"),
        (OneOf(Q, TENS), "20", "20"),
        (ManyOf(Q, TENS), "20, 10", ("10", "20")),
        (ManyOf(Q, TENS), "1, 2", "core.pick-some"),
        (Ranking(Q, TENS), "20 110 10", ("20", "110", "10")),
        (Ranking(Q, TENS), "1 2 3", "core.rank-all"),
        (Maybe(OneOf(Q, TENS)), "4", "core.pick-one"),
        (Maybe(OneOf(Q, TENS)), "skip", None),
        (OneOf(Q, PEOPLE), "1", "1 person"),
        (OneOf(Q, PEOPLE), "3", "core.pick-one"),
        (ManyOf(Q, TOPICS), "3, care; 3", ("CARE", "SUN")),
        (ManyOf(Q, TOPICS), "1 3", ("CARE", "SUN")),
        (ManyOf(Q, TOPICS), "1\n2", ("CARE", "DATA")),
        (ManyOf(Q, TOPICS), "1 and 3", ("CARE", "SUN")),
        (ManyOf(Q, TOPICS), "1, 2 AND 3", ("CARE", "DATA", "SUN")),
        (ManyOf(Q, TOPICS), "care, and 3", ("CARE", "SUN")),
        (ManyOf(Q, TOPICS), "1 not 3", "core.pick-some"),
        (ManyOf(Q, TOPICS), "1 or 3", "core.pick-some"),
        (ManyOf(Q, TOPICS), "1 no 3", "core.pick-some"),
        (ManyOf(Q, TOPICS), "1 e 3", "core.pick-some"),
        (ManyOf(Q, TOPICS), "and", "core.pick-some"),
        (ManyOf(Q, TOPICS), "care", ("CARE",)),
        (ManyOf(Q, TOPICS), "1, cherry", "core.pick-some"),
        (ManyOf(Q, TOPICS), "care data", "core.pick-some"),
        (ManyOf(Q, TOPICS), "", "core.pick-some"),
        (ManyOf(Q, TOPICS), ",", "core.pick-some"),
        (Ranking(Q, TOPICS), "3 1 2", ("SUN", "CARE", "DATA")),
        (Ranking(Q, TOPICS), "sun, data, care", ("SUN", "DATA", "CARE")),
        (Ranking(Q, TOPICS), "3, 1 and 2", ("SUN", "CARE", "DATA")),
        (Ranking(Q, TOPICS), "3 1", "core.rank-all"),
        (Ranking(Q, TOPICS), "3 3 1", "core.rank-all"),
        (Ranking(Q, TOPICS), "3 3 1 2", "core.rank-all"),
        (Consent(Q), "1", True),
        (Consent(Q), "yes", True),
        (Consent(Q), "i agree", True),
        (Consent(Q), "no", False),
        (Consent(Q), "\N{THUMBS UP SIGN}", "core.yes-or-no"),
        (Consent(Q), "\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-5}", "core.yes-or-no"),
        (Consent(Q), "\N{THUMBS DOWN SIGN}", "core.yes-or-no"),
        (Consent(Q), "perhaps", "core.yes-or-no"),
        (Consent(Q, age=16), "2", None),
        (Consent(Q, age=16), "I am younger", None),
        (Consent(Q, age=16), "3", False),
        (YesNo(Q), "\N{THUMBS UP SIGN}", True),
        (YesNo(Q), " \N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-5} ", True),
        (YesNo(Q), "\N{THUMBS UP SIGN}\N{VARIATION SELECTOR-16}\N{THUMBS UP SIGN}", True),
        (YesNo(Q), "\N{THUMBS DOWN SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}", False),
        (YesNo(Q), "\N{THUMBS UP SIGN}\N{THUMBS DOWN SIGN}", "core.yes-or-no"),
        (YesNo(Q), "\N{EMOJI MODIFIER FITZPATRICK TYPE-5}", "core.yes-or-no"),
        (YesNo(Q, binding=True), "\N{THUMBS UP SIGN}", "core.yes-or-no"),
        (YesNo(Q, binding=True), "\N{THUMBS DOWN SIGN}", False),
        (YesNo(Q, binding=True), "yes", True),
        (YesNo(Q), "2", False),
        (YesNo(Q), "maybe", "core.yes-or-no"),
        (Maybe(Text(Q)), "skip", None),
        (Maybe(Text(Q)), "1", "1"),
        (Maybe(Number(Q, 0, 4)), "1", 1),
        (Maybe(Number(Q, 0, 4)), "Skip.", None),
        (Maybe(OneOf(Q, TOPICS)), "4", None),
        (Maybe(OneOf(Q, TOPICS)), "3", "SUN"),
        (Maybe(ManyOf(Q, TOPICS)), "4", None),
        (Maybe(ManyOf(Q, TOPICS)), "1, 4", "core.pick-some"),
        (Maybe(Ranking(Q, TOPICS)), "4", None),
        (Maybe(Ranking(Q, TOPICS)), "4 1 2", "core.rank-all"),
    ],
)
def test_what_a_person_wrote(prompt: Prompt[Any], text: str, wanted: object) -> None:
    assert answer(prompt, text) == wanted


@pytest.mark.parametrize(
    ("prompt", "text", "wanted"),
    [
        (ManyOf(Q, TOPICS), "1,3", ("CARE", "SUN")),  # no number here, where a comma is the decimal mark
        (ManyOf(Q, TOPICS), "1 e 3", ("CARE", "SUN")),
        (Measure(Q, Decimal(0), Decimal(5)), "1,3", Decimal("1.3")),
        (DAYS, "amanhã", date(2026, 5, 5)),
        (YesNo(Q), "não", False),
        (Consent(Q), "yes", "core.yes-or-no"),
    ],
)
def test_in_another_language(prompt: Prompt[Any], text: str, wanted: object) -> None:
    assert answer(prompt, text, "pt") == wanted


def test_a_number_means_the_list_as_it_was_shown() -> None:
    shown = ("sun", "gone", "care")
    assert OneOf(Q, TOPICS).parse(Heard("1", shown, EARS["en"])) == "sun"
    assert OneOf(Q, TOPICS).parse(Heard("2", shown, EARS["en"])) == "gone"
    assert OneOf(Q, TOPICS).check("gone") == Problem(Line("core.choice-gone"), gone=True)
    assert ManyOf(Q, TOPICS).check(["sun", "gone"]) == Problem(Line("core.choice-gone"), gone=True)
    assert Ranking(Q, TOPICS).check(["sun", "care", "gone"]) == Problem(Line("core.choice-gone"), gone=True)


@pytest.mark.parametrize(
    ("prompt", "value", "shown"),
    [
        (Text(Q), "Ana", "Ana"),
        (Number(Q, 0, 9), "3", Decimal(3)),
        (DAYS, "2026-05-20", date(2026, 5, 20)),
        (OneOf(Q, TOPICS), "sun", Line("form.topics.sun")),
        (OneOf(Q, TOPICS), "gone", Line("core.skipped")),
        (ManyOf(Q, TOPICS), ["sun", "care"], (Line("form.topics.care"), Line("form.topics.sun"))),
        (ManyOf(Q, TOPICS), "sun", (Line("form.topics.sun"),)),
        (
            Ranking(Q, TOPICS),
            ["sun", "care", "data"],
            tuple(Line(f"form.topics.{it}") for it in ("sun", "care", "data")),
        ),
        (Consent(Q, age=16), "younger", Line("core.younger", age=16)),
        (YesNo(Q), "yes", Line("core.yes")),
        (Maybe(DAYS), SKIP, Line("core.skipped")),
        (Maybe(Number(Q, 0, 9)), "3", Decimal(3)),
    ],
)
def test_an_answer_is_shown_as_people_read_it(prompt: Prompt[Any], value: Json, shown: object) -> None:
    assert prompt.show(value) == shown


ODD: list[Json] = [
    None, True, False, 7, -1.5, nan, inf, 10**400, "", "cherry", "1", "1e999999999", "NaN", "sNaN", "2026-13-45", "yes",
    SKIP, [SKIP], [], ["cherry"], ["care", "care"], ["care", None], [["care"]], [{}], {}, {"care": 1}, "\ud800", "x" * 9999,
]  # fmt: skip
ODD_IDS = [f"{type(value).__name__}-{n}" for n, value in enumerate(ODD)]
NAMES = [f"{type(prompt).__name__}-{n}" for n, prompt in enumerate(PROMPTS)]


@pytest.mark.parametrize("prompt", PROMPTS, ids=NAMES)
@pytest.mark.parametrize("value", ODD, ids=ODD_IDS)
def test_any_recorded_value_is_an_answer_or_a_problem(prompt: Prompt[Any], value: Json) -> None:
    """Rule 10. A release may change the kind of a question: what is on record then has the wrong shape."""
    prompt.check(value)
    prompt.show(value)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
likely = st.sampled_from([
    "1", "2, 3", "1 2 3", "care", "Sun; data", "skip", "yes", "4.5.2026", "tomorrow", "1e30", "-0", "0x10", "٣", "½", "²",
    "1_000", "+5", "1e5", "Infinity", "-inf", "sNaN123", "., ,.", "9" * 31, "1" * 5000,
])  # fmt: skip


@given(st.sampled_from(PROMPTS), plain)
def test_no_recorded_value_raises(prompt: Prompt[Any], value: Json) -> None:
    prompt.check(value)
    prompt.show(value)


@given(
    st.sampled_from(PROMPTS),
    st.text() | likely,
    st.lists(st.sampled_from(["care", "sun", "gone", SKIP])),
    st.sampled_from(["en", "pt"]),
)
def test_no_text_raises_and_what_is_accepted_is_shown(
    prompt: Prompt[Any], text: str, shown: list[str], lang: str
) -> None:
    value = prompt.parse(Heard(text, tuple(shown), EARS[lang]))
    if not isinstance(value, Problem):
        prompt.check(value)
        prompt.show(value)
        assert value == prompt.parse(Heard(text, tuple(shown), EARS[lang]))


@given(st.sampled_from(PROMPTS))
def test_every_choice_is_an_answer_by_number_words_and_tap(prompt: Prompt[Any]) -> None:
    for n, choice in enumerate(prompt.choices(), 1):
        if isinstance(prompt, Ranking) or (isinstance(prompt, Maybe) and isinstance(prompt.inner, Ranking)):
            continue  # a rank has no single choice
        wanted = prompt.check(choice.id)
        assert not isinstance(wanted, Problem)
        assert answer(prompt, EARS["en"].say(choice.label)) == wanted
        if prompt.numbered:
            assert answer(prompt, str(n)) == wanted


@given(st.text())
def test_a_clean_text_is_one_line_and_stays_as_it_is(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once == "" or once.isprintable()


@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "1e31", "1e-40"])
def test_numbers_that_no_question_asks_for(number: str) -> None:
    assert spelled(Decimal(number)) is None
    assert as_number(number) is None
    assert place(Decimal(number), 3) is None


def test_which_prompts_take_numbers_and_words_as_they_are() -> None:
    """A typed number picks from a list only where it cannot be the answer itself."""
    numbered = {type(it).__name__ for it in PROMPTS if it.numbered and not isinstance(it, Maybe)}
    free = {type(it).__name__ for it in PROMPTS if it.free and not isinstance(it, Maybe)}
    assert numbered == {"OneOf", "ManyOf", "Ranking", "Consent", "YesNo"}
    assert free == {"Text"}
    assert all(
        (it.numbered, it.free, it.line) == (it.inner.numbered, it.inner.free, Q)
        for it in PROMPTS
        if isinstance(it, Maybe)
    )
