"""Spreadsheets of every kind of wrong: each is told by sheet, row and column, and none takes long."""

import json
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.core.form.model import Kind, from_json, to_json
from bot.forms.commands import check_lines
from bot.forms.patterns import MAX_PATTERN, match, wrong
from bot.forms.workbook import MAX_PACKED, letters
from bot.forms.xlsform import Reading, check, load
from tests.forms.sheets import book, form

NETWORK = Path(__file__).parents[2] / "hubs/_network/forms"
SAMPLES = sorted(NETWORK.glob("*.xlsx"))


def told(reading: Reading) -> list[str]:
    return [problem.told() for problem in reading.errors]


def warned(reading: Reading) -> list[str]:
    return [problem.told() for problem in reading.warnings]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_are_accepted_without_a_word(path: Path) -> None:
    reading = check(path)
    assert reading.problems == ()
    assert reading.form is not None
    assert [language.code for language in reading.form.languages] == ["en", "pl", "pt", "uk"]
    assert reading.form.unsupported() == ()
    assert check_lines(path)[0] == 0


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_form_goes_through_json(path: Path) -> None:
    made = check(path).form
    assert made is not None
    text = json.dumps(to_json(made), ensure_ascii=False)
    again = from_json(json.loads(text))
    assert again == made
    assert json.dumps(to_json(again), ensure_ascii=False) == text


@pytest.mark.parametrize("data", [{}, {"format": 2}, {"format": 1}, {"format": 1, "root": 3}])
def test_what_is_no_stored_form_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="form"):
        from_json(data)


FORWARD = "relevant looks forward to age, which is asked later, in row 6"


def test_four_classic_mistakes(tmp_path: Path) -> None:
    """S10, step 4: each with its sheet, row and column, all at once."""
    path = book(
        tmp_path / "mistakes.xlsx",
        [
            {
                "type": "text",
                "name": "name",
                "label::English (en)": "Name?",
                "label::Malti (mt)": None,
                "relevant": None,
            },
            {"type": "text", "name": "name", "label::English (en)": "Again?"},
            {"type": "select_one colours", "name": "colour", "label::English (en)": "Colour?"},
            {"type": "text", "name": "why", "label::English (en)": "Why?", "relevant": "${age} > 17"},
            {"type": "integer", "name": "age", "label::English (en)": "Age?"},
        ],
    )
    code, lines = check_lines(path)
    assert code == 1
    assert lines == [
        f"{path}: sheet survey, row 3, column B (name): the name name stands there twice: also in row 2",
        f"{path}: sheet survey, row 4, column A (type): there is no list of choices named colours",
        f"{path}: warning: sheet survey, row 5, column E (relevant): {FORWARD}",
        f"{path}: warning: sheet survey, row 2, column D (label::Malti (mt)): the language Malti (mt) has no labels",
    ]


ONE = {"type": "integer", "name": "age", "label": "Age?"}


