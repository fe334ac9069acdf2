"""Numbers as Go's `encoding/json` writes a float64."""

import math
from decimal import Decimal

from ferry.errors import InvalidJson

_EXACT_DIGITS = 15
"""Integers of up to this many digits are the same before and after a float64."""


def go_number(literal: str) -> str:
    """Return the JSON number `literal` after a round trip through float64.

    Source: contract configurations#documents.

    >>> [go_number(n) for n in ("1.0", "12345678901234567890", "1e21", "0.0000001")]
    ['1', '12345678901234567000', '1e+21', '1e-7']

    Raises:
        InvalidJson: the number is too large for a float64.

    """
    if len(literal) <= _EXACT_DIGITS and literal.isdigit():
        return literal
    value = float(literal)
    if math.isinf(value):
        raise InvalidJson(
            f"json: cannot unmarshal number {literal} into Go value of type float64", 0
        )
    return write_float(value)


def write_float(value: float) -> str:
    """Return the shortest text of `value`; exponents only below 1e-6 and from 1e21 on."""
    shortest = repr(value)
    if value and not 1e-6 <= abs(value) < 1e21:
        # Python and Go agree on exponents but for this zero: 1e-07 is 1e-7 in Go's JSON
        return shortest.replace("e-0", "e-").removesuffix(".0")
    plain = format(Decimal(shortest), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
