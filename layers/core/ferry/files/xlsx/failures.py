"""Makes a workbook of failed rows, which are kept as CSV while rows may still fail. Pure.

Every cell is text, as the reader gave it: a code with leading zeros, a date and a long number come
back as they were, whatever a spreadsheet would make of them.
"""

from collections.abc import Iterable, Iterator

from ferry.errors import DoesNotFit
from ferry.files.csv.dialect import COMMAS
from ferry.files.csv.reading import split
from ferry.files.csv.scanning import CsvScanner
from ferry.files.encoding import BOM
from ferry.files.failures import ADDED
from ferry.files.position import Packed, Position
from ferry.files.records import Record, Records
from ferry.files.xlsx import MAX_ROWS
from ferry.files.xlsx.packing import Workbook
from ferry.files.xlsx.writing import MAX_CELL, SHEET_HEAD, SHEET_TAIL, text_row

_MAX_CUT = MAX_CELL // 2
"""Characters: one may count twice."""


def workbook_of(text: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the workbook that holds the rows of a CSV file of failed rows.

    Raises:
        DoesNotFit: they are more than a sheet can hold.

    """
    packing = Workbook(Packed())
    yield packing.head()
    for content in _sheet(Records(text, Position(), CsvScanner(COMMAS))):
        yield packing.pack(content)
    yield packing.tail()


def _sheet(records: Records) -> Iterator[bytes]:
    yield SHEET_HEAD
    width = 0
    for record in records:
        if record.end.number - 1 > MAX_ROWS:
            raise DoesNotFit(f"an xlsx sheet holds {MAX_ROWS:,} rows")
        cells = _cells(record)
        width = width or len(cells)
        if len(cells) < width:
            # A row that could not be read. Behind the last column it is never taken for one.
            added, text = cells[: len(ADDED)], cells[-1] or ""
            cells = [*added, *[None] * (width - len(ADDED)), text[:_MAX_CUT]]
        yield text_row(cells)
    yield SHEET_TAIL


def _cells(record: Record) -> list[str | None]:
    text = record.original.removeprefix(BOM).decode(errors="replace")
    if record.fault:  # with what was added it has become too long
        return [text.partition(",")[0], None, record.fault, text]
    return split(text)
