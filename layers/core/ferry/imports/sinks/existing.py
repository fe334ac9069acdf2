"""Rows and index entries that a table has already, read many at a time, and consistently."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import batched
from typing import Any, NamedTuple

from ferry.aws.attributes import Item, decode, decode_item
from ferry.aws.batches import MOST_KEYS, get_batch
from ferry.records.row_actions import entry_key, row_key
from ferry.tables.indexes import OWNER, IndexEntry, UniqueIndexes
from ferry.tables.records import ID, SOURCE
from ferry.tables.schema import Table
from ferry.tables.values import Value

_READERS = 4


class ExistingRow(NamedTuple):
    """A row of the table, as far as an import needs it.

    Attributes:
        source: which row of which job wrote it, "" where that was not noted.
        columns: its fields that have a part in an index.

    """

    source: str
    columns: Mapping[str, Value]


def existing_rows(
    client: Any, table_name: str, table: Table, ids: Iterable[str]
) -> dict[str, ExistingRow]:
    """Return the existing rows of `ids`, by id."""
    names = (SOURCE, *UniqueIndexes(table).fields)
    found = {}
    for item in _items(client, table_name, [row_key(table, row_id) for row_id in ids], names):
        columns = decode_item(item)
        found[columns.pop(ID)] = ExistingRow(columns.pop(SOURCE, ""), columns)
    return found


def entry_owners(client: Any, table_name: str, entries: Iterable[IndexEntry]) -> dict[str, str]:
    """Return the ids of the rows that own the entries, by key; free entries are left out."""
    keys = {entry.key: entry_key(entry) for entry in entries}
    found = _items(client, table_name, list(keys.values()), (OWNER,))
    return {decode(item[ID]): decode(item[OWNER]) for item in found}


def _items(client: Any, table_name: str, keys: list[Item], names: Iterable[str]) -> Iterator[Item]:
    wanted = (ID, *names)

    def read(some: Iterable[Item]) -> list[Item]:
        return list(get_batch(client, table_name, some, names=wanted))

    with ThreadPoolExecutor(_READERS) as pool:
        for found in pool.map(read, batched(keys, MOST_KEYS, strict=False)):
            yield from found
