"""Inserting and listing a table's rows."""

import secrets
from itertools import islice
from typing import Any

from ferry.accounts import Caller
from ferry.catalog.page import Page
from ferry.errors import InvalidRow, Malformed
from ferry.storage import records as stored
from ferry.storage.attributes import Item
from ferry.storage.records import EVERYTHING, Records
from ferry.tables.records import Record, derived_id, new_record
from ferry.tables.rows import RowRules
from ferry.tables.schema import Table

MAX_BULK = 1000
_INVALID_ROW_CODE = 11


def insert_row(
    table: Table, row: Any, caller: Caller, *, now_ms: int, records: Records
) -> dict[str, Any]:
    """Store one row and return it as the API shows it.

    Raises:
        Malformed: it is not as the table's schema wants it.

    """
    try:
        record, item = _record(table, RowRules(table.schema), row, caller, now_ms)
    except InvalidRow as error:
        raise Malformed(str(error)) from error
    records.put([item])
    return record.columns


def insert_rows(
    table: Table, rows: list[Any], caller: Caller, *, now_ms: int, records: Records
) -> dict[str, Any]:
    """Store many rows; one that is not as it must be does not keep the others out.

    Raises:
        Malformed: there are more than 1000.

    """
    if len(rows) > MAX_BULK:
        raise Malformed(f"at most {MAX_BULK} rows in one request, these are {len(rows)}")
    rules = RowRules(table.schema)
    results: list[dict[str, Any]] = []
    items: list[Item] = []
    for row in rows:
        try:
            record, item = _record(table, rules, row, caller, now_ms)
        except InvalidRow as error:
            results.append({"error": {"code": _INVALID_ROW_CODE, "err_msg": str(error)}})
        else:
            items.append(item)
            results.append({"success": record.columns})
    records.put(items)
    return {"operation_result": results, "total_count": len(rows), "succeed": len(items)}


def list_rows(table: Table, page: Page, *, records: Records) -> tuple[list[dict[str, Any]], int]:
    """Return one page of the table's rows, the newest first, and how many rows there are."""
    total = records.count(table, EVERYTHING, limit=2**63)
    end = page.offset + page.limit
    newest = records.stream(table, EVERYTHING, newest_first=True, at_most=end)
    return [record.columns for record in islice(newest, page.offset, end)], total


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
