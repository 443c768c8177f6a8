"""Reading catalogues: what is wrong in one is told with file and line, and falls back; nothing raises."""

import time
from pathlib import Path

import pytest
from babel import Locale

from locales.catalogue import HERE, Catalogues
from locales.tags import locale_of, match, own_name

HEAD = 'msgid ""\nmsgstr ""\n"Language: {}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: {}\\n"\n\n'
EN = 'msgid "a.one"\nmsgstr "One {x}"\n\nmsgid "a.two"\nmsgid_plural "a.two"\nmsgstr[0] "{count} thing"\nmsgstr[1] "{count} things"\n'


def folder(path: Path, **files: str) -> Path:
    for lang, text in {"en": EN, **files}.items():
        file = path / lang / "LC_MESSAGES" / "hubbot.po"
        file.parent.mkdir(parents=True)
        file.write_text(HEAD.format(lang, "nplurals=2; plural=(n != 1);") + text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('msgid "a.one"\nmsgstr ""\n', "a form is empty"),
        ('#, fuzzy\nmsgid "a.one"\nmsgstr "Eins {x}"\n', "fuzzy"),
        ('msgid "a.one"\nmsgstr "Eins {y}"\n', "gaps ['y'], not ['x']"),
        ('msgid "a.one"\nmsgstr "Eins"\n', "gaps [], not ['x']"),
        (
            'msgid "a.one"\nmsgid_plural "a.one"\nmsgstr[0] "{x}"\nmsgstr[1] "{x}"\n',
            "has a plural here or in English only",
        ),
        ('msgid "a.one"\nmsgstr "{x} \x1b[2J"\n', "the character U+001B, which cannot be seen"),
        ('msgid "a.one"\nmsgstr "{x} \u202e"\n', "the character U+202E, which cannot be seen"),
        ('msgid "a.one"\nmsgstr "{x} {X}"\n', "a brace that is no gap"),
        ("", "missing"),
    ],
)
def test_a_line_that_is_not_right_falls_back_and_is_told(tmp_path: Path, text: str, told: str) -> None:
    other = 'msgid "a.two"\nmsgid_plural "a.two"\nmsgstr[0] "ein Ding"\nmsgstr[1] "{count} Dinge"\n\n'
    found = Catalogues.load(folder(tmp_path, de=other + text))
    assert [(it.path.parent.parent.name, it.text) for it in found.problems] == [("de", f"a.one: {told}")]
    assert all(it.line >= 1 for it in found.problems)
    assert found.find("a.one", None, "de") == ("en", "One {x}")
    assert found.find("a.two", 1, "de") == ("de", "ein Ding")


def test_a_line_that_english_lacks_is_told(tmp_path: Path) -> None:
    found = Catalogues.load(folder(tmp_path, de=EN + '\nmsgid "a.three"\nmsgstr "Drei"\n'))
    assert [it.text for it in found.problems] == ["a.three: English does not have it"]
    assert found.find("a.three", None, "de") is None


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        b'msgid "a',
        b'msgid "a"\nmsgid "b"\n',
        HEAD.format("de", "nplurals=2; plural=n!").encode(),
        HEAD.format("de", "nplurals=2; plural=n/0").encode(),
        HEAD.format("de", "nplurals=2; plural=n").encode(),
        HEAD.format("de", "nplurals=99999999; plural=0").encode(),
        (HEAD.format("de", "nplurals=2; plural=n!=1") + EN).replace("UTF-8", "nonsense").encode(),
        (HEAD.format("de", "nplurals=2; plural=n!=1") + EN).replace("UTF-8", "latin-1").encode(),
    ],
)
def test_a_broken_file_is_a_problem_and_no_exception(tmp_path: Path, body: bytes) -> None:
    path = folder(tmp_path, de="") / "de" / "LC_MESSAGES" / "hubbot.po"
    path.write_bytes(body)
    found = Catalogues.load(tmp_path)
    assert [it.path for it in found.problems] == [path] * len(found.problems)
    assert found.problems
    assert found.find("a.one", None, "de") == ("en", "One {x}")


