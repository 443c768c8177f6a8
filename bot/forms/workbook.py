"""Reads a spreadsheet into rows of texts, whatever it claims to be.

One rule: what comes back is bounded before it is read. A file that is too large, too many or no spreadsheet is a Problem.
"""

import csv
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Final

MAX_PACKED: Final = 5 * 2**20  # bytes of the file; the largest public form met has 0.9 MiB
MAX_UNPACKED: Final = 64 * 2**20  # bytes of what is in an .xlsx, counted while it is unpacked: the headers may lie
MAX_PARTS: Final = 1_000  # files inside an .xlsx
MAX_ROWS: Final = 25_000  # of a sheet: ten lists of 2,000 choices, and as many empty rows
MAX_COLUMNS: Final = 300
MAX_EMPTY: Final = 60  # empty rows in a row end a sheet, as pyxform reads it
MAX_CELL: Final = 32_767  # characters, Excel's own limit
LONGEST_NAME: Final = 80  # characters that are shown of the name of a sheet or a column
_DOCTYPES: Final = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a form, and where its author finds it. `row` is 0 where no row is to blame."""

    sheet: str
    row: int
    column: str
    text: str
    warning: bool = False

    def told(self) -> str:
        """One line: where, and what."""
        where = [f"sheet {_short(self.sheet)}" if self.sheet else "", f"row {self.row}" if self.row else ""]
        where.append(f"column {_short(self.column)}" if self.column else "")
        place = ", ".join(filter(None, where))
        return f"{place}: {self.text}" if place else self.text


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as the spreadsheet shows it, and its cells by header, without the empty ones."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its first row as headers. `columns`: header -> letters of the column."""

    name: str
    columns: dict[str, str]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook: its sheets in order, and a note where its name says another format than its contents."""

    sheets: tuple[Sheet, ...]
    note: str = ""

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of that name, in whatever case it is written; the only sheet is the survey, whatever its name."""
        if len(self.sheets) == 1 and name == "survey":
            return self.sheets[0]
        return next((sheet for sheet in self.sheets if sheet.name.lower() == name), None)


class RefusalError(Exception):
    """The file cannot be read as a workbook; the message is for its author."""

    def __init__(self, text: str, sheet: str = "", row: int = 0, column: str = "") -> None:
        super().__init__(text)
        self.problem = Problem(sheet, row, column, text)


def read(path: Path) -> Book | Problem:
    """The workbook at `path`: .xlsx, .xlsm, .xls or .csv, known by its first bytes. Raises nothing."""
    try:
        return _read(path)
    except RefusalError as refusal:
        return refusal.problem
    except OSError as error:
        return Problem("", 0, "", f"cannot be read: {error.strerror or error}")
    except Exception as error:  # noqa: BLE001 # openpyxl and xlrd raise whatever a damaged file makes them meet
        return Problem("", 0, "", f"cannot be read as a spreadsheet: {type(error).__name__}")


def _read(path: Path) -> Book:
    if path.is_dir():
        raise RefusalError("is a folder, not a spreadsheet")
    with path.open("rb") as file:
        data = file.read(MAX_PACKED + 1)
    if len(data) > MAX_PACKED:
        raise RefusalError(f"is larger than {MAX_PACKED // 2**20} MiB")
    suffix = path.suffix.lower()
    if data.startswith(b"PK\x03\x04"):
        _weigh(data)
        return Book(tuple(_xlsx(data)), "" if suffix in (".xlsx", ".xlsm") else f"is an .xlsx file named {suffix}")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return Book(tuple(_xls(data)), "" if suffix == ".xls" else f"is an old .xls file named {suffix}")
    if not data.strip():
        raise RefusalError("is empty")
    if b"\0" in data:
        raise RefusalError("is neither .xlsx nor .xls nor .csv")
    return Book(tuple(_csv(data)), "" if suffix == ".csv" else f"is a .csv file named {suffix}")


