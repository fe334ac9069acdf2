"""Cuts a stream of blocks into records, in bounded memory and in linear time. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from ferry.errors import InvalidRow
from ferry.files.entries import MAX_CUT_BYTES, MAX_RECORD_BYTES, Entry
from ferry.files.position import Position
from ferry.files.scanning import Scanner, end_of


class Record(msgspec.Struct, frozen=True):
    """The bytes of one record; `fault` says what is wrong with them, "" if nothing is known."""

    line: int
    original: bytes
    end: Position
    fault: str = ""
    complete: bool = True


class Records:
    """Iterates over the records of a file from a position on.

    A record over `MAX_RECORD_BYTES` is skipped without being held: a fault with its beginning.

    Attributes:
        closed: whether the scanner's `closing` was met; if not, the file ended before it.
        end: where the last record ended.

    """

    def __init__(self, blocks: Iterable[bytes], at: Position, scanner: Scanner) -> None:
        self.closed = False
        self.end = at
        self._blocks = iter(blocks)
        self._scanner = scanner
        # What is held of the file: its bytes from `_base` on, those before `_at` done with.
        self._data = b""
        self._base = at.offset
        self._at = 0
        self._line = at.line

    @property
    def held(self) -> bytes:
        """What is held of the file from `end` on."""
        return self._data[self._at :]

    def __iter__(self) -> Iterator[Record]:
        """Yield the records."""
        closing = self._scanner.closing
        while not self.end.ended and self.skip(self._scanner.gap):
            if closing and self._data.startswith(closing, self._at):
                self._pass(self._at + len(closing))
                self.closed = True
                return
            yield self._record()

    def skip(self, pattern: re.Pattern[bytes]) -> bool:
        """Pass over all that matches; return False if nothing else is left of the file."""
        while True:
            self._pass(end_of(pattern, self._data, self._at))
            if self._at < len(self._data):
                return True
            if not self._fill():
                return False

    def rest(self, fault: str) -> Record:
        """Return what follows, or the beginning of it, as the last record and a faulty one."""
        while len(self._data) - self._at < MAX_CUT_BYTES and self._fill():
            pass
        line, stop = self._line, min(self._at + MAX_CUT_BYTES, len(self._data))
        original = self._data[self._at : stop]
        self._pass(stop)
        return Record(line, original, self._next_end(ended=True), fault, complete=False)

    def _record(self) -> Record:
        line = self._line
        self._scanner.start()
        stop, ended = self._scanner.scan(self._data, self._at)
        while not ended and stop - self._at <= MAX_RECORD_BYTES:
            scanned = stop - self._at
            if not self._fill():
                break
            stop, ended = self._scanner.scan(self._data, scanned)
        if stop - self._at > MAX_RECORD_BYTES:
            return self._beginning(stop, ended=ended)
        original = self._scanner.trim(self._data[self._at : stop])
        self._pass(stop)
        fault = "" if ended else self._scanner.unfinished()
        return Record(line, original, self._next_end(ended=fault != ""), fault)

    def _beginning(self, stop: int, *, ended: bool) -> Record:
        line, original = self._line, self._data[self._at : self._at + MAX_CUT_BYTES]
        self._pass(stop)
        while not ended and self._fill():
            stop, ended = self._scanner.scan(self._data, 0)
            self._pass(stop)
        fault = "" if ended else self._scanner.unfinished()
        end = self._next_end(ended=fault != "")
        return Record(line, original, end, fault or _TOO_LONG, complete=False)

    def _next_end(self, *, ended: bool) -> Position:
        self.end = Position(self._base + self._at, self._line, self.end.number + 1, ended)
        return self.end

    def _pass(self, stop: int) -> None:
        self._line += self._data.count(b"\n", self._at, stop)
        self._at = stop

    def _fill(self) -> bool:
        """Forget what is done with and hold one block more; return False if there is none."""
        for block in self._blocks:
            if block:
                self._data = self._data[self._at :] + block
                self._base += self._at
                self._at = 0
                return True
        return False


def entries(records: Records, cells_of: Callable[[bytes], dict[str, Any]]) -> Iterator[Entry]:
    """Yield an entry for each record; `cells_of` reads one, or raises InvalidRow."""
    for record in records:
        yield entry(record, cells_of)


def entry(record: Record, cells_of: Callable[[bytes], dict[str, Any]]) -> Entry:
    """Return the entry of one record; see `entries`."""
    cells: dict[str, Any] = {}
    error = None
    try:
        if record.fault:
            error = InvalidRow("", record.fault)
        else:
            cells = cells_of(record.original)
    except InvalidRow as invalid:
        error = invalid
    return Entry(
        number=record.end.number,
        line=record.line,
        cells=cells,
        error=error,
        original=record.original,
        end=record.end,
        complete=record.complete,
    )


_TOO_LONG = f"is longer than {MAX_RECORD_BYTES // 1024**2} MiB; a row can hold 400 KB"
