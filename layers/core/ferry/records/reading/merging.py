"""The pages of many shards as one stream of rows in order."""

import operator
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import NamedTuple, Protocol

from ferry.aws.attributes import Item
from ferry.records.reading.pages import Page
from ferry.tables.records import ID

_AHEAD = 4
"""Pages on their way at a time: at 60 ms a page, enough to keep the processor busy."""

FIRST_ROWS = 2000
"""Rows of the last shard's first page, which shows how large the shard's rows are.

The other shards' first pages are shorter, each by the same step: the shards' rows then do not run
out all at once.
"""


class _Pages(Protocol):
    def page(self, begin: Item | None, **options: int) -> bytes: ...


class Block[T](NamedTuple):
    """Rows that follow one another.

    Attributes:
        orders: the order keys of `rows`.
        rows: the rows, in the stream's order.
        last: the order key up to which every row lies in this block or one before it.

    """

    orders: list[str]
    rows: list[T]
    last: str

    def pieces(self, most_rows: int) -> Iterator["Block[T]"]:
        """Yield the block, cut into some of so many rows at most."""
        at = 0
        while len(self.rows) - at > most_rows:
            orders = self.orders[at : at + most_rows]
            yield Block(orders, self.rows[at : at + most_rows], orders[-1])
            at += most_rows
        yield Block(self.orders[at:], self.rows[at:], self.last)


def merge[T](
    shards: Sequence[_Pages],
    read: Callable[[bytes], Page[T]],
    *,
    page_bytes: int,
    most_rows: int | None = None,
    newest_first: bool = False,
) -> Iterator[Block[T]]:
    """Yield the shards' rows by order key, or by falling order key, in blocks.

    What `read` makes of a page is held until its rows' turn comes. The next pages on their way
    are those of the shards whose rows run out first (Knuth 5.4.6, forecasting), so a few of them
    do for any number of shards.

    Args:
        shards: their pages.
        read: is given each page.
        page_bytes: about how long a page should be.
        most_rows: how many rows a page may have at most, None for any number.
        newest_first: whether the keys fall.

    """
    # Each run asks for its first page as it is made, so all shards are on their way at once.
    pool = ThreadPoolExecutor(_AHEAD)
    try:
        runs = [
            _Run(
                pages,
                read,
                pool,
                first_rows=FIRST_ROWS * number // len(shards),
                page_bytes=page_bytes,
                most_rows=most_rows or 1 << 30,
            )
            for number, pages in enumerate(shards, start=1)
        ]
        for run in runs:
            run.take()
        while True:
            # A shard may still send rows behind its bound, so no row beyond the lowest bound of
            # all may leave yet: it would come before a row that is still to be read.
            unfinished = sorted(filter(_bound, runs), key=_bound, reverse=newest_first)
            # These run out first. To ask every shard instead would hold a page of each in memory.
            for run in unfinished[:_AHEAD]:
                run.request()
            bound = unfinished[0].bound if unfinished else ""
            block = _block(runs, bound, newest_first=newest_first)
            # Only the last block has no bound, and it is empty where the shards ended before it.
            if block.last:
                yield block
            if not unfinished:
                return
            # The lowest bound rises by this page alone, so every round makes progress.
            unfinished[0].take()
    finally:
        # A caller that stops early, such as a list's first page, must not wait for the other
        # pages.
        pool.shutdown(cancel_futures=True)


class _Run[T]:
    """One shard's rows, as far as they have been read and not been passed on."""

    def __init__(
        self,
        pages: _Pages,
        read: Callable[[bytes], Page[T]],
        pool: ThreadPoolExecutor,
        *,
        first_rows: int,
        page_bytes: int,
        most_rows: int,
    ) -> None:
        self._pages = pages
        self._read = read
        self._pool = pool
        self._page_bytes = page_bytes
        self._most_rows = most_rows
        self._limit = max(1, min(first_rows, most_rows))
        self._next_key: Item | None = None
        self._orders: list[str] = []
        self._rows: list[T] = []
        self._coming: Future[bytes] | None = None
        self.request()

    @property
    def bound(self) -> str:
        """The order key up to which the shard's rows have been read, "" for its end."""
        return self._next_key[ID]["S"] if self._next_key else ""

    def request(self) -> Future[bytes]:
        """Let the next page come, unless it does."""
        if self._coming is None:
            # A copy of the context: the thread counts capacity for the same job.
            page = copy_context().run
            self._coming = self._pool.submit(
                page, self._pages.page, self._next_key, Limit=self._limit
            )
        return self._coming

    def take(self) -> None:
        """Take the next page."""
        body = self.request().result()
        self._coming = None
        page = self._read(body)
        self._orders += page.orders
        self._rows += page.rows
        self._next_key = page.next_key
        # Limit counts rows, not bytes: the size of the last page's rows predicts the next one's.
        rows = page.size * self._page_bytes // len(body)
        self._limit = max(1, min(rows, self._most_rows))

    def pass_on(self, bound: str, *, newest_first: bool) -> Iterator[tuple[str, T]]:
        """Give away the rows up to the order key `bound`, all of them up to ""."""
        count = len(self._orders)
        if bound:
            beyond = operator.lt if newest_first else operator.gt
            count = bisect_left(self._orders, True, key=lambda order: beyond(order, bound))
        orders, rows = self._orders[:count], self._rows[:count]
        del self._orders[:count], self._rows[:count]
        return zip(orders, rows, strict=True)


def _bound[T](run: _Run[T]) -> str:
    return run.bound


def _block[T](runs: Sequence[_Run[T]], bound: str, *, newest_first: bool) -> Block[T]:
    by_order: dict[str, T] = {}
    for run in runs:
        # Order keys end with the row's id, so no two rows of a table have the same one.
        by_order.update(run.pass_on(bound, newest_first=newest_first))
    orders = sorted(by_order, reverse=newest_first)  # quick: of a few sorted stretches
    return Block(orders, [by_order[order] for order in orders], bound or "".join(orders[-1:]))
