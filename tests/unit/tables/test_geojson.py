from decimal import Decimal
from typing import Any

import pytest

from ferry.tables.geojson import check_geometry
from ferry.tables.rules import rule
from ferry.tables.schema import Field, FieldType
from ferry.tables.values import InvalidValue

A, B, C = [0, 0], [1, 0], [Decimal("0.5"), 1]
RING = [A, B, C, A]
POINT = {"type": "Point", "coordinates": A}


def geometry(kind: str, coordinates: Any) -> dict[str, Any]:
    return {"type": kind, "coordinates": coordinates}


@pytest.mark.parametrize(
    "value",
    [
        geometry("Point", [10, 10, 5]),
        geometry("MultiPoint", [A, B]),
        geometry("LineString", [A, B]),
        geometry("MultiLineString", [[A, B], [B, C]]),
        geometry("Polygon", [RING]),
        geometry("MultiPolygon", [[RING], [RING]]),
        {"type": "GeometryCollection", "geometries": [POINT, geometry("Polygon", [RING])]},
        {"type": "Point", "coordinates": A, "bbox": [0, 0, 0, 0]},
        geometry("Point", [-180, 90]),
        geometry("Point", [180, Decimal("-90.0"), 9000]),
    ],
)
def test_geometries(value: Any) -> None:
    check_geometry(value)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([10, 10], "must be a GeoJSON geometry"),
        ({"coordinates": A}, "must have a type among Point"),
        (geometry("point", A), "must have a type among Point"),
        ({"type": ["Point"], "coordinates": A}, "must have a type among Point"),
        ({"type": "Point"}, "they hold null"),
        (geometry("Point", [1]), "a list of 2 or more"),
        (geometry("Point", ["1", "2"]), 'one is "1"'),
        (geometry("Point", [True, False]), "one is true"),
        (geometry("Point", [A]), "a list of 2 or more"),
        (geometry("LineString", [A]), "a list of 2 or more"),
        (geometry("LineString", A), "they hold 0"),
        (geometry("Polygon", RING), "a list of 4 or more"),
        (geometry("Polygon", [[A, B, C, B]]), "rings that end where they start"),
        (geometry("MultiPolygon", [RING]), "a list of 4 or more"),
        (geometry("Point", [23, Decimal("113.3")]), "latitudes from -90 to 90; one is 113.3"),
        (geometry("LineString", [A, [0, -91]]), "latitudes"),
        (geometry("Polygon", [[A, B, [181, 0], A]]), "longitudes from -180 to 180; one is 181"),
        ({"type": "GeometryCollection", "geometries": [geometry("Point", [0, 91])]}, "latitudes"),
        ({"type": "GeometryCollection"}, "they hold null"),
        ({"type": "GeometryCollection", "geometries": [A]}, "must be a GeoJSON geometry"),
    ],
)
def test_what_is_no_geometry_is_refused(value: Any, reason: str) -> None:
    with pytest.raises(InvalidValue, match=reason):
        check_geometry(value)


@pytest.mark.parametrize(("name", "allowed"), [(None, False), ("wgs84", False), ("gcj02", False),
                                               ("BD-09", False), ("epsg:3857", True)])  # fmt: skip
def test_only_degrees_are_bounded(name: str | None, allowed: bool) -> None:
    field = Field(name="at", type=FieldType.GEOJSON, coordinate_type=name)
    mercator = {"type": "Point", "coordinates": [12958162, 4853462]}

    if allowed:
        assert rule(field).from_json(mercator) == mercator
        return
    with pytest.raises(InvalidValue, match="latitudes"):
        rule(field).from_json(mercator)
