"""The records table: every table's rows, spread over its shards."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import batched
from operator import attrgetter
from threading import Lock
from typing import Any

import msgspec

from ferry import aws
from ferry.errors import InvalidRow
from ferry.storage.attributes import MAX_ITEM_BYTES, Item, decode_item, encode_item, item_bytes
from ferry.storage.batches import MOST_REQUESTS, write_batch
from ferry.tables.records import (
    ID,
    ORDER,
    ORDER_DIGITS,
    PARTITION,
    SOURCE,
    WRITTEN_AT,
    Record,
    order_key,
    partition,
    shard_partition,
)
from ferry.tables.schema import Table

_INDEX = "by_created"
_WRITERS = 8
_READERS = 4
_COUNTERS = 16
_READ_AHEAD_ROWS = 4_000
"""Rows that the pages of all shards together may hold in memory; a page is at most 1 MB anyway."""


class Window(msgspec.Struct, frozen=True):
    """A part of a table's rows by creation second: [start, end), None for an open end.

    Only rows after the order key `after` and before the order key `before` belong to it, "" for
    all.
    """

    start: int | None = None
    end: int | None = None
    after: str = ""
    before: str = ""

    @property
    def bounds(self) -> tuple[str, str]:
        """The least and the greatest order key of the window."""
        # An order key is a creation second and an id: a second alone lies before all its keys, and
        # a key with one more digit between that key and the next.
        low = self.after + "0" if self.after else order_key(self.start or 0)
        high = order_key(self.end) if self.end is not None else "9" * ORDER_DIGITS + "g"
        if self.before:  # lower the last digit by one: "g" lies behind every id of that beginning
            high = f"{self.before[:-1]}{chr(ord(self.before[-1]) - 1)}g"
        return low, high


EVERYTHING = Window()


class _Page(msgspec.Struct):
    """A page of a Query, spelled as DynamoDB spells it.

    Its items are decoded one by one as they are used: as Python objects they would take ten times
    the memory of their text, and many pages wait at a time.
    """

    Count: int
    Items: list[msgspec.Raw] = []
    LastEvaluatedKey: Item | None = None


_ITEM = msgspec.json.Decoder(dict[str, dict[str, Any]])


class Records:
    """Rows of all tables, each table's in its own shards.

    Reads are consistent: they see every row whose writing was answered before.
    """

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    @property
    def table_name(self) -> str:
        """The name of the DynamoDB table."""
        return self._table_name

    def put(self, items: Iterable[Item], on_batch: Callable[[], object] = lambda: None) -> None:
        """Write the items, many batches at a time; writing one twice leaves one.

        `on_batch` is called each time a batch is written: throttled, many may take minutes.
        """
        write = partial(write_batch, aws.dynamodb(), self._table_name)
        requests = ({"PutRequest": {"Item": item}} for item in items)
        with ThreadPoolExecutor(_WRITERS) as pool:
            for _ in pool.map(write, batched(requests, MOST_REQUESTS, strict=False)):
                on_batch()

    def count(self, table: Table, window: Window, *, limit: int) -> int:
        """Return how many rows the window holds; past `limit` counting stops."""
        total = 0
        lock = Lock()
        client = aws.dynamodb_pages()  # boto3 makes clients safely in one thread only

        def count_shard(shard: int) -> None:
            nonlocal total
            for page in self._pages(client, table, shard, window, {"Select": "COUNT"}):
                with lock:
                    total += page.Count
                if total > limit:
                    return

        with ThreadPoolExecutor(_COUNTERS) as pool:
            list(pool.map(count_shard, range(table.shards)))
        return total

    def stream(
        self,
        table: Table,
        window: Window,
        *,
        newest_first: bool = False,
        at_most: int | None = None,
    ) -> Iterator[Record]:
        """Yield the window's rows by order key, or by falling order key.

        The shards' streams are merged; each has its next page on the way while its present one
        is read. Who needs only so many rows says so (`at_most`), and pages are no longer.
        """
        limit = max(1, _READ_AHEAD_ROWS // table.shards)
        options = {
            "Limit": min(limit, at_most or limit),
            "ScanIndexForward": not newest_first,
        }
        client = aws.dynamodb_pages()
        with ThreadPoolExecutor(_READERS) as pool:
            shards = [
                _rows(_ahead(pool, self._pages(client, table, shard, window, options)))
                for shard in range(table.shards)
            ]
            yield from heapq.merge(*shards, key=attrgetter("order"), reverse=newest_first)

    def _pages(
        self, client: Any, table: Table, shard: int, window: Window, options: Mapping[str, Any]
    ) -> Iterator[_Page]:
        query: dict[str, Any] = {
            "TableName": self._table_name,
            "IndexName": _INDEX,
            "ConsistentRead": True,
            **_condition(shard_partition(table, shard), window),
            **options,
        }
        while True:
            page = msgspec.json.decode(client.query(**query)["Body"], type=_Page)
            yield page
            if not page.LastEvaluatedKey:
                return
            query["ExclusiveStartKey"] = page.LastEvaluatedKey


def _condition(partition_key: str, window: Window) -> dict[str, Any]:
    condition, names, values = "#pk = :pk", {"#pk": PARTITION}, {":pk": partition_key}
    if window != EVERYTHING:  # emulators look at the condition row by row: spare them one
        condition += " AND #order BETWEEN :low AND :high"
        names["#order"] = ORDER
        values[":low"], values[":high"] = window.bounds
    return {
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": encode_item(values),
    }


def item(table: Table, record: Record) -> Item:
    """Return the record as it is stored.

    Raises:
        InvalidRow: it is larger than DynamoDB stores.

    """
    stored = encode_item(
        {
            PARTITION: partition(table, record.id),
            ID: record.id,
            ORDER: record.order,
            WRITTEN_AT: record.written_at,
            **record.columns,
        }
    )
    del stored["id"]
    if (size := item_bytes(stored)) > MAX_ITEM_BYTES:
        raise InvalidRow(
            "", f"the record takes {size:,} bytes; DynamoDB holds at most {MAX_ITEM_BYTES:,}"
        )
    return stored


def record(item: Mapping[str, Any]) -> Record:
    """Return the record that a stored item holds."""
    fields = decode_item(item)
    del fields[PARTITION], fields[ORDER]
    fields.pop(SOURCE, None)
    return Record(
        id=fields.pop(ID),
        written_at=fields.pop(WRITTEN_AT),
        created_by=fields.pop("created_by"),
        created_at=fields.pop("created_at"),
        updated_at=fields.pop("updated_at"),
        read_perm=fields.pop("read_perm"),
        write_perm=fields.pop("write_perm"),
        fields=fields,
    )


def _ahead[T](pool: ThreadPoolExecutor, items: Iterator[T]) -> Iterator[T]:
    """Yield `items`, each fetched while the one before it is used; the first at once."""
    first = pool.submit(next, items, None)

    def follow(coming: Future[T | None]) -> Iterator[T]:
        while (present := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield present

    return follow(first)


def _rows(pages: Iterator[_Page]) -> Iterator[Record]:
    for page in pages:
        yield from map(record, map(_ITEM.decode, page.Items))
