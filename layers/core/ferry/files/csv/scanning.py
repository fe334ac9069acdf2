"""Where the records of a CSV file end (RFC 4180). Pure."""

import re

from ferry.files.scanning import Scanner, end_of

_QUOTE, _COMMA = ord('"'), ord(",")
_CELLS = re.compile(
    rb'(?:"(?:[^"]++|"")*+"(?:,|(?=\r?\n))|[^",\n]*+,)*+'  # cells that certainly end
    rb'[^"\n]*+'
)
_REST_OF_CELL = re.compile(rb"[^,\n]*+")
_QUOTED = re.compile(rb'(?:[^"]++|"")*+')


class CsvScanner(Scanner):
    """Finds the newlines that are not inside quotes.

    A quote opens only at the start of a cell. Elsewhere in an unquoted cell it is a mistake,
    which the reader reports and which does not swallow the rows that follow.
    """

    gap = re.compile(rb"[\r\n]*+")

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
        stop = end_of(_CELLS, data, at)
        at_cell_start = stop == at or data[stop - 1] == _COMMA
        if stop < len(data) and data[stop] == _QUOTE:
            self._step = self._quoted if at_cell_start else self._rest_of_cell
            return stop + 1
        self._step = self._first if at_cell_start else self._rest_of_cell
        self._ended = stop < len(data)
        return stop

    def _rest_of_cell(self, data: bytes, at: int) -> int:
        stop = end_of(_REST_OF_CELL, data, at)
        if stop < len(data) and data[stop] == _COMMA:
            self._step = self._first
            return stop + 1
        self._ended = stop < len(data)
        return stop

    def _quoted(self, data: bytes, at: int) -> int:
        stop = end_of(_QUOTED, data, at)
        if stop < len(data):
            self._step = self._behind_quote
            return stop + 1
        return stop

    def _behind_quote(self, data: bytes, at: int) -> int:
        if data[at] == _QUOTE:  # the second of a doubled quote: a seam of blocks parts the two
            self._step = self._quoted
            return at + 1
        self._step = self._rest_of_cell
        return at
