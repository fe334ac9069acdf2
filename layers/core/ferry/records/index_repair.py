"""Unique indexes put right: entries without their row, and rows without their entries."""

from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any

import msgspec

from ferry.aws import clients
from ferry.aws.attributes import decode, decode_item, encode_item
from ferry.aws.batches import MOST_KEYS, get_batch
from ferry.aws.transactions import commit
from ferry.records.reading.windows import EVERYTHING
from ferry.records.row_actions import delete_entry, put_entry, row_as_read, row_key
from ferry.records.store import Records
from ferry.tables.indexes import OWNER, IndexEntry, UniqueIndexes, entry_partition
from ferry.tables.records import ID, PARTITION
from ferry.tables.schema import Table
from ferry.tables.values import Value


class IndexRepair(msgspec.Struct, kw_only=True):
    """The findings of a repair.

    Attributes:
        rows: rows that were read.
        orphans: entries that no row has any more; each blocked its values for all rows.
        missing: entries that a row lacked.
        clashes: such entries that another row has; the row is named, for people to decide.
        changed: entries that were left alone, for their row changed meanwhile.

    """

    rows: int = 0
    orphans: int = 0
    missing: int = 0
    clashes: list[str] = []
    changed: int = 0


def repair_indexes(table_name: str, table: Table, *, dry_run: bool) -> IndexRepair:
    """Delete orphaned entries of the table and put those that are missing.

    Each change is one transaction with a check that the row is as it was read: users and imports
    may be at work. In a dry run nothing is changed.
    """
    repair = IndexRepair()
    entries = _entries(table_name, table)
    for some in batched(entries, MOST_KEYS, strict=False):
        _delete_orphans(table_name, table, some, repair, dry_run=dry_run)
    rows = Records(table_name).stream(table, EVERYTHING)
    for some_rows in batched(rows, MOST_KEYS, strict=False):
        repair.rows += len(some_rows)
        columns = {row.id: row.fields for row in some_rows}
        _put_missing(table_name, table, columns, repair, dry_run=dry_run)
    return repair


def _entries(table_name: str, table: Table) -> Iterator[tuple[IndexEntry, str]]:
    """Yield every entry that is stored, with the id of its row."""
    pages = clients.dynamodb().get_paginator("query")
    for shard in range(table.shards):
        partition = entry_partition(table, shard)
        for page in pages.paginate(
            TableName=table_name,
            ConsistentRead=True,
            KeyConditionExpression="#partition = :partition",
            ExpressionAttributeNames={"#partition": PARTITION},
            ExpressionAttributeValues=encode_item({":partition": partition}),
        ):
            for item in page["Items"]:
                key = decode(item[ID])
                yield IndexEntry(key.partition("#")[0], partition, key, ""), decode(item[OWNER])


def _delete_orphans(
    table_name: str,
    table: Table,
    entries: Iterable[tuple[IndexEntry, str]],
    repair: IndexRepair,
    *,
    dry_run: bool,
) -> None:
    held = list(entries)
    indexes = UniqueIndexes(table)
    rows = _rows(table_name, table, {row_id for _, row_id in held})
    for entry, row_id in held:
        columns = rows.get(row_id)
        if columns and entry.key in {wanted.key for wanted in indexes.entries(columns)}:
            continue
        actions = [
            delete_entry(table_name, entry, row_id),
            # A user may have changed the row since it was read; then the entry may be right after
            # all.
            row_as_read(table_name, table, row_id, columns),
        ]
        done = dry_run or not commit(actions)
        repair.orphans += done
        repair.changed += not done


def _put_missing(
    table_name: str,
    table: Table,
    rows: dict[str, dict[str, Value]],
    repair: IndexRepair,
    *,
    dry_run: bool,
) -> None:
    indexes = UniqueIndexes(table)
    wanted = [(entry, row_id) for row_id, row in rows.items() for entry in indexes.entries(row)]
    owners = _owners(table_name, [entry for entry, _ in wanted])
    for entry, row_id in wanted:
        owner = owners.get(entry.key)
        if owner == row_id:
            continue
        if owner:
            repair.clashes.append(f"{row_id} has the values of {owner} in {entry.index}")
            continue
        actions = [
            put_entry(table_name, entry, row_id),
            row_as_read(table_name, table, row_id, rows[row_id]),
        ]
        done = dry_run or not commit(actions)
        repair.missing += done
        repair.changed += not done
        # Two rows with the same values in one page: the second is a clash, and not put over the
        # first.
        owners[entry.key] = row_id


def _rows(table_name: str, table: Table, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    keys = [row_key(table, row_id) for row_id in ids]
    names = (ID, *sorted(UniqueIndexes(table).fields))
    found = map(decode_item, get_batch(clients.dynamodb(), table_name, keys, names=names))
    return {row[ID]: row for row in found}


def _owners(table_name: str, entries: Iterable[IndexEntry]) -> dict[str, str]:
    unique = {entry.key: entry for entry in entries}
    keys = [encode_item({PARTITION: entry.partition, ID: entry.key}) for entry in unique.values()]
    found = get_batch(clients.dynamodb(), table_name, keys, names=(ID, OWNER))
    return {decode(item[ID]): decode(item[OWNER]) for item in found}
