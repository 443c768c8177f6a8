"""What the check says about safety texts and the patterns that lead to them.

One rule: nobody writes to people in danger in words that no person has read (R87); only a sample may, with a warning.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.core.hub import Hub
from bot.packs import patterns
from bot.packs.loader import Loaded
from bot.packs.problems import Document, Report

EXAMPLES_FOUND = 0.9  # of the prototypes of a key must be found by its patterns; the rest is for the search by meaning
URGENT = ("emergency", "crisis")


def safety(document: Document, hub: Hub, report: Report) -> None:
    """What is wrong with a safety.yaml that takes time to find, or a person to put right."""
    data = document.data
    for lang in (it for it in hub.languages if it in _part(data, "texts")):
        if not _part(data, "signed_by").get(lang):
            text = f"nobody has signed the texts in {lang}: a clinician who speaks it reads them first"
            report.at(document, ("signed_by", lang), text, warning=hub.sample)
        if str(_part(data, "translation").get(lang, "")).startswith("machine"):
            text = "translated by a machine: a safety text is read by a person before anybody gets it (R87)"
            report.at(document, ("translation", lang), text, warning=hub.sample)
    for lang, keys in _part(data, "patterns").items():
        for key, rules in keys.items() if isinstance(keys, Mapping) else ():
            _tried(document, lang, key, tuple(rules), report)
    for lang, keys in _part(data, "lookalikes").items():
        for key, texts in keys.items() if isinstance(keys, Mapping) else ():
            _lookalikes(document, lang, key, texts, report)


def complete(loaded: Loaded, hub: Hub, document: Document, report: Report) -> None:
    """Every language of the hub has every safety text. Where one is missing people in danger get the default language
    and English: not enough for a hub that is no sample in its own language."""
    if loaded.safety is None:
        return
    texts = {key: dict(it.pairs) for key, it in loaded.safety.texts}
    for number, lang in enumerate(hub.languages):
        if missing := [key for key in loaded.safety.order if lang not in texts.get(key, {})]:
            said = f"no safety text in {lang} for {', '.join(missing)}: write a safety.yaml with texts.{lang}"
            report.at(document, ("languages", number), said, warning=hub.sample or number > 0)


def _part(data: Mapping[str, object], name: str) -> Mapping[str, Any]:
    part = data.get(name)
    return part if isinstance(part, Mapping) else {}


def _tried(document: Document, lang: str, key: str, rules: tuple[str, ...], report: Report) -> None:
    sound = []
    for number, rule in enumerate(rules):
        if bad := patterns.wrong(rule):
            report.at(document, ("patterns", lang, key, number), bad)
        else:
            sound.append(rule)
    examples = _part(document.data, "examples").get(lang, {}).get(key, [])
    missed = [it for it in examples if not patterns.finds(tuple(sound), patterns.normalised(it))]
    if examples and len(missed) > (1 - EXAMPLES_FOUND) * len(examples):
        text = f"its patterns miss {len(missed)} of {len(examples)} examples, such as {missed[0]!r}"
        report.at(document, ("examples", lang, key), text, warning=True)


def _lookalikes(document: Document, lang: str, key: str, texts: list[str], report: Report) -> None:
    """A harmless message must set off no pattern of any key."""
    for number, text in enumerate(texts):
        plain = patterns.normalised(text)
        for other, rules in _part(document.data, "patterns").get(lang, {}).items():
            sound = tuple(rule for rule in rules if not patterns.wrong(rule))
            if patterns.finds(sound, plain):
                said = f"{text!r} is harmless and sets off a pattern of {other}"
                report.at(document, ("lookalikes", lang, key, number), said)


def wordings(loaded: Loaded, report: Report) -> None:
    """A wording that sets off an emergency or crisis pattern never reaches its article."""
    if loaded.safety is None:
        return
    routes = dict(loaded.safety.route_of)
    urgent = [
        (lang, key, tuple(it for it in rules if not patterns.wrong(it)))
        for lang, key, rules in loaded.safety.patterns
        if routes.get(key) in URGENT
    ]
    for article in (article for versions in loaded.articles for article in versions.articles):
        rules = [(key, sound) for lang, key, sound in urgent if lang == article.lang]
        for question in article.questions:
            plain = patterns.normalised(question)
            if key := next((key for key, sound in rules if patterns.finds(sound, plain)), ""):
                path = loaded.places[article.id, article.lang]
                text = f"the wording {question!r} belongs to {key}: it never reaches an article"
                report.whole(path, text, line=line_of(path, question), warning=True)


def line_of(path: Path, words: str) -> int:
    """The first line of a file, read a moment ago, that has these words; 1 where none has."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return next((number for number, line in enumerate(lines, 1) if words in line), 1)
