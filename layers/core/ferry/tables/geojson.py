"""GeoJSON geometries: how their coordinates nest (RFC 7946 section 3.1). Pure.

Longitude comes before latitude; coordinates are not judged beyond being numbers, for they may
be of another system than WGS 84 (a field's ``coordinate_type``).
"""

from collections.abc import Callable
from decimal import Decimal

from ferry.tables.values import InvalidValue, Value, shown

type Check = Callable[[Value], None]


def check_geometry(value: Value) -> None:
    """Raise InvalidValue unless `value` is a geometry or a collection of them."""
    if not isinstance(value, dict):
        raise InvalidValue(f"must be {_EXAMPLE}; it is {shown(value)}")
    kind = value.get("type")
    if kind == "GeometryCollection":
        _each(check_geometry)(value.get("geometries"))
    elif isinstance(kind, str) and kind in _COORDINATES:
        _COORDINATES[kind](value.get("coordinates"))
    else:
        kinds = ", ".join([*_COORDINATES, "GeometryCollection"])
        raise InvalidValue(f"must have a type among {kinds}; it is {shown(kind)}")


_EXAMPLE = 'a GeoJSON geometry, such as {"type":"Point","coordinates":[10.5,8.5]}'


def _each(check: Check, *, at_least: int = 0) -> Check:
    def check_all(value: Value) -> None:
        for element in _elements(value, at_least):
            check(element)

    return check_all


def _elements(value: Value, at_least: int) -> list[Value]:
    if not isinstance(value, list) or len(value) < at_least:
        raise InvalidValue(
            f"must be {_EXAMPLE}, with coordinates nested as its type asks; they hold "
            f"{shown(value)} where a list of {at_least} or more belongs"
        )
    return value


def _position(value: Value) -> None:
    for number in _elements(value, at_least=2):
        if isinstance(number, bool) or not isinstance(number, int | Decimal):
            raise InvalidValue(f"must have numbers as coordinates; one is {shown(number)}")


def _ring(value: Value) -> None:
    positions = _elements(value, at_least=4)
    _each(_position)(value)
    if positions[0] != positions[-1]:
        raise InvalidValue(
            "must have rings that end where they start; one starts at "
            f"{shown(positions[0])} and ends at {shown(positions[-1])}"
        )


_LINE = _each(_position, at_least=2)
_COORDINATES: dict[str, Check] = {
    "Point": _position,
    "MultiPoint": _each(_position),
    "LineString": _LINE,
    "MultiLineString": _each(_LINE),
    "Polygon": _each(_ring),
    "MultiPolygon": _each(_each(_ring)),
}
