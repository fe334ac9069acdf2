"""Rows that stand inside something else, such as DynamoDB's items or Airtable's records. Pure."""

from collections.abc import Sequence
from typing import Any

from ferry.errors import InvalidRow
from ferry.files.json.member_names import MemberNames

WRAPPERS = ("fields", "Item")
"""Members that hold a record's row where nothing else of the record is a column: of records of
Airtable, and of lines that DynamoDB exports to S3."""


def wrapper(records: Sequence[dict[str, Any]], names: MemberNames) -> tuple[str, ...]:
    """Return the member that holds the row in all of the records, () if there is none."""
    for name in WRAPPERS:
        rows = [record.get(name) for record in records]
        if all(isinstance(row, dict) for row in rows) and any(
            names.is_row(row) for row in rows if isinstance(row, dict)
        ):
            return (name,)
    return ()


def wrapped_alone(records: Sequence[dict[str, Any]]) -> str:
    """Return the member that may hold the row in all of the records, "" if there is none."""
    return next(
        (name for name in WRAPPERS if all(isinstance(it.get(name), dict) for it in records)), ""
    )


def inside(record: dict[str, Any], path: Sequence[str]) -> dict[str, Any]:
    """Return the object to which the names lead.

    Raises:
        InvalidRow: there is none.

    """
    row: Any = record
    for name in path:
        row = row.get(name) if isinstance(row, dict) else None
    if not isinstance(row, dict):
        raise InvalidRow("", f"has no object as {'.'.join(path)}, where the rows of this file are")
    return row
