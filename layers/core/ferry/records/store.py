"""The records table: every table's rows, spread over its shards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import batched
from threading import Lock
from typing import TYPE_CHECKING, Any

import msgspec

from ferry.aws import clients
from ferry.aws.attributes import MAX_ITEM_BYTES, Item, decode_item, encode, encode_item, item_bytes
from ferry.aws.batches import MOST_REQUESTS, get_batch, write_batch
from ferry.aws.signed_client.batch_writer import BatchWriter
from ferry.aws.threads import in_threads
from ferry.errors import InvalidRow
from ferry.records.order_moves import count_moves
from ferry.records.places import is_displaced, place_item
from ferry.records.reading.merging import Block, merge
from ferry.records.reading.pages import Page, ShardPages
from ferry.records.reading.placed import KEYS, RawPage
from ferry.records.reading.windows import Window
from ferry.tables.records import (
    ID,
    ORDER,
    PARTITION,
    SOURCE,
    WRITTEN_AT,
    Record,
    partition,
)
from ferry.tables.schema import Table

if TYPE_CHECKING:
    from ferry.records.unique_rows import UniqueRecords

_WRITERS = 8
_COUNTERS = 16
_TELLING_ROWS = 1000
"""Of one shard: their number is off by some 3 per cent (the root of it), mostly."""
PAGE_BYTES = 1024 * 1024
"""Of pages that become rows of a file at once; a Query returns no more than 1 MB."""

MOST_ROWS_COUNTED = 10_000
"""Of a page: a megabyte holds fewer."""

HELD_PAGE_BYTES = 256 * 1024
"""Of pages whose rows stay as they are until used: every shard holds one."""


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

    @property
    def unique(self) -> UniqueRecords:
        """A writer of rows on the condition that the table has none of their ids."""
        from ferry.records.unique_rows import UniqueRecords  # which falls back on this class

        return UniqueRecords(self._table_name)

    def writer(self, on_wait: Callable[[], object]) -> BatchWriter:
        """Return a writer of items, to be closed; it calls `on_wait` now and then as it waits."""
        return BatchWriter(self._table_name, clients.signed_requests(on_wait))

    def put(self, items: Iterable[Item], on_batch: Callable[[], object] = lambda: None) -> None:
        """Write the items, many batches at a time; writing one twice leaves one.

        `on_batch` is called each time a batch is written: throttled, many may take minutes.
        """
        write = partial(_write, clients.dynamodb(), self._table_name)
        batches = batched(items, MOST_REQUESTS, strict=False)
        for _ in in_threads(write, batches, threads=_WRITERS):
            on_batch()

    def count(
        self,
        table: Table,
        window: Window,
        *,
        limit: int,
        on_page: Callable[[], object] = lambda: None,
    ) -> int:
        """Count the rows in the window; stop counting past `limit`.

        `on_page` is called with each page of rows, and may raise.
        """
        total = 0
        lock = Lock()

        def count_shard(pages: ShardPages) -> None:
            nonlocal total
            for counted in pages.counts():
                on_page()
                with lock:
                    total += counted
                # Each shard stops by itself; what the others count beyond the limit does not
                # matter.
                if total > limit:
                    return

        list(in_threads(count_shard, self._shards(table, window), threads=_COUNTERS))
        return total

    def about(self, table: Table, window: Window, *, limit: int) -> tuple[int, bool]:
        """Return about how many rows are in the window, and whether that is counted.

        Rows spread over the shards by a checksum of their ids, so that one shard tells of all.
        Beyond `limit` it stops.
        """
        first = self._shards(table, window)[0]
        in_shard = 0
        for counted in first.counts():
            in_shard += counted
            if in_shard * table.shards > limit:
                break
        if in_shard < _TELLING_ROWS:
            return self.count(table, window, limit=limit), True
        return in_shard * table.shards, table.shards == 1

    def page_ends(self, table: Table, window: Window) -> Iterator[str]:
        """Yield order keys of the window as one of the shards has them, a megabyte apart.

        Rows spread over the shards by a checksum of their ids: so much lies between two of these
        keys in each of them, about.
        """
        return self._shards(table, window)[0].ends(MOST_ROWS_COUNTED)

    def moves(self, table: Table) -> int:
        """Return how often a row of the table has changed its place; see `order_moves`."""
        return count_moves(clients.dynamodb(), self._table_name, table)

    def stream(
        self,
        table: Table,
        window: Window,
        *,
        newest_first: bool = False,
        at_most: int | None = None,
        on_block: Callable[[], object] = lambda: None,
    ) -> Iterator[Record]:
        """Yield the window's rows by order key, or by falling order key.

        Who needs only so many rows says so (`at_most`), and pages are no longer. `on_block` is
        called now and then, also where a filter leaves nothing to yield, and may raise.
        """
        shards = self._shards(table, window, ScanIndexForward=not newest_first)
        for block in merge(
            shards,
            _undecoded,
            page_bytes=HELD_PAGE_BYTES,
            # A filter may leave nothing of a short page.
            most_rows=None if window.filter else at_most,
            newest_first=newest_first,
        ):
            on_block()
            yield from map(read_item, block.rows)

    def blocks[T](
        self,
        table: Table,
        window: Window,
        read: Callable[[bytes], Page[T]],
        *,
        newest_first: bool = False,
    ) -> Iterator[Block[T]]:
        """Read the window's rows page by page with `read` and yield its results in blocks.

        They come by order key, or by falling order key.
        """
        shards = self._shards(table, window, ScanIndexForward=not newest_first)
        return merge(shards, read, page_bytes=PAGE_BYTES, newest_first=newest_first)

    def _shards(self, table: Table, window: Window, **options: Any) -> list[ShardPages]:
        # Clients are made safely in one thread only.
        client, rows = clients.dynamodb_pages(), clients.dynamodb()
        find = partial(get_batch, rows, self._table_name)
        return [
            ShardPages(client, find, self._table_name, table, shard, window=window, **options)
            for shard in range(table.shards)
        ]


def physical_name(table: Table, records: Records) -> str:
    """Return the name of the DynamoDB table that holds the rows of a table."""
    return table.attached.table if table.attached else records.table_name


def item(table: Table, record: Record) -> Item:
    """Return the record as it is stored.

    Raises:
        InvalidRow: it is larger than DynamoDB stores.

    """
    stored = encode_item(
        {
            PARTITION: partition(table, record.id),
            ID: record.id,
            **({ORDER: record.place} if record.place else {}),
            WRITTEN_AT: record.written_at,
            **record.columns,
        }
    )
    # The sort key is the id: a second copy would cost its bytes in every row.
    del stored["id"]
    if record.source:
        stored[SOURCE] = encode(record.source)
    if (size := item_bytes(stored)) > MAX_ITEM_BYTES:
        raise InvalidRow(
            "", f"the record takes {size:,} bytes; DynamoDB holds at most {MAX_ITEM_BYTES:,}"
        )
    return stored


def read_item(raw: msgspec.Raw) -> Record:
    """Return the record that a stored item holds, as a page has it."""
    return record(_ITEM.decode(raw))


def record(item: Mapping[str, Any]) -> Record:
    """Return the record that a stored item holds."""
    fields = decode_item(item)
    del fields[PARTITION]
    fields.pop(ORDER, None)
    source = fields.pop(SOURCE, "")
    return Record(
        id=fields.pop(ID),
        written_at=fields.pop(WRITTEN_AT),
        created_by=fields.pop("created_by"),
        created_at=fields.pop("created_at"),
        updated_at=fields.pop("updated_at"),
        read_perm=fields.pop("read_perm"),
        write_perm=fields.pop("write_perm"),
        fields=fields,
        source=source,
    )


def _write(client: Any, table_name: str, items: Sequence[Item]) -> None:
    # Places first: a place without its row is skipped, a row without its place is never met.
    for some in (list(map(place_item, filter(is_displaced, items))), items):
        if some:
            write_batch(client, table_name, [{"PutRequest": {"Item": item}} for item in some])


def _undecoded(body: bytes) -> Page[msgspec.Raw]:
    # As Python objects the rows would take ten times the memory of their text.
    page = msgspec.json.decode(body, type=RawPage)
    orders = [keys.order for keys in map(KEYS.decode, page.Items)]
    return Page(orders, page.Items, page.read, page.LastEvaluatedKey)
