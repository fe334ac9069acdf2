"""Reads CSV files (RFC 4180) and what programs write beside it. Pure.

Python's own csv module is not used: it reports neither where a record lies in the file nor, short
of a process-wide setting, takes cells over 128 KiB, and one bad quote costs it the rows behind.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import structs

from ferry.errors import InvalidRow
from ferry.files.csv.csv_cells import Cells, split
from ferry.files.csv.csv_scanner import CsvScanner
from ferry.files.csv.dialect import COMMAS, Dialect
from ferry.files.csv.header import inspected
from ferry.files.csv.regional import hinted
from ferry.files.csv.returned_csv import returned_row
from ferry.files.encoding import decode
from ferry.files.entries import Entry, Layout, note_skipped
from ferry.files.options import AS_WRITTEN, ReadingOptions
from ferry.files.position import Position
from ferry.files.record_stream import RecordStream, entry
from ferry.tables.schema import Schema


def inspect(
    head: bytes,
    *,
    whole: bool,
    schema: Schema,
    options: ReadingOptions = AS_WRITTEN,
    dialect: Dialect = COMMAS,
) -> Layout:
    """Detect a file's layout from its header and its first rows.

    Args:
        head: the first `HEAD_BYTES` of the file, or all of it (`whole`).
        schema: what columns the table has.
        options: how the caller says that the file is written.
        dialect: of files of this name, if nothing else is detected.

    Raises:
        InvalidFile: the file is not UTF-8 text; the header names a column twice, or none that
            the table has, or does not end in `head`; the file cannot be read for certain.

    """
    return inspected(head, whole=whole, schema=schema, options=options, usual=dialect)


def read(blocks: Iterable[bytes], layout: Layout, at: Position) -> Iterator[Entry]:
    """Yield the entries from the position `at` on; see `Format.read`."""
    cells_of = cells_reader(layout)
    records = RecordStream(blocks, at, CsvScanner(layout.dialect))
    for record in records:
        if not layout.added:
            yield entry(record, cells_of)
            continue
        fault, text = returned_row(record, layout)
        row = structs.replace(record, original=text, fault=fault or record.fault)
        yield entry(row, cells_of)
    note_skipped(layout, records.end.blank)


def cells_reader(layout: Layout) -> Callable[[bytes], dict[str, Any]]:
    """Return a function that reads one record into ``{column: cell}``; it may raise InvalidRow."""
    columns = [(place, name) for place, name in enumerate(layout.columns) if name]
    values = layout.value_places
    width = len(layout.columns)

    def cells_of(original: bytes) -> dict[str, Any]:
        cells = _fitted(split(decode(original), layout.dialect), width, pad=layout.pads)
        if all(cells[place] is None for place in values):
            raise InvalidRow("", "has no value in any column of the table")
        made = {it.name: it.cell([cells[at] for at in it.places]) for it in layout.made}
        for place, conversion in layout.converters:
            if cell := cells[place]:
                cells[place] = conversion.cell(cell)
        for place, kind in layout.hints:
            if cell := cells[place]:
                cells[place] = hinted(cell, kind)
        return {name: cells[place] for place, name in columns} | made

    return cells_of


def _fitted(cells: Cells, width: int, *, pad: bool) -> Cells:
    """Pad or check a record's cells so that there is one for each column."""
    if len(cells) == width:
        return cells
    if pad and not any(cells[width:]):
        return [*cells[:width], *[None] * (width - len(cells))]
    fillable = "" if any(cells[width:]) else ", or send ragged=pad to leave the last columns empty"
    raise InvalidRow(
        "",
        f"does not fit the first line: its cells number {len(cells)}, the columns {width}; put a "
        f"cell that holds a comma or a newline in double quotes{fillable}",
    )
