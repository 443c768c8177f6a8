"""forms/<id>.toml beside a spreadsheet: how a form is offered. The spreadsheet itself is read by whoever is handed in.

One rule: a form that a chat cannot ask to the end is not offered, and the check says which question stands in the way.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from bot.core.codec import version
from bot.core.form.model import FORMAT, Form, from_json, to_json
from bot.core.message import Texts
from bot.core.surveys import Survey
from bot.packs import files
from bot.packs.known import ID
from bot.packs.problems import Document, Problem, Report
from bot.packs.table import Setting, Table

KEYS = ("title", "mode", "once", "opens", "closes", "topic", "after")
MODES = ("identified", "confidential", "anonymous")
CACHE = 1  # raise it when a converter makes another form of the same file


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a spreadsheet: `where` is its sheet, row and column in words, `row` the row from one."""

    where: str
    text: str
    warning: bool = False
    row: int = 1


Convert: TypeAlias = Callable[[Path], "tuple[Form | None, Sequence[Finding]]"]
"""Reads a spreadsheet; None for a form that cannot be used. It must not raise on any file."""


def cached(convert: Convert, folder: Path, mark: str = "") -> Convert:
    """The same, kept in `folder` by the SHA-256 of the file, so that the next start imports no spreadsheet library.

    `mark` stands for the release of the converter: another one converts anew. A cache that cannot be read or written is
    no error.
    """

    def read(path: Path) -> tuple[Form | None, Sequence[Finding]]:
        try:
            digest = sha256(f"{CACHE} {FORMAT} {mark} {path.name} ".encode() + path.read_bytes()).hexdigest()
        except OSError as error:
            return None, (Finding("", f"cannot be read: {error.strerror}"),)
        kept = folder / f"{digest}.json"
        try:
            data = json.loads(kept.read_text(encoding="utf-8"))
            return (
                None if data["form"] is None else from_json(data["form"]),
                tuple(Finding(*it) for it in data["findings"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            pass
        form, findings = convert(path)
        _keep(kept, {
            "form": None if form is None else to_json(form),
            "findings": [[it.where, it.text, it.warning, it.row] for it in findings],
        })  # fmt: skip
        return form, findings

    return read


def _keep(path: Path, data: object) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        part.replace(path)
    except OSError:
        pass  # a read-only folder: the next start converts again


def convert_all(found: Mapping[str, Path], report: Report, convert: Convert) -> dict[str, Form | None]:
    """The form of each spreadsheet by id; None for one with errors, or one that could not be read: that is reported."""
    return {name: _converted(path, report, convert) for name, path in found.items()}


def _converted(path: Path, report: Report, convert: Convert) -> Form | None:
    if path.stat().st_size > files.WORKBOOK:
        report.whole(path, f"larger than {files.WORKBOOK >> 20} MiB: a form holds texts, no pictures")
        return None
    form, findings = convert(path)
    report.problems += [Problem(str(path), it.row, it.where, it.text, it.warning) for it in findings]
    if form and files.SECRET.search(json.dumps(to_json(form), ensure_ascii=False)):
        report.whole(path, files.FOUND)
        return None
    return None if any(not it.warning for it in findings) else form


def offer(document: Document, name: str, form: Form | None, report: Report, setting: Setting) -> Survey | None:
    """The survey that forms/<id>.toml offers, None where it has errors, or cannot be asked in a chat (a warning)."""
    before = report.errors
    top = Table(document, (), document.data, KEYS, report, setting.languages, setting.shared)
    top.unknown()
    title = top.texts("title", "the title in the list of surveys", required=False, longest=100)
    mode = top.one_of("mode", MODES)
    opens, closes = top.moment("opens", setting.zone), top.moment("closes", setting.zone)
    if opens and closes and closes.at <= opens.at:
        top.wrong("closes", "it closes before it opens")
    once, topic = top.flag("once", default=True), top.text("topic", "small letters, digits, - and _", shape=ID)
    after = top.one_of("after", ("event",), "none")
    if form is None:
        return None
    if stops := form.unsupported():
        what = ", ".join(f"{it.path.rpartition('/')[2]} ({it.kind})" for it in stops[:5])
        report.whole(document.path, f"not offered: a chat cannot ask {what}", warning=True)
        return None
    if report.errors != before:
        return None
    published = version(to_json(form))
    if not title:
        title = Texts.of({form.default_language or setting.languages[0]: form.title or name})
    return Survey(
        name, title, mode, once, opens, closes, published, len(form.questions), topic, listed=after != "event"
    )
