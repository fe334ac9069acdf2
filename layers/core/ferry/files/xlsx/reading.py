"""Reads the rows of a sheet, which `workbook` yields as lines. Pure.

A line is the row's number and its cells in JSON. To what is behind the reader, a sheet is a CSV
file: the same rules for its cells, and its failed rows are kept as one until they are whole.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import structs

from ferry.errors import InvalidFile, InvalidRow
from ferry.files.csv import reading as csv_reading
from ferry.files.entries import Entry, Layout
from ferry.files.failures import FailedFile
from ferry.files.format import Means
from ferry.files.position import Position
from ferry.files.records import Records, entry
from ferry.files.scanning import LineScanner
from ferry.files.xlsx import MEDIA_TYPE
from ferry.tables.schema import Schema

type Cells = list[str | None]

_ROW_NUMBER = re.compile(rb"\[([0-9]+)")


def text_of(blocks: Iterable[bytes], means: Means) -> Iterator[bytes]:
    """Yield the rows of the workbook's sheet as lines; see `workbook.row_lines`."""
    # What unzips and parses takes long to load, and is wanted only where a workbook comes in.
    from ferry.files.unpacking import Allowance
    from ferry.files.xlsx.workbook import row_lines

    return row_lines(blocks, means.scratch, Allowance(means.most_bytes))


def inspect(head: bytes, *, whole: bool, schema: Schema) -> Layout:
    """Return what the first row that is not empty tells, which names the columns.

    Raises:
        InvalidFile: the sheet is empty; the header names a column twice, or none that the table
            has, or is too long.

    """
    line, end, _ = head.partition(b"\n")
    if not end:
        raise InvalidFile("its first sheet is empty" if whole else "its first row is too long")
    _, cells = _decoded(line)
    layout = csv_reading.inspect(_csv(cells), whole=True, schema=schema)
    return structs.replace(layout, start=Position(len(line) + 1, 2))


def read(blocks: Iterable[bytes], layout: Layout, at: Position) -> Iterator[Entry]:
    """Yield the entries from the position `at` on; see `Format.read`. A line is a row's number."""
    ignored = {"", *layout.ignored}
    columns = [(i, name) for i, name in enumerate(layout.columns) if name not in ignored]
    width = len(layout.columns)

    def cells_of(line: bytes) -> dict[str, Any]:
        cells = _decoded(line)[1]
        if len(cells) > width:
            raise InvalidRow("", f"has a cell in column {len(cells)}; the first row names {width}")
        # The last cells of a row are left out where they are empty.
        return {name: cells[index] if index < len(cells) else None for index, name in columns}

    for record in Records(blocks, at, LineScanner()):
        yield _as_csv(entry(record, cells_of), width)


def _as_csv(found: Entry, width: int) -> Entry:
    """Return the entry with the line of its row, and what would stand in a CSV file."""
    number = _ROW_NUMBER.match(found.original)
    line = int(number[1]) if number else found.line
    if not found.complete:
        return structs.replace(found, line=line)
    cells = _decoded(found.original)[1]
    padded = cells + [None] * (width - len(cells))
    return structs.replace(found, line=line, original=_csv(padded).removesuffix(b"\r\n"))


def _decoded(line: bytes) -> tuple[int, Cells]:
    return _LINE.decode(line)


def _csv(cells: Cells) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_NOTNULL).writerow(cells)
    return text.getvalue().encode()


_LINE = msgspec.json.Decoder(tuple[int, list[str | None]])


def _workbook_of(text: Iterable[bytes]) -> Iterator[bytes]:
    # What writes workbooks takes long to load, and is wanted only once a row has failed.
    from ferry.files.xlsx.failures import workbook_of

    return workbook_of(text)


FAILED_FILE = FailedFile(
    suffix=".xlsx",
    media_type=MEDIA_TYPE,
    made_of=_workbook_of,
)
