"""Lists and maps as DynamoDB spells them, those of many rows at a time, as JSON text."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from ferry.aws.attributes import PLAIN_NUMBER, decode_as
from ferry.tables.values import json_texts

_UNSET = b"null"
_TEXT = b'{"S":"'
_TEXT_BEGINS = b"\xff"
"""A byte that UTF-8 does not have."""

_NUMBER = re.compile(rb'\{"N":"(%b)"\}' % PLAIN_NUMBER.encode())
_CONSTANTS = (
    (b'{"BOOL":true}', b"true"),
    (b'{"BOOL":false}', b"false"),
    (b'{"NULL":true}', b"null"),
)


def nested_texts(kind: str, stored: Sequence[msgspec.Raw | None]) -> list[str]:
    """Return the JSON text of each value, ``null`` for None.

    Args:
        kind: of the values: all are ``L``, or all ``M``.
        stored: what their attribute values hold.

    """
    values = [_UNSET if value is None else value for value in stored]
    maps = len(values) - stored.count(None) if kind == "M" else 0
    # A newline separates the values: JSON text has none but those that are escaped in strings.
    lines = _unwrapped(b"\n".join(values), maps)
    texts = lines.decode().split("\n") if lines else []
    # Otherwise a value needs the decoder. Then all do: to find which one costs as much.
    if len(texts) == len(values):
        return texts
    decoded: list[Any] = msgspec.json.decode(b"[%b]" % b",".join(values))
    return json_texts(value if value is None else decode_as(kind, value) for value in decoded)


def _unwrapped(lines: bytes, maps: int) -> bytes | None:
    """Return lists or maps with JSON values in place of attribute values.

    None where it takes more than replacing texts: where a list or a map holds another, or a
    string holds what could pass for one. `maps` is how many of them are maps.
    """
    if b"\\" in lines:  # what is escaped may be spelled in another way than ours
        return None
    for stored, value in _CONSTANTS:
        lines = lines.replace(stored, value)
    # A number in another form, such as 1E+2, keeps its brace: its value goes to the decoder.
    lines = _NUMBER.sub(rb"\1", lines) if b'{"N":' in lines else lines
    lines = lines.replace(_TEXT, _TEXT_BEGINS)
    # A text ends by a quote and a brace; where there are more of them, a string begins by a brace.
    if lines.count(b'"}') != lines.count(_TEXT_BEGINS):
        return None
    lines = lines.replace(b'"}', b'"').replace(_TEXT_BEGINS, b'"')
    # Whatever still opens a brace is a nested map, a set, binary data, or a string with a brace.
    return lines if lines.count(b"{") == maps else None