@pytest.mark.parametrize(
    ("extra", "wanted"),
    [
        ({"relevant": "(${age} > 1"}, "row 3, column D (relevant): the expression cannot be read: expected ')'"),
        ({"constraint": ". >= "}, "row 3, column D (constraint): the expression cannot be read: expected a value"),
        ({"calculation": "pulldata('a', 'b', 'c', 'd')"}, "row 3, column D (calculation): unknown function pulldata()"),
        ({"relevant": "selected(${age})"}, "row 3, column D (relevant): selected() with 1 arguments"),
        ({"relevant": "age > 1"}, "row 3, column D (relevant): there is no question at /data/q/age"),
        ({"relevant": "${nobody} = 1"}, "row 3, column D (relevant): there is no question named nobody"),
        ({"label": "Hello ${nobody}"}, "row 3, column C (label): there is no question named nobody"),
        ({"relevant": "${q} = 1"}, "row 3, column D (relevant): this goes round in a circle: q needs q"),
        ({"calculation": "${q} + 1"}, "row 3, column D (calculation): this goes round in a circle: q needs q"),
        ({"constraint": "regex(., '(')"}, "row 3, column D (constraint): the pattern is no regular expression"),
        (
            {"constraint": "regex(., '(x+x+)+y')"},
            "row 3, column D (constraint): the pattern takes too long on some texts",
        ),
        ({"constraint": f"regex(., '{'a' * 201}')"}, "row 3, column D (constraint): the pattern has more than 200"),
        ({"constraint": ". = 1 or " * 70 + ". = 2"}, "row 3, column D (constraint): the expression has more than 500"),
        (
            {"constraint": "(" * 61 + "1" + ")" * 61},
            "row 3, column D (constraint): the expression cannot be read: more than 60",
        ),
        ({"type": "select_one nothing"}, "row 3, column A (type): there is no list of choices named nothing"),
        ({"type": "caseid"}, "row 3: Unknown question type 'caseid'."),
        ({"type": "range", "parameters": "start=a"}, "survey, row 3"),
        ({"type": "range", "parameters": "end=1e300 step=1e-300"}, "start, end and step must be numbers of at most 12"),
        ({"type": "end group"}, "survey, row 3"),
        ({"name": "1st"}, "row 3"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_each_mistake_has_its_place(tmp_path: Path, extra: dict[str, object], wanted: str) -> None:
    row = {"type": "text", "name": "q", "label": "Q?", **extra}
    found = told(check(book(tmp_path / "form.xlsx", [ONE, row])))
    assert any(wanted in line and line.startswith("sheet survey, ") for line in found), found


def test_circles_through_several_questions(tmp_path: Path) -> None:
    rows = [
        {"type": "calculate", "name": "a", "calculation": "${b} + 1"},
        {"type": "calculate", "name": "b", "calculation": "${c} + 1"},
        {"type": "calculate", "name": "c", "calculation": "${a} + 1"},
        {"type": "text", "name": "q", "label": "Q?", "calculation": None},
    ]
    found = told(check(book(tmp_path / "form.xlsx", rows)))
    assert found == [
        "sheet survey, row 2, column C (calculation): this goes round in a circle: a needs b needs c needs a",
    ]


def test_a_running_total_is_no_circle(tmp_path: Path) -> None:
    total = "${n} + if(position(..) = 1, 0, indexed-repeat(${total}, ${r}, position(..) - 1))"
    form(
        tmp_path,
        [
            {"type": "begin repeat", "name": "r", "label": "R", "repeat_count": "3", "calculation": None},
            {"type": "integer", "name": "n", "label": "N?"},
            {"type": "calculate", "name": "total", "calculation": total},
            {"type": "end repeat"},
        ],
    )


def test_limits(tmp_path: Path) -> None:
    rows = [{"type": "text", "name": f"q{n}", "label": "Q?"} for n in range(601)]
    assert told(check(book(tmp_path / "a.xlsx", rows))) == [
        "sheet survey, row 1, column A (type): the form has 601 questions, more than 600",
    ]
    assert check(book(tmp_path / "b.xlsx", rows[:600])).form is not None
    many = [{"list_name": "big", "name": f"c{n}", "label": "C"} for n in range(2_001)]
    select = [{"type": "select_one big", "name": "q", "label": "Q?"}]
    found = told(check(book(tmp_path / "c.xlsx", select, many)))
    assert found == ["sheet choices, row 2, column list_name: the list big has more than 2000 choices"]
    assert check(book(tmp_path / "d.xlsx", select, many[:2_000])).form is not None


def test_what_a_chat_cannot_ask_yet_is_a_warning(tmp_path: Path) -> None:
    rows = [
        ONE,
        {"type": "image", "name": "photo", "label": "Photo?"},
        {"type": "geopoint", "name": "at", "label": "At?"},
    ]
    reading = check(book(tmp_path / "form.xlsx", rows))
    assert reading.form is not None
    assert [(reason.path, reason.kind) for reason in reading.form.unsupported()] == [
        ("/data/photo", "image"),
        ("/data/at", "geopoint"),
    ]
    assert (
        "sheet survey, row 3, column A (type): a chat cannot ask this yet (image): the form will not be offered"
        in warned(reading)
    )


def test_missing_translations_are_counted_where_they_begin(tmp_path: Path) -> None:
    rows = [
        {"type": "text", "name": "a", "label::English (en)": "A?", "label::Polski (pl)": "A po polsku?"},
        {"type": "text", "name": "b", "label::English (en)": "B?"},
        {"type": "text", "name": "c", "label::English (en)": "C?"},
    ]
    reading = check(book(tmp_path / "form.xlsx", rows))
    assert reading.form is not None
    assert any(
        line.startswith("sheet survey, row 3, column D (label::Polski (pl)): 2 labels are missing")
        for line in warned(reading)
    )


def test_types_come_out_as_kinds(tmp_path: Path) -> None:
    kinds = {
        "text": Kind.TEXT,
        "integer": Kind.INTEGER,
        "decimal": Kind.DECIMAL,
        "date": Kind.DATE,
        "time": Kind.TIME,
        "dateTime": Kind.DATE_TIME,
        "select_one yn": Kind.ONE,
        "select_multiple yn": Kind.MANY,
        "rank yn": Kind.RANK,
        "range": Kind.RANGE,
        "acknowledge": Kind.ACKNOWLEDGE,
        "note": Kind.NOTE,
        "barcode": Kind.BARCODE,
        "audio": Kind.AUDIO,
        "geotrace": Kind.TRACE,
    }
    made = form(tmp_path, [{"type": name, "name": f"q{n}", "label": "Q?"} for n, name in enumerate(kinds)])
    assert [it.kind for it in made.fields if it.label] == [*kinds.values()]


def test_csv_rows_are_counted_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "form.csv"
    path.write_text('"survey",,,\n,"type","name","label"\n,"integer","age","Age?"\n,"select_one x","q","Q?"\n', "utf-8")
    assert told(check(path)) == ["sheet survey, row 4, column B (type): there is no list of choices named x"]
    path.write_text('"survey",,,\n,"type","name","label"\n,"integer","age","Age?"\n', "utf-8")
    assert load(path) == check(path).form


def test_old_workbooks_are_known_by_their_first_bytes(tmp_path: Path) -> None:
    """IFRC publishes an .xls named .xlsx. Ours is an .xlsx and a .csv under each other's names."""
    good = book(tmp_path / "form.xlsx", [ONE])
    renamed = tmp_path / "form.xls"
    renamed.write_bytes(good.read_bytes())
    reading = check(renamed)
    assert reading.form is not None
    assert warned(reading)[0] == "is an .xlsx file named .xls"
    text = tmp_path / "text.xlsx"
    text.write_text('"survey",,,\n,"type","name","label"\n,"integer","age","Age?"\n', "utf-8")
    assert check(text).form is not None


@pytest.mark.parametrize(
    ("name", "data", "wanted"),
    [
        ("a.xlsx", b"", "is empty"),
        ("a.xlsx", b"PK\x03\x04 but nothing more", "is a damaged or locked .xlsx file"),
        ("a.xls", b"\xd0\xcf\x11\xe0 but nothing more", "cannot be read as a spreadsheet"),
        ("a.csv", b"\xff\xfe\x00\x01", "is neither .xlsx nor .xls nor .csv"),
        ("a.csv", "survey,zażółć".encode("cp1250"), "is not a UTF-8 text"),
        ("a.csv", b",type,name\n,text,q\n", "is no XLSForm"),
        ("a.csv", b"survey\n,name\n,q\n", "the survey sheet has no column type"),
        ("a.csv", b'survey\n,type,type,name,label\n,text,,q,"Q?"\n', "the column type stands there twice"),
        ("a.csv", b"choices\n,list_name,name\n,a,b\nsettings\n,form_id\n,x\n", 'has no sheet "survey"'),
        ("a.csv", b"survey\n,type,name,label\n,note,q,Q\n", "the form has no questions"),
        ("a.xlsx", b"x" * (MAX_PACKED + 1), "is larger than 5 MiB"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_files_that_are_none(tmp_path: Path, name: str, data: bytes, wanted: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    code, lines = check_lines(path)
    assert code == 1
    assert any(wanted in line for line in lines), lines


def test_of_a_very_long_name_the_beginning_is_told(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text('"' + "s" * 5_000 + '",,\n,type,name\n,nonsense,a\n', encoding="utf-8")
    _, lines = check_lines(path)
    assert lines
    assert max(map(len, lines)) < 500


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    assert told(check(tmp_path / "none.xlsx")) == ["cannot be read: No such file or directory"]
    assert told(check(tmp_path)) == ["is a folder, not a spreadsheet"]


def zipped(**parts: bytes) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return made.getvalue()


def repacked(path: Path, name: str, data: bytes) -> None:
    """Replaces one part of an .xlsx."""
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    path.write_bytes(zipped(**{**parts, name: data}))


SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>"""


def quickly(path: Path) -> Reading:
    """The reading, made in under 5 s of our own: the machine may have others to serve."""
    begun = time.process_time()
    reading = check(path)
    assert time.process_time() - begun < 5
    return reading


def test_bombs_are_refused_in_good_time(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    for data, wanted in (
        (b"\0" * (65 * 2**20), "holds more than 64 MiB when unpacked"),
        (LAUGHS, "declares a document type"),
        (LAUGHS.decode().encode("utf-16"), "declares a document type"),
    ):
        repacked(book(path, [ONE]), SHEET, data)
        assert wanted in told(quickly(path))[0]
    path.write_bytes(zipped(**{f"part{n}": b"" for n in range(1_001)}))
    assert "has more than 1000 parts" in told(quickly(path))[0]


def test_a_zip_that_lies_about_its_size(tmp_path: Path) -> None:
    """The header of the part says 10 bytes; 65 MiB come out of it."""
    path = book(tmp_path / "liar.xlsx", [ONE])
    repacked(path, SHEET, b"\0" * (65 * 2**20))
    data = path.read_bytes()
    true = (65 * 2**20).to_bytes(4, "little")
    path.write_bytes(data.replace(true, (10).to_bytes(4, "little")))
    assert told(check(path))


def test_a_sheet_that_claims_a_million_rows(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "survey"
    for row in (["type", "name", "label"], ["text", "q", "Q?"]):
        sheet.append(row)
    sheet.cell(1_048_576, 1, "x")
    workbook.save(tmp_path / "tall.xlsx")
    workbook.close()
    assert quickly(tmp_path / "tall.xlsx").form is not None


CELLS = st.text(max_size=20) | st.sampled_from([
    "text", "integer", "select_one yn", "begin group", "end group", "begin repeat", "end repeat", "calculate", "a", "b",
    "${a}", "${b} + 1", "yes", "note", "range", "1", "(((", "regex(., '(a+)+$')", "rank yn", "'", "{", "::", "image",
])  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(["label", "relevant", "calculation", "hint::X (x)", "constraint", "repeat_count", "default"]),
        unique=True,
    ),
    st.lists(st.lists(CELLS, min_size=2, max_size=9), max_size=8),
)
def test_whatever_stands_in_the_cells_nothing_is_raised(
    tmp_path: Path, columns: list[str], rows: list[list[str]]
) -> None:
    lines = [["survey"], ["", "type", "name", *columns], *(["", *row] for row in rows)]
    lines += [["choices"], ["", "list_name", "name", "label"], ["", "yn", "yes", "Yes"]]
    path = tmp_path / "any.csv"
    text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    path.write_text(text.encode("utf-8", "replace").decode(), "utf-8")
    reading = check(path)
    assert (reading.form is None) == bool(reading.errors)
    assert all("\n" not in problem.told() for problem in reading.problems)


def test_patterns_run_within_a_time() -> None:
    begun = time.process_time()
    assert not match("(x+x+)+y", "x" * 5_000)
    assert time.process_time() - begun < 1
    assert match("b", "abc")
    assert not match("(", "abc")
    assert not match("a" * (MAX_PATTERN + 1), "a" * 500)
    assert (
        wrong("^[0-9]{9}$") == wrong(r"^[\w-\.]+@([\w-]+\.)+[\w-]{2,4}$") == wrong("[^@ ]+@[^@ ]+[.][A-Za-z]{2,}") == ""
    )


def test_columns_have_letters() -> None:
    assert [letters(n) for n in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
