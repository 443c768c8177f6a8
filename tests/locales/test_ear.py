"""Numbers, days and questions as people type them, in the language and the country of the hub."""

import time
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.message import Line
from locales.ear import LocalEar
from locales.folding import fold
from locales.voice import HubVoice

if TYPE_CHECKING:
    from bot.core.prompts import Ear

TODAY = date(2026, 11, 25)  # a Wednesday


@dataclass(frozen=True)
class Hub:
    languages: tuple[str, ...]
    country: str


HUBS = {
    "pl": Hub(("pl", "en", "uk"), "PL"),
    "pt": Hub(("pt", "en"), "PT"),
    "ie": Hub(("en", "ga"), "IE"),
    "far": Hub(("el", "hy", "es", "he", "de", "fr", "hu"), "GR"),
}
voice = HubVoice(HUBS.__getitem__)


def ear(lang: str) -> LocalEar:
    return voice.ear(next(id for id, hub in HUBS.items() if lang in hub.languages), lang)


def test_it_is_the_cores_ear() -> None:
    hears: Ear = ear("pl")
    assert hears.say(Line("core.number", number=3)) == "3"


@pytest.mark.parametrize(
    ("lang", "text", "number"),
    [
        ("pl", "3", "3"),
        ("pl", " 3. ", "3"),
        ("pl", "2)", "2"),
        ("pl", "1,5", "1.5"),
        ("pl", "1.5", "1.5"),
        ("pl", "1 234,5", "1234.5"),
        ("pl", "1\u00a0234\u00a0567", "1234567"),
        ("pl", "1\u202f234", "1234"),
        ("pt", "1.234,5", "1234.5"),
        ("pt", "1.234", "1234"),
        ("pt", "0.500", "0.500"),
        ("pt", "0,125", "0.125"),
        ("en", "1,234.5", "1234.5"),
        ("en", "1,234", "1234"),
        ("en", "1.234", "1.234"),
        ("en", "1,5", "1.5"),
        ("de", "1'234", "1234"),
        ("fr", "1 234 567,25", "1234567.25"),
        ("he", "\u20683\u2069", "3"),
        ("en", "٣", "3"),
        ("en", "\u20683\u2069", "3"),
        ("en", "\u200f3", "3"),
        ("en", "४२", "42"),
        ("en", "３", "3"),
        ("en", "٣٫٥", "3.5"),
        ("en", "-3", "-3"),
        ("en", "−3", "-3"),
        ("en", "+3", "3"),
        ("en", ".5", "0.5"),
        ("en", "007", "7"),
        ("en", "9" * 30, "9" * 30),
    ],
)
def test_a_number(lang: str, text: str, number: str) -> None:
    assert ear(lang).number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["", "x", "1e5", "1E999999", "1_000", "0x10", "1 2", "1, 3", "3 people", "½", "²", "NaN", "Infinity", "1,2,3",
     "1.2.3", "1.23.456", "1,234.567,8", "--3", "9" * 31, "3%", "٣" * 31, "一", "\u202e3", "\u202d12\u202e34"],
)  # fmt: skip
def test_no_number(text: str) -> None:
    assert ear("en").number(text) is None
    assert ear("pl").number(text) is None


@pytest.mark.parametrize(
    ("lang", "text", "day"),
    [
        ("pl", "2027-05-03", "2027-05-03"),
        ("pl", "2027.05.03.", "2027-05-03"),
        ("pl", "3.5.2027", "2027-05-03"),
        ("pl", "03.05.2027", "2027-05-03"),
        ("pl", "3. 5. 2027", "2027-05-03"),
        ("en", "3/5/2027", "2027-05-03"),
        ("en", "3-5-2027", "2027-05-03"),
        ("en", "3/5", "2027-05-03"),
        ("pl", "3.5.", "2027-05-03"),
        ("pl", "3.5", "2027-05-03"),
        ("pl", "24.11", "2027-11-24"),
        ("pl", "25.11", "2026-11-25"),
        ("en", "3/5/27", "2027-05-03"),
        ("en", "3/5/64", "1964-05-03"),
        ("en", "29 February", "2028-02-29"),
        ("en", "3 May 2027", "2027-05-03"),
        ("en", "3rd of May 2027", "2027-05-03"),
        ("en", "May 3", "2027-05-03"),
        ("en", "Mon 3 May 2027", "2027-05-03"),
        ("pl", "3 maja 2027", "2027-05-03"),
        ("pl", "3 maj", "2027-05-03"),
        ("pl", "3 MAJA 2027 r.", "2027-05-03"),
        ("pl", "piątek, 21 maja 2027", "2027-05-21"),
        ("pl", "21 pazdziernika", "2027-10-21"),
        ("pt", "3 de maio de 2027", "2027-05-03"),
        ("pt", "sexta-feira, 21 de maio de 2027", "2027-05-21"),
        ("pt", "1 de março", "2027-03-01"),
        ("uk", "3 травня 2027 р.", "2027-05-03"),
        ("uk", "пʼятниця, 21 травня", "2027-05-21"),
        ("uk", "п'ятниця", "2026-11-27"),
        ("de", "3. Mai 2027", "2027-05-03"),
        ("hu", "2027. 5. 3.", "2027-05-03"),
        ("pl", "dziś", "2026-11-25"),
        ("pl", "Jutro", "2026-11-26"),
        ("pl", "pojutrze", "2026-11-27"),
        ("pt", "amanhã", "2026-11-26"),
        ("pt", "ontem", "2026-11-24"),
        ("uk", "завтра", "2026-11-26"),
        ("en", "the day after tomorrow", "2026-11-27"),
        ("pl", "tomorrow", "2026-11-26"),
        ("pl", "piątek", "2026-11-27"),
        ("pl", "w środę", None),
        ("pl", "środa", "2026-12-02"),
        ("pt", "segunda", "2026-11-30"),
        ("en", "friday", "2026-11-27"),
        ("en", "٣/٥/٢٠٢٧", "2027-05-03"),
    ],
)
def test_a_day(lang: str, text: str, day: str | None) -> None:
    assert ear(lang).day(text, TODAY) == (date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "31.2.2027", "32.1.2027", "5/13/2027", "2027-13-01", "0.5.2027", "Thursday 21 May 2027", "3", "May",
     "3 4 5 6", "2027", "99999999999", "3 foo 2027", "next week", "0000-01-01", "3 May 20277"],
)  # fmt: skip
def test_no_day(text: str) -> None:
    assert ear("en").day(text, TODAY) is None


