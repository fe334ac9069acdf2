"""How the records of a JSON file are put together; its content tells, not its name. Pure."""

import re
from itertools import islice

from msgspec import structs

from ferry.errors import InvalidFile
from ferry.files.encoding import check_utf8
from ferry.files.entries import Entry, Layout, Shape, ignored_names
from ferry.files.json.reading import read
from ferry.files.json.scanning import TEXT, JsonScanner
from ferry.files.position import Position
from ferry.files.scanning import JSON_SPACE, end_of
from ferry.tables.schema import Schema
from ferry.tables.values import shown

_SPACE = re.compile(rb"[ \t\r\n]*+")
_MEMBER = re.compile(rb'"(objects|results)"[ \t\r\n]*+:[ \t\r\n]*+\Z')
_MEMBER_MAX_BYTES = 64
_OBJECTS_FOLLOW = re.compile(rb"[ \t\r\n]*+(?:[{\]]|\Z)")
_FIRST_RECORDS = 1000


def inspect(head: bytes, *, whole: bool, schema: Schema) -> Layout:
    """Return how the file's records are put together.

    Args:
        head: the first `HEAD_BYTES` of the file, or all of it (`whole`).
        schema: a field of it that is named ``objects`` or ``results`` belongs to a record.

    Raises:
        InvalidFile: the file is not UTF-8 text, begins with neither ``[`` nor ``{``, or is whole
            and none of its records can be read.

    """
    at = end_of(_SPACE, head, check_utf8(head, whole=whole))
    if at == len(head):
        raise InvalidFile("the file holds white space only")
    if head[at] not in b"[{":
        start = shown(head[at : at + 100].decode(errors="replace"))
        raise InvalidFile(f"JSON must begin with [ or {{; the file begins with {start}")
    shape, at = _shape(head, at, schema)
    layout = Layout(shape=shape, start=Position(at, 1 + head.count(b"\n", 0, at)))
    first = list(islice(read([head[at:]], layout, layout.start), _FIRST_RECORDS))
    if whole and first and all(entry.error for entry in first):
        raise InvalidFile(f"none of its records can be read; the first {first[0].error}")
    return structs.replace(layout, ignored=ignored_names(_unknown(first, schema)))


def _shape(head: bytes, at: int, schema: Schema) -> tuple[Shape, int]:
    """Return the shape, and where its first record can start."""
    if head.startswith(b"[", at):
        return Shape.ARRAY, at + 1
    scanner = JsonScanner()
    scanner.start()
    stop, ended = scanner.scan(head, at)
    alone = not ended or not head[stop:].strip(JSON_SPACE)
    member = _member_array(head, at, schema) if alone else None
    if member is not None:
        return Shape.MEMBER, member
    rest_of_line = head[stop:].partition(b"\n")[0]
    one_line = b"\n" not in head[at:stop].rstrip(JSON_SPACE)
    if ended and one_line and not rest_of_line.strip(JSON_SPACE):
        return Shape.LINES, at
    return Shape.OBJECTS, at


def _member_array(head: bytes, at: int, schema: Schema) -> int | None:
    """Return where the array of objects starts that is a member of the object at `at`."""
    depth = 0
    while (at := end_of(TEXT, head, at)) < len(head) and not head.startswith(b'"', at):
        if head[at] in b"}]":
            depth -= 1
        elif depth == 1 and _is_member_array(head, at, schema):
            return at + 1
        else:
            depth += 1
        if not depth:
            break
        at += 1
    return None


def _is_member_array(head: bytes, at: int, schema: Schema) -> bool:
    name = _MEMBER.search(head, max(0, at - _MEMBER_MAX_BYTES), at)
    return (
        name is not None
        and head.startswith(b"[", at)
        and name[1].decode() not in schema.names
        and _OBJECTS_FOLLOW.match(head, at + 1) is not None
    )


def _unknown(entries: list[Entry], schema: Schema) -> dict[str, None]:
    known = set(schema.columns)
    names = (name for entry in entries for name in entry.cells)
    return dict.fromkeys(name for name in names if name not in known)
