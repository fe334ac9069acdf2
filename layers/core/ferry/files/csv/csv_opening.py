"""The first lines of a delimited file, before its header. Pure."""

import re
from collections.abc import Iterator

from ferry.errors import InvalidFile
from ferry.files.position import Position

_LINE = re.compile(rb"[^\r\n]*+")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_DECLARED = re.compile(rb'"?sep=(?:(.)|)"?[,;\t ]*+', re.IGNORECASE)
"""A line by which a file gives Excel its delimiter."""


def declared_delimiter(head: bytes, start: int) -> str:
    """Return the delimiter that the first line declares, as ``sep=;`` does, "" if none does."""
    line = _LINE.match(head, start)
    found = _DECLARED.fullmatch(line[0]) if line else None
    return (found[1] or b"").decode("ascii", "ignore") if found else ""


def line_of(head: bytes, start: int, number: int) -> Position:
    """Return the position of a line; the first line is 1.

    Raises:
        InvalidFile: the file has no such line, or not in its first part.

    """
    at = start
    for _ in range(number - 1):
        found = _LINE_END.search(head, at)
        if found is None or found.end() == len(head):
            raise InvalidFile(f"the file has no line {number} that could name its columns")
        at = found.end()
    return Position(offset=at, line=number)


def lines(head: bytes, at: Position) -> Iterator[tuple[int, str]]:
    """Yield the number and the text of each line from a position on."""
    offset, number = at.offset, at.line
    while offset < len(head):
        found = _LINE_END.search(head, offset)
        stop = found.start() if found else len(head)
        yield number, head[offset:stop].decode(errors="replace")
        offset, number = (found.end() if found else len(head)), number + 1
