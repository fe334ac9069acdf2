r"""Values as bytes whose order is the values' own: for sorting, and for telling equal from unequal.

First nothing, then booleans, numbers and dates, text, the rest. The bytes end where they say
themselves, so that those of several values can follow one another:

* nothing: ``00``
* a boolean: ``01``, then 00 or 01
* a number: ``02``, its sign, and, unless zero, its magnitude in tens, its digits and ``00``;
  below zero all bytes after the sign are inverted
* text: ``03``, its UTF-8 with each 00 as ``00 ff``, then ``00 00``
* anything else: ``04``, then its canonical JSON as text

Pure.
"""

from decimal import Decimal

from ferry.tables.comparing import COMPARABLE, canonical
from ferry.tables.schema import FieldType
from ferry.tables.values import Value

INVERTED = bytes(range(255, -1, -1))
"""Translated by it, bytes come in the opposite order."""

_MAGNITUDE_OFFSET = 0x8000


def sortable(value: Value, field_type: FieldType, *, most_characters: int | None = None) -> bytes:
    """Return the bytes of a field's value, of text no more than the first `most_characters`.

    A value that is not of the field's type counts as what it is.
    """
    form = COMPARABLE[field_type](value)
    match value if form is None else form:
        case None:
            return b"\x00"
        case bool(truth):
            return b"\x01\x01" if truth else b"\x01\x00"
        case (int() | Decimal()) as number:
            return b"\x02" + _number(number)
        case str(text):
            return b"\x03" + _text(text[:most_characters].encode())
        case bytes(whole):
            return b"\x04" + _text(whole)
        case other:
            return b"\x04" + _text(canonical(other))


def _number(value: int | Decimal) -> bytes:
    if not value:
        return b"\x01"
    exact = Decimal(value)
    _, digits, _ = exact.as_tuple()
    magnitude = (exact.adjusted() + _MAGNITUDE_OFFSET).to_bytes(2)
    # 1.5 and 1.50 are equal, so trailing zeros must not count.
    size = magnitude + "".join(map(str, digits)).rstrip("0").encode() + b"\x00"
    return b"\x02" + size if exact > 0 else b"\x00" + size.translate(INVERTED)


def _text(utf8: bytes) -> bytes:
    # An end that sorts before any continuation: `a` comes before `ab`, and no text contains it.
    return utf8.replace(b"\x00", b"\x00\xff") + b"\x00\x00"
