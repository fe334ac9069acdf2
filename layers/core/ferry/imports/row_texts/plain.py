"""Values that are plainly right, as the text that DynamoDB's JSON has for them.

What is not plainly right raises, whatever it is; the row rules then say whether it is wrong.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from json.encoder import encode_basestring as quote
from typing import Any, NoReturn

import msgspec

from ferry.aws.attributes import encode
from ferry.tables.scalars import number, number_cell
from ferry.tables.values import MAX_DEPTH, MAX_DIGITS, Value, exact_number, parse_json, storable

BOOLEAN_CELLS = {"true": "true", "1": "true", "false": "false", "0": "false"}

DECIMAL = re.compile(
    r"-?(?:[1-9][0-9]{0,18}(?:\.[0-9]{0,18}[1-9])?|0\.0{0,5}(?:[1-9]|[1-9][0-9]{0,12}[1-9]))|0"
).fullmatch
"""Matches a number that is spelled as DynamoDB gives it back."""

TRAILING_ZEROS = re.compile(r"-?[1-9][0-9]{0,18}\.[0-9]{1,18}").fullmatch
"""Matches a number of which only zeros, and a dot, may have to be taken off."""

WHOLE_END = 10**MAX_DIGITS
"""Integers from here on are not stored, nor those as far below zero."""

_MEMBERS = re.compile(r'"(?:[^"\\]++|\\.)*+"(?:[ \t\r\n]*+(:))?')
KEY_CHARACTERS = 65_535 // 4
"""A key of so many characters never has too many bytes."""


class Odd(Exception):
    """A value is not plainly right."""


def odd() -> NoReturn:
    """Raise Odd."""
    raise Odd


class Number(str):
    """The text of a number, as DynamoDB stores it."""

    __slots__ = ()


def decimal_cell(cell: str) -> str:
    """Return a number's text where the cell has another spelling."""
    if TRAILING_ZEROS(cell) is None:
        return str(number_cell(cell))
    return cell.rstrip("0").rstrip(".")


def decimal_text(text: str) -> str:
    """Return the text of a JSON number that has another spelling."""
    if TRAILING_ZEROS(text) is None:
        return str(number(parse_json(text)))
    return text.rstrip("0").rstrip(".")


def decimal(text: str) -> Number:
    """Return a JSON number that is not written as an integer."""
    if DECIMAL(text):
        return Number(text)
    if TRAILING_ZEROS(text):
        return Number(text.rstrip("0").rstrip("."))
    return Number(exact_number(Decimal(text)))


def whole(value: Any) -> str:
    """Return the text of a JSON integer."""
    if type(value) is not int or not -WHOLE_END < value < WHOLE_END:
        raise Odd
    return str(value)


def strings(values: list[str]) -> str:
    """Return the attribute value of a list of strings."""
    if not values:
        return '{"L":[]}'
    between = '},{"S":'
    return f'{{"L":[{{"S":{between.join(map(quote, values))}}}]}}'


strings_cell = msgspec.json.Decoder(list[str]).decode
"""Returns the list of strings that a cell holds."""


def array_cell(cell: str) -> str:
    """Return the attribute value of the list that a cell holds."""
    value = _DECODE_LIST(cell)
    _check_nested(cell, value)
    return array(value)


def object_cell(cell: str) -> str:
    """Return the attribute value of the object that a cell holds."""
    value = _DECODE_OBJECT(cell)
    _check_nested(cell, value)
    return object_(value)


def array(value: list[Any]) -> str:
    """Return the attribute value of a list, as `ferry.aws.attributes.encode` has it."""
    inner = ",".join(
        [
            f'{{"S":{quote(element)}}}'
            if type(element) is str
            else _ATTRIBUTES[type(element)](element)
            for element in value
        ]
    )
    return f'{{"L":[{inner}]}}'


def object_(value: dict[str, Any]) -> str:
    """Return the attribute value of an object; see `array`."""
    if "" in value:
        raise Odd
    inner = ",".join(
        [
            f'{quote(key)}:{{"S":{quote(member)}}}'
            if type(member) is str
            else f"{quote(key)}:{_ATTRIBUTES[type(member)](member)}"
            for key, member in value.items()
        ]
    )
    return f'{{"M":{{{inner}}}}}'


def _check_nested(text: str, value: Any) -> None:
    count = members(value)
    if text.count(":") != count:  # a string holds one, too
        check_members(text, count)
    if len(text) > KEY_CHARACTERS:
        check_keys(value)


def check_keys(value: Any) -> None:
    """Check that no key in a value is too long."""
    storable(exact(value))


def members(value: Any, levels: int = MAX_DEPTH) -> int:
    """Count the members of all objects in a value that is nested at most `levels` deep."""
    if type(value) is dict:
        count, inner = len(value), iter(value.values())
    elif type(value) is list:
        count, inner = 0, iter(value)
    else:
        return 0
    if not levels:
        raise Odd
    for each in inner:
        if type(each) in _CONTAINERS:
            count += members(each, levels - 1)
    return count


def check_members(text: str, count: int) -> None:
    """Check that no object in a JSON text names a key twice: it has `count` members decoded."""
    # A colon behind a quote is a member's, unless the quote is an escaped one within a string.
    spaced = " :" in text or "\t" in text or "\r" in text or "\n" in text
    if not spaced and text.count('":') == count:
        return
    if _MEMBERS.findall(text).count(":") != count:
        raise Odd


def exact(value: Any) -> Any:
    """Return the JSON value as the row rules expect it: its numbers as numbers."""
    match value:
        case Number():
            return Decimal(value)
        case list():
            return [exact(element) for element in value]
        case dict():
            return {key: exact(member) for key, member in value.items()}
    return value


def attribute_of(value: Value) -> str:
    """Return the attribute value of what a row rule makes."""
    return msgspec.json.encode(encode(value)).decode()


_ATTRIBUTES: dict[type, Callable[[Any], str]] = {
    str: lambda value: f'{{"S":{quote(value)}}}',
    bool: lambda value: '{"BOOL":true}' if value else '{"BOOL":false}',
    int: lambda value: f'{{"N":"{whole(value)}"}}',
    Number: lambda value: f'{{"N":"{value}"}}',
    type(None): lambda _: '{"NULL":true}',
    list: array,
    dict: object_,
}
_CONTAINERS = {dict, list}
_DECODE_LIST = msgspec.json.Decoder(list[Any], float_hook=decimal).decode
_DECODE_OBJECT = msgspec.json.Decoder(dict[str, Any], float_hook=decimal).decode
