"""Values of a file as attributes of DynamoDB's types. Pure.

Files know text, numbers, booleans, lists and objects; DynamoDB knows binary values and three kinds
of sets besides. A value is written in the type that its attribute has, else in that which the
schema says, else its row fails: a set never becomes a list, nor binary data text.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from ferry.aws.attributes import PLAIN_NUMBER, AttributeValue, decode, encode
from ferry.tables.comparing import canonical
from ferry.tables.schema import StoredType
from ferry.tables.values import InvalidValue, Value, shown

_NOT_IN_FILES = {"B", "SS", "NS", "BS"}
_NUMBER = re.compile(PLAIN_NUMBER)
_FLAGS = {"true": True, "false": False}


def as_attribute(
    value: Value, stored: StoredType | None = None, old: AttributeValue | None = None
) -> AttributeValue:
    """Return the attribute that a value becomes.

    Args:
        value: as the rules of its field leave it, not None.
        stored: the type that the schema says, None for the one that goes with the field's.
        old: the attribute as it is; None where the row has none.

    Raises:
        InvalidValue: it cannot be written in the type.

    """
    if old is not None and shows_same(value, old):
        return old
    kind = next(iter(old)) if old else ""
    if old and kind in _KINDS:
        if (made := _KINDS[kind](value, old)) is not None:
            return made
        # What is of a plain type may become another one, as the schema says.
        if kind in _NOT_IN_FILES:
            raise _refusal(kind, value)
    if stored:
        if (made := _KINDS[stored](value, None)) is None:
            raise _refusal(stored, value)
        return made
    return encode(value)


def typed_attribute(value: Value, stored: StoredType | None = None) -> AttributeValue:
    """Return the attribute of a value whose type its file says; see `ferry.tables.typed_values`.

    Raises:
        InvalidValue: the schema says another type.

    """
    made = encode(value)
    kind = next(iter(made))
    if stored and kind != stored:
        raise InvalidValue(
            f"must be of DynamoDB's type {stored}, as the table's schema says; the file has {kind}"
        )
    return made


def shows_same(value: Value, old: AttributeValue) -> bool:
    """Return whether the attribute shows the value, whatever its type."""
    return canonical(decode(encode(value))) == canonical(decode(old))


def _number(value: Value, _: object) -> AttributeValue | None:
    if isinstance(value, str):
        return {"N": value} if _NUMBER.fullmatch(value) else None
    return None if _number_text(value) is None else encode(value)


def _flag(value: Value, _: object) -> AttributeValue | None:
    flag = _FLAGS.get(value) if isinstance(value, str) else value
    return {"BOOL": flag} if isinstance(flag, bool) else None


def _binary(value: Value, _: object) -> AttributeValue | None:
    text = _base64(value)
    return None if text is None else {"B": text}


def _list(value: Value, old: AttributeValue | None) -> AttributeValue | None:
    if not isinstance(value, list):
        return None
    had: list[AttributeValue] = old["L"] if old else []
    return {"L": [as_attribute(each, None, was) for each, was in _paired(value, had)]}


def _paired(
    values: Sequence[Value], had: Sequence[AttributeValue]
) -> list[tuple[Value, AttributeValue | None]]:
    """Return each element with the one that says what type it has.

    That is the one in its place where none came or went, else one that shows the same, else any
    where all have one type.
    """
    if len(values) == len(had):
        return list(zip(values, had, strict=True))
    by_show = {canonical(decode(each)): each for each in had}
    kinds = {next(iter(each)) for each in had}
    usual = had[0] if len(kinds) == 1 else None
    return [(value, by_show.get(canonical(decode(encode(value))), usual)) for value in values]


def _map(value: Value, old: AttributeValue | None) -> AttributeValue | None:
    if not isinstance(value, dict):
        return None
    had: dict[str, AttributeValue] = old["M"] if old else {}
    return {"M": {name: as_attribute(each, None, had.get(name)) for name, each in value.items()}}


def _set(kind: str, text_of: Callable[[Value], str | None]) -> Callable[..., AttributeValue | None]:
    def made(value: Value, _: object) -> AttributeValue | None:
        texts = [text_of(each) for each in value] if isinstance(value, list) else []
        # A set has at least one element, and each once.
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
        if not texts or None in texts or len({*texts}) < len(texts):
            return None
        return {kind: texts}

    return made


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _number_text(value: Value) -> str | None:
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return str(value) if is_number else None


def _base64(value: Value) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        return b64encode(b64decode(value, validate=True)).decode()
    except (binascii.Error, ValueError):
        return None


_KINDS: dict[str, Callable[[Any, AttributeValue | None], AttributeValue | None]] = {
    "N": _number,
    "BOOL": _flag,
    "L": _list,
    "M": _map,
    "B": _binary,
    "SS": _set("SS", _text),
    "NS": _set("NS", _number_text),
    "BS": _set("BS", _base64),
}


def _refusal(kind: str, value: Value) -> InvalidValue:
    """Return the error for a type that no file has: another one would change what programs read."""
    match kind:
        case "B":
            return InvalidValue(f"must be binary data in base64; it is {shown(value)}")
        case "SS":
            return InvalidValue(
                'must be a set of texts: a list of different ones, such as ["a","b"]; it is '
                f"{shown(value)}"
            )
        case "NS":
            return InvalidValue(
                f"must be a set of numbers: a list of different ones, such as [1,2]; it is "
                f"{shown(value)}"
            )
    return InvalidValue(
        f"must be a set of binary values: a list of different ones in base64; it is {shown(value)}"
    )
