"""The table of rows: pages of Scan and Query as DynamoDB cuts them, and batches of writes."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.replay.http import Unserved, response

NAME = "records"

_PAGE_BYTES = 1024 * 1024
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html"""

_MOST_ROWS = 10_000
"""More never lie on a page: each has more than 100 bytes."""

_DONE = b'{"UnprocessedItems":{}}'
_ASKED = b'"ReturnConsumedCapacity"'

_UNSERVED = ("FilterExpression", "ProjectionExpression", "QueryFilter", "ScanFilter")


class _Text(msgspec.Struct):
    S: str


class _Keys(msgspec.Struct, rename={"partition": "_pk", "sort": "_sk"}):
    partition: _Text
    sort: _Text


class _Line(msgspec.Struct):
    size: int
    item: msgspec.Raw


class StoredItem(msgspec.Struct, gc=False):
    """An item as JSON text, its size as DynamoDB reckons it and its keys."""

    text: bytes
    size: int
    partition: str
    sort: str

    @property
    def key(self) -> dict[str, Any]:
        """The key of the item."""
        return {"_pk": {"S": self.partition}, "_sk": {"S": self.sort}}


def load(path: Path) -> Iterator[StoredItem]:
    """Yield the items that a file holds, a line each with its size."""
    line_of = msgspec.json.Decoder(_Line).decode
    keys_of = msgspec.json.Decoder(_Keys).decode
    with path.open("rb") as lines:
        for text in lines:
            line = line_of(text)
            keys = keys_of(line.item)
            yield StoredItem(bytes(line.item), line.size, keys.partition.S, keys.sort.S)


class RecordsTable:
    """The table of rows.

    Attributes:
        rows_put: how many rows have been written since the last reset.
        pages_read: how many pages have been read since then.
        batches: the bodies of the batches in which they came, if they are kept.

    """

    def __init__(self, items: Iterator[StoredItem]) -> None:
        self._partitions: dict[str, list[StoredItem]] = {}
        for item in items:
            self._partitions.setdefault(item.partition, []).append(item)
        for partition in self._partitions.values():
            partition.sort(key=attrgetter("sort"))
        self._answers: dict[bytes, bytes] = {}
        self._accepted = response(_DONE)
        self.reset(keep=False)

    def reset(self, *, keep: bool) -> None:
        """Forget what was written; keep what comes now if so told."""
        self.rows_put = 0
        self.pages_read = 0
        self.batches: list[bytes] = []
        self._keep = keep

    def write(self, body: bytes) -> bytes:
        """Take a BatchWriteItem."""
        rows = body.count(b'"PutRequest"')
        self.rows_put += rows
        if self._keep:
            self.batches.append(body)
        if _ASKED in body:
            return response(_DONE[:-1] + _consumed(rows, many=True) + b"}")
        return self._accepted

    def scan(self, body: bytes) -> bytes:
        """Answer a Scan."""
        return self._once(body, self._scan)

    def query(self, body: bytes) -> bytes:
        """Answer a Query of one partition."""
        return self._once(body, self._query)

    def _once(self, body: bytes, answer: Any) -> bytes:
        self.pages_read += 1
        if body not in self._answers:
            asked = json.loads(body)
            unserved = [name for name in _UNSERVED if name in asked]
            if unserved or asked.get("ScanIndexForward") is False:
                raise Unserved(f"{unserved or 'descending order'} is not served")
            self._answers[body] = response(answer(asked))
        return self._answers[body]

    def _scan(self, asked: dict[str, Any]) -> bytes:
        segment, segments = asked.get("Segment", 0), asked.get("TotalSegments", 1)
        mine = list(self._partitions)[segment::segments]
        after = asked.get("ExclusiveStartKey")
        behind = 0
        if after:
            mine = mine[mine.index(after["_pk"]["S"]) :]
            sorts = [item.sort for item in self._partitions[mine[0]]]
            behind = sorts.index(after["_sk"]["S"]) + 1
        rest = chain.from_iterable(self._partitions[name] for name in mine)
        return _page(list(islice(rest, behind, behind + _MOST_ROWS)), asked)

    def _query(self, asked: dict[str, Any]) -> bytes:
        values = asked["ExpressionAttributeValues"]
        items = self._partitions.get(values[":pk"]["S"], [])
        sort = attrgetter("sort")
        start, end = 0, len(items)
        if ":low" in values:
            start = bisect_left(items, values[":low"]["S"], key=sort)
            end = bisect_right(items, values[":high"]["S"], key=sort)
        if after := asked.get("ExclusiveStartKey"):
            start = bisect_right(items, after["_sk"]["S"], key=sort)
        return _page(items[start:end], asked)


def _page(items: Sequence[StoredItem], asked: dict[str, Any]) -> bytes:
    """Return the first page of the items: up to the limit asked for, or to 1 MB."""
    count, room = 0, _PAGE_BYTES
    for item in islice(items, asked.get("Limit", len(items))):
        room -= item.size
        if room < 0 and count:
            break
        count += 1
    more = count < len(items) or count == asked.get("Limit")
    parts = [b'{"Count":%d' % count]
    if asked.get("Select") != "COUNT":
        parts.append(b'"Items":[' + b",".join(item.text for item in items[:count]) + b"]")
    if more:
        key = msgspec.json.encode(items[count - 1].key)
        parts.append(b'"LastEvaluatedKey":' + key)
    parts.append(b'"ScannedCount":%d' % count)
    told = _consumed((_PAGE_BYTES - room) / 4096) if "ReturnConsumedCapacity" in asked else b""
    return b",".join(parts) + told + b"}"


def _consumed(units: float, *, many: bool = False) -> bytes:
    told = b'{"TableName":"%b","CapacityUnits":%.1f}' % (NAME.encode(), units)
    return b',"ConsumedCapacity":' + (b"[%b]" % told if many else told)
