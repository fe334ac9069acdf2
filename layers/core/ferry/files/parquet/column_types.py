"""The columns of an exported Parquet file: what each holds, and how that is encoded. Pure.

A column's type follows from the table's schema alone, so that every export of a table has the same
columns. What such a column cannot hold exactly is refused: nothing is rounded.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from struct import error as StructError  # noqa: N812 - it is an exception
from struct import pack
from typing import Any

import msgspec

from ferry.errors import DoesNotFit
from ferry.files.parquet.compact import FieldValue, boolean, i32, struct, text
from ferry.tables.schema import NESTED, POINTERS, Field, FieldType
from ferry.tables.values import shown

DECIMAL_DIGITS = 38
"""Of a decimal column: what DynamoDB's numbers have at most, and Spark's and DuckDB's decimals."""

_BOOLEAN, _INT64, _DOUBLE, _BYTE_ARRAY, _FIXED = 0, 2, 5, 6, 7
_OPTIONAL = 1
_UTF8, _DECIMAL, _MICROSECONDS, _JSON = 0, 5, 10, 19
_DECIMAL_BYTES = 16
_LAST_SECOND = 253_402_300_799
"""9999-12-31T23:59:59Z; Python, Java's SQL types and most databases end there."""
_FIRST_SECOND = -62_135_596_800
_SURE_CHARACTERS = 15
"""A double holds every decimal of 15 digits (C's DBL_DIG)."""


class SpelledNumber(str):
    """A number with a point or an exponent, in the text that files have of it."""

    __slots__ = ()


class Holds(StrEnum):
    """The kind of a column's values."""

    TEXT = "text"
    JSON = "json"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DOUBLE = "double"
    DECIMAL = "decimal"
    MOMENT = "moment"


class ParquetColumn(msgspec.Struct, frozen=True, omit_defaults=True):
    """A column of a file.

    Attributes:
        name: of the table's column.
        holds: its type.
        scale: of a decimal, the digits behind the point.

    """

    name: str
    holds: Holds
    scale: int = 0


def column_of(field: Field, *, times: bool, scale: int | None) -> ParquetColumn:
    """Return the column for a field: Unix seconds as moments, or numbers as decimals, if asked."""
    if times:
        return ParquetColumn(field.name, Holds.MOMENT)
    if scale is not None:
        return ParquetColumn(field.name, Holds.DECIMAL, scale)
    if field.type in NESTED or (field.type in POINTERS and not field.schema_name):
        return ParquetColumn(field.name, Holds.JSON)
    return ParquetColumn(field.name, _HOLDS.get(field.type, Holds.TEXT))


_HOLDS = {
    FieldType.BOOLEAN: Holds.BOOLEAN,
    FieldType.INTEGER: Holds.INTEGER,
    FieldType.NUMBER: Holds.DOUBLE,
}


def element(column: ParquetColumn) -> FieldValue:
    """Return the column's SchemaElement (parquet.thrift)."""
    kind, converted, logical = _ELEMENTS[column.holds]
    fields = {1: i32(kind)}
    if kind == _FIXED:
        fields[2] = i32(_DECIMAL_BYTES)
    fields |= {3: i32(_OPTIONAL), 4: text(column.name)}
    if converted is not None:
        fields[6] = i32(converted)
    if column.holds is Holds.DECIMAL:
        digits = {1: i32(column.scale), 2: i32(DECIMAL_DIGITS)}
        fields |= {7: digits[1], 8: digits[2], 10: struct({5: struct(digits)})}
    elif logical:
        fields[10] = struct(logical)
    return struct(fields)


def physical(column: ParquetColumn) -> FieldValue:
    """Return the physical type of the column's values (parquet.thrift, Type)."""
    return i32(_ELEMENTS[column.holds][0])


_NOTHING = struct({})
_ELEMENTS: dict[Holds, tuple[int, int | None, dict[int, FieldValue]]] = {
    Holds.TEXT: (_BYTE_ARRAY, _UTF8, {1: _NOTHING}),
    Holds.JSON: (_BYTE_ARRAY, _JSON, {12: _NOTHING}),
    Holds.BOOLEAN: (_BOOLEAN, None, {}),
    Holds.INTEGER: (_INT64, None, {}),
    Holds.DOUBLE: (_DOUBLE, None, {}),
    Holds.DECIMAL: (_FIXED, _DECIMAL, {}),
    Holds.MOMENT: (
        _INT64,
        _MICROSECONDS,
        {8: struct({1: boolean(True), 2: struct({2: _NOTHING})})},
    ),
}
"""The physical type, the old name of what it means, the LogicalType."""


