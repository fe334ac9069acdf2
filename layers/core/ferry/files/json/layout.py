"""The layout of a JSON file, detected in its content and not by its name. Pure."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

from msgspec import structs

from ferry.errors import InvalidFile, InvalidRow
from ferry.files.dynamodb.attribute_values import is_typed
from ferry.files.dynamodb.item_changes import are_changes, changed_row
from ferry.files.encoding import check_utf8
from ferry.files.entries import Entry, Layout, Shape, ignored_names
from ferry.files.headings import IDS_IGNORED, visible
from ferry.files.json.foreign import what_it_is
from ferry.files.json.json_reader import SCANNERS, read
from ferry.files.json.json_scanner import JsonScanner
from ferry.files.json.member_mapping import check_members, member_mapping
from ferry.files.json.member_names import MemberNames
from ferry.files.json.members import MemberArray, member_arrays
from ferry.files.json.returned_json import added_members
from ferry.files.json.wrapping import inside, wrapped_alone, wrapper
from ferry.files.mapping import sources
from ferry.files.options import AS_WRITTEN, ReadingOptions
from ferry.files.position import Position
from ferry.files.record_stream import RecordStream
from ferry.files.scanning import JSON_SPACE, end_of
from ferry.tables.schema import Schema
from ferry.tables.values import shown

_SPACE = re.compile(rb"[ \t\r\n]*+")
_OURS = ("objects", "results")
"""Where lists of our own API, and of others like it, have their rows."""

_USUAL = (*_OURS, "items", "data", "records", "rows")
"""Members, in any case, that hold a document's rows where it has no columns itself."""

_OBJECTS_FOLLOW = re.compile(rb"[ \t\r\n]*+(?:[{\]]|\Z)")
_FIRST_RECORDS = 1000
_BETWEEN = "[]"
_MOST_RENAMED = 100
_MOST_RAW = 500


def inspect(
    head: bytes,
    *,
    whole: bool,
    schema: Schema,
    options: ReadingOptions = AS_WRITTEN,
    typed: bool = False,
    lines: bool = False,
) -> Layout:
    """Detect how the file's records are separated and wrapped.

    Args:
        head: the first `HEAD_BYTES` of the file, or all of it (`whole`).
        schema: what columns the table has.
        options: may name the member that holds the rows.
        typed: values are expected to name their types, as DynamoDB's do.
        lines: each line is known to be a row.

    Raises:
        InvalidFile: the file is not UTF-8 text, begins with neither ``[`` nor ``{``, or is whole
            and none of its records can be read; none of its first records has a column of the
            table.

    """
    at = end_of(_SPACE, head, check_utf8(head, whole=whole))
    if at == len(head):
        raise InvalidFile("the file holds white space only")
    if head[at] not in b"[{":
        start = shown(head[at : at + 100].decode(errors="replace"))
        raise InvalidFile(f"JSON must begin with [ or {{; the file begins with {start}")
    around, within = _asked(options)
    shape, at, path = (Shape.LINES, at, ()) if lines else _shape(head, at, schema, around)
    layout = Layout(shape=shape, start=Position(at, 1 + head.count(b"\n", 0, at)))
    first = list(islice(read([head[at:]], layout, layout.start), _FIRST_RECORDS))
    # Otherwise every record would come back as failed, with the same reason.
    if whole and first and all(entry.error for entry in first):
        raise InvalidFile(f"none of its records can be read; the first {first[0].error}")
    names, mapping = MemberNames.of(schema, ids=options.id_as_key), options.mapping
    columns = names.also(sources(mapping))
    seen, changes = _changed(_records(first), columns, within)
    within, typed = _wrapped(seen, columns, within, typed=typed)
    # The rows of attached tables are DynamoDB's own: their values keep their types.
    exact = typed and not schema.built_in
    layout = structs.replace(layout, inside=within, typed=typed, exact=exact, changes=changes)
    if mapping:
        unmapped = read([head[at:]], layout, layout.start)
        check_members(mapping, _records(list(islice(unmapped, _FIRST_RECORDS))))
    layout = structs.replace(layout, names=names, members=member_mapping(mapping, schema))
    rows = list(islice(read([head[at:]], layout, layout.start), _FIRST_RECORDS))
    found = _records(rows)
    if not found and _records(first):
        raise InvalidFile(what_it_is(_records(first), shape, schema))
    told = _told(layout, path, options, _added(head[at:], layout))
    if headers := _renamed(seen, layout):
        told["headers"] = headers
    if not options.id_as_key and schema.built_in and any("id" in row for row in found):
        told["ids"] = IDS_IGNORED
    return structs.replace(
        layout,
        ignored=ignored_names(_unknown(found, schema)),
        detected=told,
    )


