"""Split a CSV file into records (RFC 4180, and what programs write beside it). Pure."""

import re
from functools import cache
from typing import NamedTuple

from ferry.files.csv.dialect import Dialect
from ferry.files.scanning import Scanner, end_of

_BLANKS = re.compile(rb" *+")
_END_OF_FILE = b"\x1a"
"""The byte at the end of DOS programs' files."""


class _Patterns(NamedTuple):
    cells: re.Pattern[bytes]
    rest_of_cell: re.Pattern[bytes]
    quoted: re.Pattern[bytes]


@cache
def _patterns(dialect: Dialect) -> _Patterns:
    d, q = (re.escape(part.encode()) for part in (dialect.delimiter, dialect.quote))
    inside = rb"(?:[^%b]++|%b)*+" % (q, q + q)
    quoted = rb" *+%b%b%b *+(?:%b|(?=[\r\n]))" % (q, inside, q, d)
    return _Patterns(
        cells=re.compile(rb"(?:%b|(?! *+%b)[^%b\r\n]*+%b)*+" % (quoted, q, d, d)),
        rest_of_cell=re.compile(rb"[^%b\r\n]*+" % d),
        quoted=re.compile(inside),
    )


class CsvScanner(Scanner):
    """Finds the newlines (LF, CRLF or CR) that are not inside quotes.

    A quote opens only at the start of a cell, blanks before it aside; elsewhere in an unquoted cell
    it is text. Once closed, a cell has to end: where it does not, or a quote is never closed, the
    record is broken, and is its first line alone.
    """

    gap = re.compile(rb"[\r\n]*+")
    ends_at_cr = True
    recovers = True

    def __init__(self, dialect: Dialect) -> None:
        self._patterns = _patterns(dialect)
        self._delimiter, self._quote = ord(dialect.delimiter), ord(dialect.quote)
        self._empty = dialect.delimiter.encode() + _END_OF_FILE
        self._comment = dialect.comment.encode()

    def unfinished(self) -> str:
        """Return the fault of a record that the end of the file cuts off, "" if it is complete."""
        if self._step == self._quoted:
            return "opens a quote that is never closed; close it, or double a quote within a cell"
        return ""

    def trim(self, original: bytes) -> bytes:
        """Return a record without what ended it."""
        return original if self._ended else original.removesuffix(_END_OF_FILE)

    def is_blank(self, original: bytes) -> bool:
        """Return whether a record is no row: a comment, or delimiters alone."""
        if self._comment and original.startswith(self._comment):
            return True
        return not original.strip(self._empty)

    def _first(self, data: bytes, at: int) -> int:
        """Pass cells from the start of one on, up to one whose end is not certain."""
        stop = end_of(self._patterns.cells, data, at)
        # A quoted cell in front of a newline has been passed with nothing behind it.
        start = end_of(_BLANKS, data, stop)
        # The next block may begin with a quote that opens this cell: do not decide yet.
        if start == len(data):
            return start
        if data[start] == self._quote:
            self._step = self._quoted
            return start + 1
        self._step = self._rest_of_cell
        return self._rest_of_cell(data, start)

    def _rest_of_cell(self, data: bytes, at: int) -> int:
        stop = end_of(self._patterns.rest_of_cell, data, at)
        if stop < len(data) and data[stop] == self._delimiter:
            self._step = self._first
            return stop + 1
        self._ended = stop < len(data)
        return stop

    def _quoted(self, data: bytes, at: int) -> int:
        stop = end_of(self._patterns.quoted, data, at)
        if stop < len(data):
            self._step = self._behind_quote
            return stop + 1
        return stop

    def _behind_quote(self, data: bytes, at: int) -> int:
        if data[at] == self._quote:  # the second of a doubled quote: a seam of blocks parts the two
            self._step = self._quoted
            return at + 1
        self._step = self._behind_cell
        return self._behind_cell(data, at)

    def _behind_cell(self, data: bytes, at: int) -> int:
        stop = end_of(_BLANKS, data, at)
        if stop == len(data):
            return stop
        if data[stop] == self._delimiter:
            self._step = self._first
            return stop + 1
        self._ended = True
        # Text behind a closing quote: the quote was probably never meant to open a cell.
        self.broken = data[stop] not in b"\r\n"
        return stop
