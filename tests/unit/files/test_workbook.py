"""The values that cells of a workbook are read as."""

import json
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from msgspec import convert

from ferry.errors import InvalidFile, InvalidRow
from ferry.files.bulks import Bulk
from ferry.files.formats import XLSX
from ferry.files.options import ReadingOptions
from ferry.files.unpacking import Allowance
from ferry.files.xlsx.table_search import WantedTable
from ferry.files.xlsx.workbook import row_lines
from ferry.imports.reading_options import written
from ferry.tables.rows import RowRules
from ferry.tables.schema import Field, FieldType, Schema
from tests.unit.goods import GOODS
from tests.workbooks import DATE, MAIN, OWN_DATE, cell, formats, sheet, workbook

_GOODS = WantedTable(frozenset(GOODS.names))

ONE, TIME, DURATION, ZIP, GROUPS = "3", "4", "5", "6", "7"
STYLES = formats("0.00", "h:mm:ss", "[hh]:mm:ss", "00000", "0000\\-0000")


def rows_of(data: bytes, limit: int = 10**9) -> list[Any]:
    lines = list(row_lines([data[:100], data[100:]], TemporaryFile, Allowance(limit)))
    return [json.loads(line) for line in lines[1:]]


def read(data: bytes, limit: int = 10**9) -> list[Any]:
    """Return the rows of the first sheet: their numbers and cells."""
    return [row[:2] for row in rows_of(data, limit)]


def only_cell(given: str, **parts: str) -> tuple[Any, str]:
    """Return the text of a cell, and why it cannot be imported, "" if it can."""
    _, (_, cells, _, faults) = rows_of(workbook([["head"], [given]], **parts))
    return cells[0], faults.get("0", "")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (cell("名 <b>"), "名 <b>"),
        (cell("Q&A &#13; &nosuch;"), "Q&A &#13; &nosuch;"),
        ('<c t="inlineStr"><is><t>&#x540D;&#13;&quot;</t></is></c>', '名\r"'),
        (cell(("str", "by formula")), "by formula"),
        (cell("#N/A"), "#N/A"),
        (cell("a_x000D_b_x005F_x000D__xD83D__x00"), "a\rb_x000D__xD83D__x00"),
        (cell(True), "true"),
        (cell(("d", "2018-09-26")), "2018-09-26"),
        (cell(("n", "3.0")), "3"),
        (cell(("n", "5E0")), "5"),
        (cell(("n", "-0")), "0"),
        (cell(("n", "1E+3")), "1000"),
        (cell(("n", "1E+20")), "100000000000000000000"),
        (cell(("n", "1E-7")), "0.0000001"),
        (cell(("n", "-12.50")), "-12.5"),
        (cell(("n", "89.11167842607728")), "89.11167842607728"),
        (cell(("n", "1582917533873852417")), "1582917533873852417"),
        ('<c r="A2" s="9"><f>1+1</f><v>2</v></c>', "2"),
        ('<c r="A2" t="b"><f>TRUE()</f><v>1</v></c>', "true"),
    ],
)
def test_a_cell_reads_as_in_a_csv_file(given: str, text: str) -> None:
    assert only_cell(given) == (text, "")


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("19.989999999999998", "19.99"),
        ("0.30000000000000004", "0.3"),
        ("5.0000000000000009", "5"),
        ("4.9999999999999991", "5"),
        ("7.77711159064846E+17", "777711159064846000"),
        ("6.2220212345678899E+18", "6222021234567890000"),
        ("9.0071992547409920E+15", "9007199254740992"),
    ],
)
def test_digits_beyond_the_fifteenth_are_as_excel_shows_them(stored: str, text: str) -> None:
    assert only_cell(cell(("n", stored))) == (text, "")


