"""The body of a request that creates a table (contract 7)."""

from typing import Any

import msgspec
from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from ferry.tables.schema import FieldType, Schema

_MOST_SHARDS = 64


class ConstraintsIn(BaseModel):
    """What a field's value must satisfy beyond its type."""

    required: bool = False


class FieldIn(BaseModel):
    """One field of the schema."""

    model_config = ConfigDict(use_enum_values=True)

    name: str
    type: FieldType
    items: dict[str, Any] | None = None
    coordinate_type: str | None = None
    description: str = ""
    constraints: ConstraintsIn = ConstraintsIn()
    default: Any = None
    acl: dict[str, Any] | None = None
    schema_id: PositiveInt | None = None
    schema_name: str | None = None


class SchemaIn(BaseModel):
    """The fields, in order."""

    fields_: list[FieldIn] = Field(alias="fields")


class TableIn(BaseModel):
    """A table to be. `shards` fixes over how many partition keys its rows spread."""

    name: str
    schema_: SchemaIn = Field(alias="schema")
    shards: int | None = Field(None, ge=1, le=_MOST_SHARDS)
    row_read_perm: list[str] | None = None
    row_write_perm: list[str] | None = None
    write_perm: list[str] | None = None

    @property
    def schema_struct(self) -> Schema:
        """The schema. A field that names no default has none; null is a default like any other."""
        fields = [field.model_dump(exclude_unset=True) for field in self.schema_.fields_]
        return msgspec.convert({"fields": fields}, Schema)

    @property
    def settings(self) -> dict[str, Any]:
        """What else was given, by attribute of the table."""
        return self.model_dump(exclude_none=True, exclude={"name", "schema_"})
