"""OpenDocument spreadsheets (.ods) are read cell by cell, in bounded memory."""

import io
import json
from tempfile import TemporaryFile
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from ferry.errors import InvalidFile
from ferry.files.formats import of_file
from ferry.files.unpacking import Allowance
from ferry.files.xlsx.table_search import WantedTable
from ferry.files.xlsx.workbook import row_lines

NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
    for prefix in ("office", "table", "text", "style")
)
CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
COLUMNS = frozenset({"name", "amount", "note"})
HIDDEN = (
    '<style:style style:name="h" style:family="table">'
    '<style:table-properties table:display="false"/></style:style>'
)


def cell(value: str, kind: str = "string", text: str = "", more: str = "") -> str:
    if kind == "string":
        text_cell = f'<table:table-cell office:value-type="string"{more}>'
        return f"{text_cell}<text:p>{value}</text:p></table:table-cell>"
    of = "value" if kind in {"float", "percentage", "currency"} else f"{kind}-value"
    return (
        f'<table:table-cell office:value-type="{kind}" office:{of}="{value}"{more}>'
        f"<text:p>{text or value}</text:p></table:table-cell>"
    )


def table(*rows: list[str], name: str = "S", more: str = "") -> str:
    lines = (f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows)
    return f'<table:table table:name="{name}"{more}>{"".join(lines)}</table:table>'


def spreadsheet(*tables: str, parts: dict[str, str] | None = None) -> bytes:
    content = (
        f'<office:document-content {NAMES} xmlns:calcext="{CALC}"><office:automatic-styles>{HIDDEN}'
        "</office:automatic-styles><office:body><office:spreadsheet>"
        f"{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
    )
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for path, part in {"content.xml": content, **(parts or {})}.items():
            archive.writestr(path, part)
    return file.getvalue()


def read(data: bytes, wanted: WantedTable = WantedTable(), limit: int = 10**9) -> list[Any]:  # noqa: B008 - it is frozen
    return [json.loads(line) for line in row_lines([data], TemporaryFile, Allowance(limit), wanted)]


def rows(data: bytes, **wanted: Any) -> list[Any]:
    return [row[1] for row in read(data, WantedTable(COLUMNS, **wanted))[1:]]


HEADER = [cell("name"), cell("amount")]
TEA = [cell("Tea"), cell("5", "float")]
READ = [["name", "amount"], ["Tea", "5"]]


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (cell("5", "float"), "5"),
        (cell("5.0000000000000009", "float"), "5"),
        (cell("6222021234567890000", "float"), "6222021234567890000"),
        (cell("1234", "float", "01234"), "01234"),
        (cell("0.5", "percentage", "50%"), "0.5"),
        (cell("1.5", "currency", "1,50 €"), "1.5"),
        (cell("2024-02-29", "date", "29.02.24"), "2024-02-29"),
        (cell("2024-02-29T00:00:00", "date"), "2024-02-29"),
        (cell("2024-02-29T13:45:00.999999999", "date"), "2024-02-29T13:45:01"),
        (cell("PT06H30M00S", "time"), "06:30:00"),
        (cell("PT36H00M01.5S", "time"), "36:00:01.500"),
        (cell("-PT1H", "time"), "-01:00:00"),
        (cell("true", "boolean", "WAHR"), "true"),
        (cell("1", "float", "TRUE", ' table:formula="of:=TRUE()"'), "true"),
        (cell("a<text:s text:c='2'/>b<text:tab/>c<text:line-break/>d"), "a  b\tc\nd"),
        (cell("<text:s/>00123 "), " 00123 "),
        (cell("\n   Tea,\n   green\n"), "Tea, green"),
        (cell("one</text:p><text:p>two"), "one\ntwo"),
        (cell("<text:span>a</text:span>b<text:a>c</text:a>"), "abc"),
        (cell("_x000D_"), "_x000D_"),
        (cell("#N/A"), "#N/A"),
        (
            "<table:table-cell office:value-type='string'><office:annotation><text:p>no</text:p>"
            "</office:annotation><text:p>Tea</text:p></table:table-cell>",
            "Tea",
        ),
        ("<table:table-cell><text:p>without a kind</text:p></table:table-cell>", "without a kind"),
        ("<table:covered-table-cell/>", None),
    ],
)
def test_cells(xml: str, expected: str | None) -> None:
    data = spreadsheet(table(HEADER, [cell("x"), xml, cell("end")]))

    assert rows(data)[1] == ["x", expected, "end"]


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (cell("0", "float", "#DIV/0!", ' calcext:value-type="error"'), "holds the error #DIV/0!"),
        (cell("0", "float", "Err:502", ' table:formula="of:=A()"'), "holds the error Err:502"),
        ('<table:table-cell table:formula="of:=A1"/>', "is a formula without a stored value"),
        (cell("2024-02-30", "date"), "should hold a date"),
        (cell("x", "float"), "should hold a number"),
        (cell("P1D", "time"), "should hold a time"),
        (cell("x", "boolean"), "should hold true or false"),
        (cell("x", "colour"), "is of the kind colour"),
    ],
)
def test_cells_that_fail(xml: str, reason: str) -> None:
    data = spreadsheet(table(HEADER, [cell("x"), xml]))

    assert reason in read(data, WantedTable(COLUMNS))[2][3]["1"]


