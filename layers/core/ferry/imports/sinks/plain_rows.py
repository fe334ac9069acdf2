"""Rows of a file for an attached table that are plainly right, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET, structs

from ferry.attached.keys import key_of
from ferry.aws.attributes import decode
from ferry.errors import InvalidRow
from ferry.files.entries import Layout, Shape
from ferry.imports.conflicts import CHANGING, Conflict
from ferry.imports.sinks.late_entries import LateEntry, late_entries
from ferry.tables.attachment import Attachment

if TYPE_CHECKING:
    from ferry.files.bulks import Bulk
    from ferry.files.format import Format
    from ferry.tables.schema import Field, Schema
    from ferry.tables.values import Value

_OTHERS: frozenset[Conflict] = frozenset({"merge", "delete"})
"""Modes in which a row is not what it would be as a new one."""


class PlainRow(msgspec.Struct, frozen=True):
    """A row that keeps all rules as a new row.

    Attributes:
        entry: where it comes from.
        key: its primary key.
        text: the JSON of its item, of those columns that count in the import's mode.

    """

    entry: LateEntry
    key: dict[str, Value]
    text: str


class PlainRows:
    """Reads bulks; what is not plainly right is left to the row rules.

    Args:
        file_format: of the file.
        layout: of the file.
        attached: the table.
        schema: of its rows.
        conflict: the import's mode.

    Attributes:
        takes_bulks: whether there is anything that it can read.
        may_be_new: whether the text of a row is all of the item that it becomes where there is
            none.

    """

    def __init__(
        self,
        file_format: Format,
        layout: Layout,
        attached: Attachment,
        schema: Schema,
        conflict: Conflict,
    ) -> None:
        self._format = file_format
        self._layout = layout
        self._attached = attached
        given = [field for field in schema.fields if field.name in layout.row_columns]
        # A row that changes another one says nothing of the columns that the file lacks.
        by_given = conflict in CHANGING and layout.shape is Shape.CSV
        names = {*layout.row_columns}
        others = [field for field in schema.fields if by_given and field.name not in names]
        self.may_be_new = not any(map(_says_something, others))
        counting = structs.replace(schema, fields=tuple(given)) if by_given else schema
        # Values that name their types are the row rules' to read.
        are_plain = conflict not in _OTHERS and not (layout.typed or layout.exact)
        self._texts = _writer(file_format, counting, layout) if are_plain else None
        self.takes_bulks = self._texts is not None
        self._primary = _primary_of(attached)

    def of(self, bulk: Bulk) -> list[PlainRow | None]:
        """Return the rows of a bulk, None for each that is not plainly right."""
        texts = self._texts(bulk.rows) if self._texts else [None] * len(bulk.rows)
        entries = late_entries(bulk, self._format, self._layout)
        return list(map(self._row, entries, texts))

    def _row(self, entry: LateEntry, text: str | None) -> PlainRow | None:
        if text is None:
            return None
        try:
            return PlainRow(entry, key_of(self._attached, self._primary(text)), text)
        except (InvalidRow, msgspec.DecodeError):
            return None


def _says_something(field: Field) -> bool:
    """Return whether a field has a say in rows that do not give it."""
    return field.constraints.required or field.default is not UNSET


def _writer(
    file_format: Format, schema: Schema, layout: Layout
) -> Callable[[Sequence[Any]], list[str | None]] | None:
    # Functions that only accept imports do without this import.
    from ferry.imports.row_texts.attached_texts import attached_writer

    return attached_writer(schema, layout) if file_format.bulks else None


def _primary_of(attached: Attachment) -> Callable[[str], dict[str, Value]]:
    """Return a reader of the primary key in an item's JSON, and of nothing else."""
    names = attached.keys
    fields = [(f"k{place}", dict[str, Any]) for place in range(len(names))]
    renamed = {f"k{place}": name for place, name in enumerate(names)}
    decoder = msgspec.json.Decoder(msgspec.defstruct("Primary", fields, rename=renamed, gc=False))

    def read(text: str) -> dict[str, Value]:
        found = structs.astuple(decoder.decode(text))
        return {name: decode(value) for name, value in zip(names, found, strict=True)}

    return read
