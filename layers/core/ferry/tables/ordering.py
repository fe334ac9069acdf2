r"""``order_by``: in which order rows come (contracts 4 and 7). Pure.

Each row gets a key of bytes; rows in the order of their keys are in the order asked for. A key
can be written to a file, and any two can be compared, whatever the rows hold.

Within a column: first the rows without a value, then booleans, numbers and dates, text, the rest;
descending, all of that the other way round. Rows that tie come by creation second and id, in the
direction of the last column named. So turning every sign around turns the whole list around.

A column's part of the key ends where it says itself, so that parts can follow one another:

* nothing: ``00``
* a boolean: ``01``, then 00 or 01
* a number: ``02``, its sign, and, unless zero, its magnitude in tens, its digits and ``00``;
  below zero all bytes after the sign are inverted
* text: ``03``, its UTF-8 with each 00 as ``00 ff``, then ``00 00``
* anything else: ``04``, then its canonical JSON as text
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, cast

import msgspec

from ferry.errors import Malformed
from ferry.tables.comparing import COMPARABLE, ORDERED, canonical
from ferry.tables.records import order_key
from ferry.tables.schema import Field, Schema
from ferry.tables.values import Value, shown

type Columns = Mapping[str, Value]

MAX_COLUMNS = 10

_INVERTED = bytes(range(255, -1, -1))
_MAGNITUDE_OFFSET = 0x8000


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


def order_keys(order_by: Iterable[str], schema: Schema) -> OrderKeys:
    """Return the order that column names ask for, each with ``-`` before it for descending.

    Args:
        order_by: the columns, the weightiest first; none for created_at ascending.
        schema: of the table whose rows are ordered.

    Raises:
        Malformed: a column is unknown, named twice, or of a type that has no order.

    """
    named = [(name.removeprefix("-"), name.startswith("-")) for name in order_by]
    if len(named) > MAX_COLUMNS:
        raise Malformed(f"order_by: at most {MAX_COLUMNS} columns")
    fields = [_sortable(name, schema) for name, _ in named]
    for number, (name, _) in enumerate(named):
        if name in dict(named[:number]):
            raise Malformed(f"order_by: {name} stands twice")
    descending = bool(named) and named[-1][1]
    parts = [_part(field, down) for field, (_, down) in zip(fields, named, strict=True)]
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
    name, form = field.name, COMPARABLE[field.type]

    def part(columns: Columns) -> bytes:
        value = columns.get(name)
        found = form(value)
        return _bytes_of(value if found is None else found)

    return _inverted(part) if descending else part


def _creation(descending: bool) -> Callable[[Columns], bytes]:
    def part(columns: Columns) -> bytes:
        return (order_key(cast("int", columns["created_at"])) + cast("str", columns["id"])).encode()

    return _inverted(part) if descending else part


def _inverted(part: Callable[[Columns], bytes]) -> Callable[[Columns], bytes]:
    return lambda columns: part(columns).translate(_INVERTED)


def _bytes_of(value: Any) -> bytes:
    match value:
        case None:
            return b"\x00"
        case bool():
            return b"\x01\x01" if value else b"\x01\x00"
        case int() | Decimal():
            return b"\x02" + _number(value)
        case str():
            return b"\x03" + _text(value.encode())
        case _:
            return b"\x04" + _text(canonical(value))


def _number(value: int | Decimal) -> bytes:
    if not value:
        return b"\x01"
    exact = Decimal(value)
    _, digits, _ = exact.as_tuple()
    magnitude = (exact.adjusted() + _MAGNITUDE_OFFSET).to_bytes(2)
    size = magnitude + "".join(map(str, digits)).rstrip("0").encode() + b"\x00"
    return b"\x02" + size if exact > 0 else b"\x00" + size.translate(_INVERTED)


def _text(utf8: bytes) -> bytes:
    return utf8.replace(b"\x00", b"\x00\xff") + b"\x00\x00"
