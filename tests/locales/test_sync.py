"""Catalogues follow the English one, and nothing translated is lost on the way."""

from pathlib import Path

import pytest

from locales import sync
from locales.catalogue import HERE, Catalogues
from locales.words import Words

HEAD = 'msgid ""\nmsgstr ""\n"Language: {}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: {}\\n"\n'
POLISH = "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);"


def files(folder: Path, english: str, polish: str) -> Path:
    for lang, plural, text in (("en", "nplurals=2; plural=(n != 1);", english), ("pl", POLISH, polish)):
        path = folder / lang / "LC_MESSAGES" / "hubbot.po"
        path.parent.mkdir(parents=True)
        path.write_text(HEAD.format(lang, plural) + "\n" + text, encoding="utf-8")
    return folder / "pl" / "LC_MESSAGES" / "hubbot.po"


def test_new_lines_come_in_changed_ones_wait_and_lost_ones_go(tmp_path: Path) -> None:
    english = (
        '# ---- A part\n\nmsgid "a.new"\nmsgstr "New \\"word\\" {x}\\nrow"\n\nmsgid "a.kept"\nmsgstr "Kept"\n\n'
        'msgid "a.changed"\nmsgstr "Now this"\n\n'
        'msgid "a.many"\nmsgid_plural "a.many"\nmsgstr[0] "{count} thing"\nmsgstr[1] "{count} things"\n'
    )
    polish = (
        '#. Was this\nmsgid "a.changed"\nmsgstr "Tamto"\n\n#. Kept\nmsgid "a.kept"\nmsgstr "Zostaje"\n\n'
        '#. Lost\nmsgid "a.lost"\nmsgstr "Zgubione"\n'
    )
    path = files(tmp_path, english, polish)
    assert sync.main(tmp_path) == 3
    text = path.read_text(encoding="utf-8")
    assert '#. New "word" {x}\\nrow\nmsgid "a.new"\nmsgstr ""\n' in text
    assert '#. Now this\n#, fuzzy\nmsgid "a.changed"\nmsgstr "Tamto"\n' in text
    assert '#. Kept\nmsgid "a.kept"\nmsgstr "Zostaje"\n' in text
    assert 'msgstr[0] ""\nmsgstr[1] ""\nmsgstr[2] ""\n' in text
    assert "Zgubione" not in text
    assert "# ---- A part" in text
    assert text.startswith(HEAD.format("pl", POLISH))
    assert sync.main(tmp_path) == 3
    assert path.read_text(encoding="utf-8") == text
    found = Catalogues.load(tmp_path)
    assert {problem.text for problem in found.problems} == {
        "a.new: a form is empty",
        "a.changed: fuzzy",
        "a.many: a form is empty",
    }


@pytest.mark.parametrize("lang", ["pl", "pt", "uk"])
def test_our_catalogues_are_in_step(lang: str) -> None:
    """A change of an English line is seen in each translation before it is committed: `python -m locales.sync`."""
    english = sync.read(HERE / "en" / "LC_MESSAGES" / "hubbot.po")
    path = HERE / lang / "LC_MESSAGES" / "hubbot.po"
    assert sync.updated(english, path.read_text(encoding="utf-8"), sync.read(path)) == (path.read_text("utf-8"), 0)


def test_the_readme_counts_right() -> None:
    assert f"in {len(Words.load().by_lang)} languages" in (HERE / "README.md").read_text(encoding="utf-8")
