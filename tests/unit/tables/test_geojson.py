from decimal import Decimal
from typing import Any

import pytest

from ferry.tables.geojson import check_geometry
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
        ({"type": "GeometryCollection"}, "they hold null"),
        ({"type": "GeometryCollection", "geometries": [A]}, "must be a GeoJSON geometry"),
    ],
)
def test_what_is_no_geometry_is_refused(value: Any, reason: str) -> None:
    with pytest.raises(InvalidValue, match=reason):
        check_geometry(value)
