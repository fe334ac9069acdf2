"""Attaching DynamoDB tables that are there already (contract tables#records)."""

from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import Caller, find_app
from ferry.attached.description import describe
from ferry.attached.proposal import (
    DescribedTable,
    Wanted,
    attached_schema,
    attachment,
    check_types,
)
from ferry.catalog.purge import purge_of
from ferry.errors import Malformed, NotFound
from ferry.records.registry import Tables
from ferry.tables.attachment import Attachment
from ferry.tables.schema import Schema, Table


def attach(
    wanted: Wanted, schema: Schema, caller: Caller, *, accounts: Accounts
) -> tuple[Attachment, Schema]:
    """Return the attachment that was asked for, and the schema of its rows.

    Raises:
        Malformed: the caller's app may not have that DynamoDB table, it is not there, or the
            schema or the index does not fit it.

    """
    found = described(wanted, caller, accounts=accounts)
    check_types(found, schema)
    attached = attachment(wanted, found)
    return attached, attached_schema(attached, schema)


def described(wanted: Wanted, caller: Caller, *, accounts: Accounts) -> DescribedTable:
    """Describe the table, as DynamoDB tells it.

    Raises:
        Malformed: the caller's app may not have it, or it is not there.

    """
    if wanted.table not in find_app(caller.app_id, accounts=accounts).attachable:
        raise Malformed(
            f"attached.table: the app may not attach {wanted.table!r}; the service's operators "
            "can allow it"
        )
    try:
        return describe(wanted.table)
    except NotFound as error:
        raise Malformed(f"attached.table: {error}") from error


def forget_attached(
    app_id: str, name: str, *, now: int, tables: Tables, accounts: Accounts
) -> list[Table]:
    """Forget every table of the app that is attached to that DynamoDB table; return them.

    The sweeper has their jobs erased within a minute.
    """
    found = [table for table in tables.of_app(app_id) if table.attached]
    theirs = [table for table in found if table.attached and table.attached.table == name]
    for table in theirs:
        tables.delete(table, purge_of(table, now=now, due_at=now, accounts=accounts))
    return theirs
