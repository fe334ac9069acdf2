"""A table's rows as they are stored: identity, place and order.

A record lies at partition ``<table>#<shard>``, sort key ``<id>``. Its place in time is the order
key, the sort key of the local index: creation second and id in fixed width, so that every shard
streams in one total order and a single key says how far a reader has come.
"""

import hashlib
from collections.abc import Callable
from zlib import crc32

import msgspec

from ferry.tables.rows import Row
from ferry.tables.schema import Table
from ferry.tables.values import Value

PARTITION, ID, ORDER, WRITTEN_AT = "_pk", "_sk", "_order", "_at"
"""Our own attributes. A field's name cannot begin with an underscore, so none can collide."""

SOURCE = "_source"
"""What last wrote a row under the id its file gives: a job and the row's number, as ``job/17``."""

ORDER_DIGITS = 11
"""Digits of the creation second in an order key; contract tables#exports bounds it by 1e11."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a table.

    Attributes:
        id: 24 hex digits; of a new record the first 8 are the creation second (ObjectId).
        created_at: Unix seconds, UTC; as is ``updated_at``.
        written_at: when it was first stored, Unix milliseconds. An export leaves out what was
            written after it was accepted, whatever ``created_at`` the caller gave the row.
        fields: the fields that are set.
        source: see `SOURCE`, "" for none.

    """

    id: str
    created_by: int
    created_at: int
    updated_at: int
    read_perm: list[str]
    write_perm: list[str]
    written_at: int
    fields: dict[str, Value]
    source: str = ""

    @property
    def order(self) -> str:
        """The record's order key."""
        return order_key(self.created_at) + self.id

    @property
    def columns(self) -> dict[str, Value]:
        """Every column that has a value, as files and responses show it."""
        return {
            "id": self.id,
            "created_by": self.created_by,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            **self.fields,
            "read_perm": list[Value](self.read_perm),
            "write_perm": list[Value](self.write_perm),
        }


def new_record(table: Table, row: Row, *, record_id: str, user_id: int, now_ms: int) -> Record:
    """Return the record that `row` becomes in `table`, under the id `record_id`.

    The built-in columns that the row gives are kept; the others default to now (`now_ms`, Unix
    milliseconds), to the creator `user_id` and to the table's row permissions.
    """
    given = row.given
    return Record(
        id=record_id,
        created_by=given.get("created_by", user_id),
        created_at=given.get("created_at", now_ms // 1000),
        updated_at=given.get("updated_at", now_ms // 1000),
        read_perm=given.get("read_perm", list(table.row_read_perm)),
        write_perm=given.get("write_perm", list(table.row_write_perm)),
        written_at=now_ms,
        fields=row.fields,
    )


def derived_id(second: int, *seed: object) -> str:
    """Return the id that `seed` always gets: creation second, then 64 bits of its digest."""
    digest = hashlib.sha256("/".join(map(str, seed)).encode()).hexdigest()
    return f"{second:08x}"[-8:] + digest[:16]


def derived_ids(second: int, seed: str) -> Callable[[int], str]:
    """Return a function from a number to the id that `derived_id` makes of it and the seed."""
    stamp, before = f"{second:08x}"[-8:], f"{seed}/".encode()
    return lambda number: stamp + hashlib.sha256(b"%b%d" % (before, number)).hexdigest()[:16]


def partition(table: Table, record_id: str) -> str:
    """Return the partition key under which the record lies."""
    return shard_partition(table, crc32(record_id.encode()) % table.shards)


def shard_partition(table: Table, shard: int) -> str:
    """Return the partition key of one of the table's shards."""
    return f"{table.id}#{shard}"


def deletion_partition(table: Table, record_id: str) -> str:
    """Return the partition key under which the record's deletion is noted."""
    return deletion_shard(table, crc32(record_id.encode()) % table.shards)


def deletion_shard(table: Table, shard: int) -> str:
    """Return the partition key of one of the table's shards of deletions."""
    return f"{table.id}#{shard}#deleted"


def order_key(created_at: int) -> str:
    """Return the least order key of that creation second."""
    return f"{created_at:0{ORDER_DIGITS}d}"
