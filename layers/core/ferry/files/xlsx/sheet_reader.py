"""Reads the rows of a sheet, which `workbook` yields as lines. Pure.

A line is a row in JSON (`SheetRow`). To what is behind the reader, a sheet is a CSV file: the same
rules for its cells, and its failed rows are kept as one until they are whole.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
from msgspec import structs

from ferry.errors import InvalidFile, InvalidRow
from ferry.files.bulks import Bulk, Bulks
from ferry.files.csv import csv_reader as csv_reading
from ferry.files.csv.csv_writer import Cells, FailedCsvRows
from ferry.files.entries import Entry, Layout
from ferry.files.failures import FailedFile
from ferry.files.format import Means
from ferry.files.options import AS_WRITTEN, ReadingOptions
from ferry.files.position import Position
from ferry.files.record_stream import RecordStream, entry
from ferry.files.scanning import LineScanner
from ferry.files.xlsx import MEDIA_TYPE
from ferry.files.xlsx.sheet_conversion import SheetConversion
from ferry.files.xlsx.sheet_lines import TEXT, FoundLine, SheetRow
from ferry.tables.rows import Refused
from ferry.tables.schema import Schema

type RowCells = list[str | None]


def text_of(blocks: Iterable[bytes], means: Means) -> Iterator[bytes]:
    """Yield the rows of the workbook's table as lines; see `workbook.row_lines`."""
    # What unzips and parses takes long to load, and is wanted only where a workbook comes in.
    from ferry.files.unpacking import Allowance
    from ferry.files.xlsx.table_search import WantedTable
    from ferry.files.xlsx.workbook import row_lines

    return row_lines(
        blocks,
        means.scratch,
        Allowance(means.most_bytes),
        WantedTable(means.columns, means.sheet, means.header_row),
        means.on_block,
    )


def inspect(
    head: bytes, *, whole: bool, schema: Schema, options: ReadingOptions = AS_WRITTEN
) -> Layout:
    """Read the layout from the first lines: the place of the table and its columns' names.

    Raises:
        InvalidFile: the header names a column twice, or none that the table has, or is too long.

    """
    found_line, _, rest = head.partition(b"\n")
    line, end, more = rest.partition(b"\n")
    if not end:
        raise InvalidFile("its first sheet is empty" if whole else "its first row is too long")
    found = _FOUND.decode(found_line)
    cells = _ROW.decode(line).cells
    # Values beside the table are in columns without names, which are ignored and named.
    width = max([len(cells), *map(_width, more.split(b"\n")[:-1])])
    cells += [None] * (width - len(cells))
    # Of the options of delimited text, none but this one means something for a sheet.
    # The header is found already: a year or a date among the names makes it no row.
    asked = ReadingOptions(
        id_as_key=options.id_as_key, delimiter=",", header_row=1, mapping=options.mapping
    )
    layout = csv_reading.inspect(_csv(cells), whole=True, schema=schema, options=asked)
    return structs.replace(
        layout,
        start=Position(len(head) - len(more), 2),
        detected={
            **layout.detected,
            "sheet": found.sheet[:_MOST_NAME],
            "header_row": found.header_row,
        },
    )


def raw_names(head: bytes, options: ReadingOptions) -> tuple[tuple[str, ...], ReadingOptions]:
    """Return the names of the table's columns."""
    line = head.partition(b"\n")[2].partition(b"\n")[0]
    if not line:
        raise InvalidFile("its first sheet is empty")
    return tuple(cell or "" for cell in _ROW.decode(line).cells), options


def read(blocks: Iterable[bytes], layout: Layout, at: Position) -> Iterator[Entry]:
    """Yield the entries from the position `at` on; see `Format.read`. A line is a row's number."""
    cells_of = _cells_reader(layout)
    for record in RecordStream(blocks, at, LineScanner()):
        yield _numbered(entry(record, cells_of))


def bulks(blocks: Iterable[bytes], layout: Layout, at: Position) -> Iterator[Bulk | Entry]:
    """Yield bulks and entries from the position `at` on; see `Format.bulks`."""
    cutter, cells_of = _RowCutter(layout), _cells_reader(layout)
    for found in Bulks(blocks, at, cutter=cutter, scanner=LineScanner, cells_of=cells_of):
        yield _numbered(found) if isinstance(found, Entry) else found


def _cells_reader(layout: Layout) -> Callable[[bytes], dict[str, Any]]:
    columns = _columns(layout)
    values = _value_places(layout)
    width = layout.added + len(layout.columns)
    converted = SheetConversion(layout) if layout.converters or layout.made else None

    def cells_of(line: bytes) -> dict[str, Any]:
        row = _ROW.decode(line)
        cells = row.cells
        if _width(line) > width:
            raise InvalidRow(
                "",
                f"has a value in column {len(cells)}, beside the table, whose columns number "
                f"{width}; give the column a name in the header, or clear it",
            )
        for index, reason in row.faults.items():
            cells[index] = Refused.because(cells[index] or "?", reason)
        if _is_blank(cells, values):
            raise InvalidRow("", "has no value in any column of the table")
        if converted:
            cells = converted.cells(row)
        # The last cells of a row are left out where they are empty.
        found = {name: cells[index] if index < len(cells) else None for index, name in columns}
        return found | converted.made(row) if converted else found

    return cells_of


