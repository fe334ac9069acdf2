"""``order_by``: in which order rows come (contracts 4 and 7).

Each row gets a key of bytes; rows in the order of their keys are in the order asked for. A key
can be written to a file, and any two can be compared, whatever the rows hold.

Within a column: first the rows without a value, then booleans, numbers and dates, text, the rest;
descending, all of that the other way round. Rows that tie come by creation second and id, in the
direction of the last column named. So turning every sign around turns the whole list around.

Text counts by its first 1024 characters, so that keys stay short. Pure.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import cast

import msgspec

from ferry.errors import Malformed
from ferry.tables.comparing import ORDERED
from ferry.tables.records import order_key
from ferry.tables.schema import Field, Schema
from ferry.tables.sortable import INVERTED, sortable
from ferry.tables.values import Value, shown

type Columns = Mapping[str, Value]

MAX_COLUMNS = 10

_MOST_CHARACTERS = 1024


class OrderKeys(msgspec.Struct, frozen=True):
    """The order of rows: called with a row's columns, it returns the row's key.

    Attributes:
        newest_first: for an order by creation alone, which storage streams as it is: True for
            descending, False for ascending. None where rows have to be sorted.

    """

    parts: tuple[Callable[[Columns], bytes], ...]
    newest_first: bool | None

    def __call__(self, columns: Columns) -> bytes:
        """Return the row's key; no two rows of a table have the same."""
        return b"".join([part(columns) for part in self.parts])


def order_keys(
    order_by: Iterable[str], schema: Schema, ties: Callable[[Columns], bytes] | None = None
) -> OrderKeys:
    """Return the order that column names ask for, each with ``-`` before it for descending.

    Args:
        order_by: the columns, the weightiest first; none for created_at ascending.
        schema: of the table whose rows are ordered.
        ties: gives the order of rows that tie, and of all where no column is named. None for that
            of creation.

    Raises:
        Malformed: a column is unknown, named twice, or of a type that has no order.

    """
    named = [(name.removeprefix("-"), name.startswith("-")) for name in order_by]
    if len(named) > MAX_COLUMNS:
        raise Malformed(f"order_by: at most {MAX_COLUMNS} columns")
    fields = [_sortable(name, schema) for name, _ in named]
    for number, (name, _) in enumerate(named):
        if name in dict(named[:number]):
            raise Malformed(f"order_by: {name} is a duplicate")
    descending = bool(named) and named[-1][1]
    parts = [_part(field, down) for field, (_, down) in zip(fields, named, strict=True)]
    if ties:
        return OrderKeys((*parts, _inverted(ties) if descending else ties), None)
    creation = [name for name, _ in named] in ([], ["created_at"])
    return OrderKeys((*parts, _creation(descending)), descending if creation else None)


def _sortable(name: str, schema: Schema) -> Field:
    field = schema.column(name)
    if field is None:
        raise Malformed(f"order_by: the table has no column {shown(name)}")
    if field.type not in ORDERED:
        raise Malformed(f"order_by: {name} is of type {field.type}, which has no order")
    return field


def _part(field: Field, descending: bool) -> Callable[[Columns], bytes]:
    def part(columns: Columns) -> bytes:
        value = columns.get(field.name)
        return sortable(value, field.type, most_characters=_MOST_CHARACTERS)

    return _inverted(part) if descending else part


def _creation(descending: bool) -> Callable[[Columns], bytes]:
    def part(columns: Columns) -> bytes:
        return order_key(cast("int", columns["created_at"]), cast("str", columns["id"])).encode()

    return _inverted(part) if descending else part


def _inverted(part: Callable[[Columns], bytes]) -> Callable[[Columns], bytes]:
    return lambda columns: part(columns).translate(INVERTED)
