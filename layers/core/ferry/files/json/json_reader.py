"""Reads JSON files, streamed: an array, objects one after the other, or one a line. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import structs

from ferry.errors import InvalidRow
from ferry.files.dynamodb.attribute_values import untyped
from ferry.files.dynamodb.item_changes import changed_row, deletes
from ferry.files.encoding import decode
from ferry.files.entries import Entry, Layout, Shape
from ferry.files.json.json_scanner import JsonScanner
from ferry.files.json.returned_json import returned_record
from ferry.files.json.wrapping import inside
from ferry.files.position import Position
from ferry.files.record_stream import RawRecord, RecordStream, entry
from ferry.files.scanning import LineScanner, Scanner
from ferry.tables.values import MAX_DEPTH, InvalidValue, parse_json, shown

_SPACE = re.compile(rb"[ \t\r\n]*+")
SCANNERS: dict[Shape, Callable[[], Scanner]] = {
    Shape.LINES: LineScanner,
    Shape.OBJECTS: JsonScanner,
    Shape.ARRAY: lambda: JsonScanner(closing=b"]"),
    Shape.MEMBER: lambda: JsonScanner(closing=b"]"),
}
"""The scanner of records for each shape of a file."""
_MOST_KEYS = 10
_DEPTH = MAX_DEPTH + 1
_TYPED_DEPTH = 2 * _DEPTH + 1
"""Of DynamoDB's JSON: each value is an object that names its type, and the row in one as well."""


def read(blocks: Iterable[bytes], layout: Layout, at: Position) -> Iterator[Entry]:
    """Yield the entries from the position `at` on; see `Format.read`.

    A file that is cut off, or goes on behind its array, ends in an error that says so.
    """
    scanner = SCANNERS[layout.shape]()
    records = RecordStream(blocks, at, scanner)
    members = members_reader(layout)
    for record in records:
        yield _entry(record, layout, members)
    if records.end.ended or not scanner.closing:
        return
    if not records.closed:
        fault = "the file is cut off: the ] behind the last row is missing"
        yield entry(records.rest(fault), members)
    elif layout.shape is Shape.ARRAY and records.skip(_SPACE):
        fault = "the file goes on behind the ] that ends its rows; what follows is not read"
        yield entry(records.rest(fault), members)


def members_reader(layout: Layout) -> Callable[[bytes], dict[str, Any]]:
    """Return a function that reads one record into ``{member: value}``; it may raise InvalidRow."""
    names = layout.names
    # Whether values name their types is not known before the first records are read.
    depth = _DEPTH if names.columns and not layout.typed else _TYPED_DEPTH

    def members(original: bytes) -> dict[str, Any]:
        row = inside(_object(returned_record(original, layout), depth), layout.inside)
        row = changed_row(row) if layout.changes else row
        row = untyped(row, exact=layout.exact) if layout.typed else row
        if layout.members:
            row = layout.members.row(row)
        if not names.columns:
            return row
        row = names.matched(row)
        if names.row.isdisjoint(row):
            raise InvalidRow("", f"has no column of the table; it has {named(row)}")
        return {**row, **layout.members.constants} if layout.members else row

    return members


def named(row: dict[str, Any]) -> str:
    """Return the names of an object's members, as the caller is shown them."""
    names = [shown(name) for name in list(row)[:_MOST_KEYS]]
    more = len(row) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "") if row else "no members"


def _entry(record: RawRecord, layout: Layout, members: Callable[[bytes], dict[str, Any]]) -> Entry:
    found = entry(record, members)
    try:
        # The row as it was goes into the next failed-rows file, without what the last one added.
        row = returned_record(record.original, layout)
    except InvalidRow:
        return found
    # Read once more, as before: another reader might not take what this one does.
    if layout.changes and not found.error and deletes(_object(row, _TYPED_DEPTH)):
        found = structs.replace(found, deleted=True)
    return found if row is record.original else structs.replace(found, original=row)


def _object(original: bytes, depth: int) -> dict[str, Any]:
    try:
        value = parse_json(decode(original), depth)
    except InvalidValue as error:
        raise InvalidRow("", str(error)) from error
    if not isinstance(value, dict):
        raise InvalidRow("", f'must be an object, such as {{"name":"a"}}; it is {shown(value)}')
    return value
