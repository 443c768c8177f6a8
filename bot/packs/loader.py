"""Reads the pack of a hub, with what it inherits, into the core's types and into plain data ready to be published.

One rule: a broken file makes errors and no objects; everything else is read all the same, so that the check can name every
mistake at once. Whoever publishes refuses a pack with errors and keeps the old one.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.core.articles import Article, Safety, Versions
from bot.core.codec import dump
from bot.core.events import Event
from bot.core.form.model import Form
from bot.core.hub import Hub
from bot.core.message import Json
from bot.core.surveys import Survey
from bot.packs import articles, events, files, forms, hub, safety
from bot.packs.files import Files, override
from bot.packs.problems import Document, Problem, Report
from bot.packs.table import Setting

NETWORK = "_network"
SHIPPED = Path(__file__).resolve().parents[2] / "hubs" / NETWORK  # what a folder of packs without one inherits


@dataclass(frozen=True, slots=True)
class Loaded:
    """A pack as it was read. `hub` is None where hub.toml has errors; the other parts are those without errors.

    `contents` is plain data by key: hub, safety, article/<id>/<lang>, event/<id>, form/<id>, survey/<id>,
    consent/<purpose>. The order of an article's languages is that of the hub.
    """

    hub: Hub | None
    contents: Mapping[str, Json]
    problems: tuple[Problem, ...]
    articles: tuple[Versions, ...] = ()
    events: tuple[Event, ...] = ()
    surveys: tuple[Survey, ...] = ()
    forms: Mapping[str, Form | None] = field(default_factory=dict)
    safety: Safety | None = None
    documents: Mapping[str, Document] = field(
        default_factory=dict
    )  # hub.toml, safety.yaml: for checks that need their lines
    places: Mapping[tuple[str, str], Path] = field(default_factory=dict)  # the file of each article

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps the pack from being published."""
        return tuple(problem for problem in self.problems if not problem.warning)


def no_forms(_path: Path) -> tuple[Form | None, tuple[forms.Finding, ...]]:
    """A converter where there is none: every spreadsheet is left out, with a warning."""
    return None, (forms.Finding("", "not read: there is no reader of spreadsheets here", warning=True),)


def hubs(folder: Path) -> tuple[str, ...]:
    """The packs in a folder, by name: what holds a hub.toml. A name that begins with _ or . is no hub."""
    return tuple(name for name in _names(folder) if (folder / name / "hub.toml").is_file())


def no_hubs(folder: Path, report: Report) -> None:
    """Report each hub.toml that is no file: nobody serves such a pack, and that must not go unnoticed."""
    for path in (folder / name / "hub.toml" for name in _names(folder)):
        if os.path.lexists(path) and not path.is_file():
            report.whole(path, "not a regular file, or a link that leads nowhere: a pack begins with this file")


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in os.scandir(folder) if entry.name[0] not in "_.")
    except OSError:
        return []


def load(
    folder: Path, name: str, convert: forms.Convert = no_forms, *, network: Path | None = None, same: bool = True
) -> Loaded:
    """The pack `name` in a folder of packs. It inherits the folder's _network, else the shipped one, or `network`.

    `convert` reads spreadsheets (wrap it in forms.cached). `same`: the folder must be called as the hub's id.
    """
    report = Report()
    root = folder / name
    if network is None:
        network = folder / NETWORK if (folder / NETWORK).is_dir() else SHIPPED
    shared, own = files.collect(network, report), files.collect(root, report)
    languages_of, found = _hub(shared, own, report)
    if found is not None and same and found.id != name:
        report.whole(root / "hub.toml", f"the id is {found.id}, the folder {name}: give both the same name")
    if found is None:
        return Loaded(None, {}, tuple(report.problems), documents=languages_of)
    return _rest(shared, own, found, report, convert, languages_of)


def load_dir(directory: Path, convert: forms.Convert = no_forms) -> Loaded:
    """The pack in a directory, whatever that is called."""
    directory = Path(os.path.normpath(directory))
    parent = directory.parent if directory.name not in ("", ".", "..") else directory.resolve().parent
    return load(
        parent,
        directory.name if parent != directory.resolve().parent else directory.resolve().name,
        convert,
        same=False,
    )


