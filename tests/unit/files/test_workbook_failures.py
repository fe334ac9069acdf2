"""The workbook of rows that failed: what it holds is what was sent."""

import io
import json
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any

import openpyxl
import pytest

from ferry.errors import DoesNotFit, InvalidRow
from ferry.files.formats import XLSX
from ferry.files.unpacking import Allowance
from ferry.files.xlsx.sheet_failures import defused_text, workbook_of
from ferry.files.xlsx.table_search import WantedTable
from ferry.files.xlsx.workbook import row_lines
from tests.unit.goods import GOODS
from tests.workbooks import DATE, cell, workbook

ROWS = [
    ["name", "amount", None, "due"],
    ["00123", 5, True, cell(("n", "43369"), DATE)],
    ["#N/A", cell(("e", "#DIV/0!")), 1.5, cell(("n", "43369.5"), DATE)],
    ["=1+1", "2018-09-26", "true", "<c><f>1+1</f></c>"],
    ["a\r\n\"b\", 'c'", cell(("n", "1582917533873852417")), None, cell(("n", "60"), DATE)],
    ['<c t="inlineStr"><is><t></t></is></c>', "x"],
]

DAY = datetime(2018, 9, 26)  # noqa: DTZ001 - a workbook's times have no offset
NOON = DAY.replace(hour=12)


def read(data: bytes) -> list[bytes]:
    return list(row_lines([data], TemporaryFile, Allowance(10**9)))


def failed(data: bytes) -> bytes:
    """Return the workbook of all rows of a workbook, each failed."""
    wanted = WantedTable(frozenset(GOODS.columns))
    text = b"".join(row_lines([data], TemporaryFile, Allowance(10**9), wanted))
    layout = XLSX.inspect(text, whole=True, schema=GOODS)
    writer = XLSX.failures(layout, GOODS)
    rows = [
        writer.row(entry, entry.error or InvalidRow("amount", "is wrong, says nobody"))
        for entry in XLSX.read([text[layout.start.offset :]], layout, layout.start)
    ]
    return b"".join(workbook_of([writer.head(), *rows, writer.tail()]))


def cells_of(data: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    return [[(found.value, found.data_type) for found in row] for row in sheet.iter_rows()]


def test_a_failed_row_holds_what_was_sent() -> None:
    head, first, second, third, fourth, fifth = cells_of(failed(workbook(ROWS)))

    assert [name for name, _ in head] == ["line", "field", "reason", "name", "amount", None, "due"]
    assert first[:3] == [(2, "n"), ("amount", "s"), ("is wrong, says nobody", "s")]
    assert first[3:] == [("00123", "s"), (5, "n"), (True, "b"), (DAY, "d")]
    assert second[3:5] == [("#N/A", "s"), ("#DIV/0!", "e")]
    assert second[5:] == [(1.5, "n"), (NOON, "d")]
    assert third[3:] == [("=1+1", "s"), ("2018-09-26", "s"), ("true", "s"), ("#N/A", "e")]
    assert fourth[4] == ("1582917533873852417", "s")
    assert fifth[4] == ("x", "s")


def test_it_is_read_as_what_it_was_made_of() -> None:
    sent = workbook([row[:2] for row in ROWS])
    before = [json.loads(line)[1] for line in read(sent)[2:]]

    after = [json.loads(line)[1][3:] for line in read(failed(sent))[2:]]

    assert after == before
    assert len(after) == len(ROWS) - 1


def test_its_header_stays_in_sight_and_has_a_filter() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(failed(workbook(ROWS)))).active

    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:G6"
    assert sheet.column_dimensions["C"].width == 60
    assert sheet["A1"].font.bold


def test_a_row_that_cannot_be_read_stands_behind_the_columns() -> None:
    text = b'line,field,reason,name\r\n5,,is cut,"""abc",\r\n'

    (_, row) = cells_of(b"".join(workbook_of([text])))

    assert [value for value, _ in row] == [5, None, "is cut", '"abc', None]


def test_more_rows_than_a_sheet_holds_do_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ferry.files.xlsx.sheet_failures.MAX_ROWS", 2)

    with pytest.raises(DoesNotFit):
        list(workbook_of([b"line,field,reason,name\r\n" + b"5,,is cut,a\r\n" * 3]))


def test_rows_that_fit_no_sheet_are_defused_text() -> None:
    kept = (
        b"\xef\xbb\xbfline,field,reason,name,amount\r\n"
        b'5,amount,is wrong,"=1+1",-5\r\n'
        b'6,,is cut,"""a=b",\r\n'
    )

    assert b"".join(defused_text([kept])) == (
        b"\xef\xbb\xbfline,field,reason,name,amount\r\n"
        b"5,amount,is wrong,'=1+1,-5\r\n"
        b'6,,is cut,"""a=b",\r\n'
    )
