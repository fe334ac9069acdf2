"""Reads the rows of an attached table, all of them or by its index, in no order."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

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
        index, creation = self._attached.index, self._attached.created_at
        requests = self._scans()
        if index and creation and (start, end) != (None, None):
            requests = _queries(index, creation, bounds(creation, start, end))
        for page in self._pages(requests):
            for item in page.Items:
                yield decode_item(_ITEM.decode(item))

    def counts(self) -> Iterator[int]:
        """Count the rows of each page; raises the errors of `rows`."""
        for page in self._pages(self._scans(Select="COUNT")):
            yield page.Count

    def _scans(self, **more: Any) -> list[dict[str, Any]]:
        # A single scan reads one partition after the other, 1 MB a call; segments read side by
        # side.
        segments = range(_AT_ONCE)
        return [
            {"ConsistentRead": True, "Segment": n, "TotalSegments": len(segments), **more}
            for n in segments
        ]

    def _pages(self, requests: list[dict[str, Any]]) -> Iterator[_Page]:
        """Yield all pages of the requests, as they come; the next of each is on its way then."""
        client = clients.dynamodb_pages()  # clients are made safely in one thread only
        waiting = deque(requests)
        coming: dict[Future[_Page], dict[str, Any]] = {}
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            while waiting or coming:
                # Bounded, so that a slow consumer holds 8 MB of pages and not the table.
                while waiting and len(coming) < _AT_ONCE:
                    request = waiting.popleft()
                    coming[pool.submit(self._page, client, request)] = request
                done, _ = wait(coming, return_when=FIRST_COMPLETED)
                for future in done:
                    request, page = coming.pop(future), future.result()
                    if page.LastEvaluatedKey:
                        # To the end of the line: every segment advances, and the next page comes
                        # during the yield.
                        waiting.append({**request, "ExclusiveStartKey": page.LastEvaluatedKey})
                    yield page

    def _page(self, client: Any, request: dict[str, Any]) -> _Page:
        read = client.query if "IndexName" in request else client.scan
        body = ask(read, TableName=self._attached.table, **request)["Body"]
        return msgspec.json.decode(body, type=_Page)


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
