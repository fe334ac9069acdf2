"""Rows and index entries that a table has already, read many at a time, and consistently."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ferry.aws.attributes import decode, decode_item
from ferry.aws.signed_client.batch_reader import read_items
from ferry.aws.signed_client.signed_requests import SignedRequests
from ferry.records.row_actions import entry_key, row_key
from ferry.tables.indexes import OWNER, IndexEntry, UniqueIndexes
from ferry.tables.records import ID, ORDER, SOURCE
from ferry.tables.schema import Table
from ferry.tables.values import Value


class ExistingRow(NamedTuple):
    """A row of the table, as far as an import needs it.

    Attributes:
        source: which row of which job wrote it, "" where that was not noted.
        columns: its fields that have a part in an index.
        order: its order key if it is displaced, else "".

    """

    source: str
    columns: Mapping[str, Value]
    order: str = ""


def existing_rows(
    requests: SignedRequests, table_name: str, table: Table, ids: Iterable[str]
) -> dict[str, ExistingRow]:
    """Return the existing rows of `ids`, by id."""
    names = (SOURCE, ORDER, *UniqueIndexes(table).fields)
    found = {}
    keys = [row_key(table, row_id) for row_id in ids]
    for item in read_items(requests, table_name, keys, (ID, *names)):
        columns = decode_item(item)
        order = columns.pop(ORDER, "")
        found[columns.pop(ID)] = ExistingRow(columns.pop(SOURCE, ""), columns, order)
    return found


def entry_owners(
    requests: SignedRequests, table_name: str, entries: Iterable[IndexEntry]
) -> dict[str, str]:
    """Return the ids of the rows that own the entries, by key; free entries are left out."""
    keys = {entry.key: entry_key(entry) for entry in entries}
    found = read_items(requests, table_name, keys.values(), (ID, OWNER))
    return {decode(item[ID]): decode(item[OWNER]) for item in found}
