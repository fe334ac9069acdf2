"""Compare values, for ``where`` and ``order_by``. Pure.

A value compares by its comparable form, which is what its type makes of it:

* string: its text, by code point
* integer, number: its exact value, one type with the other
* boolean: false before true
* date: the moment it names, whatever offset it is written with; without one it counts as UTC
* reference, pointer: the id alone
* object, file, geojson, array: the whole, keys in any order
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import msgspec

from ferry.tables.rules import rule
from ferry.tables.scalars import parsed_date
from ferry.tables.schema import Field, FieldType
from ferry.tables.typed_values import as_text
from ferry.tables.values import Value

type Comparable = str | int | Decimal | bytes

ORDERED = frozenset(
    {FieldType.STRING, FieldType.INTEGER, FieldType.NUMBER, FieldType.BOOLEAN, FieldType.DATE}
)
"""Types whose values have an order."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CANONICAL = msgspec.json.Encoder(decimal_format="number", order="deterministic", enc_hook=as_text)


def comparable(value: Value, field_type: FieldType) -> Comparable | None:
    """Return the comparable form of a stored value.

    None for one that is not of the type: rows may be older than the schema, or another program's.
    """
    return COMPARABLE[field_type](value)


def operand(value: Any, field_type: FieldType) -> Comparable:
    """Return the comparable form of what a caller compares a field of that type with.

    Raises:
        InvalidValue: it is not of the type.

    """
    # Asking for integers above 19.5 makes sense, storing 19.5 among them does not.
    kind = FieldType.NUMBER if field_type is FieldType.INTEGER else field_type
    kept = rule(Field(name="", type=kind)).from_json(value)
    return cast("Comparable", comparable(kept, kind))  # None is for values that break the rule


def canonical(value: Value) -> bytes:
    """Return JSON text that is the same for equal values."""
    return _CANONICAL.encode(value)


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Value) -> int | Decimal | None:
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def _boolean(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


def _moment(value: Value) -> int | None:
    try:
        moment = parsed_date(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if moment is None:
        return None
    # timestamp() is a float, and fails outside the years 1 to 9999 of the local time.
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND


def _id(value: Value) -> str | None:
    return _text(value.get("id") if isinstance(value, dict) else value)


def _whole(kind: type) -> Callable[[Value], bytes | None]:
    return lambda value: canonical(value) if isinstance(value, kind) else None


COMPARABLE: dict[FieldType, Callable[[Value], Comparable | None]] = {
    FieldType.STRING: _text,
    FieldType.INTEGER: _number,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _moment,
    FieldType.REFERENCE: _id,
    FieldType.POINTER: _id,
    FieldType.OBJECT: _whole(dict),
    FieldType.FILE: _whole(dict),
    FieldType.GEOJSON: _whole(dict),
    FieldType.ARRAY: _whole(list),
}
"""The comparable form by type, for those who look it up once for many values."""
