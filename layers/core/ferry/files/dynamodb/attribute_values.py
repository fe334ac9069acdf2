"""Values of DynamoDB's JSON, read as plain ones. Pure.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ferry.errors import InvalidRow
from ferry.tables.typed_values import Binary, ValueSet
from ferry.tables.values import shown

_NUMBER = re.compile(r"[+-]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]{1,3})?")
_MOST_PLACES = 38
"""Of an integer; DynamoDB's numbers have so many significant digits."""

_MOST_DIGITS = 200


def is_typed(rows: Sequence[Mapping[str, Any]], *, expected: bool = False) -> bool:
    """Return whether every value is one of DynamoDB's: an object that names its type.

    Where that is `expected`, one value tells: others are at fault.
    """
    typed = [
        isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _TYPES
        for row in rows
        for value in row.values()
    ]
    return any(typed) if expected else bool(typed) and all(typed)


def untyped(row: Mapping[str, Any], *, exact: bool = False) -> dict[str, Any]:
    """Return a row of DynamoDB's values as plain ones.

    Args:
        row: the values.
        exact: binary data and sets are a `Binary` and a `ValueSet`, at any depth; else they are
            texts and lists.

    Raises:
        InvalidRow: a value is none of DynamoDB's.

    """
    plain = {}
    for name, value in row.items():
        try:
            plain[name] = _plain(value, exact)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidRow(
                name, f"must be a value of DynamoDB's JSON; it is {shown(value)}"
            ) from error
    return plain


def _plain(value: Any, exact: bool) -> Any:
    ((kind, inner),) = value.items()
    if not isinstance(inner, _INNER[kind]):
        raise TypeError(kind)
    return _TYPES[kind](inner, exact)


def _number(text: str) -> int | Decimal:
    # Decimal() takes more: underscores, white space, NaN.
    if len(text) > _MOST_DIGITS or not _NUMBER.fullmatch(text):
        raise ValueError(text)
    number = Decimal(text)
    # Not abs(number), which is rounded to 28 digits: 38 nines would become 1E+38.
    is_short = number.adjusted() < _MOST_PLACES
    return int(number) if is_short and number == number.to_integral_value() else number


def _null(value: bool, _: bool) -> None:
    if not value:
        raise ValueError("NULL is true, or it is not there")


def _binary(text: str, exact: bool) -> str:
    same = b64encode(b64decode(text, validate=True)).decode()
    return Binary(same) if exact else same


def _list(values: list[Any], exact: bool) -> list[Any]:
    return [_plain(value, exact) for value in values]


def _map(members: dict[str, Any], exact: bool) -> dict[str, Any]:
    return {name: _plain(value, exact) for name, value in members.items()}


def _set(kind: Any) -> Callable[[list[Any], bool], list[Any]]:
    def made(values: list[Any], exact: bool) -> list[Any]:
        elements = [_plain({kind[0]: value}, exact) for value in values]
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
        if not elements or len({*elements}) < len(elements):
            raise ValueError("a set has one element at least, and each once")
        return ValueSet(kind, elements) if exact else elements

    return made


_INNER: dict[str, type] = {
    "S": str,
    "N": str,
    "B": str,
    "BOOL": bool,
    "NULL": bool,
    "L": list,
    "M": dict,
    "SS": list,
    "NS": list,
    "BS": list,
}
_TYPES: dict[str, Callable[[Any, bool], Any]] = {
    "S": lambda text, _: text,
    "N": lambda text, _: _number(text),
    "B": _binary,
    "BOOL": lambda value, _: value,
    "NULL": _null,
    "L": _list,
    "M": _map,
    "SS": _set("SS"),
    "NS": _set("NS"),
    "BS": _set("BS"),
}
