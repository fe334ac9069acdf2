"""Workbooks of other programs go in, and ours open in them: cell by cell the same."""

# Times of a workbook have no offset.
# ruff: noqa: DTZ001 - cells of a workbook have no time zone
import csv
import io
import json
import shutil
import subprocess
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from ferry.files.position import Packed
from ferry.files.unpacking import Allowance
from ferry.files.xlsx.sheet_writer import XlsxWriter
from ferry.files.xlsx.workbook import row_lines
from ferry.files.xlsx.workbook_packing import Workbook
from ferry.tables.schema import Field, FieldType, Schema
from ferry.tables.values import Value

SOFFICE = shutil.which("soffice")
needs_libreoffice = pytest.mark.skipif(
    SOFFICE is None, reason="needs LibreOffice: apt-get install libreoffice-calc"
)

GIVEN: list[list[Any]] = [
    ["text", "number", "date", "moment", "time", "duration", "ok", "empty", "last"],
    [
        "Köln & <b> 北京", 12345, date(2024, 2, 29), datetime(2024, 2, 29, 13, 45, 1), time(6, 30),
        timedelta(hours=36), True, None, "x",
    ],
    [
        " 00123 ", -0.5, date(1999, 12, 31), datetime(1950, 1, 1, 0, 0, 1), time(23, 59, 59),
        timedelta(hours=100, minutes=5), False, None, "y",
    ],
    [
        "a\nb", 0.1 + 0.2, date(9999, 12, 31), datetime(2000, 1, 1), time(0, 0, 1), timedelta(1),
        True,
    ],
]  # fmt: skip
READ = [
    GIVEN[0],
    [
        "Köln & <b> 北京", "12345", "2024-02-29", "2024-02-29T13:45:01", "06:30:00", "36:00:00",
        "true", None, "x",
    ],
    [
        " 00123 ", "-0.5", "1999-12-31", "1950-01-01T00:00:01", "23:59:59", "100:05:00", "false",
        None, "y",
    ],
    ["a\nb", "0.3", "9999-12-31", "2000-01-01", "00:00:01", "24:00:00", "true"],
]  # fmt: skip

SCHEMA = Schema(
    (
        Field(name="name", type=FieldType.STRING),
        Field(name="amount", type=FieldType.INTEGER),
        Field(name="price", type=FieldType.NUMBER),
        Field(name="ok", type=FieldType.BOOLEAN),
        Field(name="due", type=FieldType.DATE),
        Field(name="tags", type=FieldType.ARRAY),
        Field(name="note", type=FieldType.STRING),
    )
)
OURS: list[dict[str, Value]] = [
    {"name": "Köln & <b> 北京 😀", "amount": 5, "price": Decimal("19.99"), "ok": True,
     "due": "2024-02-29", "tags": ["a", 1], "note": "=1+1"},
    {"name": " 00123 ", "amount": -999_999_999_999_999, "price": Decimal("1E-7"), "ok": False,
     "due": "2018-09-26T11:22:51", "tags": [], "note": "two\nlines"},
    {"name": "1066", "amount": 1582917533873852417, "price": Decimal("89.11167842607728"),
     "due": "1066-10-14", "note": "+1"},
    {"due": "2018-09-26T11:22:51+08:00", "note": '"quoted", it is'},
]  # fmt: skip
WRITTEN = [
    ["name", "amount", "price", "ok", "due", "tags", "note"],
    ["Köln & <b> 北京 😀", "5", "19.99", "true", "2024-02-29", '["a",1]', "=1+1"],
    [
        " 00123 ", "-999999999999999", "0.0000001", "false", "2018-09-26T11:22:51", "[]",
        "two\nlines",
    ],
    ["1066", "1582917533873852417", "89.11167842607728", None, "1066-10-14", None, "+1"],
    [None, None, None, None, "2018-09-26T11:22:51+08:00", None, '"quoted", it is'],
]  # fmt: skip


def read(data: bytes) -> list[list[str | None]]:
    lines = list(row_lines([data], TemporaryFile, Allowance(10**9)))[1:]
    assert [json.loads(line)[3] for line in lines] == [{}] * len(lines)
    return [json.loads(line)[1] for line in lines]


def ours() -> bytes:
    writer = XlsxWriter(SCHEMA, heads={name: name for name in SCHEMA.names})
    packing = Workbook(Packed())
    content = writer.head() + writer.place(list(map(writer.encode, OURS))) + writer.tail()
    return packing.head() + packing.pack(content) + packing.tail()


