"""The base of all record scanners, and the scanner of lines. Pure."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable

NEWLINE = ord("\n")
JSON_SPACE = b" \t\r\n"
"""RFC 8259 section 2."""


class Scanner(ABC):
    """Finds where a record ends, step by step, however its bytes are cut into blocks.

    A step reads on from ``data[at]``, says by `_ended` whether the record ends, and returns where
    it stopped; it leaves the step that follows in `_step`.

    Attributes:
        gap: what may lie between records.
        closing: the byte that ends the records, as ``]`` does a JSON array, or nothing.
        ends_at_cr: a CR that no LF follows ends a line, too.
        recovers: a record that is broken, cut off or too long is its first line alone.
        broken: the record has been found not to be well formed.

    """

    gap = re.compile(rb"[ \t\r\n]*+")
    closing = b""
    ends_at_cr = False
    recovers = False
    broken = False

    def start(self) -> None:
        """Begin a record; its first byte is none of the gap's."""
        self._ended = self.broken = False
        self._step: Callable[[bytes, int], int] = self._first

    def scan(self, data: bytes, at: int) -> tuple[int, bool]:
        """Read on from ``data[at]``; return where it stopped, and whether the record ends there.

        If the record does not end there, all of `data` is read; the next call goes on after it.
        """
        while at < len(data) and not self._ended:
            at = self._step(data, at)
        return at, self._ended

    def unfinished(self) -> str:
        """Return the fault of a record that the end of the file cuts off, "" if it is complete."""
        return ""

    def trim(self, original: bytes) -> bytes:
        """Return a record without what ended it."""
        return original.rstrip(JSON_SPACE)

    def is_blank(self, original: bytes) -> bool:
        """Return whether a record is to be skipped, as a blank line is."""
        del original
        return False

    @abstractmethod
    def _first(self, data: bytes, at: int) -> int:
        """Take the first step of a record."""


class LineScanner(Scanner):
    """Finds the ends of lines."""

    def _first(self, data: bytes, at: int) -> int:
        newline = data.find(b"\n", at)
        self._ended = newline >= 0
        return newline if self._ended else len(data)


def end_of(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    """Return the end of the bytes that match `pattern` at `at`."""
    match = pattern.match(data, at)
    return match.end() if match else at