@pytest.mark.parametrize(
    ("serial", "text"),
    [
        ("1", "1900-01-01"),
        ("31.5", "1900-01-31T12:00:00"),
        ("59", "1900-02-28"),
        ("61", "1900-03-01"),
        ("43369", "2018-09-26"),
        ("43369.474201388887", "2018-09-26T11:22:51"),
        ("45350.999999999", "2024-02-29"),
        ("2958465", "9999-12-31"),
        ("0.5", "12:00:00"),
    ],
)
@pytest.mark.parametrize("style", [DATE, OWN_DATE])
def test_a_date_is_the_day_that_excel_shows(serial: str, text: str, style: str) -> None:
    assert only_cell(cell(("n", serial), style)) == (text, "")


@pytest.mark.parametrize(
    ("serial", "text"),
    [
        ("0", "1904-01-01"),
        ("0.25", "1904-01-01T06:00:00"),
        ("60", "1904-03-01"),
        ("2957003", "9999-12-31"),
    ],
)
def test_days_count_from_1904_where_the_workbook_says_so(serial: str, text: str) -> None:
    book = workbook([[cell(("n", serial), DATE)]])
    since = replaced(book, "xl/workbook.xml", "<sheets>", '<workbookPr date1904="1"/><sheets>')

    assert read(since) == [[1, [text]]]


@pytest.mark.parametrize(
    ("serial", "reason"),
    [
        ("60", "1900-02-29"),
        ("60.5", "1900-02-29"),
        ("0", "no date"),
        ("-1", "no date"),
        ("2958466", "no date"),
        ("1E+300", "no date"),
    ],
)
def test_a_date_that_never_was_fails(serial: str, reason: str) -> None:
    text, fault = only_cell(cell(("n", serial), DATE))

    assert text == serial
    assert reason in fault


@pytest.mark.parametrize(
    ("serial", "style", "text"),
    [
        ("1.5", DURATION, "36:00:00"),
        ("0.0625", DURATION, "01:30:00"),
        ("-1.5", DURATION, "-36:00:00"),
        ("416.66666666666669", DURATION, "10000:00:00"),
        ("1.0000057870370371", DURATION, "24:00:00.500"),
        ("1.5", TIME, "36:00:00"),
        ("0", TIME, "00:00:00"),
        ("43369.5", TIME, "2018-09-26T12:00:00"),
    ],
)
def test_hours_beyond_a_day_are_a_duration(serial: str, style: str, text: str) -> None:
    assert only_cell(cell(("n", serial), style), styles=STYLES) == (text, "")


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        ("1234", ZIP, "01234"),
        ("123456", ZIP, "123456"),
        ("-7", ZIP, "-00007"),
        ("12.5", ZIP, "12.5"),
        ("1234", GROUPS, "00001234"),
        ("1234", ONE, "1234"),
        ("1234", "99", "1234"),
    ],
)
def test_a_format_of_zeros_keeps_them(value: str, style: str, text: str) -> None:
    assert only_cell(cell(("n", value), style), styles=STYLES) == (text, "")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("yyyy\\-mm\\-dd", "2018-09-26"),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "2018-09-26"),
        ('yyyy"年"m"月"d"日"', "2018-09-26"),
        ("mmm", "2018-09-26"),
        ('0 "days"', "43369"),
        ("General", "43369"),
        ("Standard", "43369"),
        ("[Red]0.00;[Blue]-0.00", "43369"),
        ("[" * 250, "43369"),
        ("yyyy" * 100, "43369"),
    ],
)
def test_a_number_format_tells_dates_from_numbers(code: str, text: str) -> None:
    assert only_cell(cell(("n", "43369"), "3"), styles=formats(code)) == (text, "")


