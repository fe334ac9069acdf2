"""Pages with displaced rows, put in order."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import batched
from typing import Any

import msgspec

from ferry.aws.attributes import Item, decode, encode_item
from ferry.records.places import order_of
from ferry.tables.records import ID, ORDER, PARTITION, PLACED

type FindRows = Callable[..., Iterator[Item]]
"""``(keys, names=…)`` yields the items of primary keys, as consistent reads see them."""

_MARKS = (f'"{ORDER}"'.encode(), f'"{PLACED}"'.encode())
_ROWS_AT_A_TIME = 50
"""Rows that are found at once: of 400 KB each, 20 MB."""

_MOST_BYTES = 1024 * 1024
"""Of the rows of a page, as of a Query's: a page of places alone names thousands of rows."""


class _Text(msgspec.Struct):
    S: str


class _Keys(msgspec.Struct, rename={"partition": PARTITION, "key": ID, "at": ORDER, "row": PLACED}):
    partition: _Text
    key: _Text
    at: _Text | None = None
    row: _Text | None = None

    @property
    def order(self) -> str:
        """The order key of a row."""
        return self.at.S if self.at else self.key.S


KEYS = msgspec.json.Decoder(_Keys)


class RawPage(msgspec.Struct):
    """A page of a Query, spelled as DynamoDB spells it, its items left as they are."""

    Count: int
    ScannedCount: int = 0
    Items: list[msgspec.Raw] = []
    LastEvaluatedKey: Item | None = None

    @property
    def read(self) -> int:
        """How many items were read for the page; a filter may have left some out."""
        return max(self.Count, self.ScannedCount)


def holds_displaced(body: bytes) -> bool:
    """Return whether a page may hold displaced rows or places; nearly none does."""
    # A string has its quotes escaped, so only names match: ours, or one in a nested map.
    return any(mark in body for mark in _MARKS)


def put_in_order(body: bytes, find: FindRows) -> bytes:
    """Return the page with displaced rows at their places, and only there.

    ``Count`` still tells how many items were read. The page ends early where it has become too
    long.
    """
    page = msgspec.json.decode(body, type=RawPage)
    rows: list[msgspec.Raw] = []
    read = size = 0
    for some in batched(page.Items, _ROWS_AT_A_TIME, strict=False):
        if size >= _MOST_BYTES:
            last = KEYS.decode(page.Items[read - 1])
            page.ScannedCount = read
            page.LastEvaluatedKey = encode_item({PARTITION: last.partition.S, ID: last.key.S})
            break
        in_order = list(_in_order(some, find))
        rows += in_order
        read += len(some)
        size += sum(map(len, in_order))
    page.Items, page.Count = rows, read
    return msgspec.json.encode(page)


def placed_rows(places: Iterable[Item], find: FindRows, names: Sequence[str]) -> Iterator[Item]:
    """Yield those rows that the places stand for, and that still have these order keys."""
    wanted = {decode(place[PLACED]): place for place in places}
    keys = [{PARTITION: place[PARTITION], ID: place[PLACED]} for place in wanted.values()]
    for row in find(keys, names=names):
        if order_of(row) == decode(wanted[decode(row[ID])][ID]):
            yield row


def _in_order(items: Sequence[msgspec.Raw], find: FindRows) -> Iterator[msgspec.Raw]:
    keys = [KEYS.decode(item) for item in items]
    places: list[Any] = [
        encode_item({PARTITION: one.partition.S, ID: one.key.S, PLACED: one.row.S})
        for one in keys
        if one.row
    ]
    rows = {decode(row[ID]): row for row in _found(places, find)}
    for item, one in zip(items, keys, strict=True):
        if one.row:
            # A row that has moved meanwhile has another place.
            if one.row.S in rows:
                yield msgspec.Raw(msgspec.json.encode(rows[one.row.S]))
        elif one.at is None:
            yield item


def _found(places: Sequence[Item], find: FindRows) -> list[Item]:
    return list(placed_rows(places, find, ())) if places else []