def test_what_is_shown_as_a_day_is_read_as_that_day() -> None:
    """A person may copy the bot's own date back into an answer."""
    for hub, id in ((hub, id) for id, hub in HUBS.items() if id != "far"):
        for lang in hub.languages:
            hears = voice.ear(id, lang)
            for ahead in range(0, 370, 3):
                day = TODAY + timedelta(days=ahead)
                shown = hears.say(Line("core.number", number=day))
                assert hears.day(shown, TODAY) == day, (lang, shown)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Can I bring a friend?"),
        ("en", "Is it free? I live in Porto."),
        ("en", "when does it start"),
        ("en", "Hello, what does it cost"),
        ("pl", "czy moge przyjsc z mezem"),
        ("pl", "Do kiedy mogę odpowiedzieć"),
        ("pl", "od jakiego wieku jest mammografia"),
        ("pl", "a gdzie to jest"),
        ("pt", "posso levar o meu marido"),
        ("pt", "a que horas começa"),
        ("uk", "чи можна прийти з чоловіком"),
        ("uk", "О котрій початок"),
        ("el", "Πού είναι;"),
        ("el", "Πού είναι\u037e"),
        ("hy", "Ո՞ւր է"),
        ("es", "¿Dónde está"),
        ("de", "Wirklich?"),
    ],
)
def test_8_it_asks(lang: str, text: str) -> None:
    assert ear(lang).asks(text)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", ""),
        ("en", "I would like to come; thank you"),
        ("en", "https://example.org/?id=3 is the page"),
        ("en", "More local events."),
        ("pl", "Więcej badań w małych miastach"),
        ("pt", "Mais informação em português"),
        ("uk", "Більше інформації про скринінг"),
        ("de", "Erstens; zweitens"),
    ],
)
def test_8_it_does_not_ask(lang: str, text: str) -> None:
    assert not ear(lang).asks(text)


anything = st.text() | st.text(alphabet="0123456789.,/- '\u0660\u0663\u00a0e+", max_size=100)


@given(text=anything, lang=st.sampled_from(["en", "pl", "pt", "uk", "el", "hy", "es", "he", "hu", "ga"]))
def test_any_text_raises_nothing(text: str, lang: str) -> None:
    hears = ear(lang)
    hears.fold(text)
    hears.command(text)
    hears.command(text, number_wanted=True)
    hears.yes_or_no(text)
    hears.asks(text)
    number = hears.number(text)
    assert number is None or number.is_finite()
    for today in (TODAY, date.min, date.max):
        hears.day(text, today)


@given(text=st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(
    number=st.decimals(min_value=-(10**9), max_value=10**9, places=2),
    lang=st.sampled_from(["en", "pl", "pt", "uk", "de"]),
)
def test_a_number_that_was_shown_is_read_as_itself(number: Decimal, lang: str) -> None:
    shown = ear(lang).say(Line("core.number", number=number))
    assert ear(lang).number(shown) == number, shown


@pytest.mark.parametrize(
    "piece", ["a", "1", "?", "!", " ", "\u0301\u0327", "1 ", "1,", "’1", "please ", "?!", "\u2068", "ﷺ", "3 May "]
)
def test_a_hundred_thousand_characters_cost_little(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    hears = ear("pl")
    began = time.process_time()
    fold(text)
    hears.fold(text)
    hears.command(text)
    hears.yes_or_no(text)
    hears.number(text)
    hears.day(text, TODAY)
    hears.asks(text)
    assert time.process_time() - began < 1.0  # 20 ms on the machine that it was written on; quadratic would be minutes
