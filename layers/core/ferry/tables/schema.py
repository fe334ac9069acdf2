"""A table and the fields its rows may have (contract tables#records)."""

import re
from enum import StrEnum
from typing import Any, Literal

import msgspec

from ferry.errors import Malformed
from ferry.tables.attachment import Attachment


class FieldType(StrEnum):
    """The type of a field. `reference` and `pointer` are two names of one type."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    ARRAY = "array"
    OBJECT = "object"
    GEOJSON = "geojson"
    FILE = "file"
    DATE = "date"
    REFERENCE = "reference"
    POINTER = "pointer"


POINTERS = frozenset({FieldType.REFERENCE, FieldType.POINTER})
NESTED = frozenset({FieldType.ARRAY, FieldType.OBJECT, FieldType.GEOJSON, FieldType.FILE})
"""Types whose cells are JSON text in a CSV file."""

LEADING_COLUMNS = ("id", "created_by", "created_at", "updated_at")
TRAILING_COLUMNS = ("read_perm", "write_perm")
BUILT_IN_COLUMNS = frozenset(LEADING_COLUMNS + TRAILING_COLUMNS)

_TABLE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_ATTRIBUTE_NAME = re.compile(r"\w[\w .:#/-]{0,254}")
MAX_FIELDS = 500
"""Fields of a table."""


type StoredType = Literal["B", "SS", "NS", "BS"]
"""DynamoDB's types that only an attribute of an attached table may have."""


class Constraints(msgspec.Struct, frozen=True):
    """The constraints on a field's values beyond their type."""

    required: bool = False


class Field(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One column of a table, spelled as the public API spells it.

    ``default`` is UNSET where the field has none; ``schema_name`` names the table a pointer
    points into; ``stored`` is the type that a new attribute gets where it is not the usual one.
    """

    name: str
    type: FieldType
    items: dict[str, Any] | None = None
    coordinate_type: str | None = None
    description: str = ""
    constraints: Constraints = Constraints()
    default: Any = msgspec.UNSET
    acl: dict[str, Any] | None = None
    schema_id: int | None = None
    schema_name: str | None = None
    stored: StoredType | None = None

    @property
    def item_type(self) -> FieldType | None:
        """The type of an array's elements, or None when any will do."""
        return FieldType(self.items["type"]) if self.items and "type" in self.items else None


BUILT_IN_FIELDS = (
    Field(name="id", type=FieldType.STRING),
    Field(name="created_by", type=FieldType.INTEGER),
    Field(name="created_at", type=FieldType.INTEGER),
    Field(name="updated_at", type=FieldType.INTEGER),
    Field(name="read_perm", type=FieldType.ARRAY, items={"type": "string"}),
    Field(name="write_perm", type=FieldType.ARRAY, items={"type": "string"}),
)
"""The columns that every table has, as fields."""


class Schema(msgspec.Struct, frozen=True):
    """A table's own fields, in order.

    Attributes:
        built_in: whether rows have the built-in columns, too; those of attached tables have not.

    """

    fields: tuple[Field, ...] = ()
    built_in: bool = True

    def column(self, name: str) -> Field | None:
        """Return the column of that name, built in or the table's own; None if there is none."""
        every = (*BUILT_IN_FIELDS, *self.fields) if self.built_in else self.fields
        return next((field for field in every if field.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields, without the built-in columns."""
        return tuple(field.name for field in self.fields)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of an exported file, in its order."""
        return LEADING_COLUMNS + self.names + TRAILING_COLUMNS if self.built_in else self.names


class Index(msgspec.Struct, frozen=True):
    """A unique index: no two rows of the table have the same values in its fields.

    Attributes:
        made_at: Unix milliseconds. Entries of an index that bore the same name before do not
            count.

    """

    name: str
    fields: tuple[str, ...]
    made_at: int = 0


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table of one app.

    Attributes:
        shards: over how many partition keys its rows spread; fixed at creation.
        created_at: Unix seconds, UTC.
        row_read_perm: what a row that names no ``read_perm`` of its own gets.
        row_write_perm: the same for ``write_perm``.
        attached: the DynamoDB table that holds its rows, None where they lie in ours.
        version: counts the changes of its schema, from 1.
        rate: capacity units that all jobs together may consume in a second, None or 0 for any.

    """

    id: int
    app_id: str
    name: str
    schema: Schema
    created_by: int
    created_at: int
    updated_at: int
    shards: int = 16
    row_read_perm: tuple[str, ...] = ("user:*",)
    row_write_perm: tuple[str, ...] = ("user:*",)
    write_perm: tuple[str, ...] = ("user:*",)
    indexes: tuple[Index, ...] = ()
    attached: Attachment | None = None
    version: int = 1
    rate: int | None = None


def check_table_name(name: str) -> None:
    """Raise Malformed unless `name` may name a table."""
    if not _TABLE_NAME.fullmatch(name):
        raise Malformed(f"name: {name!r} must match {_TABLE_NAME.pattern}")


def check_schema(schema: Schema) -> None:
    """Raise Malformed where a field's name or element type cannot be served.

    A name may not begin with an underscore (our own attributes do), repeat, or be a built-in
    column's. Where there are no built-in columns, it names an attribute that is there already.
    """
    if len(schema.fields) > MAX_FIELDS:
        raise Malformed(f"schema.fields: at most {MAX_FIELDS} fields")
    seen: set[str] = set()
    for field in schema.fields:
        if not _may_name_field(field.name, schema):
            raise Malformed(f"schema.fields: {field.name!r} cannot name a field")
        if field.name in seen:
            raise Malformed(f"schema.fields: {field.name!r} is a duplicate")
        seen.add(field.name)
        _check_item_type(field)
        _check_stored(field, schema)


def _may_name_field(name: str, schema: Schema) -> bool:
    if not schema.built_in:
        return _ATTRIBUTE_NAME.fullmatch(name) is not None
    return _FIELD_NAME.fullmatch(name) is not None and name not in BUILT_IN_COLUMNS


def _check_item_type(field: Field) -> None:
    declared = (field.items or {}).get("type")
    if declared is not None and declared not in [str(kind) for kind in FieldType]:
        raise Malformed(f"schema.fields: {field.name}.items.type {declared!r} is not a type")


_STORED_IN = {
    "B": FieldType.STRING,
    "SS": FieldType.ARRAY,
    "NS": FieldType.ARRAY,
    "BS": FieldType.ARRAY,
}


def _check_stored(field: Field, schema: Schema) -> None:
    if not field.stored:
        return
    if schema.built_in:
        raise Malformed(f"schema.fields: {field.name}.stored is for attached tables alone")
    if field.type is not _STORED_IN[field.stored]:
        raise Malformed(
            f"schema.fields: {field.name}: an attribute of the type {field.stored} goes into a "
            f"field of the type {_STORED_IN[field.stored]}"
        )
