"""Shards' pages merged, against a plain sort of all their rows."""

import json
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.records.reading.merging import Block, merge
from ferry.records.reading.pages import Page

SHARDS = st.lists(
    st.lists(st.integers(0, 99).map("{:02d}".format), max_size=12, unique=True), min_size=1
).map(lambda shards: [[f"{o}-{n}" for o in shard] for n, shard in enumerate(shards)])


@dataclass
class Shard:
    """A shard whose rows are their own order keys."""

    orders: list[str]
    most_rows: int
    limits: list[int] = field(default_factory=list)

    def page(self, begin: Any, **options: int) -> bytes:
        self.limits.append(options["Limit"])
        start = self.orders.index(begin["_sk"]["S"]) + 1 if begin else 0
        stop = start + min(options["Limit"], self.most_rows)
        rest = self.orders[stop:]
        key = {"_sk": {"S": self.orders[stop - 1]}} if rest else None
        return json.dumps([self.orders[start:stop], key]).encode()


def read(body: bytes) -> Page[str]:
    orders, key = msgspec.json.decode(body)
    kept = [order for order in orders if order[0] != "5"]  # as if the rest were not wanted
    return Page(kept, [order.upper() for order in kept], len(orders), key)


@given(
    shards=SHARDS,
    newest_first=st.booleans(),
    most_rows=st.integers(1, 5),
    page_bytes=st.integers(1, 60),
)
@settings(deadline=None)
def test_blocks_follow_one_another_in_order(
    shards: list[list[str]], newest_first: bool, most_rows: int, page_bytes: int
) -> None:
    stored = [Shard(sorted(orders, reverse=newest_first), most_rows) for orders in shards]

    blocks = list(merge(stored, read, page_bytes=page_bytes, newest_first=newest_first))

    everything = sorted((o for shard in shards for o in shard), reverse=newest_first)
    orders = [order for block in blocks for order in block.orders]
    assert orders == [order for order in everything if order[0] != "5"]
    assert [row for block in blocks for row in block.rows] == [o.upper() for o in orders]
    # A reader that goes on after a block's last key misses nothing and sees nothing twice.
    read_so_far: list[str] = []
    for block in blocks:
        read_so_far += block.orders
        assert block.last
        assert read_so_far == [
            order
            for order in orders
            if (order >= block.last if newest_first else order <= block.last)
        ]


def test_pages_have_no_more_rows_than_asked_for() -> None:
    shard = Shard([f"{number:03d}" for number in range(100)], 1000)

    list(merge([shard], read, page_bytes=1 << 20, most_rows=7))

    assert set(shard.limits) == {7}


def test_the_second_page_is_as_long_as_the_first_ones_rows_tell() -> None:
    shard = Shard([f"{number:05d}" for number in range(3000)], 10_000)

    list(merge([shard], read, page_bytes=8_000))

    assert shard.limits[0] == 2000
    assert 500 < shard.limits[1] < 1000


@pytest.mark.parametrize("size", [1, 3, 5, 6])
def test_a_block_can_be_cut(size: int) -> None:
    block = Block(["a", "b", "c", "d", "e"], [1, 2, 3, 4, 5], "f")

    pieces = list(block.pieces(size))

    assert [row for piece in pieces for row in piece.rows] == block.rows
    assert max(len(piece.rows) for piece in pieces) == min(size, 5)
    assert [piece.last for piece in pieces][:-1] == [piece.orders[-1] for piece in pieces[:-1]]
    assert pieces[-1].last == "f"
