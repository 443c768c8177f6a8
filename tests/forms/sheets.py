"""Workbooks for tests, from rows written as dictionaries."""

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

from bot.core.form.model import Form
from bot.forms.xlsform import check

Rows = Sequence[dict[str, object]]
YES_NO: Rows = ({"list_name": "yn", "name": "yes", "label": "Yes"}, {"list_name": "yn", "name": "no", "label": "No"})


def book(path: Path, survey: Rows, choices: Rows = YES_NO, settings: Rows = ()) -> Path:
    """An .xlsx with the sheets; each sheet's columns are those that its rows name, in the order of first mention."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in (("survey", survey), ("choices", choices), ("settings", settings)):
        if not rows:
            continue
        sheet = workbook.create_sheet(name)
        headers = list(dict.fromkeys(header for row in rows for header in row))
        sheet.append(headers)
        for row in rows:
            sheet.append([row.get(header) for header in headers])
    workbook.save(path)
    workbook.close()
    return path


def form(path: Path, survey: Rows, choices: Rows = YES_NO, settings: Rows = ()) -> Form:
    """The form in such a workbook; it must have no errors."""
    reading = check(book(path / "form.xlsx", survey, choices, settings))
    assert reading.form is not None, [problem.told() for problem in reading.errors]
    return reading.form
