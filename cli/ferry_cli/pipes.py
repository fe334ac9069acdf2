"""Standard output, and how many bytes have gone there."""

import os
import select
import signal
from typing import IO

STDOUT = "-"

_AT_ONCE = getattr(select, "PIPE_BUF", 512)
"""A pipe that can be written to takes so many bytes without making us wait (POSIX, `write`)."""


class Pipe:
    """Writes so that `at`, at Ctrl-C as well, says exactly where another run has to go on.

    Attributes:
        at: the bytes that are out, those before this run included.

    """

    def __init__(self, stream: IO[bytes], at: int = 0) -> None:
        stream.flush()
        self._stream = stream
        self.at = at

    def write(self, content: bytes) -> None:
        """Write all of it."""
        number = _file_number(self._stream)
        if number is None:
            self._stream.write(content)
            self._stream.flush()
            self.at += len(content)
            return
        rest = memoryview(content)
        while rest:
            select.select([], [number], [])  # whoever interrupts does so here
            rest = rest[self._write_some(number, rest[:_AT_ONCE]) :]

    def _write_some(self, number: int, some: memoryview) -> int:
        """Write and count, with no interruption between them."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            written = os.write(number, some)
            self.at += written
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        return written


def _file_number(stream: IO[bytes]) -> int | None:
    """Return the stream's number, None where it has none, or signals cannot be held back."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        return None
    try:
        return stream.fileno()
    except OSError:  # in memory
        return None
