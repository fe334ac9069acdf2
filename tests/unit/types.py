"""Two values of every type of field, as they are stored."""

from decimal import Decimal
from typing import Any

from ferry.tables.schema import FieldType

VALUES: dict[FieldType, tuple[Any, Any]] = {
    FieldType.STRING: ("Tea", "名, “x”"),
    FieldType.INTEGER: (5, -1582917533873852417),
    FieldType.NUMBER: (Decimal("1.5"), Decimal("-0.25")),
    FieldType.BOOLEAN: (True, False),
    FieldType.ARRAY: (["a", "b"], []),
    FieldType.OBJECT: ({"k": 1}, {}),
    FieldType.GEOJSON: (
        {"type": "Point", "coordinates": [10, 20]},
        {"type": "Point", "coordinates": [0, 0]},
    ),
    FieldType.FILE: ({"url": "https://example.com/a"}, {"size": 7}),
    FieldType.DATE: ("2026-03-04", "2026-03-04T05:06:07+08:00"),
    FieldType.REFERENCE: (
        {"id": "5baafb9061235656789abcde", "_table": "users"},
        {"id": "7", "_table": "users"},
    ),
    FieldType.POINTER: ({"id": "5baafb9061235656789abcde"}, {"id": "7"}),
}
"""A type that is added must be added here: tests go over all of them."""
