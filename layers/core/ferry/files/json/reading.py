"""Reads JSON files, streamed: an array, objects one after the other, or one a line. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ferry.errors import InvalidRow
from ferry.files.encoding import decode
from ferry.files.entries import Entry, Layout, Shape
from ferry.files.json.scanning import JsonScanner
from ferry.files.position import Position
from ferry.files.records import Records, entries, entry
from ferry.files.scanning import LineScanner, Scanner
from ferry.tables.values import InvalidValue, parse_json, shown

_SPACE = re.compile(rb"[ \t\r\n]*+")
_SCANNERS: dict[Shape, Callable[[], Scanner]] = {
    Shape.LINES: LineScanner,
    Shape.OBJECTS: JsonScanner,
    Shape.ARRAY: lambda: JsonScanner(closing=b"]"),
    Shape.MEMBER: lambda: JsonScanner(closing=b"]"),
}


def read(blocks: Iterable[bytes], layout: Layout, at: Position) -> Iterator[Entry]:
    """Yield the entries from the position `at` on; see `Format.read`.

    A file that is cut off, or goes on behind its array, ends in an error that says so.
    """
    scanner = _SCANNERS[layout.shape]()
    records = Records(blocks, at, scanner)
    yield from entries(records, members)
    if records.end.ended or not scanner.closing:
        return
    if not records.closed:
        fault = "the file is cut off: the ] behind the last row is missing"
        yield entry(records.rest(fault), members)
    elif layout.shape is Shape.ARRAY and records.skip(_SPACE):
        fault = "the file goes on behind the ] that ends its rows; what follows is not read"
        yield entry(records.rest(fault), members)


def members(original: bytes) -> dict[str, Any]:
    """Return the members of one record, or raise InvalidRow."""
    try:
        value = parse_json(decode(original))
    except InvalidValue as error:
        raise InvalidRow("", str(error)) from error
    if not isinstance(value, dict):
        raise InvalidRow("", f'must be an object, such as {{"name":"a"}}; it is {shown(value)}')
    return value
