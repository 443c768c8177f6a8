"""An XLSForm file -> the core's Form, or what is wrong with it, by sheet, row and column.

One rule: whatever the file holds, the answer is a Reading: never an exception, and in bounded time and memory.

Import it where it is used: pyxform takes half a second, and only a check or a publication needs it.
"""

import logging
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pyxform import constants
from pyxform.xls2xform import convert

from bot.core.form.model import Form
from bot.forms import lint
from bot.forms.workbook import Book, Problem, Sheet, read
from bot.forms.xform import Builder

logging.getLogger("pyxform").setLevel(logging.CRITICAL)  # what it has to say is returned, not printed

_ROW = re.compile(r"\[row\s*:\s*(\d+)\]\s*")
_SHEET = re.compile(r"[Oo]n the '(\w+)' sheet,?\s*")
_COLUMN = re.compile(r"the '([\w:]+)' (?:value|column)")
_DUPLICATES: Final = "allow_choice_duplicates"


@dataclass(frozen=True, slots=True)
class Reading:
    """A form, and what is to be said about it. There is a form only where no problem is an error."""

    form: Form | None
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that refuse the form."""
        return tuple(problem for problem in self.problems if not problem.warning)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that do not."""
        return tuple(problem for problem in self.problems if problem.warning)


def load(path: Path) -> Form | tuple[Problem, ...]:
    """The form in a file, or the errors for which it is refused."""
    reading = check(path)
    return reading.form if reading.form is not None else reading.errors


def check(path: Path) -> Reading:
    """The form in a file and every finding about it, warnings included."""
    book = read(path)
    if isinstance(book, Problem):
        return Reading(None, (book,))
    note = (Problem("", 0, "", book.note, warning=True),) if book.note else ()
    found = lint.rows(book)
    if any(not problem.warning for problem in found):
        return Reading(None, (*note, *found))
    try:
        made, more = _made(book, path.stem)
    except Exception as error:  # noqa: BLE001 # pyxform raises whatever an odd workbook makes it meet
        return Reading(None, (*note, *found, _told(error, book)))
    problems = tuple(dict.fromkeys((*note, *found, *more)))
    return Reading(None if any(not problem.warning for problem in problems) else made, problems)


def _made(book: Book, name: str) -> tuple[Form, tuple[Problem, ...]]:
    survey = lint.Survey.of(book.sheet("survey") or book.sheets[0])
    problems: list[Problem] = []

    def wrong(path: str, column: str, text: str) -> None:
        problems.append(survey.problem(survey.row_of(path), column, text))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        told: list[str] = []
        result = convert(_as_pyxform(book, name), warnings=told, validate=False)
    problems += [_warned(text, book) for text in told]
    builder = Builder(result.xform, wrong)
    made = builder.form()
    problems += [survey.problem(survey.row_of(path), "type", text) for path, text in builder.elsewhere()]
    return made, (*problems, *lint.form(made, survey))


def _as_pyxform(book: Book, name: str) -> dict[str, Any]:
    """The workbook in the shape that pyxform's own readers give it, empty rows included: its messages count rows."""
    made: dict[str, Any] = {"sheet_names": [sheet.name for sheet in book.sheets], "fallback_form_name": name}
    for sheet in book.sheets:
        key = "survey" if len(book.sheets) == 1 else sheet.name.lower()
        if key in constants.SUPPORTED_SHEET_NAMES:
            made[key] = [dict(row.cells) for row in sheet.rows]
            made[f"{key}_header"] = [dict.fromkeys(sheet.columns)] if sheet.columns else []
    return made


def _told(error: Exception, book: Book) -> Problem:
    """What pyxform raised, in one line and with its place."""
    text = str(error)
    if type(error).__name__ != "PyXFormError":
        return Problem("", 0, "", f"pyxform cannot read this workbook ({type(error).__name__}: {_one_line(text)})")
    if "choice" in text and "duplicate" in text.lower() and _DUPLICATES not in text:
        text += f" Or set {_DUPLICATES} to yes on the settings sheet."
    return _placed(text, book, warning=False)


def _warned(text: str, book: Book) -> Problem:
    return _placed(text, book, warning=True)


def _placed(text: str, book: Book, *, warning: bool) -> Problem:
    row, sheet, column = _ROW.search(text), _SHEET.search(text), _COLUMN.search(text)
    name = sheet[1] if sheet else "survey"
    where = book.sheet(name)
    rest = _one_line(_SHEET.sub("", _ROW.sub("", text)))
    number = _line(where, int(row[1])) if row else _guessed(where, text)
    return Problem(where.name if where else name, number, _column(where, column[1] if column else ""), rest, warning)


def _line(sheet: Sheet | None, number: int) -> int:
    """The row as its author sees it: pyxform counts from the header's row, which a .csv does not begin with."""
    place = number - 2
    return sheet.rows[place].number if sheet and 0 <= place < len(sheet.rows) else number


def _guessed(sheet: Sheet | None, text: str) -> int:
    """The row of the first question that a message without a row number names; 1 where it names none."""
    quoted = re.findall(r"['\"$\{]([^'\"${}\s]+)['\"}]", text)
    for row in sheet.rows if sheet else ():
        if lint.cell(row, "name") in quoted or lint.cell(row, "type") in quoted:
            return row.number
    return 1


def _column(sheet: Sheet | None, wanted: str) -> str:
    for header, letters in sheet.columns.items() if sheet and wanted else ():
        if wanted in (header, lint.base(header)):
            return f"{letters} ({header})"
    return wanted


def _one_line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 500 else flat[:499] + "…"
