"""Find the first JSON syntax error of a text, in the words of Go's `encoding/json`.

Nothing here recurses and every regular expression is possessive, so any text is read in linear
time and in memory that depends on its depth alone.
"""

import re
from collections.abc import Callable
from typing import NoReturn

from ferry.errors import InvalidJson
from ferry.kuiper.golang.quoting import quote_byte

END_OF_INPUT = "unexpected end of JSON input"
TOO_DEEP = "exceeded max depth"
MAX_DEPTH = 10_000
"""Go's own limit of nested arrays and objects."""

_SPACE = re.compile(r"[ \t\n\r]*+")
_STRING_BODY = r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+'
_OPEN_STRING = re.compile(_STRING_BODY)
_STRING = re.compile(_STRING_BODY + '"')
_NUMBER = re.compile(r"-?+(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][-+]?+[0-9]++)?+")
_HEXADECIMAL = re.compile(r"\\u[0-9a-fA-F]*+")
_LITERALS = {"t": "true", "f": "false", "n": "null"}


def check(text: str, max_depth: int = MAX_DEPTH) -> None:
    """Raise InvalidJson unless `text` is exactly one JSON value, as `json.Unmarshal` asks."""
    at = skip_space(text, value_end(text, skip_space(text, 0), max_depth))
    if at < len(text):
        refuse(text, at, "after top-level value")


def skip_space(text: str, at: int) -> int:
    """Return the place of the first character from `at` on that is not white space."""
    space = _SPACE.match(text, at)
    return space.end() if space else at


def read_object(text: str, at: int, member: Callable[[int, int, int], int]) -> int:
    """Walk the object whose brace is at `at`; return the place after it.

    Each member is handed over as `member(key_start, key_end, value_start)`, the key with its
    quotes; what it returns is taken for the end of the value.
    """
    at = skip_space(text, at + 1)
    if text[at : at + 1] == "}":
        return at + 1
    while True:
        key_start = at
        key_end = _key_end(text, at)
        at = skip_space(text, member(key_start, key_end, _after_colon(text, key_end)))
        match text[at : at + 1]:
            case ",":
                at = skip_space(text, at + 1)
            case "}":
                return at + 1
            case _:
                refuse(text, at, "after object key:value pair")


def value_end(text: str, at: int, max_depth: int = MAX_DEPTH) -> int:
    """Return the place after the JSON value that begins at `at`, where no space stands.

    Raises:
        InvalidJson: at the first character that Go would not read.

    """
    closers: list[str] = []
    while True:
        opener = text[at : at + 1]
        if opener in {"{", "["}:
            closers.append("}" if opener == "{" else "]")
            # Open brackets are a list, not calls: no depth can end the process.
            if len(closers) > max_depth:
                raise InvalidJson(TOO_DEEP, at)
            at = skip_space(text, at + 1)
            if text[at : at + 1] != closers[-1]:
                at = _value_start(text, at, closers[-1])
                continue
        else:
            at = scalar_end(text, at)
        at = _next_value(text, at, closers)
        if not closers:
            return at


def scalar_end(text: str, at: int) -> int:
    """Return the place after the string, number, true, false or null at `at`."""
    char = text[at : at + 1]
    if char == '"':
        return _string_end(text, at)
    if char in _LITERALS:
        return _literal_end(text, at, _LITERALS[char])
    if char != "-" and not "0" <= char <= "9":
        refuse(text, at, "looking for beginning of value")
    return _number_end(text, at)


def refuse(text: str, at: int, where: str) -> NoReturn:
    """Raise InvalidJson for the character at `at`, or for the end of the text there."""
    if at >= len(text):
        raise InvalidJson(END_OF_INPUT, len(text))
    raise InvalidJson(f"invalid character {quote_byte(text[at])} {where}", at)


def _next_value(text: str, at: int, closers: list[str]) -> int:
    """Close what ends after a value; return where the next value begins, or the whole's end."""
    while closers:
        at = skip_space(text, at)
        char = text[at : at + 1]
        if char == closers[-1]:
            closers.pop()
            at += 1
        elif char == ",":
            return _value_start(text, skip_space(text, at + 1), closers[-1])
        else:
            in_object = closers[-1] == "}"
            refuse(text, at, f"after {'object key:value pair' if in_object else 'array element'}")
    return at


def _value_start(text: str, at: int, closer: str) -> int:
    return at if closer == "]" else _after_colon(text, _key_end(text, at))


def _key_end(text: str, at: int) -> int:
    if text[at : at + 1] != '"':
        refuse(text, at, "looking for beginning of object key string")
    return _string_end(text, at)


def _after_colon(text: str, key_end: int) -> int:
    at = skip_space(text, key_end)
    if text[at : at + 1] != ":":
        refuse(text, at, "after object key")
    return skip_space(text, at + 1)


def _string_end(text: str, at: int) -> int:
    if whole := _STRING.match(text, at):
        return whole.end()
    opened = _OPEN_STRING.match(text, at)
    at = opened.end() if opened else at
    if text[at : at + 1] != "\\":
        refuse(text, at, "in string literal")
    if text[at + 1 : at + 2] != "u":
        refuse(text, at + 1, "in string escape code")
    digits = _HEXADECIMAL.match(text, at)
    refuse(text, digits.end() if digits else at, "in \\u hexadecimal character escape")


def _number_end(text: str, at: int) -> int:
    number = _NUMBER.match(text, at)
    if not number:
        refuse(text, at + 1, "in numeric literal")
    end, literal = number.end(), number[0].lower()
    follower = text[end : end + 1].lower()
    if follower == "." and "." not in literal and "e" not in literal:
        refuse(text, end + 1, "after decimal point in numeric literal")
    if follower == "e" and "e" not in literal:
        signed = text[end + 1 : end + 2] in {"+", "-"}
        refuse(text, end + 1 + signed, "in exponent of numeric literal")
    return end


def _literal_end(text: str, at: int, literal: str) -> int:
    for index, expected in enumerate(literal):
        if text[at + index : at + index + 1] != expected:
            refuse(text, at + index, f"in literal {literal} (expecting '{expected}')")
    return at + len(literal)
