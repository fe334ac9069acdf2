"""Python values as DynamoDB attribute values, and back; numbers stay exact to 38 digits.

boto3's own TypeSerializer does the same at several times the cost, and gives every integer back as
a Decimal. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
"""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ferry.tables.typed_values import Binary, ValueSet

type AttributeValue = Mapping[str, Any]
type Item = dict[str, AttributeValue]

MAX_ITEM_BYTES = 400 * 1024
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html"""

# Not so small that str() of a Decimal gives it an exponent, and no whole number with a fraction.
PLAIN_NUMBER = r"0|-?[1-9][0-9]*+(?:\.0*+[1-9][0-9]*+)?|-?0\.0{0,5}[1-9][0-9]*+"
"""Matches a stored number whose text is also that of its value."""


def encode(value: object) -> AttributeValue:
    """Return the attribute value of `value`: str, bool, int, float, Decimal, None, list or dict.

    A frozenset is a set of texts; see `ferry.tables.typed_values` for other types.
    """
    return _ENCODERS[type(value)](value)


def encode_item(values: Mapping[str, object]) -> Item:
    """Return the item that holds `values`."""
    return {name: _ENCODERS[type(value)](value) for name, value in values.items()}


def decode(attribute: AttributeValue) -> Any:
    """Return the value of an attribute value; a whole number comes back as an int.

    Only tables that are not ours hold binary values and sets: base64 text, and sorted lists.
    """
    ((kind, value),) = attribute.items()
    return decode_as(kind, value)


def decode_as(kind: str, value: Any) -> Any:
    """Return the value of an attribute value of that kind, such as ``M``."""
    return _DECODERS[kind](value)


def decode_item(item: Mapping[str, AttributeValue]) -> dict[str, Any]:
    """Return the values that an item holds."""
    return {
        name: attribute["S"] if "S" in attribute else decode(attribute)  # most are texts
        for name, attribute in item.items()
    }


def number_texts(numbers: Sequence[str | None]) -> Sequence[str | None]:
    """Return the numbers' texts as `decode` and `str` would make them of each; None stays.

    Mostly that is the text that is stored: one check of all of them suffices.
    """
    if _PLAIN_NUMBERS.fullmatch(" ".join(filter(None, numbers))):
        return numbers
    return [
        text if text is None or _PLAIN_NUMBERS.fullmatch(text) else str(_number(text))
        for text in numbers
    ]


def item_bytes(item: Mapping[str, AttributeValue]) -> int:
    """Return the item's size as DynamoDB reckons it, rounded up where its rule is vague.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(attribute: AttributeValue) -> int:
    ((kind, value),) = attribute.items()
    match kind:
        case "S" | "B":  # in base64, which takes a third more than its bytes
            return len(value.encode())
        case "N":
            return len(value) // 2 + 2
        case "L":
            return 3 + sum(1 + _value_bytes(element) for element in value)
        case "M":
            return 3 + sum(1 + len(key.encode()) + _value_bytes(v) for key, v in value.items())
        case "SS" | "NS" | "BS":
            return sum(_value_bytes({kind[0]: element}) for element in value)
        case _:
            return 1


def _number(text: str) -> int | Decimal:
    try:
        return int(text)
    except ValueError:
        value = Decimal(text)
        return int(value) if value == value.to_integral_value() else value


def _base64(value: bytes | str) -> str:
    # In a page's JSON it is text; botocore's parser makes bytes of it.
    return value if isinstance(value, str) else b64encode(value).decode()


_PLAIN_NUMBERS = re.compile(rf"(?:(?:{PLAIN_NUMBER})(?: |$))*+")

_ENCODERS: dict[type, Callable[[Any], AttributeValue]] = {
    str: lambda value: {"S": value},
    bool: lambda value: {"BOOL": value},
    int: lambda value: {"N": str(value)},
    Decimal: lambda value: {"N": str(value)},
    float: lambda value: {"N": f"{Decimal(repr(value)).normalize():f}"},  # as DynamoDB returns it
    type(None): lambda _: {"NULL": True},
    list: lambda value: {"L": [encode(element) for element in value]},
    tuple: lambda value: {"L": [encode(element) for element in value]},
    dict: lambda value: {"M": encode_item(value)},
    frozenset: lambda value: {"SS": sorted(value)},
    Binary: lambda value: {"B": str(value)},
    ValueSet: lambda value: {value.kind: list(map(str, value))},
}

_DECODERS: dict[str, Callable[[Any], Any]] = {
    "S": str,
    "N": _number,
    "BOOL": bool,
    "NULL": lambda _: None,
    "L": lambda value: [each["S"] if "S" in each else decode(each) for each in value],
    "M": decode_item,
    "SS": sorted,
    "NS": lambda value: sorted(_number(text) for text in value),
    "B": _base64,
    "BS": lambda value: sorted(map(_base64, value)),
}