@pytest.mark.parametrize(
    ("given", "text", "reason"),
    [
        (cell(("e", "#N/A")), "#N/A", "holds the error #N/A"),
        ('<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!", "holds the error #DIV/0!"),
        ("<c><f>2+3</f></c>", "#N/A", "formula without a stored value"),
        ("<c><f>2+3</f><v></v></c>", "#N/A", "formula without a stored value"),
        ('<c t="str"><f>"a"</f></c>', "#N/A", "formula without a stored value"),
        (cell(("s", 99)), "#N/A", "text 99, which the workbook does not have"),
        (cell(("s", "-1")), "#N/A", "text -1"),
        (cell(("n", "many")), "#N/A", "should hold a number"),
        (cell(("n", "1E+999")), "#N/A", "too large"),
        (cell(("b", "2")), "#N/A", "should hold 0 or 1"),
        (cell(("zz", "2")), "#N/A", "kind"),
    ],
)
def test_a_cell_without_a_value_says_why(given: str, text: str, reason: str) -> None:
    shown, fault = only_cell(given)

    assert shown == text
    assert reason in fault


@pytest.mark.parametrize(
    "given",
    [
        '<c t="inlineStr"><is><t></t></is></c>',
        '<c t="inlineStr"><is><t/></is></c>',
        '<c t="str"><v></v></c>',
        '<c t="s"><v>0</v></c>',
    ],
)
def test_an_empty_text_is_no_empty_cell(given: str) -> None:
    assert read(workbook([["a", "b"], [given, None]], texts=[""]))[1:] == [[2, [""]]]


def test_formulas_that_come_to_an_empty_text_make_no_row() -> None:
    filled = '<c t="str"><f>""</f><v></v></c>'

    assert read(workbook([["a", "b"], ["x", filled], [filled, filled]])) == [
        [1, ["a", "b"]],
        [2, ["x", ""]],
    ]


def test_texts_are_shared() -> None:
    book = workbook([[cell(("s", 1)), cell(("s", 0)), cell(("s", 1))]], texts=["zero & <one>", "b"])

    assert read(book) == [[1, ["b", "zero & <one>", "b"]]]


def test_runs_of_a_shared_text_are_one_and_readings_are_none_of_it() -> None:
    runs = "<r><t>東</t></r><r><t>京</t></r><rPh><t>トウキョウ</t></rPh>"
    shared = f'<sst xmlns="{MAIN}"><si>{runs}</si></sst>'

    assert read(workbook([[cell(("s", 0))]], sharedStrings=shared)) == [[1, ["東京"]]]


def test_empty_rows_are_left_out_and_rows_keep_their_numbers() -> None:
    xml = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="3"><c r="B3" t="inlineStr"><is><t>b</t></is>'
        '</c></row><row r="4"><c r="A4"/></row><row r="9"><c r="A9"><v>1</v></c></row></sheetData>'
        "</worksheet>"
    )

    assert read(workbook(sheet1=xml)) == [[3, [None, "b"]], [9, ["1"]]]


def test_cells_and_rows_out_of_order_stand_where_they_say() -> None:
    xml = (
        '<worksheet><sheetData><row r="2"><c r="C2"><v>3</v></c><c r="A2"><v>1</v></c></row>'
        '<row r="4"><c r="A4"><v>4</v></c></row><row r="3"><c r="A3"><v>3</v></c></row>'
        '<row r="3"><c r="A3"><v>33</v></c></row></sheetData></worksheet>'
    )

    assert read(workbook(sheet1=xml)) == [
        [2, ["1", None, "3"]],
        [4, ["4"]],
        [3, ["3"]],
        [3, ["33"]],
    ]


def test_a_cell_that_a_row_has_twice_fails() -> None:
    xml = (
        '<worksheet><sheetData><row><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row></sheetData>'
        "</worksheet>"
    )

    (row,) = rows_of(workbook(sheet1=xml))

    assert "twice" in row[3]["0"]