@pytest.mark.parametrize(
    "rule",
    [
        "nplurals=2; plural=(__import__('pathlib').Path('hacked').touch());",
        "nplurals=2; plural=n.__class__;",
        "nplurals=2; plural=[n for n in (1, 2)];",
        "nplurals=2; plural=n**n**n;",
        "nplurals=2; plural=" + "(" * 400 + "n" + ")" * 400 + ";",
        "nplurals=2; plural=" + "n*" * 5_000 + "n;",
        "nplurals=2; plural=n/0;",
        "nplurals=2; plural=n%(n-7);",
        "nplurals=2; plural=n;",
        "nplurals=2; plural=0-1;",
        "nplurals=99999999; plural=(n != 1);",
        "nplurals=" + "9" * 5_000 + "; plural=(n != 1);",
    ],
    ids=lambda rule: rule[:40],
)
def test_W20_a_plural_rule_that_is_no_small_formula_is_told_at_once_and_never_run(
    rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = folder(tmp_path, de="") / "de" / "LC_MESSAGES" / "hubbot.po"
    path.write_text(HEAD.format("de", rule) + EN, encoding="utf-8")
    start = time.process_time()
    found = Catalogues.load(tmp_path)
    assert time.process_time() - start < 1
    assert [it.path for it in found.problems] == [path]
    assert found.find("a.two", 7, "de") == ("en", "{count} things")
    assert not (tmp_path / "hacked").exists()


def test_no_catalogue_at_all(tmp_path: Path) -> None:
    assert Catalogues.load(tmp_path).find("a.one", None, "en") is None


def test_every_header_says_how_people_are_addressed_and_who_has_read_it() -> None:
    for lang, catalogue in Catalogues.load().by_lang.items():
        assert catalogue.address, lang
        assert catalogue.checked, lang


def test_r91_every_plural_rule_tells_apart_what_cldr_tells_apart() -> None:
    """Babel's own table of rules is older than CLDR's: a header is written by hand, and held against CLDR here."""
    for lang, catalogue in Catalogues.load().by_lang.items():
        rule = locale_of(lang, "").plural_form
        pairs = {(rule(n), catalogue.plural(n)) for n in range(1_001)}
        assert len({category for category, _ in pairs}) == len(pairs) == len({form for _, form in pairs}), lang
        used = {form for _, form in pairs}
        for id, forms in catalogue.lines.items():
            assert len(forms) in (1, len(used)), f"{lang}: {id}"


def test_the_files_have_no_dates_in_their_headers() -> None:
    """They would change with every edit and say nothing that the history does not."""
    for path in sorted(HERE.glob("*/LC_MESSAGES/hubbot.po")):
        assert "-Date:" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize(
    ("tag", "languages", "found"),
    [
        ("pl", ("pl", "en"), "pl"),
        ("PL", ("pl", "en"), "pl"),
        ("pt-BR", ("pt", "en"), "pt"),
        ("pt_PT", ("pt", "en"), "pt"),
        ("no", ("nb", "en"), "nb"),
        ("nn-NO", ("nb", "en"), "nb"),
        ("iw", ("he", "en"), "he"),
        ("mo", ("ro",), "ro"),
        ("sh", ("sr-Latn",), "sr-Latn"),
        ("sr", ("sr-Latn",), "sr-Latn"),
        ("sr-Cyrl-RS", ("sr-Latn", "sr-Cyrl"), "sr-Cyrl"),
        ("fr", ("pl", "en"), None),
        ("", ("pl", "en"), None),
        ("-", ("pl", "en"), None),
        ("zz-" * 500, ("pl", "en"), None),
    ],
)
def test_a_tag_means_one_of_the_hubs_languages(tag: str, languages: tuple[str, ...], found: str | None) -> None:
    assert match(tag, languages) == found


@pytest.mark.parametrize(
    ("lang", "country", "locale"),
    [
        ("pl", "PL", "pl_PL"),
        ("pt", "PT", "pt_PT"),
        ("pt", "PL", "pt_PT"),
        ("en", "PL", "en_GB"),
        ("en", "IE", "en_IE"),
        ("en", "MT", "en_MT"),
        ("uk", "PL", "uk"),
        ("de", "AT", "de_AT"),
        ("sr", "RS", "sr_Cyrl"),
        ("sr-Latn", "ME", "sr_Latn_ME"),
        ("xx", "PL", "en_GB"),
        ("", "", "en_GB"),
    ],
)
def test_the_locale_in_which_a_language_is_written_in_a_country(lang: str, country: str, locale: str) -> None:
    assert str(locale_of(lang, country)).startswith(locale)


def test_own_names() -> None:
    assert [own_name(lang) for lang in ("pl", "uk", "lv", "xx")] == ["polski", "українська", "latviešu", "xx"]
    assert Locale("he").text_direction == "rtl"
