"""The rows of a spreadsheet's tables, as the XML of their part is parsed (ISO/IEC 26300-1, 9)."""

from collections.abc import Iterator

import msgspec

from ferry.errors import InvalidFile
from ferry.files.ods.cell_values import CALC_TYPE, FORMULA, OFFICE, TABLE, CellText, put_cell
from ferry.files.xlsx.cell_texts import CellTexts
from ferry.files.xlsx.row_building import MAX_COLUMNS, RowBuilder
from ferry.files.xlsx.sheet_lines import SheetRow
from ferry.files.xlsx.workbook_xml import Attributes

_STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0 "
_MOST_ROWS = 1_048_576
"""https://help.libreoffice.org/latest/en-US/text/scalc/00/00000004.html"""
_MOST_TABLES = 1_000
_MOST_DIGITS = 7
_VALUES = (f"{OFFICE}value-type", FORMULA, CALC_TYPE)
_CELLS = frozenset({"table-cell", "covered-table-cell"})


class FoundRow(msgspec.Struct, frozen=True):
    """A row of a table, or the start of the table, where there is no row.

    Attributes:
        table: its number, from 1.
        name: of the table.
        hidden: whether the table is not shown.

    """

    table: int
    name: str
    hidden: bool
    row: SheetRow | None = None


class TableRows:
    """Takes the events of the part that holds the tables."""

    def __init__(self) -> None:
        self._builder = RowBuilder(CellTexts(lambda _: None, (), since_1904=False), 0)
        self._found: list[tuple[FoundRow, int]] = []
        self._table = FoundRow(0, "", hidden=False)
        self._hidden: set[str] = set()
        self._style = ""
        self._depth = self._row_number = self._column = self._repeated_rows = 0
        self._cell: CellText | None = None
        self._attributes: Attributes = {}

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        self._depth += 1
        if self._cell is not None:
            self._cell.start(name, attributes, self._depth)
        elif name in _CELLS:
            self._attributes, self._cell = attributes, CellText(self._depth)
        elif name == "table-row":
            self._builder.begin(self._row_number + 1)
            self._column = 0
            self._repeated_rows = _count(attributes.get(f"{TABLE}number-rows-repeated"))
        elif name == "table":
            self._start_table(attributes)
        elif name == "style":
            self._style = attributes.get(f"{_STYLE}name", "")
        elif name == "table-properties" and attributes.get(f"{TABLE}display") == "false":
            self._hidden.add(self._style)

    def text(self, text: str) -> None:
        """Take text of a cell."""
        if self._cell is not None:
            self._cell.add(text)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        self._depth -= 1
        if self._cell is not None:
            if self._depth >= self._cell.depth:
                self._cell.end(self._depth + 1)
                return
            self._end_cell(self._cell)
            self._cell = None
        elif name == "table-row":
            self._end_row()

    def taken(self) -> Iterator[FoundRow]:
        """Yield the rows since the last call, those that repeat as often as they do."""
        found, self._found = self._found, []
        for one, repeated in found:
            yield one
            for further in range(1, repeated if one.row else 1):
                row = one.row and _at(one.row, one.row.number + further)
                yield msgspec.structs.replace(one, row=row)

    def _start_table(self, attributes: Attributes) -> None:
        name = attributes.get(f"{TABLE}name", "")
        hidden = attributes.get(f"{TABLE}style-name", "") in self._hidden
        self._table = FoundRow(self._table.table + 1, name, hidden)
        if self._table.table > _MOST_TABLES:
            raise InvalidFile(f"the spreadsheet has more than {_MOST_TABLES:,} sheets")
        self._found.append((self._table, 1))
        self._row_number = 0

    def _end_cell(self, cell: CellText) -> None:
        repeated = _count(self._attributes.get(f"{TABLE}number-columns-repeated"))
        has_value = cell.paragraphs or any(name in self._attributes for name in _VALUES)
        # LibreOffice ends each row with one empty cell, repeated to the last of 16,384 columns.
        last = self._column + (repeated if has_value else 0)
        if last > MAX_COLUMNS:
            raise InvalidFile(f"the spreadsheet is damaged: it has a cell in column {last}")
        for column in range(self._column + 1, last + 1):
            put_cell(self._builder, column, self._attributes, cell)
        self._column += repeated

    def _end_row(self) -> None:
        row, repeated = self._builder.row(), self._repeated_rows
        self._row_number += repeated
        if row.empty:
            return
        if self._row_number > _MOST_ROWS:
            raise InvalidFile(f"the spreadsheet is damaged: it has a row {self._row_number:,}")
        self._found.append((msgspec.structs.replace(self._table, row=row), repeated))


def _at(row: SheetRow, number: int) -> SheetRow:
    return SheetRow(number, row.cells, row.kinds, row.faults)


def _count(text: str | None) -> int:
    if not text:
        return 1
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS and int(text) else 1
