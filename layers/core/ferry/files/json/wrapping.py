"""Rows that stand inside something else, such as DynamoDB's JSON or Airtable's records. Pure."""

import base64
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from ferry.errors import InvalidRow
from ferry.files.json.member_names import MemberNames
from ferry.tables.values import shown

WRAPPERS = ("fields", "Item")
"""Members that hold a record's row where nothing else of the record is a column: of records of
Airtable, and of lines that DynamoDB exports to S3."""


def wrapper(records: Sequence[dict[str, Any]], names: MemberNames) -> tuple[str, ...]:
    """Return the member that holds the row in all of the records, () if there is none."""
    for name in WRAPPERS:
        rows = [record.get(name) for record in records]
        if all(isinstance(row, dict) for row in rows) and any(
            names.is_row(row) for row in rows if isinstance(row, dict)
        ):
            return (name,)
    return ()


def wrapped_alone(records: Sequence[dict[str, Any]]) -> str:
    """Return the member that may hold the row in all of the records, "" if there is none."""
    return next(
        (name for name in WRAPPERS if all(isinstance(it.get(name), dict) for it in records)), ""
    )


def inside(record: dict[str, Any], path: Sequence[str]) -> dict[str, Any]:
    """Return the object to which the names lead.

    Raises:
        InvalidRow: there is none.

    """
    row: Any = record
    for name in path:
        row = row.get(name) if isinstance(row, dict) else None
    if not isinstance(row, dict):
        raise InvalidRow("", f"has no object as {'.'.join(path)}, where the rows of this file are")
    return row


def is_typed(rows: Sequence[dict[str, Any]]) -> bool:
    """Return whether every value is one of DynamoDB's: an object that names its type."""
    values = [value for row in rows for value in row.values()]
    return bool(values) and all(
        isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _TYPES
        for value in values
    )


def untyped(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of DynamoDB's values as plain ones.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html

    Raises:
        InvalidRow: a value is none of DynamoDB's.

    """
    plain = {}
    for name, value in row.items():
        try:
            plain[name] = _plain(value)
        except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
            raise InvalidRow(
                name, f"must be a value of DynamoDB's JSON; it is {shown(value)}"
            ) from error
    return plain


def _plain(value: Any) -> Any:
    ((kind, inner),) = value.items()
    return _TYPES[kind](inner)


def _number(text: str) -> int | Decimal:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() and abs(number) < 1e38 else number


def _set(of: Callable[[Any], Any]) -> Callable[[list[Any]], list[Any]]:
    return lambda values: [of(value) for value in values]


def _binary(text: str) -> str:
    base64.b64decode(text, validate=True)
    return text


_TYPES: dict[str, Callable[[Any], Any]] = {
    "S": str,
    "N": _number,
    "B": _binary,
    "BOOL": bool,
    "NULL": lambda _: None,
    "L": lambda values: [_plain(value) for value in values],
    "M": lambda members: {name: _plain(value) for name, value in members.items()},
    "SS": _set(str),
    "NS": _set(_number),
    "BS": _set(_binary),
}
