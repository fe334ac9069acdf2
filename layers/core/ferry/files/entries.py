"""The input and output of a file's reader: layouts and entries."""

from collections.abc import Collection
from enum import StrEnum
from itertools import islice
from typing import Any

import msgspec

from ferry.errors import InvalidRow
from ferry.files.csv.cell_conversions import CellConversion
from ferry.files.csv.dialect import COMMAS, Dialect
from ferry.files.csv.made_columns import MadeColumn
from ferry.files.json.member_mapping import MemberMapping
from ferry.files.json.member_names import MemberNames
from ferry.files.position import Position
from ferry.tables.schema import FieldType

HEAD_BYTES = 1024 * 1024
"""So much of a file is inspected before it is accepted."""

MAX_RECORD_BYTES = 4 * 1024 * 1024
"""A longer record is skipped without being held; DynamoDB takes 400 KB of one."""

MAX_CUT_BYTES = 64 * 1024
"""So much is kept of the text of a record that was skipped."""


class Shape(StrEnum):
    """The way that a file's records are separated and wrapped."""

    CSV = "csv"
    """A header line, then a record a line; a quoted cell may hold newlines (RFC 4180)."""
    LINES = "lines"
    """A JSON object a line."""
    ARRAY = "array"
    """JSON objects in one array."""
    MEMBER = "member"
    """JSON objects in an array that is a member of the one object in the file."""
    OBJECTS = "objects"
    """JSON objects one after the other, each over as many lines as it likes."""


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """The layout of a file, detected in its first block.

    Attributes:
        start: where the first record starts, or the white space before it.
        columns: for each cell of a row, in the file's order, the table's column that it belongs
            to, "" for none; none in a JSON file.
        heads: what the file calls those columns.
        ignored: columns that the table does not have, as the mail shall name them; see
            `ignored_names`. Of a JSON file those that its first records have.
        dialect: of delimited text.
        added: columns before those, which a failed-rows file has added.
        pads: rows with fewer cells than the header are padded.
        ids: a row's id is one of its values.
        converters: make of a cell what the row rules take, by place.
        made: columns that are made of others, or of nothing in the file.
        hints: the type of each column whose cells may lack an option, by place.
        inside: of JSON, where in a record its row is, see `ferry.files.json.wrapping`.
        typed: of JSON, its values name their types, as DynamoDB's do.
        exact: of such values, binary data and sets keep theirs, see `ferry.tables.typed_values`.
        changes: of JSON, its records are changes of an incremental export of DynamoDB's.
        names: of JSON, what the members of its rows may be called; nothing is a row without one.
        members: of JSON, which column of the table each member becomes; None for their names.
        skipped: how many rows without a value, and comments, a reading to the file's end has
            skipped; the reader notes it there as ``rows``.
        detected: what was found out about how the file is written, as a caller is told.

    """

    shape: Shape
    start: Position
    columns: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    dialect: Dialect = COMMAS
    heads: tuple[str, ...] = ()
    added: int = 0
    pads: bool = False
    ids: bool = False
    converters: tuple[tuple[int, CellConversion], ...] = ()
    made: tuple[MadeColumn, ...] = ()
    hints: tuple[tuple[int, FieldType], ...] = ()
    inside: tuple[str, ...] = ()
    typed: bool = False
    exact: bool = False
    changes: bool = False
    names: MemberNames = MemberNames()
    members: MemberMapping | None = None
    skipped: dict[str, int] = {}
    detected: dict[str, Any] = {}

    @property
    def row_columns(self) -> tuple[str, ...]:
        """The columns of a row's cells as it is read in bulk: the file's, and those in `made`."""
        return (*self.columns, *(made.name for made in self.made))

    @property
    def value_places(self) -> frozenset[int]:
        """The places of a row's values in the file: an id that is ignored makes no row."""
        named = (n for n, name in enumerate(self.columns) if name and (self.ids or name != "id"))
        return frozenset([*named, *(place for made in self.made for place in made.places)])


def note_skipped(layout: Layout, rows: int) -> None:
    """Note how many rows have been skipped up to the end of what was read."""
    layout.skipped["rows"] = max(rows, layout.skipped.get("rows", 0))


def ignored_names(names: Collection[str]) -> tuple[str, ...]:
    """Return `names` fit to be kept and shown: at most 100, a longer list ends in how many more."""
    shown = tuple(
        f"{name[:_NAME_CHARACTERS]}…" if len(name) > _NAME_CHARACTERS else name
        for name in islice(names, _NAMES_SHOWN)
    )
    more = len(names) - len(shown)
    return (*shown, f"… {more:,} more") if more else shown


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A record of a file, readable or not.

    Attributes:
        number: counts the records from 1, a CSV file's header not counted.
        line: the physical line on which the record starts.
        cells: the values by column, for the row rules of the file's format: of a CSV file the
            columns that the table has, of a JSON file the whole object. None are there where
            there is an error.
        error: why the record cannot be read, None if it can.
        original: its bytes as they stand in the file, without what ends or separates records.
        complete: False where `original` is only the record's beginning, `MAX_CUT_BYTES` of it.
        end: from where to read on.
        deleted: the record says that its row is deleted; the cells are what it was.

    """

    number: int
    line: int
    cells: dict[str, Any]
    error: InvalidRow | None
    original: bytes
    end: Position
    complete: bool = True
    deleted: bool = False


_NAMES_SHOWN = 100
_NAME_CHARACTERS = 64
