"""Unique indexes: which a table may have, and a row's entries in them. Pure.

Source: contract tables#records.

An entry is an item of its own, beside the rows. Its key says the values, so that two rows with
the same values would need the same entry; it names the row that has it. Values are the same as
`ferry.tables.comparing` says: 1 and 1.0, one moment at two offsets. A row without a value for one
of the fields has no entry: any number of rows may lack it.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from zlib import crc32

import msgspec

from ferry.errors import Duplicate, Malformed
from ferry.tables.comparing import ORDERED
from ferry.tables.schema import FieldType, Index, Schema, Table
from ferry.tables.sortable import sortable
from ferry.tables.values import Value, shown

OWNER = "_row"
"""The attribute of an entry that holds its row's id."""

MOST_INDEXES = 5
_MOST_FIELDS = 5
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


class IndexEntry(msgspec.Struct, frozen=True):
    """A row's entry in an index.

    Attributes:
        index: the index's name.
        partition: the partition key, one of as many as the table has shards.
        key: the sort key.
        text: the values as a message shows them.

    """

    index: str
    partition: str
    key: str
    text: str

    @property
    def refusal(self) -> str:
        """The reason for a row whose entry another row owns."""
        return f"E11000 duplicate key: the unique index {self.index} has {self.text} already"


def duplicate(entries: Sequence[IndexEntry]) -> Duplicate:
    """Return the error of a row whose entries, one at least, belong to other rows."""
    error = Duplicate(entries[0].refusal)
    error.others = also_taken(entries)
    return error


def also_taken(entries: Sequence[IndexEntry]) -> list[tuple[str, str]]:
    """Return the indexes of all entries but the first, each with its reason."""
    return [(entry.index, entry.refusal) for entry in entries[1:]]


class UniqueIndexes:
    """The unique indexes of one table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        types = {field.name: field.type for field in table.schema.fields}
        self._indexes = [
            (index, [(name, types[name]) for name in index.fields]) for index in table.indexes
        ]

    @property
    def fields(self) -> set[str]:
        """The fields that have a part in an index."""
        return {name for index in self._table.indexes for name in index.fields}

    def entries(self, columns: Mapping[str, Value]) -> list[IndexEntry]:
        """Return a row's entries, one for each index whose fields all have a value."""
        return [
            _entry(self._table, index, fields, columns)
            for index, fields in self._indexes
            if all(columns.get(name) is not None for name, _ in fields)
        ]


def entry_partition(table: Table, shard: int) -> str:
    """Return the partition key of one of the table's shards of entries."""
    return f"{table.id}#{shard}#unique"


def check_indexes(indexes: Sequence[Index], schema: Schema) -> None:
    """Raise Malformed unless a table of that schema may have the indexes."""
    if len(indexes) > MOST_INDEXES:
        raise Malformed(f"indexes: at most {MOST_INDEXES}")
    names = [index.name for index in indexes]
    for index in indexes:
        if not _NAME.fullmatch(index.name):
            raise Malformed(f"indexes: {shown(index.name)} cannot name an index")
        if names.count(index.name) > 1:
            raise Malformed(f"indexes: {index.name} is a duplicate")
        _check_fields(index, schema)


def _check_fields(index: Index, schema: Schema) -> None:
    if not 1 <= len(set(index.fields)) == len(index.fields) <= _MOST_FIELDS:
        raise Malformed(f"indexes: {index.name} needs 1 to {_MOST_FIELDS} fields, each once")
    for name in index.fields:
        field = schema.column(name) if name in schema.names else None
        if field is None:
            raise Malformed(f"indexes: {index.name}: the table has no field {shown(name)}")
        if field.type not in ORDERED:
            raise Malformed(f"indexes: {index.name}: {name} is of type {field.type}")


def _entry(
    table: Table,
    index: Index,
    fields: Sequence[tuple[str, FieldType]],
    columns: Mapping[str, Value],
) -> IndexEntry:
    values = b"".join(sortable(columns[name], field_type) for name, field_type in fields)
    # A sort key has room for 1,024 bytes, values may have more.
    digest = hashlib.sha256(values).hexdigest()
    return IndexEntry(
        index=index.name,
        partition=entry_partition(table, crc32(digest.encode()) % table.shards),
        key=f"{index.name}#{index.made_at}#{digest}",
        text=", ".join(f"{name} = {shown(columns[name])}" for name, _ in fields),
    )
