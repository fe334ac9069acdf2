"""The creation window that a ``where`` implies, so that no other rows are read. Pure."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_TIMES_END = 10**11
"""Contract 4 bounds creation seconds so."""

type Bounds = tuple[int, int]


def created_within(where: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Return [start, end), Unix seconds: no row created outside of it meets the condition.

    None is an open end.

    Args:
        where: a condition that `ferry.tables.where.compile_where` takes.

    """
    start, end = 0, _TIMES_END
    for operator, operand in _tests_of_creation(where):
        if operator in _BOUNDS:
            low, high = _BOUNDS[operator](operand)
            start, end = max(start, low), min(end, high)
    start = min(start, _TIMES_END - 1)
    return start or None, max(start, end) if end < _TIMES_END else None


def _tests_of_creation(where: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the tests of created_at that all rows must pass: not those under ``$or``."""
    for name, value in where.items():
        if name == "$and":
            for branch in value:
                yield from _tests_of_creation(branch)
        elif name == "created_at":
            yield from value.items() if isinstance(value, dict) else [("$eq", value)]


def _exactly(value: Any) -> Bounds:
    return (0, _TIMES_END) if value is None else (math.ceil(value), math.floor(value) + 1)


def _from(value: Any) -> Bounds:
    return math.ceil(value), _TIMES_END


def _before(value: Any) -> Bounds:
    return 0, math.ceil(value)


def _above(value: Any) -> Bounds:
    return math.floor(value) + 1, _TIMES_END


def _up_to(value: Any) -> Bounds:
    return 0, math.floor(value) + 1


def _between(values: Any) -> Bounds:
    return _from(values[0])[0], _up_to(values[1])[1]


_BOUNDS: dict[str, Callable[[Any], Bounds]] = {
    "$eq": _exactly,
    "$gte": _from,
    "$gt": _above,
    "$lt": _before,
    "$lte": _up_to,
    "$range": _between,
}
