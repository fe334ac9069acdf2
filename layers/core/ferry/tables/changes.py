"""The changes that a row of a file makes to an existing row. Pure.

Source: contract tables#imports, upsert.

The columns that the file gives are set, or unset where they are empty; all others stay.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import structs

from ferry.tables.records import ORDER, order_key
from ferry.tables.rows import Row, RowRules
from ferry.tables.schema import Schema
from ferry.tables.values import Value

type ReadRow = Callable[[dict[str, Any]], Row]


class Changes(msgspec.Struct, frozen=True):
    """The changes to a row: attributes to set, and attributes to remove."""

    values: dict[str, Value]
    gone: tuple[str, ...]


class ChangeRules:
    """The rules of one schema for rows that are there already.

    A field's default applies where the file gives the field and leaves it empty, and a required
    one must not be emptied; what the file does not give is not asked about.

    Args:
        schema: of the table.
        rows: what makes a file format's reader of rules, as `Format.rows`.

    """

    def __init__(self, schema: Schema, rows: Callable[[RowRules], ReadRow]) -> None:
        self._schema = schema
        self._rows = rows
        # A CSV file gives the same columns in every row, a JSON file may not.
        self._reader = lru_cache(64)(self._reader_for)

    def changes(self, record_id: str, cells: dict[str, Any], *, now: int) -> Changes:
        """Return the changes that the row makes; `now`, Unix seconds, is when it was updated.

        Raises:
            InvalidRow: a column breaks its rule.

        """
        given = frozenset(cells.keys() & set(self._schema.names))
        row = self._reader(given)(cells)
        gone = tuple(sorted(given - row.fields.keys()))
        if not self._schema.built_in:
            return Changes(row.fields, gone)
        built_in: dict[str, Any] = {"updated_at": now, **row.given}
        built_in.pop("id", None)
        if "created_at" in built_in:
            order = order_key(built_in["created_at"], record_id)
            if order == record_id:
                gone = (*gone, ORDER)
            else:
                built_in[ORDER] = order
        return Changes({**row.fields, **built_in}, gone)

    def _reader_for(self, given: frozenset[str]) -> ReadRow:
        fields = tuple(field for field in self._schema.fields if field.name in given)
        return self._rows(RowRules(structs.replace(self._schema, fields=fields)))
