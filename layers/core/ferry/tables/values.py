"""Values: what a field may hold, never a float, and their JSON text. Pure.

The limits are DynamoDB's, held at every depth of a nested value:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""

import json
from collections import Counter
from collections.abc import Iterable
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact, InvalidOperation
from typing import Any, NoReturn

import msgspec

from ferry.errors import FerryError
from ferry.tables.typed_values import as_text, like

type Value = str | int | Decimal | bool | list[Value] | dict[str, Value] | None

MAX_DIGITS = 38
MAX_EXPONENT = 125
MIN_EXPONENT = -130
MAX_DEPTH = 31
"""Lists and objects inside one another in one field; the record around them is the 32nd level."""

_MAX_KEY_BYTES = 65_535
_SHOWN_CHARACTERS = 60


class InvalidValue(FerryError):
    """A value breaks a rule. The row rules make it an InvalidRow, which names the field.

    The message goes on from the name of what is at fault: "must be …; it is …".
    """


def shown(value: Value) -> str:
    """Return the value as a message quotes it: in JSON, on one line, cut to 60 characters."""
    if isinstance(value, str):
        value = value[: _SHOWN_CHARACTERS + 1]
    try:
        text = json_text(value)
    except UnicodeEncodeError:
        text = json.dumps(value, default=str)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def json_text(value: Value) -> str:
    """Return compact JSON text: characters as they are, numbers exact."""
    return _ENCODER.encode(value).decode()


def json_texts(values: Iterable[Value]) -> list[str]:
    """Return `json_text` of each of many values, at half the cost."""
    return _ENCODER.encode_lines(values).decode().split("\n")[:-1]  # in JSON, \n is escaped


def parse_json(text: str, depth: int = MAX_DEPTH + 1) -> Value:
    """Return the value that JSON text stands for, numbers exact.

    Args:
        text: the JSON text.
        depth: so many levels it may have.

    Raises:
        InvalidValue: it is not JSON, names a key twice, or is nested too deep. NaN and Infinity
            are not JSON (RFC 8259 section 6).

    """
    try:
        value: Value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        near = shown(text[max(0, error.pos - 10) : error.pos + 20])
        raise InvalidValue(
            f"is not valid JSON: {error.msg} at character {error.pos + 1}, near {near}"
        ) from error
    except RecursionError as error:
        raise InvalidValue(_TOO_DEEP) from error
    except (ValueError, InvalidOperation) as error:  # int() past 4300 digits, an endless exponent
        raise InvalidValue("holds a number that is too long to be stored") from error
    if text.count("[") + text.count("{") > depth:
        _check_depth(value, depth)
    return value


def exact_number(number: float | Decimal) -> Decimal:
    """Return the number in its shortest exact form: 1.50 as 1.5, 1E+3 as 1000, -0 as 0.

    A float, which only a schema's default can be, counts as its shortest text says.

    Raises:
        InvalidValue: DynamoDB cannot hold it exactly.

    """
    value = Decimal(repr(number) if isinstance(number, float) else number)
    if not value.is_finite():
        raise InvalidValue(f"must be a finite number; it is {value}")
    try:
        value = _EXACT.normalize(value)
    except Inexact as error:
        raise InvalidValue(f"must have at most {MAX_DIGITS} digits; it is {value:.20E}") from error
    if not value:
        return Decimal(0)
    if not MIN_EXPONENT <= value.adjusted() <= MAX_EXPONENT:
        raise InvalidValue(f"must be between 1E{MIN_EXPONENT} and 1E+{MAX_EXPONENT + 1} in size")
    # str() of a Decimal with a positive exponent is scientific; short whole numbers are not.
    whole = value == value.to_integral_value() and value.adjusted() < MAX_DIGITS
    return Decimal(int(value)) if whole else value


def check_no_nul(text: str) -> None:
    """Raise InvalidValue if the text holds NUL: it is damaged, or was never text."""
    if "\0" in text:
        raise InvalidValue(
            f"must be text without NUL (U+0000); it has one at character {text.index('\0') + 1}: "
            "take it out, or save the file anew"
        )


def check_text(text: str) -> None:
    r"""Raise InvalidValue if the text holds NUL, or cannot be UTF-8.

    JSON can spell both: ``"\u0000"``, and half a pair, ``"\ud800"``.
    """
    check_no_nul(text)
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError as error:
        half = text[error.start]
        raise InvalidValue(f"must be Unicode text; it holds half of a pair, {half!a}") from error


def storable(value: Any, depth: int = MAX_DEPTH) -> Value:
    """Return a copy of `value` with every number in it exact.

    Raises:
        InvalidValue: DynamoDB cannot hold it: a number out of its limits, an empty or endless
            key, text that is not Unicode, nested more than `depth` levels.

    """
    match value:
        case None | bool():
            return value
        case str():
            check_text(value)
            return value
        case int():
            exact_number(value)
            return value
        case float() | Decimal():
            return exact_number(value)
    if depth == 0:
        raise InvalidValue(_TOO_DEEP)
    if isinstance(value, list):
        return like(value, [storable(element, depth - 1) for element in value])
    return {_key(key): storable(member, depth - 1) for key, member in value.items()}


_TOO_DEEP = f"must be nested at most {MAX_DEPTH} levels deep"
_ENCODER = msgspec.json.Encoder(decimal_format="number", enc_hook=as_text)
_EXACT = Context(prec=MAX_DIGITS, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact])


def _key(key: str) -> str:
    check_text(key)
    if not 0 < len(key.encode()) <= _MAX_KEY_BYTES:
        raise InvalidValue(f"must have keys of 1 to {_MAX_KEY_BYTES} bytes; one is {shown(key)}")
    return key


def _check_depth(value: Value, depth: int) -> None:
    if isinstance(value, list | dict):
        if depth == 0:
            raise InvalidValue(_TOO_DEEP)
        for element in value.values() if isinstance(value, dict) else value:
            _check_depth(element, depth - 1)


def _members(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    members = dict(pairs)
    if len(members) != len(pairs):
        ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise InvalidValue(f"must name each key once; {shown(twice)} is a duplicate")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidValue(f"must hold finite numbers; it holds {name}")


_DECODER = json.JSONDecoder(
    parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_members
)
