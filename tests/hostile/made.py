"""Hostile files, made when they are wanted: small to write down, large or strange when written. Each is (name, bytes).

One rule: nothing here is stored, so that no scanner and no editor ever meets it.
"""

import random
import struct
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

from tests.forms.sheets import book

Rows = list[dict[str, object]]
BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'
SHEET = "xl/worksheets/sheet1.xml"
NAMES = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def zipped(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def sound(folder: Path) -> dict[str, bytes]:
    """The parts of a workbook that is a form."""
    path = book(folder / "sound.xlsx", [{"type": "text", "name": "a", "label": "A?"}])
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def workbooks(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Archives and sheets that lie."""
    parts = sound(folder)
    whole = zipped(parts)
    sheet = parts[SHEET]

    def with_(name: str, data: bytes) -> bytes:
        return zipped({**parts, name: data})

    def cells(text: str) -> bytes:
        return with_(SHEET, f"<worksheet {NAMES}><sheetData>{text}</sheetData></worksheet>".encode())

    yield "zip-of-zeros.xlsx", with_("xl/media/a", b"\0" * (70 * 2**20))
    yield "sheet-of-zeros.xlsx", with_(SHEET, sheet[:-20] + b" " * (65 * 2**20))
    yield "zip-in-zip.xlsx", zipped({"a.xlsx": whole})
    yield "many-parts.xlsx", zipped({**parts, **{f"xl/media/{n}": b"" for n in range(1_500)}})
    yield "one-name-twice.xlsx", whole[:-22].replace(b"docProps/core", b"docProps/app_", 1) + whole[-22:]
    yield "climbing-names.xlsx", zipped({"../../../../tmp/hubbot-climbed": b"x", "/etc/hubbot-climbed": b"x"})
    yield "cut-short.xlsx", whole[: len(whole) // 2]
    yield "cut-at-the-end.xlsx", whole[:-30]
    yield "wrong-sums.xlsx", whole.replace(sheet[:4], b"XXXX") if sheet[:4] in whole else _flipped(whole)
    yield "unknown-method.xlsx", whole.replace(b"PK\x03\x04\x14\0\0\0\x08\0", b"PK\x03\x04\x14\0\0\0\x63\0").replace(b"\x14\0\0\0\x08\0", b"\x14\0\0\0\x63\0")  # fmt: skip
    yield "locked.xlsx", whole.replace(b"PK\x03\x04\x14\0\0\0", b"PK\x03\x04\x14\0\x01\0").replace(b"\x14\x03\x14\0\0\0", b"\x14\x03\x14\0\x01\0")  # fmt: skip
    yield "packed-otherwise.xlsx", zipped({**parts, "xl/media/a": b"\0" * (70 * 2**20)}, zipfile.ZIP_LZMA)
    yield "only-a-beginning.xlsx", b"PK\x03\x04"
    yield "only-an-end.xlsx", b"PK\x05\x06" + b"\0" * 18
    yield "huge-end.xlsx", whole[:-12] + b"\xff" * 12
    yield "not-a-workbook.xlsx", zipped({"word/document.xml": b"<a/>", "[Content_Types].xml": b"<Types/>"})
    yield "no-sheet.xlsx", zipped({name: data for name, data in parts.items() if name != SHEET})
    yield "entities-in-sheet.xlsx", with_(SHEET, BOMB)
    yield "entities-in-strings.xlsx", with_("xl/sharedStrings.xml", BOMB)
    yield "entities-in-utf-16.xlsx", with_(SHEET, BOMB.decode().encode("utf-16"))
    yield "entity-of-a-file.xlsx", with_("xl/workbook.xml", BOMB.replace(b'"ha"', b'SYSTEM "file:///etc/passwd"'))
    yield "doctype-far-in.xlsx", with_(SHEET, b"<?xml version='1.0'?>" + b"\n" * 300_000 + BOMB[21:])
    yield "deep-xml.xlsx", with_(SHEET, b"<a>" * 200_000)
    yield "broken-xml.xlsx", with_(SHEET, sheet[: len(sheet) // 2])
    yield "broken-relations.xlsx", with_("xl/_rels/workbook.xml.rels", b"<Relationships/>")
    yield "wrong-relations.xlsx", with_("xl/_rels/workbook.xml.rels", parts["xl/_rels/workbook.xml.rels"].replace(b"worksheets/", b"../../../etc/"))  # fmt: skip
    yield "far-cell.xlsx", cells('<row r="99999999999"><c r="ZZZZZZ99999999999"><v>1</v></c></row>')
    yield "negative-row.xlsx", cells('<row r="-1"><c r="A-1"><v>1</v></c></row>')
    yield "no-such-string.xlsx", cells('<row r="1"><c r="A1" t="s"><v>999999999</v></c></row>')
    yield "odd-numbers.xlsx", cells('<row r="1"><c r="A1"><v>1e999</v></c><c r="B1"><v>NaN</v></c><c r="C1" t="b"><v>7</v></c></row>')  # fmt: skip
    yield "wide-row.xlsx", cells(f"<row r='1'>{'<c><v>1</v></c>' * 100_000}</row>")
    yield "long-cell.xlsx", cells(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"x" * 3_000_000}</t></is></c></row>')
    yield "many-rows.xlsx", cells('<row><c t="inlineStr"><is><t>a</t></is></c></row>' * 40_000)
    yield "named-otherwise.csv", _flipped(whole)


def _flipped(data: bytes) -> bytes:
    """A tenth of a percent of the bits turned round, the same each time."""
    dice, out = random.Random(7), bytearray(data)
    for _ in range(max(8, len(out) // 120)):
        out[dice.randrange(40, len(out))] ^= 1 << dice.randrange(8)
    return bytes(out)


def old_workbooks() -> Iterator[tuple[str, bytes]]:
    """Compound files (.xls) whose tables point at themselves."""
    magic = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

    def head(shift: int = 9, sectors: int = 1, first: int = 0, more: int = 0xFFFFFFFE, fat: int = 0) -> bytes:
        fields = struct.pack("<16xHHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, shift, 6, 0, sectors, first, 0, 4096, 0xFFFFFFFE, 0, more, 1, fat)  # fmt: skip
        return (magic + fields).ljust(512, b"\xff")

    yield "only-magic.xls", magic
    yield "magic-and-zeros.xls", magic + b"\0" * 4096
    yield "magic-and-noise.xls", magic + random.Random(1).randbytes(50_000)
    yield "table-of-itself.xls", head() + struct.pack("<128I", *([0] * 128)) * 4
    yield "huge-sectors.xls", head(shift=31)
    yield "no-sectors.xls", head(shift=0)
    yield "many-sectors.xls", head(sectors=0x7FFFFFFF) + b"\0" * 2048
    yield "table-beyond.xls", head(more=5, fat=0x7FFFFFFF) + b"\0" * 2048
    yield "directory-beyond.xls", head(first=0x7FFFFFF0) + b"\0" * 2048
    yield "biff-without-file.xls", b"\x09\x08\x10\0\0\x06\x05\0" + b"\0" * 100


def tables() -> Iterator[tuple[str, bytes]]:
    """Texts that are called .csv."""
    head = b"survey,,,\n,type,name,label\n"
    yield "nul.csv", head + b",text,a\0b,A\n"
    yield "utf-16.csv", (head + b",text,a,A\n").decode().encode("utf-16")
    yield "latin-1.csv", head + ",text,a,Zażółć\n".encode("cp1250")
    yield "too-large.csv", head + b",text,a,A\n" * 700_000
    yield "one-cell.csv", b"survey,,,\n,type,name,label\n,text,a," + b"x" * 200_000
    yield "open-quote.csv", head + b',text,a,"' + b"x\n" * 200_000
    yield "many-columns.csv", b"survey" + b"," * 300_000
    yield "many-rows.csv", head + b",,,\n" * 100_000 + b",text,a,A\n"
    yield "one-line-ends-with-cr.csv", head.replace(b"\n", b"\r")
    yield "only-a-mark.csv", b"\xef\xbb\xbf"
    yield "only-quotes.csv", b'"' * 100_001
    yield "escapes.csv", head + b",text,a\x1b[2J,A\n"


def questions() -> Iterator[tuple[str, Rows]]:
    """Forms that cannot be asked, or not in this life. Each is the survey sheet."""

    def one(**more: object) -> Rows:
        return [{"type": "text", "name": "a", "label": "A?", **more}]

    yield "slow-pattern", one(constraint="regex(., '((a|aa)+)+$')", relevant="${nowhere} = 1")
    yield "open-bracket", one(relevant="(" * 5_000)
    yield "deep-expression", one(relevant="(" * 3_000 + "1" + ")" * 3_000)
    yield "long-expression", one(relevant=" or ".join(["1 = 1"] * 6_000))
    yield "unknown-function", one(relevant="system('reboot')")
    yield "far-axis", one(relevant="/descendant-or-self::node()[position() < 1]")
    yield "itself", one(relevant="${a} = 1", calculation="${a}")
    yield "python", one(relevant="__import__('os').system('id')")
    yield "template", one(relevant="${{{7*7}}}")
    yield "other-file", [{"type": "select_one_from_file ../../../etc/passwd", "name": "a", "label": "A?"}]
    yield "no-list", [{"type": "select_one nowhere", "name": "a", "label": "A?"}]
    yield "no-step", [{"type": "range", "name": "a", "label": "A?", "parameters": "start=0 end=10 step=0"}]
    yield "tiny-step", [{"type": "range", "name": "a", "label": "A?", "parameters": "start=0 end=1e300 step=1e-300"}]
    yield "no-number", [{"type": "range", "name": "a", "label": "A?", "parameters": "start=NaN end=Infinity step=1"}]
    yield "bad-name", [{"type": "text", "name": "a b\u202e", "label": "A?"}]
    yield "escape-name", [{"type": "text", "name": "a'; DROP TABLE form;--", "label": "A?"}]
    yield "one-name-twice", [*one(), *one()]
    yield "group-without-end", [{"type": "begin_group", "name": f"g{n}", "label": "G"} for n in range(200)]
    yield "end-without-group", [{"type": "end_group"}] * 200
    yield "repeat-for-ever", [{"type": "begin_repeat", "name": "r", "label": "R", "repeat_count": "10000000000"}, *one(), {"type": "end_repeat"}, {"type": "nonsense", "name": "z", "label": "Z"}]  # fmt: skip
    yield "unknown-type", [{"type": "<script>", "name": "a", "label": "A?"}]
    yield "turned-label", one(label="A\u202e?", relevant="${b}")
    yield "no-name", [{"type": "text", "label": "A?"}]
    yield "too-many", [{"type": "text", "name": f"q{n}", "label": "A?"} for n in range(3_000)]
