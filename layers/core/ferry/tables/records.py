"""A table's rows as they are stored: identity, place and order.

A record lies at partition ``<table>#<shard>``, sort key ``<id>``. An id begins with a second, so
records sort by creation where that second is theirs: they are in place. A record of another
``created_at`` is displaced: an item of its own, its place, holds its id where it belongs in the
order (docs/decisions/0250). Every shard so streams in one total order, and a single key says how
far a reader has come.
"""

import hashlib
from collections.abc import Callable
from zlib import crc32

import msgspec

from ferry.tables.rows import Row
from ferry.tables.schema import Table
from ferry.tables.values import Value

PARTITION, ID, ORDER, WRITTEN_AT = "_pk", "_sk", "_order", "_at"
"""Our own attributes. A field's name cannot begin with an underscore, so none can collide.

`ORDER` is the order key of a displaced record. A record in place has none: it is its id.
"""

PLACED = "_place_of"
"""The id of the record that an item is the place of. No record has it."""

SOURCE = "_source"
"""The source of a row whose file gives its id: a job and the row's number, as ``job/17``."""

_SECOND_DIGITS = 8
"""Hex digits of the second with which an id begins."""

_LATE_DIGITS = 10
"""Hex digits of a later second; contract tables#exports bounds it by 1e11."""


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
        return order_key(self.created_at, self.id)

    @property
    def place(self) -> str:
        """The order key of a displaced record, "" for one in place."""
        return self.order if self.order != self.id else ""

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


def order_key(created_at: int, record_id: str) -> str:
    """Return the sort key at which a record stands in the order of creation, then of ids.

    It is the id itself where the record is in place. No order key begins with another one.
    """
    second = first_order(created_at)
    if record_id.startswith(second):
        return record_id
    # "!" sorts before all hex digits and "~" behind them: of the records of one second those with
    # lesser ids come before the records in place, and those with greater ids behind.
    return f"{second}{'!' if record_id < second else '~'}{record_id}"


def first_order(created_at: int) -> str:
    """Return a text before all order keys of that creation second, and behind all earlier ones."""
    second = f"{created_at:0{_SECOND_DIGITS}x}"
    # "g" sorts behind all hex digits.
    return second if len(second) == _SECOND_DIGITS else f"g{created_at:0{_LATE_DIGITS}x}"
