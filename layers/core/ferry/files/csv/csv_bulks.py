"""CSV in bulks: ends of records by the parity of quotes, cells by Python's own csv module. Pure.

The module reads much that RFC 4180 does not allow, each in its own way; so it is given only text
that is well formed beyond doubt.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from functools import cache, partial
from typing import Any

from ferry.files.bulks import Bulk, Bulks
from ferry.files.csv.bulk_conversion import BulkConversion
from ferry.files.csv.csv_cells import Cells
from ferry.files.csv.csv_reader import cells_reader, read
from ferry.files.csv.csv_scanner import CsvScanner
from ferry.files.csv.dialect import Dialect
from ferry.files.entries import Entry, Layout, note_skipped
from ferry.files.position import Position


@cache
def _well_formed(dialect: Dialect) -> re.Pattern[bytes]:
    d, q = (re.escape(part.encode()) for part in (dialect.delimiter, dialect.quote))
    return re.compile(
        # quoted cells, alone between delimiters
        rb"(?:[^%b]*+(?<![^%b\n])%b(?:[^%b]++|%b)*+%b(?![^%b\r\n]))*+" % (q, d, q, q, q + q, q, d)
        + rb"[^%b]*+" % q
    )


def bulks(blocks: Iterable[bytes], layout: Layout, at: Position) -> Iterator[Bulk | Entry]:
    """Yield bulks and entries from the position `at` on; see `Format.bulks`."""
    if layout.added:
        yield from read(blocks, layout, at)
        return
    cells_of = cells_reader(layout)
    found = Bulks(
        blocks,
        at,
        cutter=_CsvCutter(layout),
        scanner=partial(CsvScanner, layout.dialect),
        cells_of=cells_of,
    )
    yield from found
    note_skipped(layout, found.at.blank)


class _CsvCutter:
    """Cuts at newlines that have an even number of quotes before them."""

    space = b"\r\n"

    def __init__(self, layout: Layout) -> None:
        self._dialect = dialect = layout.dialect
        self._conversion = BulkConversion(layout) if layout.converters or layout.made else None
        # At the start of a line: what may be a row without any value, and what is no row.
        self._unusual = [b"\n" + dialect.delimiter.encode()]
        self._skipped = [b"\n" + dialect.comment.encode()] if dialect.comment else []
        self._quote = dialect.quote.encode()
        self._well_formed = _well_formed(dialect)

    def end(self, data: bytes, limit: int) -> int:
        return self._last_end(data, limit) or self._next_end(data, limit)

    def _last_end(self, data: bytes, limit: int) -> int:
        stop = data.rfind(b"\n", 0, limit) + 1
        odd = data.count(self._quote, 0, stop) % 2
        while odd:
            before = data.rfind(b"\n", 0, stop - 1) + 1
            odd ^= data.count(self._quote, before, stop) % 2
            stop = before
        return stop

    def _next_end(self, data: bytes, limit: int) -> int:
        stop = data.find(b"\n", limit) + 1
        odd = data.count(self._quote, 0, stop) % 2
        while odd and stop:
            after = data.find(b"\n", stop) + 1
            odd ^= data.count(self._quote, stop, after) % 2
            stop = after
        return stop

    def rows(self, text: bytes) -> list[Cells] | None:
        if text.count(b"\r") != text.count(b"\r\n"):
            return None
        match = self._well_formed.match(text)
        if match is None or match.end() != len(text):
            return None
        lines = b"\n" + text
        if b"\x1a" in text or any(start in lines for start in self._skipped):
            return None
        try:
            rows = _split(text.decode(), self._dialect)
        except (UnicodeDecodeError, csv.Error):
            return None
        if self._unusual[0] in lines and any(row.count(None) == len(row) for row in rows):
            return None
        return self._conversion.rows(rows) if self._conversion else rows


def _split(text: str, dialect: Dialect) -> list[Cells]:
    read = partial(
        csv.reader,
        strict=True,
        quoting=csv.QUOTE_NOTNULL,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
    )
    lines = text.split("\n")
    del lines[-1]  # what follows the last newline
    rows: list[Any] = list(read(lines))
    if len(rows) != len(lines):  # a cell holds a newline, and must keep it
        rows = list(read(io.StringIO(text, newline="\n")))
    return rows if all(rows) else [row for row in rows if row]  # a blank line is an empty row
