"""How often rows of a table have been given another place in its order, which is by `created_at`.

An export reads a table by order key for as long as hours. A row that gets another key meanwhile may
come before the reader again, or never. So each such change is counted, in one transaction with it:
where the count is the same before and after, no row has moved in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ferry.aws.attributes import Item, decode, encode
from ferry.aws.batches import get_batch
from ferry.tables.records import ID, PARTITION, deletion_partition, deletion_shard
from ferry.tables.schema import Table

if TYPE_CHECKING:
    from ferry.records.row_actions import Action

_MOVES = "moves"
"""The sort key of the counter, beside notes of deletions, whose sort keys are ids of 24 digits."""

_COUNT = "_count"


def note_move(table_name: str, table: Table, row_id: str) -> Action:
    """Return the action that counts one more move, in a counter of the row's shard."""
    return {
        "Update": {
            "TableName": table_name,
            "Key": _key(deletion_partition(table, row_id)),
            "UpdateExpression": "ADD #count :one",
            "ExpressionAttributeNames": {"#count": _COUNT},
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }


def count_moves(client: Any, table_name: str, table: Table) -> int:
    """Return how often a row of the table has moved by now."""
    keys = [_key(deletion_shard(table, shard)) for shard in range(table.shards)]
    return sum(int(decode(item[_COUNT])) for item in get_batch(client, table_name, keys))


def _key(partition: str) -> Item:
    return {PARTITION: encode(partition), ID: encode(_MOVES)}
