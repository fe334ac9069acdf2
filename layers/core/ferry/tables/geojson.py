"""GeoJSON geometries: how their coordinates nest, and their bounds (RFC 7946 section 3.1). Pure.

Longitude comes before latitude, both in degrees. A field's ``coordinate_type`` may name a system
of other units; its coordinates are not judged beyond being numbers.
"""

from collections.abc import Callable
from decimal import Decimal

from ferry.tables.values import InvalidValue, Value, shown

type Check = Callable[[Value], None]

_IN_DEGREES = frozenset({"", "wgs84", "gcj02", "bd09", "bd09ll", "cgcs2000"})
_LONGITUDE, _LATITUDE = 180, 90


def is_in_degrees(coordinate_type: str | None) -> bool:
    """Return whether that system has longitudes and latitudes; fields without one have WGS 84."""
    return (coordinate_type or "").lower().replace("-", "").replace("_", "") in _IN_DEGREES


def check_geometry(value: Value, *, in_degrees: bool = True) -> None:
    """Raise InvalidValue unless `value` is a geometry or a collection of them."""
    if not isinstance(value, dict):
        raise InvalidValue(f"must be {_EXAMPLE}; it is {shown(value)}")
    kind = value.get("type")
    checks = _DEGREES if in_degrees else _NUMBERS
    if kind == "GeometryCollection":
        for geometry in _elements(value.get("geometries"), 0):
            check_geometry(geometry, in_degrees=in_degrees)
    elif isinstance(kind, str) and kind in checks:
        checks[kind](value.get("coordinates"))
    else:
        kinds = ", ".join([*checks, "GeometryCollection"])
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


def _position(value: Value) -> list[int | Decimal]:
    numbers: list[int | Decimal] = []
    for number in _elements(value, at_least=2):
        if isinstance(number, bool) or not isinstance(number, int | Decimal):
            raise InvalidValue(f"must have numbers as coordinates; one is {shown(number)}")
        numbers.append(number)
    return numbers


def _numbers(value: Value) -> None:
    _position(value)


def _degrees(value: Value) -> None:
    longitude, latitude = _position(value)[:2]
    if not -_LATITUDE <= latitude <= _LATITUDE:
        raise InvalidValue(
            f"must have latitudes from -90 to 90; one is {shown(latitude)}, in "
            f"{shown(value)}: longitude comes first"
        )
    if not -_LONGITUDE <= longitude <= _LONGITUDE:
        raise InvalidValue(
            f"must have longitudes from -180 to 180; one is {shown(longitude)}, in {shown(value)}"
        )


def _ring(position: Check) -> Check:
    positions_of = _each(position)

    def check_ring(value: Value) -> None:
        positions = _elements(value, at_least=4)
        positions_of(value)
        if positions[0] != positions[-1]:
            raise InvalidValue(
                "must have rings that end where they start; one starts at "
                f"{shown(positions[0])} and ends at {shown(positions[-1])}"
            )

    return check_ring


def _coordinates(position: Check) -> dict[str, Check]:
    line, ring = _each(position, at_least=2), _ring(position)
    return {
        "Point": position,
        "MultiPoint": _each(position),
        "LineString": line,
        "MultiLineString": _each(line),
        "Polygon": _each(ring),
        "MultiPolygon": _each(_each(ring)),
    }


_NUMBERS = _coordinates(_numbers)
_DEGREES = _coordinates(_degrees)