def from_openpyxl() -> bytes:
    book = openpyxl.Workbook()
    for row in GIVEN:
        book.active.append(row)
    for row in book.active.iter_rows(min_row=2):
        row[5].number_format = "[hh]:mm:ss"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def from_openpyxl_as_stream() -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Sheet")
    for row in GIVEN:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def from_xlsxwriter(**options: Any) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, **options})
    formats = {
        kind: book.add_format({"num_format": code})
        for kind, code in {
            date: "dd/mm/yy", datetime: 22, time: "h:mm AM/PM", timedelta: "[h]:mm:ss",
        }.items()
    }  # fmt: skip
    sheet = book.add_worksheet()
    for number, row in enumerate(GIVEN):
        for place, value in enumerate(row):
            if type(value) in formats:
                sheet.write_datetime(number, place, value, formats[type(value)])
            else:
                sheet.write(number, place, value)
    book.close()
    return file.getvalue()


@pytest.mark.parametrize(
    "made",
    [
        from_openpyxl,
        from_openpyxl_as_stream,
        from_xlsxwriter,
        lambda: from_xlsxwriter(constant_memory=True),
        lambda: from_xlsxwriter(default_date_format="yyyy-mm-dd"),
    ],
)
def test_workbooks_of_libraries_are_read_cell_by_cell(made: Any) -> None:
    assert read(made()) == READ


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("sheetjs.xlsx", ["2026-03-04", "2026-03-05T13:30:00"]),
        ("sheetjs.ods", ["2026-03-04T00:00:00Z", "2026-03-05T13:30:00Z"]),
    ],
)
def test_workbooks_of_sheetjs_are_read_cell_by_cell(name: str, days: list[str]) -> None:
    # Written by SheetJS 0.18.5, the days from Dates in UTC.
    assert read((Path(__file__).parent / name).read_bytes()) == [
        ["name", "amount", "when", "code", "ok", "long"],
        ["milk", "1.5", days[0], "007", "true", "12345678901234567890"],
        ['eggs, "big"', "2", days[1], "010", "false", "x\ny"],
        ["Käse 😀", "-3", None, "", None, ""],
    ]


def test_days_since_1904_are_the_same_days() -> None:
    book = from_xlsxwriter(date_1904=True)

    assert [row[2] for row in read(book)] == [row[2] for row in READ]


def test_ours_is_read_cell_by_cell() -> None:
    assert read(ours()) == WRITTEN


def test_ours_opens_in_openpyxl_cell_by_cell() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(ours())).active

    first = [cell.value for cell in sheet[2]]
    assert first == [
        "Köln & <b> 北京 😀", 5, 19.99, True, datetime(2024, 2, 29), '["a",1]', "=1+1",
    ]  # fmt: skip
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "n", "b", "d", "s", "s"]


def converted(data: bytes, suffix: str, to: str, folder: Path) -> bytes:
    """Convert a file by LibreOffice and return the result."""
    assert SOFFICE is not None
    given = folder / f"given{suffix}"
    given.write_bytes(data)
    out = folder / "out"
    profile = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        [SOFFICE, profile, "--headless", "--convert-to", to, "--outdir", str(out), str(given)],
        check=True,
        capture_output=True,
        timeout=300,
    )
    (made,) = out.iterdir()
    return made.read_bytes()


@needs_libreoffice
def test_ours_opens_in_libreoffice_cell_by_cell(tmp_path: Path) -> None:
    text = converted(
        ours(), ".xlsx", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false", tmp_path
    )

    rows = list(csv.reader(io.StringIO(text.decode())))

    # It shows numbers as it likes; dates and texts stand as we format them.
    assert [[row[0], *row[4:]] for row in rows] == [
        [row[0] or "", *(cell or "" for cell in row[4:])] for row in WRITTEN
    ]
    assert rows[1][1:4] == ["5", "19.99", "TRUE"]


@needs_libreoffice
def test_workbooks_of_libreoffice_are_read_cell_by_cell(tmp_path: Path) -> None:
    resaved = converted(from_openpyxl(), ".xlsx", "xlsx", tmp_path)

    assert read(resaved) == READ


@needs_libreoffice
def test_spreadsheets_of_libreoffice_are_read_cell_by_cell(tmp_path: Path) -> None:
    assert read(converted(from_openpyxl(), ".xlsx", "ods", tmp_path)) == READ


@needs_libreoffice
def test_ours_is_the_same_once_libreoffice_has_saved_it(tmp_path: Path) -> None:
    assert read(converted(ours(), ".xlsx", "xlsx", tmp_path)) == WRITTEN
