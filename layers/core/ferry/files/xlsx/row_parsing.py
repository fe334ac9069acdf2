"""The rows and the texts of a workbook's sheets, as its XML is parsed (ECMA-376 part 1, 18)."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ferry.errors import InvalidFile
from ferry.files.entries import MAX_RECORD_BYTES
from ferry.files.xlsx.row_building import TEXT_KINDS, RowBuilder, column_number
from ferry.files.xlsx.sheet_lines import SheetRow
from ferry.files.xlsx.workbook_xml import Attributes

_PLACE = re.compile(r"([A-Za-z]++)[0-9]++")
_MOST_DIGITS = 7


class _Collecting:
    """Collects the text of some elements, no more than a record may have.

    Attributes:
        resting: whether what comes next is a whole item or the end, as far as elements tell.

    """

    def __init__(self) -> None:
        self.resting = False
        self._pieces: list[str] | None = None
        self._size = 0
        self._reading = False  # inside how a text is to be read, which is not the text

    def text(self, text: str) -> None:
        """Take text where it counts."""
        if self._pieces is not None and self._size <= MAX_RECORD_BYTES:
            self._pieces.append(text)
            self._size += len(text)


class SharedTexts(_Collecting):
    """The texts that cells share, each from one or several runs; readings of kanji left out."""

    def __init__(self) -> None:
        super().__init__()
        self._found: list[str] = []
        self._runs: list[str] = []

    def start(self, name: str, _: Attributes) -> None:
        """Take the start of a text, a run, or a reading."""
        if name == "si":
            self._runs, self._size = [], 0
            self.resting = False
        elif name == "rPh":
            self._reading = True
        elif name == "t" and not self._reading:
            self._pieces = []

    def end(self, name: str) -> None:
        """Take the end of a text, a run, or a reading."""
        if name == "t" and self._pieces is not None:
            self._runs += self._pieces
            self._pieces = None
        elif name == "rPh":
            self._reading = False
        elif name == "si":
            self._found.append("".join(self._runs))
            self.resting = True

    def taken(self) -> Iterator[str]:
        """Yield the texts since the last call."""
        found, self._found = self._found, []
        yield from found


class _Cell(NamedTuple):
    """A cell as its XML has it; the value of an empty one is None."""

    column: int
    kind: str
    style: str
    value: str | None
    is_formula: bool


class SheetRows(_Collecting):
    """The rows of a sheet that are not empty.

    Their texts are made one row at a time: texts that cells share may be far longer than the XML.
    """

    def __init__(self, builder: RowBuilder) -> None:
        super().__init__()
        self._builder = builder
        self._found: list[tuple[str, list[_Cell]]] = []
        self._number = ""
        self._cells: list[_Cell] | None = None
        self._cell = _Cell(0, "", "", None, is_formula=False)

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of a row, a cell or its value."""
        if name == "c":
            self._start_cell(attributes)
        elif name == "rPh":
            self._reading = True
        elif name in {"v", "t"} and not self._reading:
            self._pieces = []
        elif name == "f":
            self._cell = self._cell._replace(is_formula=True)
        elif name == "row":
            self._number, self._cells = attributes.get("r", ""), []
            self._cell = self._cell._replace(column=0)
            self._row_size, self.resting = 0, False

    def end(self, name: str) -> None:
        """Take the end of a row, a cell or its value."""
        if name in {"v", "t"} and self._pieces is not None:
            value = (self._cell.value or "") + "".join(self._pieces)
            self._cell = self._cell._replace(value=value)
            self._pieces = None
        elif name == "rPh":
            self._reading = False
        elif name == "c" and self._cells is not None:
            self._end_cell(self._cells)
        elif name == "row" and self._cells is not None:
            self._found.append((self._number, self._cells))
            self._cells, self.resting = None, True

    def taken(self) -> Iterator[SheetRow]:
        """Yield the rows since the last call."""
        found, self._found = self._found, []
        for number, cells in found:
            self._builder.begin(_row_number(number) if number else self._builder.number + 1)
            for cell in cells:
                _put(self._builder, cell)
            row = self._builder.row()
            if not row.empty:
                yield row

    def _start_cell(self, attributes: Attributes) -> None:
        place = attributes.get("r")
        column = _column(place) if place else self._cell.column + 1
        kind, style = attributes.get("t", "n"), attributes.get("s", "0")
        self._cell = _Cell(column, kind, style, None, is_formula=False)
        self._size = 0

    def _end_cell(self, cells: list[_Cell]) -> None:
        # What comes behind is not held: the row is too long as it is, and fails for that.
        cell = self._cell
        if (cell.value is not None or cell.is_formula) and self._row_size <= MAX_RECORD_BYTES:
            self._row_size += len(cell.value or "")
            cells.append(cell)


def _put(builder: RowBuilder, cell: _Cell) -> None:
    has_text = cell.value is not None and cell.kind in TEXT_KINDS
    if cell.value or (has_text and not cell.is_formula):
        builder.put(cell.column, cell.kind, cell.style, cell.value or "")
    elif has_text:
        builder.put_empty(cell.column)
    elif cell.is_formula:
        builder.fail(
            cell.column,
            "is a formula without a stored value; open the workbook in a spreadsheet and save it "
            "there",
        )


def _column(place: str) -> int:
    """Return the number of the column of a cell's place, from 1: that of ``AB12`` is 28."""
    found = _PLACE.fullmatch(place)
    if found is None:
        raise InvalidFile(f"the workbook is damaged: it has a cell at {place[:20]}")
    return column_number(found[1])


def _row_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        raise InvalidFile(f"the workbook is damaged: it has a row of the number {text[:20]}")
    return int(text)
