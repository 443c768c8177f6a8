"""What `hubbot form check` and `hubbot form try` print, and with which exit code they end."""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.core.form.model import Form
from bot.forms.trial import language_of, try_form
from bot.forms.xlsform import Reading
from bot.forms.xlsform import check as read_form


def check_lines(path: Path) -> tuple[int, list[str]]:
    """The exit code (0 accepted, 1 refused) and the lines to print for a file."""
    reading = read_form(path)
    if reading.form is None:
        return 1, _refused(path, reading)
    form = reading.form
    names = ", ".join(language.name for language in form.languages)
    languages = f"{_many(len(form.languages), 'language')}: {names}" if form.languages else "no languages named"
    first = f"{path}: accepted: {_many(len(form.questions), 'question')}, {languages}"
    return 0, [first, *(f"{path}: warning: {problem.told()}" for problem in reading.warnings)]


def _many(number: int, what: str) -> str:
    return f"{number} {what}" + "s" * (number != 1)


def _refused(path: Path, reading: Reading) -> list[str]:
    errors = [f"{path}: {problem.told()}" for problem in reading.errors]
    return [*errors, *(f"{path}: warning: {problem.told()}" for problem in reading.warnings)]


def check(path: Path) -> int:
    """Prints what is wrong with an XLSForm; 0 where it can be asked, 1 where not."""
    code, lines = check_lines(path)
    _print(lines)
    return code


def try_(path: Path, seed: int, lang: str, now: datetime | None = None, *, as_json: bool = False) -> int:
    """Answers a form at random and prints how it went; 0 complete, 1 stuck or refused, 2 for a language it has not.

    Without `now` the clock is the last full hour, so that two runs in a row print the same.
    """
    reading = read_form(path)
    if reading.form is None:
        _print(_refused(path, reading))
        return 1
    code = language_of(reading.form, lang)
    if code is None:
        have = ", ".join(language.name for language in reading.form.languages) or "none"
        _print([f"{path}: the form has no language {lang}; it has: {have}"])
        return 2
    moment = now or datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    told = try_form(reading.form, seed, code, moment)
    _print([json.dumps(told, ensure_ascii=False)] if as_json else _words(reading.form, told))
    return 0 if told["status"] == "complete" else 1


def _print(lines: Iterable[str]) -> None:
    sys.stdout.write("\n".join(lines) + "\n")


def _words(form: Form, told: dict[str, Any]) -> list[str]:
    """The trial as a person reads it: what the bot says with <, what the person answers with >."""
    lines = [f"{form.title} ({told['lang'] or 'no language'}, seed {told['seed']})", ""]
    for step in told["steps"]:
        lines += [f"< {line}" for line in step["text"].splitlines()]
        if step["kind"] == "ask":
            lines += [f"> {refused['value'] or '(nothing)'}   ({refused['why']})" for refused in step["rejected"]]
            lines.append(f"> {step['value'] or '(nothing)'}")
        lines.append("")
    return [*lines, f"{told['status']}: {told['reason']}" if told["reason"] else told["status"]]
