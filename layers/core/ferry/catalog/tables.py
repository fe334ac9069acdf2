"""Creating, changing and showing tables."""

from decimal import Decimal
from typing import Any

import msgspec

from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import Caller
from ferry.attached.proposal import Wanted, attached_schema
from ferry.catalog.attaching import attach
from ferry.errors import Malformed, NotFound
from ferry.jobs.job_store import Jobs
from ferry.records.reading.windows import EVERYTHING
from ferry.records.registry import Tables
from ferry.records.store import Records
from ferry.tables.indexes import check_indexes
from ferry.tables.rows import RowRules
from ferry.tables.schema import (
    BUILT_IN_FIELDS,
    LEADING_COLUMNS,
    Index,
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
    accounts: Accounts,
    wanted: Wanted | None = None,
) -> Table:
    """Store a new table of the caller's app and return it.

    Args:
        name: unique within the app.
        schema: its fields.
        settings: further attributes of the table; those left out take their defaults.
        caller: its creator.
        now: Unix seconds.
        tables: where tables are.
        accounts: where apps are.
        wanted: the DynamoDB table that is to hold its rows, None for ours.

    Raises:
        Malformed: its name is taken, or its name, schema or indexes cannot be served.

    """
    if wanted:
        settings["attached"], schema = attach(wanted, schema, caller, accounts=accounts)
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
    _check(table)
    tables.add(table)
    return table


def update_table(
    table: Table,
    changes: dict[str, Any],
    *,
    now_ms: int,
    tables: Tables,
    records: Records,
    jobs: Jobs,
) -> Table:
    """Change attributes of the table and return it as it is now.

    Rows stay as they are: what they hold in a field that is gone is not shown, and shows again if
    the field comes back; the schema's rules are those of later writes.

    Args:
        table: as it was read.
        changes: new values of its name, schema, permissions or indexes.
        now_ms: Unix milliseconds.
        tables: where tables are.
        records: where rows are.
        jobs: where imports are.

    Raises:
        Malformed: the name is taken, name, schema or indexes cannot be served, or the table gets
            an index although it has rows, or an import writes to it.
        NotFound: the table has been deleted.

    """
    if schema := changes.get("schema"):
        changes["schema"] = _changed_schema(table, schema)
    version = table.version + (changes.get("schema", table.schema) != table.schema)
    new = msgspec.structs.replace(table, updated_at=now_ms // 1000, version=version, **changes)
    _check(new)
    kept = [_as_it_is(index, table, new) for index in new.indexes]
    added = [index for index, there in zip(new.indexes, kept, strict=True) if not there]
    for index in added:
        _refuse_with_rows(index, table, tables, records, jobs)
    indexes = [
        there or msgspec.structs.replace(index, made_at=now_ms)
        for index, there in zip(new.indexes, kept, strict=True)
    ]
    new = msgspec.structs.replace(new, indexes=tuple(indexes))
    tables.replace(table, new)
    for index in added:
        # An import that began meanwhile has read the table before or after: before, it noted
        # itself, and is found here; after, it writes the entries of the new index.
        try:
            _refuse_with_rows(index, table, tables, records, jobs)
        except Malformed:
            version += new.version != table.version  # a job may have begun with this one
            tables.replace(new, msgspec.structs.replace(table, version=version))
            raise
    return new


def _refuse_with_rows(
    index: Index, table: Table, tables: Tables, records: Records, jobs: Jobs
) -> None:
    """Raise Malformed if there are rows without entries in the index, or soon may be."""
    for job_id in tables.open_imports.of(table.id):
        if _is_running(job_id, jobs):
            raise Malformed(
                f"indexes: {index.name} cannot be made while an import writes to the table; job "
                f"{job_id} has not ended yet"
            )
    if records.count(table, EVERYTHING, limit=0):
        raise Malformed(f"indexes: {index.name} can be made only while the table has no rows")


def _is_running(job_id: str, jobs: Jobs) -> bool:
    # The note of an import that the sweeper ended stays until it expires.
    try:
        return not jobs.get_header(job_id).ended
    except NotFound:
        return False


def view(table: Table) -> dict[str, Any]:
    """Return the table as the API shows it: the built-in columns lead its schema's fields."""
    fields = table.schema.fields
    if table.schema.built_in:
        fields = (*(f for f in BUILT_IN_FIELDS if f.name in LEADING_COLUMNS), *fields)
    shown = {
        "id": table.id,
        "name": table.name,
        "schema": {"fields": msgspec.to_builtins(fields, builtin_types=(Decimal,))},
        "row_read_perm": table.row_read_perm,
        "row_write_perm": table.row_write_perm,
        "write_perm": table.write_perm,
        "indexes": [
            {"name": index.name, "fields": index.fields, "unique": True} for index in table.indexes
        ],
        "created_by": table.created_by,
        "created_at": table.created_at,
        "updated_at": table.updated_at,
    }
    if table.rate:
        shown["rate"] = table.rate
    if table.attached:
        shown["attached"] = msgspec.to_builtins(table.attached)
    return shown


def _check(table: Table) -> None:
    check_table_name(table.name)
    check_schema(table.schema)
    if table.attached and table.indexes:
        raise Malformed("indexes: an attached table has no unique indexes")
    check_indexes(table.indexes, table.schema)
    RowRules(table.schema)  # refuses a default that is no value of its field's type


def _changed_schema(table: Table, schema: Schema) -> Schema:
    """Return the schema that the table is to have; the built-in columns may lead it."""
    if not table.attached:
        return Schema(tuple(field for field in schema.fields if field not in BUILT_IN_FIELDS))
    types = {field.name: field.type for field in schema.fields}
    for field in table.schema.fields:
        if field.name in table.attached.keys and types.get(field.name) != field.type:
            raise Malformed(f"schema.fields: {field.name} is a key and stays of type {field.type}")
    return attached_schema(table.attached, schema)


def _as_it_is(index: Index, old: Table, new: Table) -> Index | None:
    """Return the index that the table has already, if its entries are as this one's would be."""

    def described(it: Index, table: Table) -> tuple[Any, ...]:
        types = {field.name: field.type for field in table.schema.fields}
        return it.name, [(name, types[name]) for name in it.fields]

    wanted = described(index, new)
    return next((it for it in old.indexes if described(it, old) == wanted), None)