def raw_names(head: bytes, options: ReadingOptions) -> tuple[tuple[str, ...], ReadingOptions]:
    """Return the names of the first records' members where no table says which to expect.

    Raises:
        InvalidFile: the file is not UTF-8 text, or holds no record.

    """
    at = end_of(_SPACE, head, check_utf8(head, whole=False))
    around, within = _asked(options)
    shape, at, _ = _shape(head, at, Schema(), around)
    start = Position(at, 1 + head.count(b"\n", 0, at))
    layout = Layout(shape=shape, start=start, inside=within)
    records = _records(list(islice(read([head[at:]], layout, start), _FIRST_RECORDS)))
    if not records:
        raise InvalidFile("none of its records can be read; JSON rows are objects")
    if not within and (wrapped := wrapped_alone(records)):
        records = [record[wrapped] for record in records]
    names = dict.fromkeys(name for record in records for name in record)
    return tuple(names)[:_MOST_RAW], options


def _asked(options: ReadingOptions) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """Return the paths to the array, None if it is not named, and within each record."""
    if not options.records:
        return None, ()
    around, _, within = options.records.partition(_BETWEEN)
    return tuple(filter(None, around.split("."))), tuple(filter(None, within.split(".")))


def _shape(
    head: bytes, at: int, schema: Schema, around: tuple[str, ...] | None
) -> tuple[Shape, int, tuple[str, ...]]:
    """Return the shape, where its first record can start, and the path to it."""
    if around:
        found = next((one for one in member_arrays(head, at) if one.path == around), None)
        if found is None:
            raise InvalidFile(f"records: the file has no list {'.'.join(around)} in its first part")
        return Shape.MEMBER, found.start, found.path
    if head.startswith(b"[", at):
        return Shape.ARRAY, at + 1, ()
    scanner = JsonScanner()
    scanner.start()
    stop, ended = scanner.scan(head, at)
    alone = not ended or not head[stop:].strip(JSON_SPACE)
    if alone and around is None and (member := _member_array(head, at, schema)):
        return Shape.MEMBER, member.start, member.path
    rest_of_line = head[stop:].partition(b"\n")[0]
    one_line = b"\n" not in head[at:stop].rstrip(JSON_SPACE)
    # A complete object alone on its line: JSON Lines, whatever the file is called.
    if ended and one_line and not rest_of_line.strip(JSON_SPACE):
        return Shape.LINES, at, ()
    return Shape.OBJECTS, at, ()


def _member_array(head: bytes, at: int, schema: Schema) -> MemberArray | None:
    """Return the array of objects that is a member of the object at `at` and may be its rows."""
    for found in member_arrays(head, at):
        name = found.path[-1] if len(found.path) == 1 else ""
        if (
            name.lower() in _USUAL
            and name not in schema.names
            and _OBJECTS_FOLLOW.match(head, found.start)
        ):
            return found
    return None


def _changed(
    records: list[dict[str, Any]], names: MemberNames, within: tuple[str, ...]
) -> tuple[list[dict[str, Any]], bool]:
    """Return the records, and whether they are changes; then what each has of its row."""
    if within or any(map(names.is_row, records)) or not are_changes(records):
        return records, False
    return list(map(changed_row, records)), True


def _wrapped(
    records: Sequence[dict[str, Any]], names: MemberNames, within: tuple[str, ...], *, typed: bool
) -> tuple[tuple[str, ...], bool]:
    """Detect where the row is in each record, and whether its values name their types."""
    if not within and not any(map(names.is_row, records)):
        within = wrapper(records, names)
    try:
        rows = [inside(record, within) for record in records]
    except InvalidRow:
        rows = []
    return within, is_typed(rows, expected=typed)


def _renamed(records: Sequence[dict[str, Any]], layout: Layout) -> dict[str, str]:
    """Collect the names that are a column's but for case or what is around them."""
    renamed: dict[str, str] = {}
    for record in records:
        try:
            members = inside(record, layout.inside)
        except InvalidRow:
            continue
        mapped = layout.members.taken if layout.members else frozenset()
        for name in members.keys() - layout.names.columns - mapped:
            column = layout.names.column(name)
            if column and column not in members:
                renamed[visible(name)] = column
    return dict(islice(sorted(renamed.items()), _MOST_RENAMED))


def _told(
    layout: Layout, path: tuple[str, ...], options: ReadingOptions, added: list[str]
) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if layout.inside:
        told["records"] = f"{'.'.join(path)}{_BETWEEN}.{'.'.join(layout.inside)}"
    elif path and path[-1] not in _OURS and not options.records:
        told["records"] = ".".join(path)
    if added:
        told["failed_rows"] = added
    if layout.typed:
        told["values"] = "DynamoDB JSON, changes" if layout.changes else "DynamoDB JSON"
    return told


def _added(first: bytes, layout: Layout) -> list[str]:
    """Return the members that a failed-rows file has added to the first records, none if not."""
    scanner = SCANNERS[layout.shape]()
    records = islice(RecordStream([first], layout.start, scanner), _FIRST_RECORDS)
    return next(filter(None, (added_members(one.original, layout) for one in records)), [])


def _records(entries: list[Entry]) -> list[dict[str, Any]]:
    return [entry.cells for entry in entries if not entry.error]


def _unknown(rows: list[dict[str, Any]], schema: Schema) -> dict[str, None]:
    known = set(schema.columns)
    names = (name for row in rows for name in row)
    return dict.fromkeys(visible(name) for name in names if name not in known)
