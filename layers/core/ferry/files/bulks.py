"""Reads a file bulk by bulk: many records cut out and split at once. Pure.

It never decides what is wrong with a record. Where anything is out of the ordinary, the careful
reader takes over, record by record, until the end of that bulk; so what comes out is the same.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, Protocol

import msgspec

from ferry.files.entries import Entry
from ferry.files.position import Position
from ferry.files.record_stream import RecordStream, entry
from ferry.files.scanning import Scanner

BULK_BYTES = 64 * 1024
"""Bytes of a file that are cut and split at once."""

_MOST_BYTES = 1024 * 1024
"""A record that is longer is left to the careful reader."""


class Bulk(msgspec.Struct, frozen=True):
    """Consecutive records whose ends are certain; no more than that is known of them.

    Attributes:
        start: where the first begins.
        end: from where to read on.
        text: the bytes between the two: whole records, as they stand in the file.
        rows: one for each record: its cells, or its line.

    """

    start: Position
    end: Position
    text: bytes
    rows: list[Any]


class Cutter(Protocol):
    """Cuts bulks out of a file of one format.

    Attributes:
        space: the bytes that may lie between records.

    """

    space: bytes

    def end(self, data: bytes, limit: int) -> int:
        """Return the end of the last record that ends before `limit`, or else of the next one.

        0 means that none certainly ends in `data`.
        """

    def rows(self, text: bytes) -> list[Any] | None:
        """Return the rows of whole records, None where anything about their ends is unusual."""


class Bulks:
    """Iterates over a file's bulks and, where it has to be careful, its single entries.

    Args:
        blocks: the file's bytes from ``at.offset`` on, cut anyhow.
        at: where to begin.
        cutter: of the file's format.
        scanner: makes the scanner of the careful reader.
        cells_of: reads one record for it, or raises InvalidRow.

    Attributes:
        at: how far the file is read.

    """

    def __init__(
        self,
        blocks: Iterable[bytes],
        at: Position,
        *,
        cutter: Cutter,
        scanner: Callable[[], Scanner],
        cells_of: Callable[[bytes], dict[str, Any]],
    ) -> None:
        self._blocks = iter(blocks)
        self.at = at
        self._data = b""
        self._cutter = cutter
        self._scanner = scanner
        self._ends_at_cr = scanner().ends_at_cr
        self._cells_of = cells_of

    def __iter__(self) -> Iterator[Bulk | Entry]:
        """Yield the file's records, each in a bulk or as an entry."""
        while not self.at.ended:
            stop = self._stop()
            rows = self._cutter.rows(self._data[:stop]) if stop else None
            if rows:
                yield self._bulk(rows, stop)
            # Nothing but blank lines: no record, but its bytes and lines count for the position.
            elif rows is not None:
                self._pass(stop, 0)
            elif self._data:
                yield from self._careful(stop)
            else:
                return

    def _stop(self) -> int:
        """Return the length in bytes of the buffer's complete records, 0 if none is certain."""
        while True:
            # Rows are cut at ends that are certain, so a quoted newline never splits a row in two.
            stop = self._cutter.end(self._data, BULK_BYTES)
            if stop or len(self._data) > _MOST_BYTES:
                return stop
            block = next(self._blocks, b"")
            if not block:
                return 0
            self._data += block

    def _bulk(self, rows: list[Any], stop: int) -> Bulk:
        # The newline that ends the last record is the gap's, as the careful reader has it.
        last = len(self._data[:stop].rstrip(self._cutter.space))
        end = last if self._ends_at_cr else self._data.index(b"\n", last)
        start, text = self.at, self._data[:end]
        self._pass(len(text), len(rows))
        return Bulk(start, self.at, text, rows)

    def _pass(self, stop: int, records: int) -> None:
        at, lines = self.at, self._data.count(b"\n", 0, stop)
        self.at = Position(at.offset + stop, at.line + lines, at.number + records, blank=at.blank)
        self._data = self._data[stop:]

    def _careful(self, stop: int) -> Iterator[Entry]:
        # The careful reader takes over in the middle of the stream and gives back what it has not
        # used.
        records = RecordStream(chain([self._data], self._blocks), self.at, self._scanner())
        # Where no end is certain, a good part is read with care: to look again after each record
        # would take time by the square.
        until = self.at.offset + (stop or BULK_BYTES)
        for record in records:
            yield entry(record, self._cells_of)
            if record.end.offset >= until:
                break
        self.at, self._data = records.end, records.held
