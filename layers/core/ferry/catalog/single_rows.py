"""A table's rows, one by one: inserting, showing, changing, deleting (contract tables#records)."""

import re
import secrets
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from ferry.accounts.identity import Caller
from ferry.aws.attributes import Item
from ferry.catalog.row_versions import RowCondition
from ferry.errors import Duplicate, InvalidRow, Malformed, NotFound, TooManyRows
from ferry.http import wrapped_bytes
from ferry.records import store as stored
from ferry.records.open_imports import OpenImports
from ferry.records.row_store import Rows
from ferry.records.unique_rows import UniqueRecords
from ferry.tables.records import Record, derived_id, new_record
from ferry.tables.row_permissions import RowUser, require_adding
from ferry.tables.rows import RowRules
from ferry.tables.schema import Schema, Table

MAX_BULK = 1000
_MOST_BYTES = 5_500_000
"""The rest of an answer is for the reasons of rows that are refused when they are stored."""


class RowGuard(NamedTuple):
    """The conditions under which a row may be changed.

    Attributes:
        condition: of the request.
        user: whose permissions count; None is an owner.

    """

    condition: RowCondition
    user: RowUser | None = None

    def check_of(self, table: Table) -> Callable[[Record], None] | None:
        """Return a check that raises unless the row may be changed; None where every row may."""
        if not (self.condition.is_given or self.user):
            return None

        def check(record: Record) -> None:
            if self.user:
                self.user.require_writable(record.columns)
            if self.condition.is_given:
                self.condition.check(view(table, record))

        return check


_ENCODER = msgspec.json.Encoder(decimal_format="number")
_INVALID_ROW_CODE = 11
_ROW_ID = re.compile(r"[0-9a-fA-F]{24}")


def view(table: Table, record: Record) -> dict[str, Any]:
    """Return the row as the API shows it: its columns that the schema has, if they have a value."""
    columns = record.columns
    return {name: columns[name] for name in table.schema.columns if name in columns}


def insert_row(
    table: Table, row: Any, caller: Caller, *, now_ms: int, records: UniqueRecords
) -> dict[str, Any]:
    """Store one row and return it as the API shows it.

    Raises:
        Malformed: it is not as the table's schema wants it.
        Duplicate: another row has its values in a unique index.
        RoleTooLow: the caller may not add rows.

    """
    require_adding(caller.row_user(table.id), table)
    try:
        record, item = _record(table, RowRules(table.schema), row, caller, now_ms)
    except InvalidRow as error:
        raise Malformed(str(error)) from error
    for refusal in records.put_all(table, [item]):
        raise (Duplicate if refusal.entry else Malformed)(refusal.reason)
    return view(table, record)


def insert_rows(
    table: Table, rows: list[Any], caller: Caller, *, now_ms: int, records: UniqueRecords
) -> dict[str, Any]:
    """Store many rows; one that is not as it must be does not keep the others out.

    Raises:
        Malformed: there are more than 1000.
        TooManyRows: no answer could hold them; none is stored.
        RoleTooLow: the caller may not add rows.

    """
    require_adding(caller.row_user(table.id), table)
    if len(rows) > MAX_BULK:
        raise Malformed(f"at most {MAX_BULK} rows in one request, these are {len(rows)}")
    rules = RowRules(table.schema)
    results: list[dict[str, Any]] = []
    items: dict[int, Item] = {}
    for number, row in enumerate(rows):
        try:
            record, items[number] = _record(table, rules, row, caller, now_ms)
        except InvalidRow as error:
            results.append(_error(_INVALID_ROW_CODE, str(error)))
        else:
            results.append({"success": view(table, record)})
    # Before anything is stored: an answer of more than 6 MB would be a 5xx about rows that are.
    _check_answer(results)
    numbers = list(items)
    refusals = records.put_all(table, list(items.values()))
    for refusal in refusals:
        results[numbers[refusal.number]] = _error(
            Duplicate.code if refusal.entry else _INVALID_ROW_CODE, refusal.reason
        )
    succeeded = len(items) - len(refusals)
    return {"operation_result": results, "total_count": len(rows), "succeed": succeeded}


def _check_answer(results: list[dict[str, Any]]) -> None:
    """Refuse rows that an answer cannot hold: it would fail after they are stored."""
    size = wrapped_bytes(_ENCODER.encode(results))
    if size > _MOST_BYTES:
        raise TooManyRows(
            f"the rows come to {size:,} bytes, and an answer can have {_MOST_BYTES:,}; send fewer "
            "at a time"
        )


def get_row(table: Table, row_id: str, user: RowUser | None, *, rows: Rows) -> dict[str, Any]:
    """Return the row as the API shows it.

    Raises:
        NotFound: the table has none of that id that `user` may read; None is an owner.

    """
    record = rows.get(table, _checked_id(row_id))
    if user:
        user.require_readable(record.columns)
    return view(table, record)


def update_row(
    table: Table,
    row_id: str,
    changes: Any,
    guard: RowGuard,
    *,
    now: int,
    rows: Rows,
) -> dict[str, Any]:
    """Change the columns that `changes` names, and return the row; null takes a value away.

    The rules of the columns named apply, defaults do not. ``updated_at`` becomes `now`, Unix
    seconds, unless it is named too.

    Raises:
        NotFound: the table has no row of that id.
        Malformed: a value is not as the table's schema wants it.
        Duplicate: another row has the new values in a unique index.
        RowChanged: the row does not meet the condition.
        RoleTooLow: the user may not change it.

    """
    if not isinstance(changes, dict):
        raise Malformed("the body must be a JSON object")
    named = tuple(field for field in table.schema.fields if field.name in changes)
    try:
        row = RowRules(Schema(named)).from_json(changes)
        cleared = {field.name for field in named} - row.fields.keys()

        def change(record: Record) -> Record:
            kept = {name: v for name, v in record.fields.items() if name not in cleared}
            columns = {"updated_at": now, **row.given, "fields": kept | row.fields}
            return msgspec.structs.replace(record, **columns)

        check = guard.check_of(table)
        return view(table, rows.update(table, _checked_id(row_id), change, check=check))
    except InvalidRow as error:
        raise Malformed(str(error)) from error


def delete_row(
    table: Table, row_id: str, guard: RowGuard, *, rows: Rows, open_imports: OpenImports
) -> None:
    """Delete a row.

    Raises:
        NotFound: the table has none of that id.
        RowChanged: it does not meet the condition.
        RoleTooLow: the user may not change it.

    """
    check = guard.check_of(table)
    rows.delete(table, _checked_id(row_id), open_imports=open_imports, check=check)


def _checked_id(row_id: str) -> str:
    if not _ROW_ID.fullmatch(row_id):
        raise NotFound(f"record {row_id} does not exist")
    return row_id.lower()


def _error(code: int, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "err_msg": message}}


def _record(
    table: Table, rules: RowRules, row: Any, caller: Caller, now_ms: int
) -> tuple[Record, Item]:
    if not isinstance(row, dict):
        raise InvalidRow("", "a row must be a JSON object")
    record = new_record(
        table,
        rules.from_json(row),
        record_id=derived_id(now_ms // 1000, secrets.token_hex(8)),
        user_id=caller.user_id,
        now_ms=now_ms,
    )
    return record, stored.item(table, record)
