"""The files of a pack: which there are, of which kind, and their bytes, read with care.

One rule: a pack comes from outside. Nothing is opened that is not a regular file inside the pack, and nothing is read
further than its kind may be long.
"""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.packs import toml, yaml
from bot.packs.known import ID, LANGUAGES
from bot.packs.problems import Document, Report

MOST_FILES = 5000  # a hub with 300 articles in 10 languages has 3,000
WORKBOOK = 5 * 1024 * 1024  # bytes packed; what is inside is counted by who unpacks it
SIZES = {".toml": 64 * 1024, ".md": 64 * 1024, ".yaml": 512 * 1024}
WORKBOOKS = (".xlsx", ".xls", ".csv")
KINDS = {"articles": (".md",), "events": (".toml",), "forms": (".toml", *WORKBOOKS)}

# Things that look like a Telegram token, a private key, a Matrix access token, a cloud key: never in a pack (R51).
SECRET = re.compile(
    r"\d{8,10}:[A-Za-z0-9_-]{35}(?![\w-])|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bsyt_[A-Za-z0-9]+_[A-Za-z0-9]{10,}"
    r"|\b(?:gh[pousr]_|glpat-|xox[abpr]-|AKIA)[A-Za-z0-9_-]{16,}"
)
FOUND = "looks like a secret: take it out, make it invalid where it was issued, and name an environment variable"
_MARKS = (
    "PRIVATE KEY",
    "syt_",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "glpat-",
    "xoxa-",
    "xoxb-",
    "xoxp-",
    "xoxr-",
    "AKIA",
)
_TOKEN = re.compile(r"\d{8}:[A-Za-z0-9_-]{35}")
_NAMED = re.compile(
    r"""^\s*["']?\w*(?:token|password|passwd|secret|api_?key)\w*["']?\s*[:=]\s*["'](?!["'])""", re.IGNORECASE
)
_VARIABLE = re.compile(r"""^\s*\w+_env\s*=""")


@dataclass(slots=True)
class Files:
    """The files of one pack by kind; an id is a file's name without its ending. Articles by (id, language)."""

    root: Path
    hub: Path | None = None
    network: Path | None = None
    safety: Path | None = None
    articles: dict[tuple[str, str], Path] = field(default_factory=dict)
    events: dict[str, Path] = field(default_factory=dict)
    workbooks: dict[str, Path] = field(default_factory=dict)
    forms: dict[str, Path] = field(default_factory=dict)


def collect(root: Path, report: Report) -> Files:
    """The files of the pack in `root`. Reports links that lead out, what is no regular file, names that are no ids,
    two workbooks of one form, and what nobody reads; none of them is among the files."""
    found = Files(root)
    for count, path in enumerate(_walk(root, root.resolve(), report)):
        if count >= MOST_FILES:
            report.whole(root, f"more than {MOST_FILES} files: a pack holds texts, not an archive")
            break
        if (wrong := _place(found, path, path.relative_to(root).parts)) is not None:
            text, warning = wrong
            report.whole(path, text, warning=warning)
    return found


def _walk(folder: Path, root: Path, report: Report, depth: int = 0) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        report.whole(folder, f"cannot be read: {error.strerror}")
        return
    for entry in entries:
        path = folder / entry.name
        if entry.name.startswith(".") or entry.name.endswith("~"):
            continue  # an editor's, a version control's
        try:
            if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(root):
                report.whole(path, "a link that leads out of the pack: copy the file into the pack")
                continue
            mode = entry.stat().st_mode
        except OSError as error:
            report.whole(path, f"cannot be read: {error.strerror or 'a link that leads nowhere'}")
            continue
        if stat.S_ISDIR(mode) and depth < 3:
            yield from _walk(path, root, report, depth + 1)
        elif stat.S_ISREG(mode):
            yield path
        else:
            report.whole(path, "not a regular file: a pack holds files and, two deep, folders; take it out")


