"""Every line that the code says is in the catalogue, every line of the catalogue is said, and each gap is fed."""

import pytest

from bot.core.message import Line
from locales.catalogue import GAP, SOURCE, Catalogues, gaps
from locales.render import Renderer
from locales.words import Words
from tests.locales import usage as lines

catalogues = Catalogues.load()
english = catalogues.by_lang[SOURCE]
used = lines.read()
FULL = ("en", "pl", "pt", "uk")  # the languages in which the bot is complete
# Said by the renderer itself.
OWN = {"core.in-language", "core.machine"}


def test_every_id_is_a_literal_or_listed() -> None:
    assert [use.where for use in used.uses if use.ids is None] == []


def test_no_line_is_missing_in_english() -> None:
    assert sorted(used.ids - english.lines.keys()) == []


def test_no_line_of_the_catalogue_is_unused() -> None:
    languages = {id for id in english.lines if id.startswith("language.") and id.removeprefix("language.") in FULL}
    assert sorted(english.lines.keys() - used.ids - used.literals - languages - OWN) == []


def test_every_gap_is_fed_where_the_line_is_said() -> None:
    """A gap that nobody fills is a hole in a sentence, or a row that never shows."""
    hungry = [
        f"{use.where}: {id} has {{{gap}}}"
        for use in used.uses
        if not use.open
        for id in use.ids or ()
        for form in english.lines.get(id, ())
        for gap in sorted(gaps(form))
        if gap.partition(".")[0] not in use.params
    ]
    assert hungry == []


def test_a_line_with_plural_forms_is_told_the_count() -> None:
    plural = {id for id, forms in english.lines.items() if len(forms) > 1}
    silent = [
        f"{use.where}: {id}"
        for use in used.uses
        for id in use.ids or ()
        if id in plural and not use.open and "count" not in use.params
    ]
    assert silent == []


@pytest.mark.parametrize("lang", FULL)
def test_every_catalogue_is_whole(lang: str) -> None:
    """Nothing missing, fuzzy, empty, or with other gaps than English has."""
    assert lang in catalogues.by_lang
    assert [f"{it.path.parent.parent.name}:{it.line}: {it.text}" for it in catalogues.by_lang[lang].problems] == []


LONGEST_LABEL = 30  # characters, so that two stand beside each other on a small phone
# What stands in the gaps of labels; a hub's own words (titles, choices) are the hub's, and its pack is checked.
SAMPLES = {"language": "українська", "age": "16", "reference": "Q-123", "count": "12", "number": "100"}


@pytest.mark.parametrize("lang", FULL)
def test_a_label_has_30_characters_at_most(lang: str) -> None:
    assert len(used.labels) > 40
    found = {
        id: text
        for id in sorted(used.labels)
        for form in catalogues.by_lang[lang].lines.get(id, ())
        if len(text := GAP.sub(lambda gap: SAMPLES.get(gap[1], ""), form)) > LONGEST_LABEL or "\n" in text
    }
    assert found == {}


@pytest.mark.parametrize("lang", FULL)
def test_a_typed_label_presses_its_button_and_is_no_other_command(lang: str) -> None:
    """ "Sign me up" typed under an event signs up for it; the list of events has other words."""
    words, same = Words.load(), ("command.", "menu.", "stop.messages", "privacy.read")
    found = {
        id: form
        for id in sorted(used.labels)
        for form in catalogues.by_lang[lang].lines.get(id, ())
        if not id.startswith(same) and words.command(form, lang, FULL)
    }
    assert found == {}


@pytest.mark.parametrize("lang", FULL)
def test_r91_every_plural_line_in_every_class(lang: str) -> None:
    """0, 1, 2, 5, 21 and 100 of each: no brace left, no double blank, and the number is there or spelled out."""
    voice = Renderer.of(catalogues, lang, lang, "PL")
    for id, forms in english.lines.items():
        if len(forms) == 1:
            continue
        for count in (0, 1, 2, 5, 21, 100):
            params = {gap.partition(".")[0]: "X" for gap in gaps(forms[-1])} | {"count": count}
            text = voice.line(Line(id, **params))  # type: ignore[arg-type]
            assert text, id
            assert not {*"{}"} & {*text}, text
            assert "  " not in text
            if "{count}" in forms[-1] and count != 1:
                assert str(count) in text, f"{lang} {id}: {text}"


@pytest.mark.parametrize("lang", FULL)
def test_one_class_may_spell_the_number_out_only_where_it_stands_for_one_number(lang: str) -> None:
    """Polish "one" is 1 alone, Ukrainian "one" is 21 as well: there the number must stand."""
    catalogue = catalogues.by_lang[lang]
    numbers: dict[int, set[int]] = {}
    for n in range(200):
        numbers.setdefault(catalogue.plural(n), set()).add(n)
    wrong = [
        id
        for id, forms in catalogue.lines.items()
        if len(forms) > 1 and any("count" in gaps(form) for form in english.lines.get(id, ()))
        for number, form in enumerate(forms)
        if "count" not in gaps(form) and len(numbers.get(number, ())) > 1
    ]
    assert wrong == []
