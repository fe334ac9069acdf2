"""Creating tables and showing them."""

from decimal import Decimal
from typing import Any

import msgspec

from ferry.accounts import Caller
from ferry.storage.control.tables import Tables
from ferry.tables.rows import RowRules
from ferry.tables.schema import (
    BUILT_IN_FIELDS,
    LEADING_COLUMNS,
    Schema,
    Table,
    check_schema,
    check_table_name,
)


def create_table(
    name: str,
    schema: Schema,
    settings: dict[str, Any],
    caller: Caller,
    *,
    now: int,
    tables: Tables,
) -> Table:
    """Store a new table of the caller's app and return it.

    Args:
        name: unique within the app.
        schema: its fields.
        settings: further attributes of the table; those left out take their defaults.
        caller: its creator.
        now: Unix seconds.
        tables: where tables are.

    Raises:
        Malformed: its name is taken, or its name or schema cannot be served.

    """
    check_table_name(name)
    check_schema(schema)
    RowRules(schema)  # refuses a default that is no value of its field's type
    table = Table(
        id=tables.new_id(),
        app_id=caller.app_id,
        name=name,
        schema=schema,
        created_by=caller.user_id,
        created_at=now,
        updated_at=now,
        **settings,
    )
    tables.add(table)
    return table


def view(table: Table) -> dict[str, Any]:
    """Return the table as the API shows it: the built-in columns lead its schema's fields."""
    built_in = (field for field in BUILT_IN_FIELDS if field.name in LEADING_COLUMNS)
    fields = (*built_in, *table.schema.fields)
    return {
        "id": table.id,
        "name": table.name,
        "schema": {"fields": msgspec.to_builtins(fields, builtin_types=(Decimal,))},
        "row_read_perm": table.row_read_perm,
        "row_write_perm": table.row_write_perm,
        "write_perm": table.write_perm,
        "created_by": table.created_by,
        "created_at": table.created_at,
        "updated_at": table.updated_at,
    }