def test_cells_and_rows_that_repeat() -> None:
    thrice = cell("Tea", more=' table:number-columns-repeated="3"')
    data = spreadsheet(
        '<table:table table:name="S">'
        f"<table:table-header-rows><table:table-row>{''.join(HEADER)}</table:table-row>"
        "</table:table-header-rows>"
        '<table:table-row table:number-rows-repeated="1000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
        f'<table:table-row table:number-rows-repeated="2">{thrice}</table:table-row>'
        '<table:table-row table:number-rows-repeated="1047000"><table:table-cell/>'
        "</table:table-row>"
        "</table:table>"
    )

    assert [row[:2] for row in read(data, WantedTable(COLUMNS))[1:]] == [
        [1, ["name", "amount"]],
        [1002, ["Tea", "Tea", "Tea"]],
        [1003, ["Tea", "Tea", "Tea"]],
    ]


@pytest.mark.parametrize(
    ("tables", "chosen", "sheet"),
    [
        ([table(HEADER, TEA)], "", "S"),
        ([table([cell("How to use")], name="Read me"), table(HEADER, TEA)], "", "S"),
        ([table(name="Empty"), table(HEADER, TEA)], "", "S"),
        (
            [
                table(HEADER, [cell("no")], name="H", more=' table:style-name="h"'),
                table(HEADER, TEA),
            ],
            "",
            "S",
        ),
        ([table(HEADER, [cell("no")], name="A"), table(HEADER, TEA, name="B")], "b", "B"),
        ([table(HEADER, [cell("no")], name="A"), table(HEADER, TEA, name="B")], "2", "B"),
    ],
)
def test_the_sheet_with_the_table_is_found(tables: list[str], chosen: str, sheet: str) -> None:
    data = spreadsheet(*tables)

    assert read(data, WantedTable(COLUMNS, chosen))[0]["sheet"] == sheet
    assert rows(data, sheet=chosen) == READ


@pytest.mark.parametrize("number", [3, 120])
def test_a_sheet_before_others_is_read_whole(number: int) -> None:
    """One that names a column among other things is wanted once no other has been found."""
    teas = [[cell(f"Tea {place}"), cell("x")] for place in range(number)]
    first = table([cell("name"), cell("colour")], *teas, name="First")
    data = spreadsheet(first, table([cell("a")], name="Second"), table([cell("b")], name="Third"))

    assert rows(data) == [["name", "colour"], *([f"Tea {place}", "x"] for place in range(number))]


def test_a_sheet_that_is_not_there_is_named() -> None:
    with pytest.raises(InvalidFile, match='no sheet "C"; it has "A", "B"'):
        rows(spreadsheet(table(name="A"), table(name="B")), sheet="C")


MANIFEST = (
    '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><file-entry>'
    "<encryption-data/></file-entry></manifest>"
)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (spreadsheet(parts={"META-INF/manifest.xml": MANIFEST}), "is encrypted"),
        (spreadsheet(), "has no sheet with cells"),
        (spreadsheet(parts={"content.xml": "<a>"}), "damaged"),
        (spreadsheet(parts={"content.xml": "<!DOCTYPE a><a/>"}), "document type"),
        (spreadsheet(parts={"content.xml": "<a>" * 200}), "nested too deep"),
        (
            spreadsheet(table([cell("x", more=' table:number-columns-repeated="16385"')])),
            "a cell in column 16385",
        ),
        (
            spreadsheet(
                f'<table:table><table:table-row table:number-rows-repeated="1048577">{cell("x")}'
                "</table:table-row></table:table>"
            ),
            "a row 1,048,577",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_is_no_spreadsheet_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(InvalidFile, match=reason):
        read(data)


def test_rows_that_repeat_cannot_fill_a_disk() -> None:
    wide = cell("x" * 1000, more=' table:number-columns-repeated="1000"')
    data = spreadsheet(
        f'<table:table><table:table-row table:number-rows-repeated="100000">{wide}'
        "</table:table-row></table:table>"
    )

    with pytest.raises(InvalidFile, match="times its size"):
        read(data)


@pytest.mark.parametrize("name", ["a.ods", "A.ODS", "a.xlsm", "a.xlsx"])
def test_names(name: str) -> None:
    assert of_file(name).name == "xlsx"
