import json
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from ferry.errors import InvalidFile
from ferry.files.formats import XLSX
from ferry.files.unpacking import Allowance
from ferry.files.xlsx.workbook import row_lines
from tests.unit.goods import GOODS
from tests.workbooks import DATE, MAIN, OWN_DATE, cell, sheet, workbook


def read(data: bytes, limit: int = 10**9) -> list[Any]:
    lines = row_lines([data[:100], data[100:]], TemporaryFile, Allowance(limit))
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (cell("名 <b>"), "名 <b>"),
        (cell(("s", 1)), "shared"),
        (cell(("str", "by formula")), "by formula"),
        (cell(("e", "#N/A")), "#N/A"),
        (cell("a_x000D_b_x005F_x000D__xD83D__x00"), "a\rb_x000D__xD83D__x00"),
        (cell(True), "true"),
        (cell(("n", "3.0")), "3"),
        (cell(("n", "1E+3")), "1000"),
        (cell(("n", "19.989999999999998")), "19.99"),
        (cell(("n", "89.11167842607728")), "89.11167842607728"),
        (cell(("n", "1582917533873852417")), "1582917533873852417"),
        (cell(("n", "43369"), DATE), "2018-09-26"),
        (cell(("n", "43369.474201388887"), OWN_DATE), "2018-09-26T11:22:51"),
        (cell(("n", "0.5"), DATE), "12:00:00"),
        (cell(("n", "-1"), DATE), "-1"),
        (cell(("n", "not a number")), "not a number"),
        (cell(("s", 99)), "99"),
        ('<c r="A2" s="9"><f>1+1</f><v>2</v></c>', "2"),
    ],
)
def test_a_cell_reads_as_in_a_csv_file(given: str, text: str) -> None:
    assert read(workbook([["head"], [given]], texts=["zero", "shared"])) == [
        [1, ["head"]],
        [2, [text]],
    ]


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    book = workbook([[cell(("n", "1"), DATE)]])
    since = replaced(book, "xl/workbook.xml", "<sheets>", '<workbookPr date1904="1"/><sheets>')

    assert read(since) == [[1, ["1904-01-02"]]]


def test_empty_rows_are_left_out_and_rows_keep_their_numbers() -> None:
    xml = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="3"><c r="B3" t="inlineStr"><is><t>b</t></is>'
        '</c></row><row r="4"><c r="A4"/></row><row r="9"><c r="A9"><v>1</v></c></row></sheetData>'
        "</worksheet>"
    )

    assert read(workbook(sheet1=xml)) == [[3, [None, "b"]], [9, ["1"]]]


def test_runs_of_a_shared_text_are_one_and_readings_are_none_of_it() -> None:
    runs = "<r><t>東</t></r><r><t>京</t></r><rPh><t>トウキョウ</t></rPh>"
    shared = f'<sst xmlns="{MAIN}"><si>{runs}</si></sst>'

    assert read(workbook([[cell(("s", 0))]], sharedStrings=shared)) == [[1, ["東京"]]]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no workbook", "no .xlsx"),
        (workbook([["a"]])[:-30], "no .xlsx|damaged"),
        (workbook([["a"]], sheet1="<worksheet><sheetData>"), "damaged"),
        (workbook([["a"]], workbook="<workbook/>"), "no sheet"),
        (
            workbook([["a"]], sheet1='<!DOCTYPE x [<!ENTITY e "boom">]><worksheet>&e;</worksheet>'),
            "document type",
        ),
        (
            workbook(
                sheet1='<worksheet><sheetData><row><c r="ZZZZ1"/></row></sheetData></worksheet>'
            ),
            "ZZZZ1",
        ),
    ],
)
def test_what_is_no_workbook_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(InvalidFile, match=reason):
        read(data)


def test_a_sheet_that_unpacks_to_too_much_is_refused() -> None:
    xml = sheet([["a"]]).replace("<sheetData>", "<sheetData>" + " " * 100_000_000)

    with pytest.raises(InvalidFile, match="200 times"):
        read(workbook(sheet1=xml))


def test_a_text_that_many_cells_share_does_not_grow_without_end() -> None:
    rows = [[cell(("s", 0))] * 8] * 500

    with pytest.raises(InvalidFile, match="holds more than"):
        read(workbook(rows, texts=["x" * 32_000]), limit=20_000_000)


def test_a_cell_at_the_far_end_costs_nothing_but_its_row() -> None:
    xml = '<worksheet><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></worksheet>'

    ((number, cells),) = read(workbook(sheet1=xml))

    assert (number, len(cells), cells[-1]) == (1_048_576, 16_384, "1")


def test_a_sheet_is_read_like_a_csv_file() -> None:
    rows = [["name", None, "amount", "foo"], ["one", None, 1, "x"], ["two"], [1, 2, 3, 4, 5]]
    data = b"".join(row_lines([workbook(rows)], TemporaryFile, Allowance(10**9)))

    layout = XLSX.inspect(data, whole=True, schema=GOODS)
    entries = list(XLSX.read([data[layout.start.offset :]], layout, layout.start))

    assert layout.ignored == ("(column 2)", "foo")
    assert [(e.number, e.line, e.cells) for e in entries] == [
        (1, 2, {"name": "one", "amount": "1"}),
        (2, 3, {"name": "two", "amount": None}),
        (3, 4, {}),
    ]
    assert entries[0].original == b'"one",,"1","x"'
    assert "column 5" in str(entries[2].error)
    rest = XLSX.read([data[entries[0].end.offset :]], layout, entries[0].end)
    assert [(e.line, e.original) for e in rest] == [(e.line, e.original) for e in entries[1:]]


def test_a_sheet_without_rows_is_refused() -> None:
    with pytest.raises(InvalidFile, match="empty"):
        XLSX.inspect(b"", whole=True, schema=GOODS)


def replaced(data: bytes, part: str, old: str, new: str) -> bytes:
    file = BytesIO()
    with ZipFile(BytesIO(data)) as before, ZipFile(file, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            text = before.read(name).decode()
            after.writestr(name, text.replace(old, new) if name == part else text)
    return file.getvalue()