def test_a_sheet_is_read_the_same_in_every_form_of_its_xml() -> None:
    rows = [[f"a{n} & <b>", n, None, True] for n in range(2000)]
    plain = sheet(rows)
    forms = {
        "quick": plain,
        "comment": plain.replace("<sheetData>", "<!-- x --><sheetData>"),
        "prefix": plain.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x="),
        "single quotes": plain.replace('"', "'"),
        "spaces": plain.replace("<c ", "<c  ").replace("</row>", "\n</row>\n"),
        "utf-16": f'<?xml version="1.0" encoding="UTF-16"?>{plain}',
        "latin": f'<?xml version="1.0" encoding="ISO-8859-1"?>{plain}',
    }
    encodings = {"utf-16": "utf-16"}
    made = {
        name: with_part(workbook(), xml.encode(encodings.get(name, "utf-8")))
        for name, xml in forms.items()
    }

    assert read(made["quick"])[-1] == [2000, ["a1999 & <b>", "1999", None, "true"]]
    assert {name for name, book in made.items() if read(book) != read(made["quick"])} == set()


def test_rows_in_a_comment_are_none() -> None:
    hidden = '<row r="7"><c r="A7"><v>7</v></c></row>' * 5000
    xml = sheet([["a"], ["b"]]).replace("</sheetData>", f"<!-- {hidden} --></sheetData>")

    assert read(workbook(sheet1=xml)) == [[1, ["a"]], [2, ["b"]]]


def test_a_sheet_is_read_like_a_csv_file() -> None:
    rows = [["name", None, "amount", "foo"], ["one", None, 1, "x"], ["two"], [1, 2, "=3", 4, 5]]
    data = b"".join(row_lines([workbook(rows)], TemporaryFile, Allowance(10**9), _GOODS))

    layout = XLSX.inspect(data, whole=True, schema=GOODS)
    entries = list(XLSX.read([data[layout.start.offset :]], layout, layout.start))

    assert layout.ignored == ("(column 2)", "foo", "(column 5)")
    assert [(e.number, e.line, e.cells) for e in entries] == [
        (1, 2, {"name": "one", "amount": "1"}),
        (2, 3, {"name": "two", "amount": None}),
        (3, 4, {"name": "1", "amount": "=3"}),
    ]
    rest = XLSX.read([data[entries[0].end.offset :]], layout, entries[0].end)
    assert [(e.line, e.original) for e in rest] == [(e.line, e.original) for e in entries[1:]]


def test_columns_of_a_sheet_are_mapped_and_its_numbers_and_dates_are_not_read_anew() -> None:
    asked = {
        "Artikel": {"to": "name", "transform": "upper"},
        "Preis": {"to": "price", "transform": {"number": {"unit": "€", "decimal": ","}}},
        "amount": {"constant": 7},
        "tags": {"join": ["Artikel", "Preis"], "transform": {"split": "e"}},
        "Datum": {"to": "on", "transform": {"date": "DD.MM.YYYY"}},
    }
    options = convert(written({"columns": asked}), ReadingOptions)
    schema = Schema(
        tuple(
            Field(name=name, type=kind)
            for name, kind in {
                "name": FieldType.STRING,
                "price": FieldType.NUMBER,
                "amount": FieldType.INTEGER,
                "tags": FieldType.ARRAY,
                "on": FieldType.DATE,
            }.items()
        )
    )
    day = cell(("n", "43369"), DATE)
    rows = [
        ["Artikel", "Preis", "Datum"],
        ["Tee", "1.012,50 €", "3.4.2026"],
        ["Eis", 12.125, day],
        ["Brot", "x"],
    ]
    data = b"".join(row_lines([workbook(rows)], TemporaryFile, Allowance(10**9)))
    layout = XLSX.inspect(data, whole=True, schema=schema, options=options)

    first, second, third = XLSX.read([data[layout.start.offset :]], layout, layout.start)
    (bulk,) = XLSX.bulks([data[layout.start.offset :]], layout, layout.start) if XLSX.bulks else ()

    assert first.cells == {
        "name": "TEE",
        "price": "1012.50",
        "on": "2026-04-03",
        "amount": "7",
        "tags": '["T","1.012,50 €"]',
    }
    assert (second.cells["price"], second.cells["on"]) == ("12.125", "2018-09-26")
    with pytest.raises(InvalidRow, match="price: must be a number with or without the unit"):
        RowRules(schema).from_cells(third.cells)
    assert layout.row_columns == ("name", "price", "on", "amount", "tags")
    assert isinstance(bulk, Bulk)
    assert bulk.rows[0] == ["TEE", "1012.50", "2026-04-03", "7", '["T","1.012,50 €"]']
    assert bulk.rows[2] == []


