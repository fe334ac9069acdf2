"""Replies over HTTP, and their absence."""

from typing import NamedTuple


class HttpReply(NamedTuple):
    """An answer: its status, its header lines and its body."""

    status: int
    headers: list[bytes]
    body: bytes

    def header(self, name: bytes) -> str:
        """Return the value of a header, named in lower case, "" if there is none."""
        end = len(name)
        for line in self.headers:
            # Most lines are told by the place of their colon.
            if line.find(b":", 0, end + 1) == end and line[:end].lower() == name:
                return line[end + 1 :].strip().decode("latin-1")
        return ""


class Lost(NamedTuple):
    """A request without an answer, and what libcurl says of it."""

    reason: str
