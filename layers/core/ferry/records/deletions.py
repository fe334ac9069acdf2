"""Rows that users deleted while imports were writing to their table.

A step that a worker does again must distinguish a row that was never written from one that was
written and then deleted. Each deletion while an import is open leaves an item that names the
deleted row's source. It has its own partition key, and DynamoDB drops it when it expires.
"""

import time
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ferry.aws.attributes import Item, decode, encode, encode_item
from ferry.aws.batches import get_batch
from ferry.records.row_actions import Action
from ferry.tables.records import ID, PARTITION, Record, deletion_partition
from ferry.tables.schema import Table

EXPIRES = "_expires"
"""The attribute by which DynamoDB drops an item, Unix seconds."""

_SOURCES = "_sources"
_NEW = "new"
"""The source of a row that notes none: its id shows which import wrote it."""

_KEEP_S = 30 * 86_400
"""No import is open for longer: SQS keeps a message for 14 days."""


def note_deletion(table_name: str, table: Table, row: Record) -> Action:
    """Return the action that notes a row's deletion, beside those of earlier rows of its id."""
    values = {":source": frozenset({row.source or _NEW}), ":expires": int(time.time()) + _KEEP_S}
    return {
        "Update": {
            "TableName": table_name,
            "Key": _key(table, row.id),
            # ADD to a set: an id may be written by several imports, and deleted after each.
            "UpdateExpression": "SET #expires = :expires ADD #sources :source",
            "ExpressionAttributeNames": {"#expires": EXPIRES, "#sources": _SOURCES},
            "ExpressionAttributeValues": encode_item(values),
        }
    }


def deleted_sources(
    client: Any, table_name: str, table: Table, ids: Iterable[str]
) -> Mapping[str, Collection[str]]:
    """Return the sources of the deleted rows of `ids`, by id.

    Ask only for rows that a read before this one has not found: a row and the note of its deletion
    change in one transaction, but a batch of reads sees them at different moments.
    """
    keys = [_key(table, row_id) for row_id in ids]
    items = get_batch(client, table_name, keys, names=(ID, _SOURCES))
    return {decode(item[ID]): decode(item[_SOURCES]) for item in items}


def _key(table: Table, row_id: str) -> Item:
    return {PARTITION: encode(deletion_partition(table, row_id)), ID: encode(row_id)}