def _place(found: Files, path: Path, parts: tuple[str, ...]) -> tuple[str, bool] | None:
    """Put a file where it belongs; what is wrong, and whether that is only a warning."""
    match parts:
        case ("hub.toml",):
            found.hub = path
        case ("network.toml",):
            found.network = path
        case ("safety.yaml",):
            found.safety = path
        case ("README.md" | "LICENSE",):
            pass
        case ("articles", _, _) | ("events" | "forms", _) if path.suffix in KINDS[parts[0]]:
            return _by_id(found, path, parts)
        case _:
            return "nobody reads this file: see the handbook for what a pack holds", True
    return None


def _by_id(found: Files, path: Path, parts: tuple[str, ...]) -> tuple[str, bool] | None:
    name = path.stem
    if not ID.fullmatch(name):
        return (
            "rename the file: its id must be 1 to 64 small letters a-z, digits, - and _, a letter or digit first",
            False,
        )
    if parts[0] == "articles":
        if parts[1] not in LANGUAGES:
            return f"the folder {parts[1]!r} is not the code of a language, such as en, pl, pt, uk", False
        found.articles[name, parts[1]] = path
    elif parts[0] == "events":
        found.events[name] = path
    elif path.suffix == ".toml":
        found.forms[name] = path
    elif name in found.workbooks:
        return f"a second workbook of the form {name}: keep one of .xlsx, .xls, .csv", False
    else:
        found.workbooks[name] = path
    return None


def read(path: Path, report: Report, size: int | None = None) -> str | None:
    """The text of a file, None where it cannot be read, is too long, or is no UTF-8. Reports what looks like a secret."""
    limit = size or SIZES[path.suffix]
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        report.whole(path, f"cannot be read: {error.strerror}")
        return None
    if len(data) > limit:
        report.whole(path, f"longer than {limit // 1024} KiB: a text for people is shorter; split it")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        report.whole(path, "not UTF-8: save the file with the encoding UTF-8", line=line)
        return None
    _secrets(path, text, report)
    return text


def secrets(root: Path, report: Report) -> None:
    """Report what looks like a secret in any file below `root`, whoever reads it: a note, an editor's copy, a text that a
    hub replaces. Spreadsheets are looked at where they are converted."""
    for count, path in enumerate(_all(root)):
        if count >= MOST_FILES:
            return  # told by collect
        try:
            with path.open("rb") as file:
                text = file.read(WORKBOOK).decode("utf-8", "replace")
        except OSError:
            continue  # told by whoever needs it
        _secrets(path, text, report)


def _all(root: Path) -> Iterator[Path]:
    """Every regular file but spreadsheets and what a version control keeps; no link is followed."""
    for folder, inner, names in os.walk(root):
        inner[:] = sorted(set(inner) - {".git"})
        for path in (Path(folder, name) for name in sorted(names)):
            try:
                regular = stat.S_ISREG(path.lstat().st_mode)
            except OSError:
                continue
            if regular and path.suffix not in WORKBOOKS:
                yield path


def _secrets(path: Path, text: str, report: Report) -> None:
    named = path.suffix == ".toml"
    if not named and not _TOKEN.search(text) and not any(mark in text for mark in _MARKS):
        return  # nearly every file, in a tenth of the time
    for number, line in enumerate(text.split("\n"), 1):
        if SECRET.search(line) or (named and _NAMED.match(line) and not _VARIABLE.match(line)):
            report.whole(path, FOUND, line=number)


def read_toml(path: Path, report: Report) -> Document | None:
    """A TOML file, None where it cannot be read; reported."""
    text = read(path, report)
    if text is None:
        return None
    try:
        return toml.parse(path, text)
    except toml.TomlError as error:
        report.whole(path, str(error), line=error.line)
        return None


def read_yaml(path: Path, text: str, report: Report, first: int = 1) -> Document | None:
    """YAML text of a file, None where it is wrong; reported."""
    try:
        return yaml.parse(path, text, first=first)
    except yaml.YamlError as error:
        report.whole(path, str(error), line=error.line)
        return None


def override(shared: Mapping[str, Path], own: Mapping[str, Path]) -> dict[str, Path]:
    """A hub's own file goes before the shared one of the same id."""
    return {**shared, **own}
