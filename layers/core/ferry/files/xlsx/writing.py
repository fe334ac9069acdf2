"""Writes a workbook's one sheet, row by row (ECMA-376 part 1, SpreadsheetML). Pure.

What stands in a cell cannot run: text is an inline string, never a formula or a link, so nothing
has to be defused. What a spreadsheet cannot hold exactly is text: Excel keeps 15 digits of a
number. ``ferry.files.xlsx.packing`` makes the sheet a file.

https://support.microsoft.com/en-us/office/1672b34d-7043-467e-8e27-269d656771c3 has the limits.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import cast

from ferry.errors import DoesNotFit
from ferry.files.xlsx import MAX_ROWS
from ferry.tables.cells import to_cell
from ferry.tables.schema import FieldType, Schema
from ferry.tables.values import Value

MAX_CELL = 32_767
"""Characters of a cell, in UTF-16."""

_MAX_DIGITS = 15

SHEET_HEAD = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
SHEET_TAIL = b"</sheetData></worksheet>"

_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# What XML 1.0 cannot hold, or would change (CR), is spelled _xHHHH_; so is the start of a text
# that looks like such a spelling (ECMA-376 part 1, 22.9.2.19, ST_Xstring).
_SPECIAL = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


class XlsxWriter:
    """Writes a table's rows; see `ferry.files.format.Writer`."""

    def __init__(
        self, schema: Schema, *, rows_written: int = 0, heads: Mapping[str, str] | None = None
    ) -> None:
        self.rows_written = rows_written
        types = {field.name: field.type for field in schema.fields}
        self._heads = heads or {name: name for name in schema.columns}
        self._columns = [(name, types.get(name, FieldType.STRING)) for name in self._heads]

    def head(self) -> bytes:
        """Return the sheet's beginning and its header."""
        return SHEET_HEAD + _row([_text(head) for head in self._heads.values()])

    def encode(self, record: dict[str, Value]) -> bytes:
        """Return the row.

        Raises:
            DoesNotFit: a cell is longer than a sheet's may be.

        """
        cells = []
        for name, kind in self._columns:
            cell = _cell(record.get(name), kind)
            if len(cell) > MAX_CELL // 2:  # a character may count twice
                _check_length(record, name, kind)
            cells.append(cell)
        return _row(cells)

    def place(self, encoded: Sequence[bytes]) -> bytes:
        """Return the rows as they are: cells are told apart by their order alone.

        Raises:
            DoesNotFit: the sheet is full.

        """
        if self.rows_written + len(encoded) > MAX_ROWS:
            raise DoesNotFit(f"an xlsx sheet holds {MAX_ROWS:,} rows; export csv or json instead")
        self.rows_written += len(encoded)
        return b"".join(encoded)

    def tail(self) -> bytes:
        """Return the sheet's end."""
        return SHEET_TAIL


def text_row(cells: Iterable[str | None]) -> bytes:
    """Return a row of cells that are text, None for an empty one."""
    return _row(["<c/>" if cell is None else _text(cell) for cell in cells])


def _row(cells: list[str]) -> bytes:
    return f"<row>{''.join(cells)}</row>".encode()


def _cell(value: Value, kind: FieldType) -> str:
    if isinstance(value, bool):
        return f'<c t="b"><v>{value:d}</v></c>'
    if isinstance(value, int | Decimal) and _is_exact(value):
        return f"<c><v>{value}</v></c>"
    text = to_cell(value, kind)
    return "<c/>" if text is None else _text(text)


def _text(text: str) -> str:
    if _SPECIAL.search(text):
        text = _SPECIAL.sub(_spelled, text)
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _spelled(found: re.Match[str]) -> str:
    character = found[0]
    return _MARKUP.get(character) or f"_x{ord(character):04X}_"


def _is_exact(number: int | Decimal) -> bool:
    digits = number.as_tuple().digits if isinstance(number, Decimal) else str(abs(number))
    return len(digits) <= _MAX_DIGITS


def _check_length(record: Mapping[str, Value], name: str, kind: FieldType) -> None:
    # A sheet counts UTF-16 code units, and not the markup.
    text = cast("str", to_cell(record[name], kind))
    length = len(text.encode("utf-16-le")) // 2
    if length > MAX_CELL:
        row = next(iter(record.values()))  # its id, or of an attached table the first field
        raise DoesNotFit(
            f"row {row}: {name} has {length:,} characters, a cell of an xlsx file holds "
            f"{MAX_CELL:,}; export csv or json, or leave the column out with exclude_keys"
        )
