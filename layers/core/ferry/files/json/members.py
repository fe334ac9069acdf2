"""Arrays and objects within a JSON document, found without reading it whole. Pure."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ferry.files.json.json_scanner import TEXT
from ferry.files.scanning import JSON_SPACE, end_of

_KEY = re.compile(rb'"((?:[^"\\]|\\.){0,128})"[ \t\r\n]{0,64}:[ \t\r\n]{0,64}\Z')
_LONGEST_KEY = 400
_SPACES = 64


class MemberArray(NamedTuple):
    """An array that is a member of an object, itself in objects alone.

    Attributes:
        path: the names of the members that lead to it.
        start: where its first element can start.

    """

    path: tuple[str, ...]
    start: int


def member_arrays(head: bytes, at: int) -> Iterator[MemberArray]:
    """Yield the arrays within the object that starts at `at`, in their order."""
    stack: list[tuple[int, str]] = []
    arrays = 0
    while (at := end_of(TEXT, head, at)) < len(head) and not head.startswith(b'"', at):
        bracket = head[at]
        if bracket in b"}]":
            if stack:
                arrays -= stack.pop()[0] == ord("[")
            if not stack:
                return
        else:
            stack.append((bracket, _key(head, at)))
            if bracket == ord("["):
                arrays += 1
                if arrays == 1:
                    yield MemberArray(tuple(name for _, name in stack[1:]), at + 1)
        at += 1


def _key(head: bytes, at: int) -> str:
    """Return the name of the member whose value starts at `at`, "" of an element."""
    before = head[max(0, at - _SPACES) : at].rstrip(JSON_SPACE)
    if not before.endswith(b":"):
        return ""
    found = _KEY.search(head, max(0, at - _LONGEST_KEY), at)
    return found[1].decode(errors="replace") if found else ""
