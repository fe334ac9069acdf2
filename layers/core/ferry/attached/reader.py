"""Reads the rows of an attached table, all of them or by its index, in no order."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import Any, NamedTuple

import msgspec

from ferry.attached.keys import bounds
from ferry.attached.table_calls import ask
from ferry.aws import clients
from ferry.aws.attributes import Item, decode_item, encode_item
from ferry.tables.attachment import Attachment, Creation, CreationIndex
from ferry.tables.values import Value

_AT_ONCE = 8
"""Segments that a scan is cut into, and pages that may be on their way or wait: 1 MB each."""


class _Page(msgspec.Struct):
    """A page of a Scan or a Query, spelled as DynamoDB spells it, its items left as they are."""

    Count: int
    Items: list[msgspec.Raw] = []
    LastEvaluatedKey: Item | None = None


class ScannedPart(NamedTuple):
    """Rows that came together.

    Attributes:
        items: the rows, as the page has them.
        segment: names the segment of the scan, or the partition of the index, that they are of.
        reached: the key of its last row that is read, None where all are.

    """

    items: Sequence[msgspec.Raw]
    segment: str
    reached: Item | None


class AttachedReader:
    """The rows of one attached table.

    Reads of the table are consistent: they see every row whose writing was answered before. Those
    of the index lag behind by a moment, as DynamoDB has no others.
    """

    def __init__(self, attached: Attachment) -> None:
        self._attached = attached

    def rows(self, start: int | None = None, end: int | None = None) -> Iterator[dict[str, Value]]:
        """Yield the attributes of at least every row created in [start, end), Unix seconds.

        Raises:
            NotFound: the table does not exist any more.
            Malformed: the service may not use it any more.

        """
        for part in self.parts({}, start, end):
            yield from map(read_columns, part.items)

    def parts(
        self,
        reached: Mapping[str, Item | None],
        start: int | None = None,
        end: int | None = None,
        *,
        share: tuple[int, int] = (0, 1),
    ) -> Iterator[ScannedPart]:
        """Yield the rows of `rows` as they come, those of a page together; raises as it does.

        Args:
            reached: how far each segment is read already; see `ScannedPart`.
            start: Unix seconds.
            end: Unix seconds.
            share: of a scan that several workers share, which of so many shares: its number, from
                0, and how many there are.

        """
        index, creation = self._attached.index, self._attached.created_at
        requests = self._scans(*share)
        if index and creation and (start, end) != (None, None):
            requests = _queries(index, creation, bounds(creation, start, end))
        left = {
            str(number): {**request, **_beginning(reached.get(str(number)))}
            for number, request in enumerate(requests)
            if reached.get(str(number), {}) is not None
        }
        for segment, page in self._pages(left):
            yield ScannedPart(page.Items, segment, page.LastEvaluatedKey)

    def counts(self) -> Iterator[int]:
        """Count the rows of each page; raises the errors of `rows`."""
        scans = self._scans(Select="COUNT")
        for _, page in self._pages({str(number): scan for number, scan in enumerate(scans)}):
            yield page.Count

    def _scans(self, share: int = 0, shares: int = 1, **more: Any) -> list[dict[str, Any]]:
        # A single scan reads one partition after the other, 1 MB a call; segments read side by
        # side.
        segments = range(share * _AT_ONCE, (share + 1) * _AT_ONCE)
        return [
            {"ConsistentRead": True, "Segment": n, "TotalSegments": shares * _AT_ONCE, **more}
            for n in segments
        ]

    def _pages(self, requests: Mapping[str, dict[str, Any]]) -> Iterator[tuple[str, _Page]]:
        """Yield all pages of the requests, as they come; the next of each is on its way then."""
        client = clients.dynamodb_pages()  # clients are made safely in one thread only
        waiting = deque(requests.items())
        coming: dict[Future[_Page], tuple[str, dict[str, Any]]] = {}
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            while waiting or coming:
                # Bounded, so that a slow consumer holds 8 MB of pages and not the table.
                while waiting and len(coming) < _AT_ONCE:
                    segment, request = waiting.popleft()
                    # A copy of the context: the thread counts capacity for the same job.
                    page = pool.submit(copy_context().run, self._page, client, request)
                    coming[page] = segment, request
                done, _ = wait(coming, return_when=FIRST_COMPLETED)
                for future in done:
                    (segment, request), found = coming.pop(future), future.result()
                    if found.LastEvaluatedKey:
                        # To the end of the line: every segment advances, and the next page comes
                        # during the yield.
                        more = {**request, "ExclusiveStartKey": found.LastEvaluatedKey}
                        waiting.append((segment, more))
                    yield segment, found

    def _page(self, client: Any, request: dict[str, Any]) -> _Page:
        read = client.query if "IndexName" in request else client.scan
        body = ask(read, TableName=self._attached.table, **request)["Body"]
        return msgspec.json.decode(body, type=_Page)


def read_columns(item: msgspec.Raw) -> dict[str, Value]:
    """Return the attributes of a row, as a page has it."""
    return decode_item(_ITEM.decode(item))


def _beginning(reached: Item | None) -> dict[str, Any]:
    return {"ExclusiveStartKey": reached} if reached else {}


def _queries(
    index: CreationIndex, creation: Creation, between: tuple[Value, Value]
) -> list[dict[str, Any]]:
    low, high = between
    return [
        {
            "IndexName": index.name,
            "KeyConditionExpression": "#key = :key AND #at BETWEEN :low AND :high",
            "ExpressionAttributeNames": {"#key": index.key, "#at": creation.attribute},
            "ExpressionAttributeValues": encode_item({":key": value, ":low": low, ":high": high}),
        }
        for value in index.partitions
    ]


_ITEM = msgspec.json.Decoder(dict[str, dict[str, Any]])