def _hub(shared: Files, own: Files, report: Report) -> tuple[dict[str, Document], Hub | None]:
    documents: dict[str, Document] = {}
    if own.hub is None:
        report.whole(own.root, "no hub.toml here: a pack begins with one")
        return documents, None
    document = files.read_toml(own.hub, report)
    if document is None:
        return documents, None
    documents["hub.toml"] = document
    network = files.read_toml(shared.network, report) if shared.network else None
    languages = document.data.get("languages")
    plain = tuple(it for it in languages if isinstance(it, str)) if isinstance(languages, list) else ()
    return documents, hub.read(document, report, hub.shared_topics(network, report, plain))


def _rest(
    shared: Files, own: Files, found: Hub, report: Report, convert: forms.Convert, documents: dict[str, Document]
) -> Loaded:
    numbers = frozenset(re.sub(r"\D", "", line.number) for line in found.lines) - {"112"}
    setting = Setting(found.languages, found.timezone, numbers)
    written, places = _articles(shared, own, found, report, numbers)
    made = forms.convert_all(override(shared.workbooks, own.workbooks), report, convert)
    dated = _events(shared, own, setting, report, made)
    offered = _surveys(shared, own, setting, report, made)
    guard = _safety(shared, own, found, report, numbers, documents)
    contents: dict[str, Json] = {"hub": dump(found)}
    if guard is not None:
        contents["safety"] = dump(guard)
    contents |= {f"article/{it.id}/{it.lang}": dump(it) for versions in written for it in versions.articles}
    contents |= {f"event/{it.id}": dump(it) for it in dated}
    contents |= {f"form/{name}": dump(form) for name, form in made.items() if form is not None}
    contents |= {f"survey/{it.id}": dump(it) for it in offered}
    contents |= {f"consent/{it.purpose}": dump(it) for it in found.consents}
    return Loaded(found, contents, tuple(report.problems), written, dated, offered, made, guard, documents, places)


def _articles(
    shared: Files, own: Files, found: Hub, report: Report, numbers: frozenset[str]
) -> tuple[tuple[Versions, ...], dict[tuple[str, str], Path]]:
    """The hub's own article replaces the shared one of the same id in all languages: national rules win."""
    ours = {name for name, _ in own.articles}
    places = {key: path for key, path in shared.articles.items() if key[0] not in ours} | own.articles
    langs: dict[str, list[str]] = {}
    for name, lang in places:
        langs.setdefault(name, []).append(lang)
    order = dict.fromkeys((*found.languages, "en"))
    written = []
    for name, have in langs.items():
        if name in ours and found.default not in have:
            path = own.articles[name, have[0]]
            report.whole(path, f"not there in {found.default}, the hub's default language", warning=True)
        # An article that no language of the hub has is shown in what there is, and said to be in that language.
        wanted = [lang for lang in order if lang in have] or sorted(have)
        read = [articles.read(places[name, lang], name, lang, report, numbers) for lang in wanted]
        good: tuple[Article, ...] = tuple(it for it in read if it is not None)
        if good:
            written.append(Versions(name, good))
    return tuple(written), places


def _events(
    shared: Files, own: Files, setting: Setting, report: Report, made: dict[str, Form | None]
) -> tuple[Event, ...]:
    dated = []
    for name, path in override(shared.events, own.events).items():
        document = files.read_toml(path, report)
        if document is not None:
            here = replace(setting, shared=name not in own.events)
            dated.append(events.read(document, name, report, here, made))
    return tuple(it for it in dated if it is not None)


def _surveys(
    shared: Files, own: Files, setting: Setting, report: Report, made: dict[str, Form | None]
) -> tuple[Survey, ...]:
    offered = []
    for name, path in override(shared.forms, own.forms).items():
        document = files.read_toml(path, report)
        if name not in made:
            report.whole(
                path, f"there is no form {name}: put {name}.xlsx, .xls or .csv beside it, or take this file out"
            )
        if document is not None:
            here = replace(setting, shared=name not in own.forms)
            offered.append(forms.offer(document, name, made.get(name), report, here))
    return tuple(it for it in offered if it is not None)


def _safety(
    shared: Files, own: Files, found: Hub, report: Report, numbers: frozenset[str], documents: dict[str, Document]
) -> Safety | None:
    read: list[Document | None] = []
    for name, path in (("shared", shared.safety), ("own", own.safety)):
        text = files.read(path, report) if path is not None else None
        document = files.read_yaml(path, text, report) if path is not None and text is not None else None
        if document is not None:
            documents[f"{name} safety.yaml"] = document
        read.append(document)
    if shared.safety is None and own.safety is None:
        report.whole(own.root, "no safety.yaml, here or in _network: nobody in danger would be told whom to call")
    return safety.read(read[0], read[1], report, found.languages, numbers)