def test_a_header_with_a_year_and_a_date_among_its_names_is_one() -> None:
    rows = [["name", 2024, None, cell(("n", "43369"), DATE)], ["Tea", 1, 2, 3]]
    data = b"".join(row_lines([workbook(rows)], TemporaryFile, Allowance(10**9), _GOODS))

    layout = XLSX.inspect(data, whole=True, schema=GOODS)

    assert layout.ignored == ("2024", "(column 3)", "2018-09-26")
    assert (layout.detected["sheet"], layout.detected["header_row"]) == ("one", 1)


def test_a_value_beside_the_table_that_nobody_was_told_of_fails_its_row() -> None:
    data = b"".join(row_lines([workbook([["name"], ["a"]])], TemporaryFile, Allowance(10**9)))
    layout = XLSX.inspect(data, whole=True, schema=GOODS)
    late = b'[7,["b","beside"],"tt",{}]\n[8,["c",""],"tv",{}]\n'

    first, second = XLSX.read([late], layout, layout.start)

    assert "column 2, beside the table" in str(first.error)
    assert second.cells == {"name": "c"}


def test_many_rows_are_read_as_one_by_one() -> None:
    rows = [
        ["name", "amount", "x"],
        *([f"n{n}", n] for n in range(50)),
        ["bad", cell(("e", "#N/A"))],
    ]
    data = b"".join(row_lines([workbook(rows)], TemporaryFile, Allowance(10**9)))
    layout = XLSX.inspect(data, whole=True, schema=GOODS)
    start = layout.start
    assert XLSX.bulks is not None

    good = data[start.offset : data.rindex(b"[52")]
    (bulk,) = XLSX.bulks([good], layout, start)
    careful = list(XLSX.bulks([data[start.offset :]], layout, start))

    assert bulk.rows == [[f"n{n}", str(n), None] for n in range(50)]
    assert [(found.line, found.cells) for found in careful] == [
        *((n + 2, {"name": f"n{n}", "amount": str(n)}) for n in range(50)),
        (52, {"name": "bad", "amount": "#N/A"}),
    ]


def test_a_row_of_a_sheet_names_all_its_errors_at_once() -> None:
    rows = [
        ["name", "amount", "due", "price"],
        [None, cell(("e", "#N/A")), "x", cell(("e", "#DIV/0!"))],
    ]
    data = b"".join(row_lines([workbook(rows)], TemporaryFile, Allowance(10**9)))
    layout = XLSX.inspect(data, whole=True, schema=GOODS)
    (found,) = XLSX.read([data[layout.start.offset :]], layout, layout.start)

    with pytest.raises(InvalidRow) as raised:
        XLSX.rows(RowRules(GOODS))(found.cells)

    assert raised.value.field == "name"
    for told in ("must have a value", "amount: holds the error #N/A", "due: ", "price: holds"):
        assert told in raised.value.reason


def test_a_row_without_a_value_for_the_table_makes_no_record() -> None:
    rows = [["name", "amount", "x"], ["a", 1], [None, None, "a remark"], [None, 0]]
    data = b"".join(row_lines([workbook(rows)], TemporaryFile, Allowance(10**9)))
    layout = XLSX.inspect(data, whole=True, schema=GOODS)
    assert XLSX.bulks is not None

    for reading in (XLSX.read, XLSX.bulks):
        first, second, third = reading([data[layout.start.offset :]], layout, layout.start)
        assert (first.error, third.error) == (None, None)
        assert "no value in any column" in str(second.error)


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


def with_part(data: bytes, content: bytes, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    file = BytesIO()
    with ZipFile(BytesIO(data)) as before, ZipFile(file, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, content if name == part else before.read(name))
    return file.getvalue()
