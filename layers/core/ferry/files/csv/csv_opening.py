"""The first lines of a delimited file, before its header. Pure."""

import re
from collections.abc import Iterator

from ferry.errors import InvalidFile
from ferry.files.likeness import misread
from ferry.files.position import Position
from ferry.files.transcoding import BOM
from ferry.tables.values import shown

_SAMPLE_BYTES = 64 * 1024
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


def check_encoding(head: bytes, encoding: str | None) -> None:
    """Raise InvalidFile if the text, decoded, does not seem to have been in that encoding."""
    if not encoding or head.startswith(BOM):
        return
    text = head[:_SAMPLE_BYTES].decode(errors="ignore")
    if misread(text, encoding):
        line = next((line for line in text.splitlines() if not line.isascii()), "")
        raise InvalidFile(
            f"the file does not seem to be text in {encoding}: read so, a line is {shown(line)}; "
            "send the encoding that it was saved in, such as encoding=windows-1252"
        )


def lines(head: bytes, at: Position) -> Iterator[tuple[int, str]]:
    """Yield the number and the text of each line from a position on."""
    offset, number = at.offset, at.line
    while offset < len(head):
        found = _LINE_END.search(head, offset)
        stop = found.start() if found else len(head)
        yield number, head[offset:stop].decode(errors="replace")
        offset, number = (found.end() if found else len(head)), number + 1
