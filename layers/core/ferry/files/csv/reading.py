"""Reads CSV files (RFC 4180): comma, CRLF or LF, newlines in quotes kept as they are. Pure.

Python's own csv module is not used: it tells neither where a record lies in the file nor, short
of a process-wide setting, takes cells over 128 KiB, and one bad quote costs it the rows behind.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from ferry.errors import InvalidFile, InvalidRow
from ferry.files.csv.dialect import COMMAS, Dialect
from ferry.files.csv.scanning import CsvScanner
from ferry.files.encoding import check_utf8, decode
from ferry.files.entries import HEAD_BYTES, Entry, Layout, Shape, ignored_names
from ferry.files.position import Position
from ferry.files.records import Records, entries
from ferry.tables.schema import Schema
from ferry.tables.values import shown

type Cells = list[str | None]

_HEADER = "the first line, with the columns' names,"


def inspect(head: bytes, *, whole: bool, schema: Schema, dialect: Dialect = COMMAS) -> Layout:
    """Return what the header tells, the first line that is not blank.

    Args:
        head: the first `HEAD_BYTES` of the file, or all of it (`whole`).
        schema: what columns the table has.
        dialect: of the file.

    Raises:
        InvalidFile: the file is not UTF-8 text; the header names a column twice, or none that
            the table has, or does not end in `head`.

    """
    start = check_utf8(head, whole=whole)
    columns, end = _header(head, start, dialect, whole=whole)
    _check_names(columns, schema, dialect)
    known = set(schema.columns)
    ignored = [
        name or f"(column {number})"
        for number, name in enumerate(columns, start=1)
        if name not in known
    ]
    return Layout(
        shape=Shape.CSV,
        start=end,
        columns=columns,
        ignored=ignored_names(ignored),
        dialect=dialect,
    )


def read(blocks: Iterable[bytes], layout: Layout, at: Position) -> Iterator[Entry]:
    """Yield the entries from the position `at` on; see `Format.read`."""
    yield from entries(Records(blocks, at, CsvScanner(layout.dialect)), cells_reader(layout))


def cells_reader(layout: Layout) -> Callable[[bytes], dict[str, Any]]:
    """Return what reads the cells of one record by their columns, or raises InvalidRow."""
    ignored = {"", *layout.ignored}
    columns = [(i, name) for i, name in enumerate(layout.columns) if name not in ignored]
    width = len(layout.columns)

    def cells_of(original: bytes) -> dict[str, Any]:
        cells = split(decode(original), layout.dialect)
        if len(cells) != width:
            raise InvalidRow("", _ragged(len(cells), width))
        return {name: cells[index] for index, name in columns}

    return cells_of


def split(text: str, dialect: Dialect = COMMAS) -> Cells:
    """Return the cells of one record; None is an empty cell, "" an empty one in quotes.

    Raises:
        InvalidRow: a cell is not quoted as it must be.

    """
    quote = dialect.quote
    if quote not in text and "\r" not in text:
        return [cell or None for cell in text.split(dialect.delimiter)]
    cells = _cell(dialect).findall(text)
    if sum(map(len, cells)) + len(cells) - 1 != len(text):
        raise InvalidRow("", _misquoted(text, dialect))
    return [
        cell[1:-1].replace(quote + quote, quote) if cell[:1] == quote else cell or None
        for cell in cells
    ]


@cache
def _cell(dialect: Dialect) -> re.Pattern[str]:
    d, q = re.escape(dialect.delimiter), re.escape(dialect.quote)
    return re.compile(rf"(?:\A|{d})({q}(?:[^{q}]++|{q}{q})*+{q}|[^{q}{d}\r]*+)")


def _header(
    head: bytes, start: int, dialect: Dialect, *, whole: bool
) -> tuple[tuple[str, ...], Position]:
    records = iter(Records([head[start:]], Position(offset=start), CsvScanner(dialect)))
    record = next(records, None)
    if record is None:
        raise InvalidFile("the file holds blank lines only")
    if not whole and record.end.offset == len(head):
        raise InvalidFile(f"{_HEADER} is over {HEAD_BYTES:,} bytes long")
    if record.fault:
        raise InvalidFile(f"{_HEADER} {record.fault}")
    if b"\r" in record.original and b'"' not in record.original:
        raise InvalidFile("its lines end in CR alone; save it with LF or CRLF at the ends of lines")
    try:
        columns = tuple(name or "" for name in split(decode(record.original), dialect))
    except InvalidRow as error:
        raise InvalidFile(f"{_HEADER} {error.reason}") from error
    return columns, Position(record.end.offset, record.end.line)


def _check_names(columns: tuple[str, ...], schema: Schema, dialect: Dialect) -> None:
    seen: set[str] = set()
    for name in columns:
        # Spreadsheets leave columns without a name behind the last; they are ignored.
        if name and name in seen:
            raise InvalidFile(f"the first line names the column {shown(name)} twice")
        seen.add(name)
    if seen.isdisjoint(schema.columns):
        raise InvalidFile(
            "the first line must name columns of the table, with "
            f"{_between(dialect)} between them; it reads "
            f"{shown(dialect.delimiter.join(columns[:20]))}, "
            f"the table has {', '.join(schema.names[:20])}"
        )


def _ragged(cells: int, columns: int) -> str:
    return (
        f"does not fit the first line: its cells number {cells}, the columns {columns}; put a "
        "cell that holds a comma or a newline in double quotes"
    )


def _between(dialect: Dialect) -> str:
    return {",": "commas", "\t": "tabs"}.get(dialect.delimiter, dialect.delimiter)


def _misquoted(text: str, dialect: Dialect) -> str:
    at = number = 0
    for match in _cell(dialect).finditer(text):
        if match.start() != at:
            break
        at, number = match.end(), number + 1
    return (
        f"is wrongly quoted in cell {number}, near {shown(text[at : at + 100])}: put the whole "
        "cell in double quotes and double every quote inside it"
    )