def encoded(column: ParquetColumn, values: Sequence[Any]) -> bytes:
    """Return values, none of them unset, in the encoding PLAIN.

    Raises:
        DoesNotFit: one is of another type than the column, or cannot be held exactly.

    """
    try:
        return _ENCODERS[column.holds](column, values)
    except _UNFIT:
        found = next(value for value in values if not _fits(column, value))
        value = found if type(found) is SpelledNumber else shown(found)
        raise DoesNotFit(
            f"the column {shown(column.name)} holds {value}, which a Parquet column of type "
            f"{column.holds} does not hold exactly; {_REMEDIES.get(column.holds, _OTHER)}"
        ) from None


_UNFIT = (ValueError, TypeError, AttributeError, OverflowError, InvalidOperation, StructError)
_OTHER = "leave it out with exclude_keys, or export jsonl"
_REMEDIES = {
    Holds.DOUBLE: f"say how many decimal places it has with decimal_keys, {_OTHER}",
    Holds.INTEGER: f"make it a decimal with decimal_keys, {_OTHER}",
    Holds.DECIMAL: f"give it other decimal places with decimal_keys, {_OTHER}",
}


def _fits(column: ParquetColumn, value: Any) -> bool:
    try:
        _ENCODERS[column.holds](column, [value])
    except _UNFIT:
        return False
    return True


def _texts(_: ParquetColumn, values: Sequence[Any]) -> bytes:
    if not all(type(value) is str for value in values):
        raise TypeError
    parts = [value.encode() for value in values]
    sizes = pack(f"<{len(parts)}I", *map(len, parts))
    out: list[bytes] = [b""] * (2 * len(parts))
    out[::2] = [sizes[at : at + 4] for at in range(0, len(sizes), 4)]
    out[1::2] = parts
    return b"".join(out)


def _booleans(_: ParquetColumn, values: Sequence[Any]) -> bytes:
    if not all(type(value) is bool for value in values):
        raise TypeError
    return bits(values)


def _integers(_: ParquetColumn, values: Sequence[Any]) -> bytes:
    return pack(f"<{len(values)}q", *map(_whole, values))


def _doubles(_: ParquetColumn, values: Sequence[Any]) -> bytes:
    return pack(f"<{len(values)}d", *map(_exact_double, values))


def _decimals(column: ParquetColumn, values: Sequence[Any]) -> bytes:
    return b"".join(_unscaled(Decimal(_number(value)), column.scale) for value in values)


def _moments(_: ParquetColumn, values: Sequence[Any]) -> bytes:
    seconds = list(map(_whole, values))
    if not _FIRST_SECOND <= min(seconds) <= max(seconds) <= _LAST_SECOND:
        raise ValueError
    return pack(f"<{len(seconds)}q", *(second * 1_000_000 for second in seconds))


def _whole(value: Any) -> int:
    if type(value) is int:
        return value
    number = Decimal(_number(value))
    if number != number.to_integral_value():
        raise ValueError
    return int(number)


def _exact_double(value: Any) -> float:
    text = _number(value)
    number = float(text)
    # The shortest text is what readers show of a double, and what an import takes it for.
    if (len(text) > _SURE_CHARACTERS or "E" in text) and Decimal(repr(number)) != Decimal(text):
        raise ValueError
    return number


def _unscaled(number: Decimal, scale: int) -> bytes:
    sign, digits, exponent = number.as_tuple()
    whole, rest, places = int("".join(map(str, digits))), 0, int(exponent) + scale
    power: int = 10 ** abs(places)
    if places >= 0:
        whole *= power
    else:
        whole, rest = divmod(whole, power)
    if rest or whole >= 10**DECIMAL_DIGITS:
        raise ValueError
    return (-whole if sign else whole).to_bytes(_DECIMAL_BYTES, signed=True)


def _number(value: Any) -> str:
    if type(value) is int or type(value) is SpelledNumber:
        return str(value)
    raise TypeError


def bits(values: Sequence[Any]) -> bytes:
    """Return a bit for each value, the first in the lowest; whole bytes."""
    if not values:
        return b""
    digits = "".join("1" if value else "0" for value in reversed(values))
    return int(digits, 2).to_bytes((len(values) + 7) // 8, "little")


_ENCODERS: dict[Holds, Callable[[ParquetColumn, Sequence[Any]], bytes]] = {
    Holds.TEXT: _texts,
    Holds.JSON: _texts,
    Holds.BOOLEAN: _booleans,
    Holds.INTEGER: _integers,
    Holds.DOUBLE: _doubles,
    Holds.DECIMAL: _decimals,
    Holds.MOMENT: _moments,
}
