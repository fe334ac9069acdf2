# Times of a workbook have no offset.
# ruff: noqa: DTZ001 - cells of a workbook have no time zone
import io
from datetime import datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from ferry.errors import DoesNotFit
from ferry.files.position import Packed
from ferry.files.xlsx import sheet_writer as writing
from ferry.files.xlsx.sheet_writer import XlsxWriter
from ferry.files.xlsx.workbook_packing import Workbook
from ferry.tables.schema import Field, FieldType, Schema
from ferry.tables.values import Value
from tests.unit.goods import GOODS

NAME = Schema((Field(name="name", type=FieldType.STRING),))


def cell(value: Value, kind: FieldType = FieldType.STRING) -> Any:
    """Return the cell as a spreadsheet shows it, and its type there."""
    (row,) = sheet(Schema((Field(name="name", type=kind),)), [{"name": value}])
    return row[0].value, row[0].data_type


def sheet(schema: Schema, rows: list[dict[str, Value]]) -> list[Any]:
    book = openpyxl.load_workbook(io.BytesIO(file_of(schema, rows)))
    return list(book.active.iter_rows(min_row=2))


def file_of(schema: Schema, rows: list[dict[str, Value]]) -> bytes:
    writer = XlsxWriter(schema, heads={name: name for name in schema.names})
    packing = Workbook(Packed())
    content = writer.head() + writer.place(list(map(writer.encode, rows))) + writer.tail()
    return packing.head() + packing.pack(content) + packing.tail()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (5, (5, "n")),
        (-999_999_999_999_999, (-999_999_999_999_999, "n")),
        (1582917533873852417, ("1582917533873852417", "s")),
        (10**20, ("100000000000000000000", "s")),
        (Decimal("1.5"), (1.5, "n")),
        (Decimal("89.11167842607728"), ("89.11167842607728", "s")),
        (Decimal("-0.123456789012345"), (-0.123456789012345, "n")),
        (Decimal("1E+50"), (1e50, "n")),
        (True, (True, "b")),
        (False, (False, "b")),
        (None, (None, "n")),
        (["a", "名"], ('["a","名"]', "s")),
        ({"id": "5b", "_table": "users"}, ('{"id":"5b","_table":"users"}', "s")),
    ],
)
def test_a_cell_is_what_a_spreadsheet_can_hold_exactly(value: Value, shown: Any) -> None:
    assert cell(value) == shown


@pytest.mark.parametrize("text", ["=1+1", "+1", "@a", "http://x.y", "2018-09-26", "00012", " a "])
def test_text_is_never_anything_else(text: str) -> None:
    assert cell(text) == (text, "s")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2018-09-26", datetime(2018, 9, 26)),
        ("1900-03-01", datetime(1900, 3, 1)),
        ("9999-12-31", datetime(9999, 12, 31)),
        ("2018-09-26T11:22:51", datetime(2018, 9, 26, 11, 22, 51)),
    ],
)
def test_a_date_is_a_date(text: str, shown: datetime) -> None:
    assert cell(text, FieldType.DATE) == (shown, "d")


@pytest.mark.parametrize(
    "text",
    [
        "1900-02-28",
        "1066-10-14",
        "2018-09-26T11:22:51+08:00",
        "2018-09-26T11:22:51Z",
        "2018-09-26T11:22:51.5",
        "2018-09-26T00:00:00",
        "2018-09-26 11:22",
        "2018-09-26T11:22",
    ],
)
def test_a_date_that_a_spreadsheet_would_give_back_otherwise_is_text(text: str) -> None:
    assert cell(text, FieldType.DATE) == (text, "s")


def test_the_header_stays_in_sight_and_has_a_filter() -> None:
    shown = openpyxl.load_workbook(io.BytesIO(file_of(GOODS, [{"name": "a"}] * 9))).active

    assert shown.freeze_panes == "A2"
    assert shown.auto_filter.ref == "A1:K10"
    assert [shown.column_dimensions[letter].width for letter in "ABC"] == [24, 12, 12]
    assert (shown["A1"].font.bold, shown["A2"].font.bold) == (True, False)


def test_a_pointer_is_its_id() -> None:
    assert cell({"id": "5b", "_table": "users"}, FieldType.POINTER) == ("5b", "s")


@given(text=st.text(min_size=1, max_size=30))
@settings(deadline=None, max_examples=60)
def test_any_text_comes_back(text: str) -> None:
    shown, kind = cell(text)

    # openpyxl leaves it to its caller to read what XML cannot hold.
    assert (unescape(shown), kind) == (text, "s")


@pytest.mark.parametrize("text", ["_x000D_", "_x005F_", "a\r\nb", "\x00\x1f", "\ufffe"])
def test_what_xml_cannot_hold_is_spelled_and_such_spellings_too(text: str) -> None:
    assert unescape(cell(text)[0]) == text


def test_every_column_stands_in_its_place() -> None:
    row = sheet(GOODS, [{"code": "c", "name": "n"}])[0]

    values = [found.value for found in row]
    assert values == ["n", *[None] * 9, "c"]


@pytest.mark.parametrize(("text", "fits"), [("&" * 32_767, True), ("😀" * 16_384, False)])
def test_a_cell_has_a_greatest_length(text: str, fits: bool) -> None:
    writer = XlsxWriter(NAME)
    record: dict[str, Value] = {"id": "5b", "name": text}
    if fits:
        assert writer.encode(record)
    else:
        with pytest.raises(DoesNotFit, match=r"row 5b: name has 32,768 characters"):
            writer.encode(record)


def test_a_sheet_has_a_greatest_number_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MAX_ROWS", 2)
    writer = XlsxWriter(NAME, rows_written=1)
    row = writer.encode({"name": "a"})
    writer.place([row])

    with pytest.raises(DoesNotFit, match="2 rows"):
        writer.place([row])
