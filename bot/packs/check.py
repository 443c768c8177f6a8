"""What `hubbot check` says about packs, beyond what keeps one from being loaded.

One rule: what time alone can make wrong (a number not called for half a year, an article past its review) stops no running
bot, which goes by the same dates; it is told here, so that a person acts.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.core.articles import WARNED_FOR, Article
from bot.core.hub import VERIFIED_FOR, Hub
from bot.packs import check_safety, files, forms, patterns
from bot.packs.loader import Loaded, hubs, load, load_dir, no_forms, no_hubs
from bot.packs.problems import Document, Problem, Report

WORDS = 20  # a sentence on average: plain language (R88)
_SENTENCE = re.compile(r"(?<=[.?:;])\s+|\n+")


def check(
    folder: Path, today: date, convert: forms.Convert = no_forms, names: Collection[str] = ()
) -> tuple[Problem, ...]:
    """Every problem of the packs in a folder (those in `names`, else all), each once, by file and line."""
    found: dict[Problem, None] = {}
    names = names or hubs(folder)
    packs = [load(folder, name, convert) for name in names]
    for pack in packs:
        found.update(dict.fromkeys(problems(pack, today)))
    report = Report()
    for name in (*names, "_network"):
        files.secrets(folder / name, report)
    found.update(dict.fromkeys(report.problems))
    found.update(dict.fromkeys(_accounts(packs)))
    no_hubs(folder, broken := Report())
    found.update(dict.fromkeys(broken.problems))
    return in_order(found)


def check_dir(directory: Path, today: date, convert: forms.Convert = no_forms) -> tuple[Problem, ...]:
    """Every problem of the pack in a directory, whatever that is called."""
    return in_order(dict.fromkeys(problems(load_dir(directory, convert), today)))


def in_order(found: Iterable[Problem]) -> tuple[Problem, ...]:
    """By file and line; files below the folder that one stands in are named from there on."""
    here = Path.cwd()
    near = [
        replace(it, file=str(Path(it.file).relative_to(here))) if here in Path(it.file).parents else it for it in found
    ]
    return tuple(sorted(near, key=lambda it: (it.file, it.line, it.key, it.text)))


def _accounts(packs: list[Loaded]) -> Iterator[Problem]:
    """Two hubs behind one account would read each other's people (R52)."""
    report = Report()
    owners: dict[tuple[str, str], str] = {}
    for pack in packs:
        for account in pack.hub.accounts if pack.hub else ():
            for name, variable in account.variables:
                other = owners.setdefault((f"{account.channel}.{name}", variable), pack.hub.id if pack.hub else "")
                if pack.hub and other != pack.hub.id and name in ("token", "user"):
                    text = f"{variable} is the account of {other} already: each hub has one of its own"
                    report.at(pack.documents["hub.toml"], (account.channel, f"{name}_env"), text)
    yield from report.problems


def problems(loaded: Loaded, today: date) -> Iterator[Problem]:
    """The problems of one pack as it was loaded, and those that depend on the day or take time to find."""
    yield from loaded.problems
    report = Report()
    if loaded.hub is not None:
        document = loaded.documents["hub.toml"]
        _lines(loaded.hub, document, today, report)
        _people(loaded.hub, document, report)
        _consents(loaded.hub, document, report)
        _articles(loaded, loaded.hub, today, report)
        check_safety.complete(loaded, loaded.hub, document, report)
        for name in ("shared safety.yaml", "own safety.yaml"):
            if name in loaded.documents:
                check_safety.safety(loaded.documents[name], loaded.hub, report)
    yield from report.problems


def _lines(hub: Hub, document: Document, today: date, report: Report) -> None:
    """R16: a number that nobody called lately is not shown; a hub that is not a sample must have called it."""
    for number, line in enumerate(hub.lines):
        place = ("lines", number, "verified_on")
        if line.verified_on is not None and line.verified_on > today:
            report.at(document, place, f"{line.verified_on} has not come yet: write the day on which somebody called")
        elif line.shown(today):
            continue
        elif line.verified_on is None:
            text = f"{line.number} is not shown: call it, then write verified_on = {today} (R16)"
            report.at(document, place, text, warning=hub.sample)
        else:
            text = (
                f"{line.number} is not shown: last called on {line.verified_on}, more than {VERIFIED_FOR.days} days ago"
            )
            report.at(document, place, f"{text}; call it and write the day (R16)", warning=hub.sample)


def _people(hub: Hub, document: Document, report: Report) -> None:
    if not hub.controller.dpo_email:
        text = "missing: a public hub names its data protection officer (GDPR Art. 37, R57)"
        report.at(document, ("controller", "dpo_email"), text, warning=True)
    if not hub.controller.authority or not hub.controller.authority_url:
        text = "missing: people are told where to complain (GDPR Art. 13(2)(d))"
        report.at(document, ("controller", "authority"), text, warning=True)
    if not hub.processors:
        text = "missing: [[processors]] with who runs the server, and where (GDPR Art. 28, R56)"
        report.at(document, ("processors",), text, warning=True)
    if not any(it.role == "coordinator" for it in hub.coordinators):
        text = "missing: nobody answers questions or announces; [[coordinators]] with an address"
        report.at(document, ("coordinators",), text, warning=True)


def _consents(hub: Hub, document: Document, report: Report) -> None:
    for consent in hub.consents:
        table = document.data["consents"]
        own = table[consent.purpose] if isinstance(table, Mapping) else {}
        place = ("consents", consent.purpose)
        if str(own.get("translation", "")).startswith("machine"):
            text = "translated by a machine: a person must understand what they agree to (R87)"
            report.at(document, (*place, "translation"), text, warning=hub.sample)
        for lang, text in consent.text.pairs:
            if (mean := _mean(text)) > WORDS:
                said = f"{mean:.0f} words a sentence on average; {WORDS} at most are plain (R88)"
                report.at(document, (*place, lang), said, warning=True)


def _mean(text: str) -> float:
    sentences = [it for it in _SENTENCE.split(text) if re.search(r"\w", it)]
    return len(re.findall(r"\w[\w'’.-]*", text)) / len(sentences) if sentences else 0


def _articles(loaded: Loaded, hub: Hub, today: date, report: Report) -> None:
    asked: dict[tuple[str, str], str] = {}
    for versions in loaded.articles:
        for article in versions.articles:
            path = loaded.places[article.id, article.lang]
            _review(article, path, today, report)
            for question in article.questions:
                key = (article.lang, patterns.normalised(question))
                other = asked.setdefault(key, article.id)
                if other != article.id:
                    text = f"the wording {question!r} is also in {other}: only one of the two can be the answer"
                    report.whole(path, text, line=check_safety.line_of(path, question), warning=True)
            if hub.sample or not article.translation.startswith("machine"):
                continue
            report.whole(path, "translated by a machine, and people are told so: have it read (R87)", warning=True)
    check_safety.wordings(loaded, report)


def _review(article: Article, path: Path, today: date, report: Report) -> None:
    if article.reviewed > today:
        text = f"reviewed: {article.reviewed} has not come yet"
        report.whole(path, text, line=check_safety.line_of(path, "reviewed:"))
    elif today > article.due:
        end = article.due + WARNED_FOR
        text = f"review due since {article.due}: shown with a warning until {end}, then not found (R09)"
        report.whole(path, text, line=check_safety.line_of(path, "reviewed:"), warning=True)
