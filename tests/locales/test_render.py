"""Lines become text: gaps, values by CLDR, other languages, right-to-left, and nobody's words as a template."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.message import Button, Cancel, Line, Link, Message, Moment, Month, Texts
from locales.catalogue import Catalogues
from locales.render import Renderer
from locales.voice import HubVoice

HEAD = 'msgid ""\nmsgstr ""\n"Language: {lang}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: {plural}\\n"\n'
PLURALS = {
    "en": "nplurals=2; plural=(n != 1);",
    "pl": "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    "he": "nplurals=2; plural=(n != 1);",
}
ENGLISH = Renderer.of(Catalogues.load(), "en", "en", "PL")
LINES = {
    "en": {
        "t.is": "It is {it}",
        "t.body": "{text}",
        "t.two": "{a} and {b}",
        "t.event": "Event: {event.title}\nWhere: {event.place}\nAccess: {event.access}",
        "t.when": "{at.day}, from {at.time} ({at.place})",
        "t.only-en": "Only English has this",
        "t.seats": ("{count} seat", "{count} seats"),
        "core.in-language": "In {language}:",
        "core.yes": "Yes",
        "core.no": "No",
        "language.en": "English",
        "language.pl": "polski",
    },
    "pl": {
        "t.is": "To jest {it}",
        "t.body": "{text}",
        "t.two": "{a} i {b}",
        "t.event": "Wydarzenie: {event.title}\nGdzie: {event.place}\nDostęp: {event.access}",
        "t.seats": ("{count} miejsce", "{count} miejsca", "{count} miejsc"),
        "core.in-language": "Język tekstu: {language}",
        "language.en": "English",
        "language.pl": "polski",
    },
    "he": {"t.is": "זה {it}", "t.two": "{a} {b}"},
}


@dataclass(frozen=True)
class Event:
    id: str
    title: Texts
    place: Texts = Texts()
    access: Texts = Texts()

    @property
    def secret(self) -> str:
        return "no field"


FAIR = Event("fair", Texts.of({"pl": "Targi", "en": "Fair"}), Texts.of({"pl": "Warszawa"}))


@pytest.fixture(scope="module")
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> Catalogues:
    folder = tmp_path_factory.mktemp("locales")
    for lang, lines in LINES.items():
        write(folder, lang, PLURALS[lang], lines)
    found = Catalogues.load(folder)
    assert [it for it in found.problems if "missing" not in it.text] == []
    return found


def write(folder: Path, lang: str, plural: str, lines: dict[str, str | tuple[str, ...]]) -> Path:
    """A .po file below `folder`."""
    path = folder / lang / "LC_MESSAGES" / "hubbot.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = HEAD.format(lang=lang, plural=plural)
    for id, forms in lines.items():
        text += f'\nmsgid "{id}"\n'
        if isinstance(forms, str):
            text += f'msgstr "{_escaped(forms)}"\n'
        else:
            text += f'msgid_plural "{id}"\n' + "".join(
                f'msgstr[{n}] "{_escaped(form)}"\n' for n, form in enumerate(forms)
            )
    path.write_text(text, encoding="utf-8")
    return path


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def in_(catalogues: Catalogues, lang: str, country: str = "PL") -> Renderer:
    return Renderer.of(catalogues, lang, "pl", country)


MOMENT = Moment(datetime(2027, 5, 21, 8, tzinfo=UTC), "Europe/Warsaw")


@pytest.mark.parametrize(
    ("lang", "value", "text"),
    [
        ("pl", "tekst", "To jest tekst"),
        ("pl", 12345, "To jest 12\u00a0345"),
        ("en", 12345, "It is 12,345"),
        ("pl", Decimal("1.50"), "To jest 1,5"),
        ("en", 1.5, "It is 1.5"),
        ("en", True, "It is Yes"),
        ("pl", date(2027, 5, 21), "To jest piątek, 21 maja 2027"),
        ("en", date(2027, 5, 21), "It is Friday, 21 May 2027"),
        ("pl", MOMENT, "To jest piątek, 21 maja 2027 10:00 (Warszawa)"),
        ("en", MOMENT, "It is Friday, 21 May 2027, 10:00 (Warsaw)"),
        ("pl", Month(date(2026, 11, 1)), "To jest listopad 2026"),
        ("en", Month(date(2026, 11, 1)), "It is November 2026"),
        ("en", Link("https://example.org/a", "A page"), "It is A page: https://example.org/a"),
        ("en", Link("https://example.org/a"), "It is https://example.org/a"),
        ("en", ("a", "b", "c"), "It is a, b and c"),
        ("pl", [1, 2], "To jest 1 i 2"),
        ("pl", Line("t.seats", count=5), "To jest 5 miejsc"),
        ("pl", (Line("t.seats", count=1), Line("t.seats", count=2)), "To jest 1 miejsce i 2 miejsca"),
        ("pl", Texts.of({"en": "Fair", "pl": "Targi"}), "To jest Targi"),
        ("en", Texts.of({"uk": "Ярмарок"}), "It is Ярмарок"),
        ("en", FAIR, "It is Fair"),
    ],
)
def test_a_value(catalogues: Catalogues, lang: str, value: object, text: str) -> None:
    assert in_(catalogues, lang).line(Line("t.is", it=value)) == text  # type: ignore[arg-type]


def test_parts_of_a_moment(catalogues: Catalogues) -> None:
    text = in_(catalogues, "en").line(Line("t.when", at=MOMENT))
    assert text == "Friday, 21 May 2027, from 10:00 (Warsaw)"


def test_r83_the_hour_of_the_place_through_the_change_of_clocks(catalogues: Catalogues) -> None:
    before = Moment(datetime(2027, 3, 27, 9, tzinfo=UTC), "Europe/Warsaw")
    after = Moment(datetime(2027, 3, 28, 9, tzinfo=UTC), "Europe/Warsaw")
    texts = [in_(catalogues, "en").line(Line("t.when", at=at)) for at in (before, after)]
    assert ["10:00" in texts[0], "11:00" in texts[1]] == [True, True]


def test_text_language_and_formatting_locale_are_two_things() -> None:
    real = Catalogues.load()
    numbers = {
        ("pt", "PT"): "12\u00a0345,5",
        ("pt", "BR"): "12.345,5",
        ("en", "PL"): "12,345.5",
        ("de", "AT"): "12.345,5",
    }
    for (lang, country), text in numbers.items():
        assert Renderer.of(real, lang, "en", country).line(Line("core.number", number=Decimal("12345.5"))) == text
    english = {"PL": "Friday, 21 May 2027", "IE": "Friday 21 May 2027"}
    for country, text in english.items():
        assert Renderer.of(real, "en", "en", country).line(Line("core.number", number=date(2027, 5, 21))) == text


@pytest.mark.parametrize(
    ("lang", "forms"),
    [("pl", ["miejsc", "miejsce", "miejsca", "miejsc", "miejsc", "miejsc"]), ("en", ["seats", "seat", *["seats"] * 4])],
)
def test_r91_count_chooses_the_plural_class(catalogues: Catalogues, lang: str, forms: list[str]) -> None:
    shown = [in_(catalogues, lang).line(Line("t.seats", count=n)).split()[1] for n in (0, 1, 2, 5, 21, 100)]
    assert shown == forms


def test_a_missing_line_falls_back_to_the_hubs_language_then_to_english(catalogues: Catalogues) -> None:
    assert in_(catalogues, "uk").line(Line("t.is", it=1)) == "To jest 1"
    assert in_(catalogues, "pl").line(Line("t.only-en")) == "Only English has this"


def test_nobody_reads_the_id_of_a_line(catalogues: Catalogues) -> None:
    voice = in_(catalogues, "pl")
    assert voice.line(Line("no.such-line", it="x")) == ""
    assert voice.lines((Line("t.is", it=1), Line("no.such-line"), Line("t.is", it=2))) == "To jest 1\n\nTo jest 2"
    assert voice.label(Line("language.fr")) == "Français"
    assert voice.line(Line("t.is", it=Line("language.fr"))) == "To jest français"


def test_a_row_whose_gaps_are_all_empty_is_left_out(catalogues: Catalogues) -> None:
    text = in_(catalogues, "pl").line(Line("t.event", event=FAIR))
    assert text == "Wydarzenie: Targi\nGdzie: Warszawa"


def test_lines_are_paragraphs(catalogues: Catalogues) -> None:
    message = Message((Line("t.is", it=1), Line("t.event", event=FAIR)), (Button(Line("t.is", it=2), Cancel()),))

    class Hub:
        languages = ("pl", "en")
        country = "PL"

    voice = HubVoice({"pl": Hub()}.__getitem__, catalogues)
    assert voice.render(message, "pl", "pl") == (
        "To jest 1\n\nWydarzenie: Targi\nGdzie: Warszawa",
        ("To jest 2",),
    )
    assert voice.languages("pl") == ("pl", "en")


def test_a_body_in_another_language_is_introduced_once_a_message(catalogues: Catalogues) -> None:
    first, second = (Line("t.body", text=Texts.of({"en": text})) for text in ("One.\n\nTwo.", "Three."))
    own = Line("t.body", text=Texts.of({"pl": "Cztery."}))
    text = in_(catalogues, "pl").lines((own, first, second))
    assert text == "Cztery.\n\nJęzyk tekstu: English\nOne.\n\nTwo.\n\nThree."
    assert in_(catalogues, "en").lines((first,)) == "One.\n\nTwo."
    assert in_(catalogues, "pl").label(first) == "One. Two."
    assert in_(catalogues, "pl").line(Line("t.is", it=Texts.of({"en": "One"}))) == "To jest One"


def test_r87_words_of_a_machine_say_so_once_a_message_by_the_header_alone(tmp_path: Path) -> None:
    both = {"welcome.hello": "Hello", "language.set": "Set", "core.machine": "By a machine", "t.other": "Other"}
    for lang, header in (
        ("en", ""),
        ("pl", "# Translation: machine, unreviewed\n"),
        ("pt", "# Translation: read by anna\n"),
    ):
        path = tmp_path / lang / "LC_MESSAGES" / "hubbot.po"
        path.parent.mkdir(parents=True)
        lines = "\n".join(f'msgid "{id}"\nmsgstr "{text}"\n' for id, text in both.items())
        path.write_text(header + HEAD.format(lang=lang, plural=PLURALS["en"]) + lines, encoding="utf-8")
    shipped = Catalogues.load(tmp_path)
    said = {
        lang: Renderer.of(shipped, lang, "en", "").lines([Line("welcome.hello"), Line("language.set"), Line("t.other")])
        for lang in ("en", "pl", "pt")
    }
    assert said["en"] == said["pt"] == "Hello\n\nSet\n\nOther"
    assert said["pl"] == "Hello\nBy a machine\n\nSet\n\nOther"


def test_a_list_that_stands_alone_has_one_item_a_line(catalogues: Catalogues) -> None:
    assert in_(catalogues, "en").line(Line("t.body", text=("a", Line("t.only-en")))) == "a\nOnly English has this"


def test_right_to_left_fences_off_what_is_put_in(catalogues: Catalogues) -> None:
    assert in_(catalogues, "he", "IL").line(Line("t.is", it="112")) == "זה \u2068112\u2069"
    assert in_(catalogues, "he", "IL").line(Line("t.two", a="a", b=3)) == "\u2068a\u2069 \u20683\u2069"
    assert "\u2068" not in in_(catalogues, "pl").line(Line("t.is", it="112"))


def test_fields_only_no_class_no_index_no_format(catalogues: Catalogues) -> None:
    """What else may stand between braces in Python is refused when a catalogue is read (test_catalogue)."""
    assert Renderer.of(catalogues, "en", "en", "").line(Line("t.is", it=FAIR)) == "It is Fair"


@pytest.mark.parametrize("gap", ["event.secret", "event.title.of", "event.nothing.more", "nothing"])
def test_what_is_no_field_is_empty(tmp_path: Path, gap: str) -> None:
    write(tmp_path, "en", PLURALS["en"], {"t.x": f"a\nb {{{gap}}}"})
    assert Renderer.of(Catalogues.load(tmp_path), "en", "en", "").line(Line("t.x", event=FAIR)).startswith("a")


def test_nobodys_text_is_a_template(catalogues: Catalogues) -> None:
    hostile = "{it} {b} {event.title} {0} %s %(it)s {{it}}"
    assert in_(catalogues, "en").line(Line("t.two", a=hostile, b="B")) == f"{hostile} and B"
    assert in_(catalogues, "en").line(Line("t.body", text=Texts.of({"en": hostile}))) == hostile


def test_invisible_characters_do_not_come_through(catalogues: Catalogues) -> None:
    odd = "a\u202eb\u2066c\u200bd\x00e\x1b[31mf\ufeffg\u00adh\ud800i"
    assert in_(catalogues, "en").line(Line("t.is", it=odd)) == "It is abcde[31mfghi"
    assert in_(catalogues, "en").line(Line("t.is", it="a\n\nb\u2028c")) == "It is a  b c"
    family = "👩\u200d👧"
    assert in_(catalogues, "en").line(Line("t.is", it=family)) == f"It is {family}"


@pytest.mark.parametrize(
    "value",
    [
        None,
        object(),
        {"a": 1},
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("1E+999999"),
        10**100,
        Moment(datetime(2027, 5, 21, 8, tzinfo=UTC), "No/Where"),
        Moment(datetime(2027, 5, 21, 8, tzinfo=UTC).replace(tzinfo=None), "Europe/Warsaw"),
        datetime(2027, 5, 21, 8, tzinfo=UTC),
        date.min,
        Texts(),
        (),
        Link(""),
        b"x",
    ],
)
def test_an_odd_value_costs_no_message(catalogues: Catalogues, value: object) -> None:
    for lang in ("pl", "en", "he"):
        text = in_(catalogues, lang).lines((Line("t.is", it=value), Line("t.is", it="kept")))  # type: ignore[arg-type]
        assert "kept" in text
        assert len(text) < 300


@given(text=st.text())
def test_any_text_may_be_put_in(text: str) -> None:
    shown = ENGLISH.line(Line("core.earlier-answer", answer=text))
    assert shown == "" or shown.startswith("Your answer so far: ")
    assert not any(char in shown for char in "\u202e\u2066\u2067\u2068\u2069\u200b\x00")


def test_lines_within_lines_have_an_end(catalogues: Catalogues) -> None:
    line = Line("t.is", it="deep")
    for _ in range(500):
        line = Line("t.is", it=line)
    assert in_(catalogues, "en").line(line).startswith("It is It is")
