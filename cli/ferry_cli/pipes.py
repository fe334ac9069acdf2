"""Standard output, and how many bytes have gone there."""

from typing import IO

STDOUT = "-"


class Pipe:
    """Writes each byte at once, so that `at` says where another run has to go on.

    Attributes:
        at: the bytes that are out, those before this run included.

    """

    def __init__(self, stream: IO[bytes], at: int = 0) -> None:
        stream.flush()
        # Of a buffered stream nobody can tell how much of it a reader has got.
        self._stream = getattr(stream, "raw", stream)
        self.at = at

    def write(self, content: bytes) -> None:
        """Write all of it; a pipe may take a part at a time."""
        rest = memoryview(content)
        while rest:
            written = self._stream.write(rest)
            self.at += written
            rest = rest[written:]
