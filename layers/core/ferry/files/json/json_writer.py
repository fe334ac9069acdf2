"""Writes JSON files: one array with a record a line, or JSON Lines; UTF-8, no mark. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

import msgspec

from ferry.errors import InvalidRow
from ferry.files.entries import MAX_CUT_BYTES, Entry, Layout
from ferry.files.failures import added_names
from ferry.tables.cells import to_json
from ferry.tables.columns import Column, Nested, Numbers, Others, Texts
from ferry.tables.schema import POINTERS, Field, Schema
from ferry.tables.values import Value, parse_json


class Frame(NamedTuple):
    """The text around the records of a file, such as brackets and commas."""

    head: bytes
    before_first: bytes
    before_others: bytes
    behind_each: bytes
    tail: bytes
    tail_of_none: bytes


ARRAY = Frame(b"[", b"\n", b",\n", b"", b"\n]", b"]")
LINES = Frame(b"", b"", b"", b"\n", b"", b"")


class Framed:
    """Places records in a frame; see `format.Writer`."""

    def __init__(self, frame: Frame, rows_written: int) -> None:
        self.rows_written = rows_written
        self._frame = frame

    def head(self) -> bytes:
        """Return the file's beginning."""
        return self._frame.head

    def tail(self) -> bytes:
        """Return the file's end."""
        return self._frame.tail if self.rows_written else self._frame.tail_of_none

    def place(self, encoded: Sequence[bytes]) -> bytes:
        """Return records with what stands around them at this place of the file."""
        if not encoded:
            return b""
        frame = self._frame
        before = frame.before_others if self.rows_written else frame.before_first
        self.rows_written += len(encoded)
        between = frame.behind_each + frame.before_others
        return before + between.join(encoded) + frame.behind_each


class JsonWriter(Framed):
    """Writes a table's rows, every column in each, null where unset; see `format.Writer`.

    A member is named as its column is, whatever head the column has: programs read it.
    """

    def __init__(
        self,
        schema: Schema,
        *,
        frame: Frame,
        rows_written: int = 0,
        heads: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(frame, rows_written)
        self._columns = tuple(heads or schema.columns)
        self._fields = [cast("Field", schema.column(name)) for name in self._columns]
        self._pointers = [field for field in self._fields if field.type in POINTERS]
        names = {f"c{number}": name for number, name in enumerate(self._columns)}
        self._row: Any = msgspec.defstruct("Row", list(names), rename=names, gc=False)

    def encode(self, record: dict[str, Value]) -> bytes:
        """Return the row's object."""
        columns = {name: record.get(name) for name in self._columns}
        for field in self._pointers:
            columns[field.name] = to_json(columns[field.name], field)
        return _ENCODER.encode(columns)

    def encode_columns(self, columns: Sequence[Column]) -> list[bytes]:
        """Return the objects of many rows."""
        members = map(_members, columns, self._fields)
        return [_ENCODER.encode(row) for row in map(self._row, *members)]


class FailedJsonRows(Framed):
    """Writes the rows that failed; see `ferry.files.format.FailedRows`."""

    def __init__(
        self, layout: Layout, schema: Schema, *, frame: Frame, rows_written: int = 0
    ) -> None:
        super().__init__(frame, rows_written)
        self._taken = {*schema.names, *layout.columns}

    def row(self, entry: Entry, error: InvalidRow) -> bytes:
        """Return one row: the object as it was, with what is added in front.

        What is no readable object stands as text in a member of its own, ``original``.
        """
        names = added_names(self._taken.union(_names(entry)))
        added: dict[str, Value] = dict(zip(names, _reasons(entry, error), strict=True))
        if entry.error:
            added["original"] = entry.original[:MAX_CUT_BYTES].decode(errors="replace")
            return self.place([_ENCODER.encode(added)])
        members = entry.original.removeprefix(b"{").translate(_ONE_LINE)
        comma = b"" if members.strip() == b"}" else b","
        return self.place([_ENCODER.encode(added).removesuffix(b"}") + comma + members])


def _members(column: Column, field: Field) -> Sequence[Any]:
    """Return ``to_json(value)``, or its JSON text, for each value of the column."""
    match column:
        case Texts(texts):
            return texts
        case Numbers(texts):
            return [text and msgspec.Raw(text) for text in texts]
        case Nested(texts):
            return list(map(msgspec.Raw, texts))
        case Others(keys, values):
            members = {key: to_json(value, field) for key, value in values.items()}
            return [members[key] for key in keys]


def _names(entry: Entry) -> set[str]:
    """Return the names of the record's members; those of its row may stand deeper."""
    if entry.error:
        return set()
    return set(cast("dict[str, Value]", parse_json(entry.original.decode())))


def _reasons(entry: Entry, error: InvalidRow) -> tuple[int, str, str]:
    return entry.line, error.field, error.reason


_ENCODER = msgspec.json.Encoder(decimal_format="number")
_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")
"""In valid JSON a newline is white space between two tokens, never part of one."""
