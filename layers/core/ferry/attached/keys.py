"""Rows of attached tables: their keys, when they were created, and their order. Pure."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from ferry.errors import InvalidRow
from ferry.tables.attachment import Attachment, Creation
from ferry.tables.comparing import comparable
from ferry.tables.schema import FieldType, Schema
from ferry.tables.sortable import sortable
from ferry.tables.values import Value

type Columns = Mapping[str, Value]
type Microseconds = int | Decimal

_MICROSECONDS = {"seconds": 1_000_000, "milliseconds": 1000}
_KEY_BYTES = (2048, 1024)
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""


def key_of(attached: Attachment, columns: Columns) -> dict[str, Value]:
    """Return the row's primary key.

    Raises:
        InvalidRow: DynamoDB takes no such key.

    """
    key = {name: columns[name] for name in attached.keys}
    for (name, value), most in zip(key.items(), _KEY_BYTES, strict=False):
        if isinstance(value, str) and not 0 < len(value.encode()) <= most:
            raise InvalidRow(name, f"must have 1 to {most} bytes: it is a key")
    return key


def created(creation: Creation, columns: Columns) -> Microseconds | None:
    """Return the row's creation, Unix seconds; None where the row does not say."""
    value = columns.get(creation.attribute)
    if creation.unit == "iso8601":
        return comparable(value, FieldType.DATE)  # type: ignore[return-value]  # a date is a number
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return value * _MICROSECONDS[creation.unit]


def row_order(attached: Attachment, schema: Schema) -> Callable[[Columns], bytes]:
    """Return the sort key of rows: creation, if that is known, then the key.

    The keys that it returns are bytes, and no two rows have the same.
    """
    types = {field.name: field.type for field in schema.fields}
    creation = attached.created_at

    def order(columns: Columns) -> bytes:
        moment = created(creation, columns) if creation else None
        parts = [sortable(columns.get(name), types[name]) for name in attached.keys]
        return b"".join([sortable(moment, FieldType.NUMBER), *parts])

    return order


def bounds(creation: Creation, start: int | None, end: int | None) -> tuple[Value, Value]:
    """Return the least and the greatest value that the creation attribute can have in a window.

    Rows outside of the window may lie between them: text has offsets, and only days are compared.
    """
    if creation.unit == "iso8601":
        return _day(start, -1) or "0000", _day(end, 2) or "9999-99"
    scale = _MICROSECONDS["seconds"] // _MICROSECONDS[creation.unit]
    return -_FAR if start is None else start * scale, _FAR if end is None else end * scale


_FAR = 10**30
"""No creation time is as far from 1970, in any unit."""


def _day(second: int | None, later: int) -> str:
    """Return the day so many days after that of the Unix second; "" if there is none."""
    if second is None:
        return ""
    try:
        return (datetime.fromtimestamp(second, UTC) + timedelta(days=later)).date().isoformat()
    except (OverflowError, ValueError):
        return ""
