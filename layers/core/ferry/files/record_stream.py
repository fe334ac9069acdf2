"""Cuts a stream of blocks into records, in bounded memory and in linear time. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from ferry.errors import InvalidFile, InvalidRow
from ferry.files.entries import MAX_CUT_BYTES, MAX_RECORD_BYTES, Entry
from ferry.files.position import Position
from ferry.files.scanning import Scanner, end_of


class RawRecord(msgspec.Struct, frozen=True):
    """The bytes of one record; `fault` says what is wrong with them, "" if nothing is known."""

    line: int
    original: bytes
    end: Position
    fault: str = ""
    complete: bool = True


class RecordStream:
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
        self._behind_cr = False

    @property
    def held(self) -> bytes:
        """The buffered bytes of the file from `end` on."""
        return self._data[self._at :]

    def __iter__(self) -> Iterator[RawRecord]:
        """Yield the records."""
        closing = self._scanner.closing
        while not self.end.ended and self.skip(self._scanner.gap):
            if closing and self._data.startswith(closing, self._at):
                self._pass(self._at + len(closing))
                self.closed = True
                return
            if record := self._record():
                yield record

    def skip(self, pattern: re.Pattern[bytes]) -> bool:
        """Skip all that matches; return False if nothing else is left of the file."""
        while True:
            self._pass(end_of(pattern, self._data, self._at))
            if self._at < len(self._data):
                return True
            if not self._fill():
                return False

    def rest(self, fault: str) -> RawRecord:
        """Return the rest of the file, its beginning if it is long, as one last faulty record."""
        while len(self._data) - self._at < MAX_CUT_BYTES and self._fill():
            pass
        line, stop = self._line, min(self._at + MAX_CUT_BYTES, len(self._data))
        original = self._data[self._at : stop]
        self._pass(stop)
        return RawRecord(line, original, self._next_end(ended=True), fault, complete=False)

    def _record(self) -> RawRecord | None:
        """Return the next record, None for one that is skipped."""
        line, scanner = self._line, self._scanner
        scanner.start()
        stop, ended = scanner.scan(self._data, self._at)
        # The scanner goes on where it stopped: to scan a long record again from its start at every
        # block would take time by the square of its length.
        while not ended and stop - self._at <= MAX_RECORD_BYTES:
            scanned = stop - self._at
            if not self._fill():
                break
            stop, ended = scanner.scan(self._data, scanned)
        long = stop - self._at > MAX_RECORD_BYTES
        fault = "" if ended or long else scanner.unfinished()
        # An unclosed quote swallows all lines behind it. Only its first line fails; the next line
        # is read as a row of its own.
        if scanner.recovers and (scanner.broken or fault):
            return self._first_line(fault)
        if long:
            # The rest of the record is read and dropped block by block, so that the next row is
            # found.
            return self._beginning(stop, ended=ended)
        original = scanner.trim(self._data[self._at : stop])
        self._pass(stop)
        if scanner.is_blank(original):
            self.end = Position(
                self._base + stop, self._line, self.end.number, blank=self.end.blank + 1
            )
            return None
        return RawRecord(line, original, self._next_end(ended=fault != ""), fault)

    def _first_line(self, fault: str) -> RawRecord:
        """Return the first line of a record: what follows may be rows that it would swallow."""
        line, original = self._line, bytearray()
        while True:
            found = _LINE_END.search(self._data, self._at)
            stop = found.start() if found else len(self._data)
            original += self._data[self._at : stop]
            self._pass(stop)
            if found or len(original) > MAX_RECORD_BYTES or not self._fill():
                break
        return RawRecord(line, bytes(original), self._next_end(ended=False), fault)

    def _beginning(self, stop: int, *, ended: bool) -> RawRecord:
        line, original = self._line, self._data[self._at : self._at + MAX_CUT_BYTES]
        self._pass(stop)
        while not ended and self._fill():
            stop, ended = self._scanner.scan(self._data, 0)
            self._pass(stop)
        fault = "" if ended else self._scanner.unfinished()
        if self._scanner.recovers and (fault or self._scanner.broken):
            # What was skipped may have been rows, and is gone: say so, and stop.
            raise InvalidFile(
                f"line {line} opens a quote that is not closed as it must be; close it, or "
                "double a quote within a cell"
            )
        end = self._next_end(ended=fault != "")
        return RawRecord(line, original, end, fault or _TOO_LONG, complete=False)

    def _next_end(self, *, ended: bool) -> Position:
        end = self.end
        self.end = Position(self._base + self._at, self._line, end.number + 1, ended, end.blank)
        return self.end

    def _pass(self, stop: int) -> None:
        data, at = self._data, self._at
        self._line += data.count(b"\n", at, stop)
        if self._scanner.ends_at_cr and stop > at:
            self._line += data.count(b"\r", at, stop) - data.count(b"\r\n", at, stop)
            # A block may end between CR and LF. Counted twice, every later line number would be
            # wrong.
            if self._behind_cr and data.startswith(b"\n", at):  # a CRLF that was parted
                self._line -= 1
            self._behind_cr = data.startswith(b"\r", stop - 1)
        self._at = stop

    def _fill(self) -> bool:
        """Forget what is done with and hold one block more; return False if there is none."""
        for block in self._blocks:
            if block:
                # What is done with is dropped here: memory holds one record and one block,
                # whatever the file.
                self._data = self._data[self._at :] + block
                self._base += self._at
                self._at = 0
                return True
        return False


def entries(records: RecordStream, cells_of: Callable[[bytes], dict[str, Any]]) -> Iterator[Entry]:
    """Yield an entry for each record; `cells_of` reads one, or raises InvalidRow."""
    for record in records:
        yield entry(record, cells_of)


def entry(record: RawRecord, cells_of: Callable[[bytes], dict[str, Any]]) -> Entry:
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


_LINE_END = re.compile(rb"[\r\n]")
_TOO_LONG = f"is longer than {MAX_RECORD_BYTES // 1024**2} MiB; a row can hold 400 KB"