def _columns(layout: Layout) -> list[tuple[int, str]]:
    """Return the places and names of the columns that the table has."""
    return [(at, name) for at, name in enumerate(layout.columns, start=layout.added) if name]


def _value_places(layout: Layout) -> list[int]:
    """Return the places of a row's values: an id that is ignored makes no record."""
    return sorted(layout.added + place for place in layout.value_places)


def _is_blank(cells: RowCells, places: list[int]) -> bool:
    """Return whether a row has values beside or below the table only."""
    return all(at >= len(cells) or cells[at] is None for at in places)


class _RowCutter:
    """Cuts at newlines."""

    space = b"\n"

    def __init__(self, layout: Layout) -> None:
        self._added = layout.added
        self._width = layout.added + len(layout.columns)
        self._values = _value_places(layout)
        self._conversion = SheetConversion(layout) if layout.converters or layout.made else None

    def end(self, data: bytes, limit: int) -> int:
        return data.rfind(b"\n", 0, limit) + 1 or data.find(b"\n", limit) + 1

    def rows(self, text: bytes) -> list[RowCells] | None:
        width, values = self._width, self._values
        rows = _ROW.decode_lines(text)
        # What is not as usual is left to the careful reader, which says why.
        for row in rows:
            if row.faults or len(row.cells) > width or _is_blank(row.cells, values):
                return None
        if self._conversion:
            return [self._conversion.row(row) for row in rows]
        return [(row.cells + [None] * (width - len(row.cells)))[self._added :] for row in rows]


class FailedSheetRows(FailedCsvRows):
    """Writes the rows that failed as CSV; see `FailedRows`.

    Only what was text in the sheet is quoted, as QUOTE_NONNUMERIC of Python's csv module does: so
    the workbook that is made of them can have numbers, dates and errors again. Text in the cells of
    a sheet is never run.
    """

    _cells_of = Cells

    def __init__(self, layout: Layout, schema: Schema, *, rows_written: int = 0) -> None:
        super().__init__(layout, schema, rows_written=rows_written)
        self._added, self._width = layout.added, len(layout.columns)

    def row(self, entry: Entry, error: InvalidRow) -> bytes:
        """Return one failed row: the added columns, then the row as it was."""
        if entry.complete:
            text = _quoted_by_kind(_ROW.decode(entry.original), self._added, self._width)
            entry = structs.replace(entry, original=text)
        return super().row(entry, error)


def _quoted_by_kind(row: SheetRow, added: int, width: int) -> bytes:
    cells = [
        "" if cell is None else f'"{cell.replace('"', '""')}"' if kind == TEXT else cell
        for cell, kind in zip(row.cells[added:][:width], row.kinds[added:], strict=False)
    ]
    return ",".join(cells + [""] * (width - len(cells))).encode()


def _numbered(found: Entry) -> Entry:
    """Return the entry with the number of its row as its line."""
    # The line was cut, so it cannot be decoded; its number is the first element of the array.
    if not found.complete:
        number = found.original[1 : 1 + _MOST_DIGITS].partition(b",")[0]
        return structs.replace(found, line=int(number))
    return structs.replace(found, line=_ROW.decode(found.original).number)


def _width(line: bytes) -> int:
    """Return the number of columns of a row, without trailing formulas whose text is empty."""
    row = _ROW.decode(line)
    width = len(row.cells)
    while width and not row.cells[width - 1] and row.kinds[width - 1] != TEXT:
        width -= 1
    return width


def _csv(cells: RowCells) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_NOTNULL).writerow(cells)
    return text.getvalue().encode()


_MOST_DIGITS = 10
_MOST_NAME = 64
"""Characters; Excel allows 31."""
_FOUND = msgspec.json.Decoder(FoundLine)
_ROW = msgspec.json.Decoder(SheetRow)


def _workbook_of(text: Iterable[bytes]) -> Iterator[bytes]:
    # What writes workbooks takes long to load, and is wanted only once a row has failed.
    from ferry.files.xlsx.sheet_failures import workbook_of

    return workbook_of(text)


def _defused_text(text: Iterable[bytes]) -> Iterator[bytes]:
    from ferry.files.xlsx.sheet_failures import defused_text

    return defused_text(text)


FAILED_FILE = FailedFile(
    suffix=".xlsx",
    media_type=MEDIA_TYPE,
    made_of=_workbook_of,
    text_of=_defused_text,
    text_suffix=".csv",
    text_media_type="text/csv; charset=utf-8",
)
