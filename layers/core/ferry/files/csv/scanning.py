"""Where the records of a CSV file end (RFC 4180). Pure."""

import re
from functools import cache
from typing import NamedTuple

from ferry.files.csv.dialect import Dialect
from ferry.files.scanning import Scanner, end_of


class _Patterns(NamedTuple):
    cells: re.Pattern[bytes]
    rest_of_cell: re.Pattern[bytes]
    quoted: re.Pattern[bytes]


@cache
def _patterns(dialect: Dialect) -> _Patterns:
    d, q = (re.escape(part.encode()) for part in (dialect.delimiter, dialect.quote))
    inside = rb"(?:[^%b]++|%b)*+" % (q, q + q)
    certain = rb"(?:%b%b%b(?:%b|(?=\r?\n))|[^%b\n]*+%b)*+" % (q, inside, q, d, q + d, d)
    return _Patterns(
        cells=re.compile(certain + rb"[^%b\n]*+" % q),
        rest_of_cell=re.compile(rb"[^%b\n]*+" % d),
        quoted=re.compile(inside),
    )


class CsvScanner(Scanner):
    """Finds the newlines that are not inside quotes.

    A quote opens only at the start of a cell. Elsewhere in an unquoted cell it is a mistake,
    which the reader reports and which does not swallow the rows that follow.
    """

    gap = re.compile(rb"[\r\n]*+")

    def __init__(self, dialect: Dialect) -> None:
        self._patterns = _patterns(dialect)
        self._delimiter, self._quote = ord(dialect.delimiter), ord(dialect.quote)

    def unfinished(self) -> str:
        """Return what is wrong with a record that the file ends in, "" if nothing is."""
        if self._step == self._quoted:
            return "opens a quote that is never closed; close it, or double a quote within a cell"
        return ""

    def trim(self, original: bytes) -> bytes:
        """Return a record without what ended it."""
        return original.removesuffix(b"\r")

    def _first(self, data: bytes, at: int) -> int:
        """Pass cells from the start of one on, up to the line's end or a quote to be judged."""
        stop = end_of(self._patterns.cells, data, at)
        at_cell_start = stop == at or data[stop - 1] == self._delimiter
        if stop < len(data) and data[stop] == self._quote:
            self._step = self._quoted if at_cell_start else self._rest_of_cell
            return stop + 1
        self._step = self._first if at_cell_start else self._rest_of_cell
        self._ended = stop < len(data)
        return stop

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
        self._step = self._rest_of_cell
        return at
