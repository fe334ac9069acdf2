"""Stored values as files show them: CSV cells and JSON values (contract tables#exports). Pure."""

from collections.abc import Callable
from decimal import Decimal
from types import NoneType
from typing import Any

from ferry.tables.schema import POINTERS, Field, FieldType
from ferry.tables.values import Value, json_text


def to_cell(value: Value, field_type: FieldType) -> str | None:
    """Return the CSV cell of a stored value, None for an empty one; a pointer is its bare id."""
    if field_type in POINTERS and isinstance(value, dict):
        value = value.get("id")
    return _CELLS[type(value)](value)


def to_json(value: Value, field: Field) -> Value:
    """Return the JSON value of a stored value; a pointer is ``{"_table", "id"}``."""
    if value is None or field.type not in POINTERS:
        return value
    pointer = value if isinstance(value, dict) else {"id": value}
    return {"_table": pointer.get("_table", field.schema_name), "id": pointer.get("id")}


# By the value's type, not the field's: rows may be older than the schema, or another program's.
_CELLS: dict[type, Callable[[Any], str | None]] = {
    NoneType: lambda _: None,
    str: str,
    bool: lambda value: "true" if value else "false",
    int: str,
    Decimal: str,
    list: json_text,
    dict: json_text,
}
