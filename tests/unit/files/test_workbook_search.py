"""The search for the sheet and the row where a workbook's table begins."""

import json
from tempfile import TemporaryFile
from typing import Any

import pytest

from ferry.errors import InvalidFile
from ferry.files.unpacking import Allowance
from ferry.files.xlsx.table_search import WantedTable
from ferry.files.xlsx.workbook import row_lines
from tests.workbooks import MAIN, RELATIONS, cell, sheet, sheets, workbook

COLUMNS = frozenset({"name", "amount", "note"})
HEADER = ["name", "amount"]


def found(data: bytes, *, chosen: str = "", header_row: int = 0) -> tuple[Any, list[Any]]:
    wanted = WantedTable(COLUMNS, chosen, header_row)
    first, *rest = row_lines([data], TemporaryFile, Allowance(10**9), wanted)
    where = json.loads(first)
    return (where["sheet"], where["header_row"]), [json.loads(line)[1] for line in rest]


TABLE = [HEADER, ["Tea", 5]]
READ = [HEADER, ["Tea", "5"]]


@pytest.mark.parametrize(
    ("tabs", "where"),
    [
        ({"S": TABLE}, ("S", 1)),
        ({"Read me": [["How to use"], ["Fill in the second sheet"]], "Data": TABLE}, ("Data", 1)),
        ({"Sheet1": [], "Data": TABLE}, ("Data", 1)),
        # A description of the columns names one a row.
        ({"Columns": [["name", "its name"], ["amount", "how many"]], "Data": TABLE}, ("Data", 1)),
        ({"First": TABLE, "Second": [["name", "amount", "note"]]}, ("First", 1)),
        ({"S": [["Stock list 2024"], [], *TABLE]}, ("S", 3)),
        ({"S": [["note"], ["all of 2024", None, "x"], *TABLE]}, ("S", 3)),
        ({"S": [[" NAME\u00a0", "\ufeffAmount"]]}, ("S", 1)),
        ({"S": [["x", "y"], ["name", "z"]]}, ("S", 2)),
    ],
)  # fmt: skip
def test_the_first_sheet_with_a_table_is_found(tabs: dict[str, Any], where: Any) -> None:
    assert found(sheets(tabs))[0] == where


def test_a_title_is_no_row_of_the_table() -> None:
    assert found(workbook([["Stock list 2024"], [], *TABLE])) == (("one", 3), READ)


def test_a_header_may_hold_anything() -> None:
    header = ["name", 2024, None, cell(("n", "43369"), "1"), "amount\n(kg)", "amount "]

    _, rows = found(workbook([header, ["Tea", 1, 2, 3, 4, 5]]))

    assert rows[0] == ["name", "2024", None, "2018-09-26", "amount\n(kg)", "amount "]


@pytest.mark.parametrize("chosen", ["Data", " data ", "2"])
def test_a_sheet_is_chosen_by_name_or_number(chosen: str) -> None:
    tabs = {"First": TABLE, "Data": [*TABLE, ["Milk", 6]], "1": TABLE}

    assert found(sheets(tabs), chosen=chosen) == (("Data", 1), [*READ, ["Milk", "6"]])


def test_a_name_goes_before_a_number() -> None:
    assert found(sheets({"2": TABLE, "x": TABLE}), chosen="2")[0] == ("2", 1)


def test_a_hidden_sheet_is_read_only_where_it_is_chosen() -> None:
    book = sheets({"Hidden": TABLE, "Data": TABLE}, hidden={"Hidden"})

    assert found(book)[0] == ("Data", 1)
    assert found(book, chosen="Hidden")[0] == ("Hidden", 1)


def test_a_chart_sheet_is_none() -> None:
    book = sheets({"Chart": [], "Data": TABLE}, charts={"Chart"})

    assert found(book)[0] == ("Data", 1)
    with pytest.raises(InvalidFile, match='"Chart" has no cells'):
        found(book, chosen="Chart")


def test_the_header_row_is_the_one_that_the_caller_names() -> None:
    rows = [HEADER, ["Tea", 5], [], ["name", "note"], ["Milk", "x"]]

    assert found(workbook(rows), header_row=4) == (("one", 4), [["name", "note"], ["Milk", "x"]])


@pytest.mark.parametrize(
    ("tabs", "options", "reason"),
    [
        ({"S": [["Stock"]], "T": [["x"]]}, {}, r'row 1 of "S" \(of 2 sheets\) reads "Stock"'),
        ({"S": [], "T": []}, {}, "its sheets are empty"),
        ({"S": TABLE}, {"chosen": "Data"}, 'no sheet "Data"; its sheets are 1 "S"'),
        ({"S": TABLE}, {"chosen": "7"}, 'no sheet "7"'),
        ({"S": TABLE}, {"header_row": 2}, "row 2 of .* reads"),
        ({"S": TABLE}, {"header_row": 9}, "empty"),
        ({"S": TABLE, "T": []}, {"chosen": "T"}, "the sheet is empty"),
    ],
)
def test_a_workbook_without_such_a_table_is_refused(
    tabs: dict[str, Any], options: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InvalidFile, match=reason):
        found(sheets(tabs), **options)


def test_the_workbook_says_where_its_parts_are() -> None:
    book = workbook(
        workbook=f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        '<sheet name="far" sheetId="1" r:id="x"/></sheets></workbook>',
        **{
            "workbook.xml.rels": "<Relationships><Relationship Id='x' "
            f"Type='{RELATIONS}/worksheet' Target='/XL/Worksheets/Sheet1.xml'/></Relationships>"
        },
        sheet1=sheet(TABLE),
    )

    assert found(book)[0] == ("far", 1)