def _weigh(data: bytes) -> None:
    """Unpacks every part once, to count its bytes and to see that none declares a document type."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS:
                raise RefusalError(f"has more than {MAX_PARTS} parts: not a spreadsheet that anybody made")
            left = MAX_UNPACKED
            for part in parts:
                with archive.open(part) as stream:
                    left -= _count(iter(partial(stream.read, 2**18), b""), left)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        raise RefusalError("is a damaged or locked .xlsx file") from error


def _count(blocks: Iterable[bytes], left: int) -> int:
    total, tail = 0, b""
    for block in blocks:
        total += len(block)
        if total > left:
            raise RefusalError(f"holds more than {MAX_UNPACKED // 2**20} MiB when unpacked")
        seen = tail + block
        if any(mark in seen for mark in _DOCTYPES):
            raise RefusalError("declares a document type (<!DOCTYPE>), which no spreadsheet needs")
        tail = seen[-24:]
    return total


def _xlsx(data: bytes) -> Iterator[Sheet]:
    from openpyxl import load_workbook  # noqa: PLC0415 # 0.2 s to import, and only a check needs it
    from pyxform.xls2json_backends import xlsx_value_to_str  # noqa: PLC0415 # as above

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of styles and validations that it does not know
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
        try:
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # some programs write a wrong one, and openpyxl would believe it
                rows = sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True)
                yield _sheet(sheet.title, ([_plain(value, xlsx_value_to_str) for value in row] for row in rows))
        finally:
            book.close()


def _plain(value: Any, words: Any) -> str:
    """A cell as text, by pyxform's own rules for numbers, dates and truths."""
    return "" if value is None else str(words(value.strip() if isinstance(value, str) else value)).strip()


def _xls(data: bytes) -> Iterator[Sheet]:
    import xlrd  # type: ignore[import-untyped] # noqa: PLC0415 # only a check of an old file needs it
    from pyxform.xls2json_backends import xls_value_to_unicode  # noqa: PLC0415 # as above

    book = xlrd.open_workbook(file_contents=data, logfile=StringIO(), on_demand=True)
    try:
        for sheet in book.sheets():
            wide = min(sheet.ncols, MAX_COLUMNS)

            def text(cell: Any) -> str:
                if cell.value == "":
                    return ""
                return str(xls_value_to_unicode(cell.value, cell.ctype, book.datemode)).strip()

            numbers = range(min(sheet.nrows, MAX_ROWS + 1))
            yield _sheet(sheet.name, ([text(cell) for cell in sheet.row(number)[:wide]] for number in numbers))
    finally:
        book.release_resources()


def _csv(data: bytes) -> Iterator[Sheet]:
    """Sheets one below the other: a name in the first column begins one, its next row holds the headers."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusalError("is not a UTF-8 text: save it as CSV UTF-8") from error
    name, begun, rows = "", 0, list[list[str]]()
    try:
        for number, row in enumerate(csv.reader(StringIO(text, newline=""), strict=False), 1):
            cells = [cell.strip() for cell in row]
            if cells and cells[0]:
                if name:
                    yield _sheet(name, rows, begun, 1)
                name, begun, rows = cells[0], number, []
                if not any(cells[1:]):
                    begun += 1
                    continue
            if name:
                rows.append(cells[1:])
            if number > MAX_ROWS:
                raise RefusalError(f"has more than {MAX_ROWS} rows")
    except csv.Error as error:
        raise RefusalError(f"is no .csv file: {error}") from error
    if not name:
        raise RefusalError('is no XLSForm: a .csv file names each sheet in its first column ("survey", "choices")')
    yield _sheet(name, rows, begun, 1)


def _sheet(name: str, rows: Iterable[list[str]], first: int = 1, shift: int = 0) -> Sheet:
    """`first` is the number of the header's row, `shift` how many columns stand before it."""
    numbered = enumerate(rows, first)
    _, head = next(numbered, (first, []))
    places = {place: " ".join(text.split()) for place, text in enumerate(head) if text}
    columns: dict[str, str] = {}
    for place, header in places.items():
        if header in columns:
            raise RefusalError(
                f"the column {header} stands there twice", name, first, f"{letters(place + shift)} ({header})"
            )
        columns[header] = letters(place + shift)
    found: list[Row] = []
    empty = 0
    for number, cells in numbered:
        kept = {header: cells[place] for place, header in places.items() if place < len(cells) and cells[place]}
        empty = 0 if kept else empty + 1
        if empty > MAX_EMPTY:
            break
        if number - first > MAX_ROWS:
            raise RefusalError(f"has more than {MAX_ROWS} rows", name)
        if any(len(text) > MAX_CELL for text in kept.values()):
            raise RefusalError(f"a cell has more than {MAX_CELL} characters", name, number)
        found.append(Row(number, kept))
    while found and not found[-1].cells:
        found.pop()
    return Sheet(name, columns, tuple(found))


def letters(place: int) -> str:
    """The letters of a column, counted from 0: 0 is A, 26 is AA."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text
