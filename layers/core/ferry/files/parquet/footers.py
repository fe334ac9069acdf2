"""The footer of a Parquet file that comes in: checked, and cut to the row groups to be read. Pure.

The library that reads the file sees a footer of ours: what the file says of itself beyond its
columns and row groups, such as a schema of Arrow's, is left out.
"""

from collections.abc import Iterator
from struct import unpack
from typing import BinaryIO, NamedTuple

from ferry.errors import InvalidFile
from ferry.files.parquet import MAGIC
from ferry.files.parquet.compact import (
    LIST,
    STRUCT,
    CompactReader,
    FieldValue,
    FoundField,
    ThriftError,
    list_head,
    struct,
)

MOST_FOOTER_BYTES = 16 * 1024 * 1024
"""Some 100,000 column chunks; it is read before anything else of the file."""

MOST_COLUMNS = 2_000
"""Each is a member of every row, and a table has 500 fields."""

JSON, UUID = 12, 14
"""Logical types (parquet.thrift, LogicalType)."""

_END_BYTES = 8
_ENCRYPTED = b"PARE"
_SCHEMA, _ROW_GROUPS, _KEPT = 2, 4, frozenset({1, 2, 3, 4, 6, 7})
_BYTES, _ROWS = 2, 3
_NAME, _CHILDREN, _CONVERTED, _LOGICAL = 4, 5, 6, 10
_CONVERTED_JSON = 19


class Remainder(NamedTuple):
    """The part of a file that is left to read.

    Attributes:
        body: where the row groups end, and the footer for them is to stand.
        footer: it, with its length and the magic.
        skip: rows of the first row group that are not to be read.
        row_bytes: of a row on average, in the row group where it has most.
        rows: in the row groups.
        logical: the columns of the logical types JSON and UUID, which the library does not tell.

    """

    body: int
    footer: bytes
    skip: int
    row_bytes: int
    rows: int
    logical: dict[str, int]


class _Group(NamedTuple):
    found: FoundField
    rows: int
    size: int


def remainder(file: BinaryIO, before: int) -> Remainder:
    """Return the part of a file behind its first `before` rows.

    Raises:
        InvalidFile: it is no Parquet file, or is cut off, damaged or encrypted.

    """
    body, data = _footer(file)
    try:
        return _cut(body, data, before)
    except ThriftError as error:
        raise InvalidFile(f"the Parquet file is damaged: in its footer, {error}") from error


def _footer(file: BinaryIO) -> tuple[int, bytes]:
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(len(MAGIC))
    file.seek(max(0, size - _END_BYTES))
    end = file.read()
    if _ENCRYPTED in {start, end[-4:]}:
        raise InvalidFile("the Parquet file is encrypted; write it without encryption")
    if start != MAGIC:
        raise InvalidFile("the file is no Parquet file: it does not begin with PAR1")
    if len(end) < _END_BYTES or end[-4:] != MAGIC:
        raise InvalidFile("the Parquet file is cut off: it does not end with PAR1; send it again")
    length: int = unpack("<I", end[:4])[0]
    if length > MOST_FOOTER_BYTES:
        raise InvalidFile(
            f"the Parquet file's footer has {length:,} bytes, more than the {MOST_FOOTER_BYTES:,} "
            "that are read; write it with larger row groups, or as several files"
        )
    body = size - _END_BYTES - length
    if body < len(MAGIC):
        raise InvalidFile("the Parquet file is damaged: its footer is longer than the file")
    file.seek(body)
    return body, file.read(length)


def _cut(body: int, data: bytes, before: int) -> Remainder:
    reader = CompactReader(data)
    fields = {found.number: found for found in reader.fields() if found.number in _KEPT}
    if not {_SCHEMA, _ROW_GROUPS} <= fields.keys() or not all(
        fields[number].kind == LIST for number in (_SCHEMA, _ROW_GROUPS)
    ):
        raise ThriftError("the schema or the row groups are missing")
    groups = [_group(reader, found) for found in reader.elements(fields[_ROW_GROUPS].start)]
    skip, rest = before, groups
    while rest and rest[0].rows <= skip:
        skip -= rest[0].rows
        rest = rest[1:]
    values: dict[int, FieldValue] = {
        number: (found.kind, data[found.start : found.end])
        for number, found in sorted(fields.items())
    }
    spans = b"".join(data[group.found.start : group.found.end] for group in rest)
    values[_ROW_GROUPS] = LIST, list_head(STRUCT, len(rest)) + spans
    _, made = struct(values)
    return Remainder(
        body=body,
        footer=made + len(made).to_bytes(4, "little") + MAGIC,
        skip=skip,
        row_bytes=max((group.size // max(group.rows, 1) for group in rest), default=0),
        rows=sum(group.rows for group in groups),
        logical=dict(_logical_types(reader, fields[_SCHEMA])),
    )


def _logical_types(reader: CompactReader, schema: FoundField) -> Iterator[tuple[str, int]]:
    """Yield the names and types of columns that are JSON or UUID, those within others aside."""
    # The elements are those of a tree, depth first, and each says how many children it has.
    columns, left = 0, list[int]()
    for found in reader.elements(schema.start):
        element = {field.number: field for field in reader.fields(found.start)}
        while left and not left[-1]:
            left.pop()
        if left:
            left[-1] -= 1
        if len(left) == 1:
            columns += 1
            if logical := _logical_type(reader, element):
                yield reader.text(element[_NAME]), logical
        if _CHILDREN in element:
            left.append(reader.integer(element[_CHILDREN].start)[0])
    if columns > MOST_COLUMNS:
        raise InvalidFile(
            f"the Parquet file has {columns:,} columns, more than the {MOST_COLUMNS:,} that are "
            "read; leave out those that the table does not have"
        )


def _logical_type(reader: CompactReader, element: dict[int, FoundField]) -> int:
    if _NAME not in element:
        raise ThriftError("a column has no name")
    if _LOGICAL in element:
        kinds = (field.number for field in reader.fields(element[_LOGICAL].start))
        return next((kind for kind in kinds if kind in {JSON, UUID}), 0)
    converted = element.get(_CONVERTED)
    is_json = converted and reader.integer(converted.start)[0] == _CONVERTED_JSON
    return JSON if is_json else 0


def _group(reader: CompactReader, found: FoundField) -> _Group:
    numbers = {
        field.number: reader.integer(field.start)[0]
        for field in reader.fields(found.start)
        if field.number in {_BYTES, _ROWS}
    }
    rows, size = numbers.get(_ROWS, -1), numbers.get(_BYTES, 0)
    if rows < 0:
        raise ThriftError("a row group has no number of rows")
    return _Group(found, rows, max(size, 0))
