"""Writes a table's rows as a workbook's one sheet (ECMA-376 part 1, SpreadsheetML). Pure.

``ferry.files.xlsx.workbook_packing`` makes the sheet a file.

https://support.microsoft.com/en-us/office/1672b34d-7043-467e-8e27-269d656771c3 has the limits.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import cast

from ferry.errors import DoesNotFit
from ferry.files.xlsx import MAX_ROWS
from ferry.files.xlsx.sheet_xml import (
    EMPTY,
    boolean_cell,
    moment_cell,
    number_cell,
    row_xml,
    sheet_head,
    sheet_tail,
    text_cell,
)
from ferry.tables.cells import to_cell
from ferry.tables.schema import FieldType, Schema
from ferry.tables.values import Value

MAX_CELL = 32_767
"""Characters of a cell, in UTF-16."""

_MAX_DIGITS = 15
_WIDTHS = {
    FieldType.STRING: 24,
    FieldType.DATE: 20,
    FieldType.BOOLEAN: 8,
    FieldType.INTEGER: 12,
    FieldType.NUMBER: 12,
}
_WIDE = 32
_ID = 26


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
        widths = [_ID if name == "id" else _WIDTHS.get(kind, _WIDE) for name, kind in self._columns]
        return sheet_head(list(self._heads.values()), widths)

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
        return row_xml(cells)

    def place(self, encoded: Sequence[bytes]) -> bytes:
        """Return the rows as they are: cells are identified by their order alone.

        Raises:
            DoesNotFit: the sheet is full.

        """
        if self.rows_written + len(encoded) > MAX_ROWS:
            raise DoesNotFit(f"an xlsx sheet holds {MAX_ROWS:,} rows; export csv or json instead")
        self.rows_written += len(encoded)
        return b"".join(encoded)

    def tail(self) -> bytes:
        """Return the sheet's end."""
        return sheet_tail(len(self._columns), self.rows_written)


def is_exact(number: int | Decimal) -> bool:
    """Return whether Excel keeps all digits of a number."""
    digits = number.as_tuple().digits if isinstance(number, Decimal) else str(abs(number))
    return len(digits) <= _MAX_DIGITS


def _cell(value: Value, kind: FieldType) -> str:
    if isinstance(value, bool):
        return boolean_cell(value)
    if isinstance(value, int | Decimal) and is_exact(value):
        return number_cell(value)
    text = to_cell(value, kind)
    if text is None:
        return EMPTY
    return moment_cell(text) if kind is FieldType.DATE else text_cell(text)


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
