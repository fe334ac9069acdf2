"""Makes a workbook of failed rows, which are kept as CSV while rows may still fail. Pure.

What is quoted in the CSV was text in the sheet, and is text again: a code with leading zeros and a
long number come back as they were. The rest was a number, a date, a boolean or an error, and is.
"""

import re
from collections.abc import Iterable, Iterator

from ferry.errors import DoesNotFit
from ferry.files.csv.csv_scanner import CsvScanner
from ferry.files.csv.csv_writer import DefusedCells
from ferry.files.csv.dialect import COMMAS
from ferry.files.failures import ADDED
from ferry.files.position import Packed, Position
from ferry.files.record_stream import RawRecord, RecordStream
from ferry.files.transcoding import BOM
from ferry.files.xlsx import MAX_ROWS
from ferry.files.xlsx.sheet_writer import MAX_CELL
from ferry.files.xlsx.sheet_xml import (
    EMPTY,
    boolean_cell,
    error_cell,
    moment_cell,
    number_cell,
    row_xml,
    sheet_head,
    sheet_tail,
    text_cell,
)
from ferry.files.xlsx.workbook_packing import Workbook

_MAX_CUT = MAX_CELL // 2
"""Characters: one may count twice."""
_WIDTHS = {0: 6, 1: 16, 2: 60}
_WIDTH = 16

_CELL = re.compile(r'(?:\A|,)("(?:[^"]++|"")*+"|[^",]*+)')
_NUMBER = re.compile(r"(?:0|-?+[1-9][0-9]*+|-?+[0-9]++\.[0-9]*[1-9])")
_MOST_DIGITS = 15
"""Characters of a number that Excel keeps for certain."""
_ERROR = re.compile(r"#[A-Z0-9/_]++[!?]?+")


def workbook_of(text: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the workbook that holds the rows of a CSV file of failed rows.

    Raises:
        DoesNotFit: they are more than a sheet can hold.

    """
    packing = Workbook(Packed())
    yield packing.head()
    for content in _sheet(RecordStream(text, Position(), CsvScanner(COMMAS))):
        yield packing.pack(content)
    yield packing.tail()


def defused_text(text: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the CSV file itself, where no sheet can hold its rows, with its formulas defused."""
    cells = DefusedCells(COMMAS)
    yield BOM
    for record in RecordStream(text, Position(), CsvScanner(COMMAS)):
        yield cells.line(_unquoted(cell) if cell else None for cell in _split(record))


def _sheet(records: RecordStream) -> Iterator[bytes]:
    width = rows = 0
    for record in records:
        cells = _split(record)
        if not width:
            width = len(cells)
            names = list(map(_unquoted, cells))
            yield sheet_head(names, [_WIDTHS.get(at, _WIDTH) for at in range(width)])
            continue
        rows += 1
        if rows > MAX_ROWS:
            raise DoesNotFit(f"an xlsx sheet holds {MAX_ROWS:,} rows")
        if len(cells) < width:
            # A row that could not be read. Behind the last column it is never taken for one.
            added, text = cells[: len(ADDED)], _unquoted(cells[-1])
            cells = [*added, *[""] * (width - len(ADDED)), f'"{text[:_MAX_CUT]}"']
        line, *added = cells[: len(ADDED)]
        told = [number_cell(line), *map(_added, added)]
        yield row_xml(told + _cells(cells[len(ADDED) :]))
    yield sheet_tail(width, rows)


def _split(record: RawRecord) -> list[str]:
    """Return the cells of a row with their quotes."""
    text = record.original.removeprefix(BOM).decode(errors="replace")
    if record.fault:  # with what was added it has become too long
        return [text.partition(",")[0], "", f'"{record.fault}"', f'"{text}"']
    return _CELL.findall(text)


def _unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell[:1] == '"' else cell


def _added(cell: str) -> str:
    return text_cell(_unquoted(cell)) if cell else EMPTY


def _cells(cells: list[str]) -> list[str]:
    return [text_cell(_unquoted(cell)) if cell[:1] == '"' else _value(cell) for cell in cells]


def _value(cell: str) -> str:
    if not cell:
        return EMPTY
    if len(cell) <= _MOST_DIGITS and _NUMBER.fullmatch(cell):
        return number_cell(cell)
    if cell in {"true", "false"}:
        return boolean_cell(cell == "true")
    return error_cell(cell) if _ERROR.fullmatch(cell) else moment_cell(cell)
