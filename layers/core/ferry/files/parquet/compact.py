"""Thrift's compact protocol, in which Parquet's metadata is written. Pure.

https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from collections.abc import Iterator
from typing import NamedTuple

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT, UUID = range(1, 14)
"""The types of fields and of elements."""

_MOST_DEPTH = 32
_MOST_VARINT = 10
_LONG_LIST = 15
_LONG_FIELD = 15
_SIZES = {BYTE: 1, DOUBLE: 8, UUID: 16}

type FieldValue = tuple[int, bytes]
"""A field's type and its bytes."""


class ThriftError(ValueError):
    """The bytes are no structure of the compact protocol."""


def varint(number: int) -> bytes:
    """Return a number that is not negative in 7 bits a byte, the least first."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def i32(number: int) -> FieldValue:
    """Return a field's value of 32 bits."""
    return I32, varint(number << 1 ^ number >> 31)


def i64(number: int) -> FieldValue:
    """Return a field's value of 64 bits."""
    return I64, varint(number << 1 ^ number >> 63)


def boolean(value: bool) -> FieldValue:
    """Return a field's value that is in its type alone."""
    return TRUE if value else FALSE, b""


def text(value: str) -> FieldValue:
    """Return a field's value of text."""
    encoded = value.encode()
    return BINARY, varint(len(encoded)) + encoded


def struct(fields: dict[int, FieldValue]) -> FieldValue:
    """Return a structure of fields by their numbers, which ascend."""
    out, before = bytearray(), 0
    for number, (kind, value) in fields.items():
        out.append(number - before << 4 | kind)
        out += value
        before = number
    return STRUCT, bytes(out) + b"\0"


def listed(values: list[FieldValue]) -> FieldValue:
    """Return a list of at least one value, all of one type."""
    return LIST, list_head(values[0][0], len(values)) + b"".join(value for _, value in values)


def list_head(kind: int, count: int) -> bytes:
    """Return the bytes before the elements of a list."""
    if count < _LONG_LIST:
        return bytes([count << 4 | kind])
    return bytes([_LONG_LIST << 4 | kind]) + varint(count)


class FoundField(NamedTuple):
    """A field or an element, and where its value lies."""

    number: int
    kind: int
    start: int
    end: int


class CompactReader:
    """Finds fields in bytes; what they hold is read where it is asked for.

    Every step passes at least a byte, so the time is linear in the bytes whatever they claim.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data

    def fields(self, at: int = 0) -> Iterator[FoundField]:
        """Yield the fields of the structure that starts at `at`; raises ThriftError."""
        number = 0
        while True:
            head = self._byte(at)
            kind, step = head & 0x0F, head >> 4
            at += 1
            if kind == 0:
                return
            if step:
                number += step
            else:
                number, at = self.integer(at)
            end = self._skip(kind, at, 0)
            yield FoundField(number, kind, at, end)
            at = end

    def elements(self, at: int) -> Iterator[FoundField]:
        """Yield the elements of the list that starts at `at`; raises ThriftError."""
        kind, count, at = self._list(at)
        for number in range(count):
            end = self._skip_element(kind, at, 0)
            yield FoundField(number, kind, at, end)
            at = end

    def integer(self, at: int) -> tuple[int, int]:
        """Return the signed number that starts at `at`, and where it ends."""
        number, at = self._varint(at)
        return number >> 1 ^ -(number & 1), at

    def text(self, found: FoundField) -> str:
        """Return the text of a field."""
        _, start = self._varint(found.start)
        return self._data[start : found.end].decode(errors="replace")

    def _byte(self, at: int) -> int:
        if at >= len(self._data):
            raise ThriftError("it ends within a value")
        return self._data[at]

    def _varint(self, at: int) -> tuple[int, int]:
        number = 0
        for place in range(_MOST_VARINT):
            byte = self._byte(at + place)
            number |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                return number, at + place + 1
        raise ThriftError("a number has no end")

    def _list(self, at: int) -> tuple[int, int, int]:
        head = self._byte(at)
        kind, count = head & 0x0F, head >> 4
        at += 1
        if count == _LONG_LIST:
            count, at = self._varint(at)
        # Each element has a byte at least, so a count past that is a lie.
        if count > len(self._data) - at:
            raise ThriftError("a list claims more than the bytes hold")
        return kind, count, at

    def _skip(self, kind: int, at: int, depth: int) -> int:
        """Return where a field's value ends."""
        if kind in {TRUE, FALSE}:
            return at
        return self._skip_element(kind, at, depth)

    def _skip_element(self, kind: int, at: int, depth: int) -> int:
        if depth > _MOST_DEPTH:
            raise ThriftError("it is nested too deep")
        if kind in {I16, I32, I64}:
            return self._varint(at)[1]
        if kind == BINARY:
            size, at = self._varint(at)
            return self._within(at + size)
        if kind == STRUCT:
            return self._skip_struct(at, depth)
        if kind in {LIST, SET}:
            element, count, at = self._list(at)
            for _ in range(count):
                at = self._skip_element(element, at, depth + 1)
            return at
        if kind == MAP:
            return self._skip_map(at, depth)
        return self._within(at + (1 if kind in {TRUE, FALSE} else self._size(kind)))

    def _skip_struct(self, at: int, depth: int) -> int:
        while head := self._byte(at):
            at += 1
            if not head >> 4:
                at = self._varint(at)[1]
            at = self._skip(head & 0x0F, at, depth + 1)
        return at + 1

    def _skip_map(self, at: int, depth: int) -> int:
        count, at = self._varint(at)
        if not count:
            return at
        kinds = self._byte(at)
        at += 1
        for _ in range(count):
            at = self._skip_element(kinds >> 4, at, depth + 1)
            at = self._skip_element(kinds & 0x0F, at, depth + 1)
        return at

    def _size(self, kind: int) -> int:
        if kind not in _SIZES:
            raise ThriftError(f"it has a value of the unknown type {kind}")
        return _SIZES[kind]

    def _within(self, end: int) -> int:
        if end > len(self._data):
            raise ThriftError("a value claims more than the bytes hold")
        return end
