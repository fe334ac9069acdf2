"""Schemas by which rows are matched and merged. Pure."""

from collections.abc import Iterable

import msgspec
from msgspec import structs

from ferry.tables.schema import Constraints, Field, Schema


def required(fields: Iterable[Field]) -> Schema:
    """Return the schema of columns that rows are matched by: each must have a value."""
    made = [
        structs.replace(field, constraints=Constraints(required=True), default=msgspec.UNSET)
        for field in fields
    ]
    return Schema(tuple(made), built_in=False)


def without_defaults(schema: Schema) -> Schema:
    """Return the schema of which no field has a default."""
    fields = tuple(structs.replace(field, default=msgspec.UNSET) for field in schema.fields)
    return structs.replace(schema, fields=fields)
