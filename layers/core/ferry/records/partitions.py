"""Whole partitions of the records table."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import batched
from typing import Any

from ferry.aws import clients
from ferry.aws.attributes import encode_item
from ferry.aws.batches import MOST_REQUESTS, write_batch
from ferry.tables.records import ID, PARTITION

_WRITERS = 8
PAGE_ITEMS = 1000
"""Items that a purge reads, and deletes, before it checks the time."""


class Partitions:
    """Partitions of rows, or of index entries, by their keys."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    def clear(self, partition: str) -> Iterator[int]:
        """Delete every item of the partition; after each page of them yield how many it had."""
        delete = partial(write_batch, clients.dynamodb(), self._table_name)
        with ThreadPoolExecutor(_WRITERS) as pool:
            while keys := self._some_keys(partition):
                requests = [{"DeleteRequest": {"Key": key}} for key in keys]
                list(pool.map(delete, batched(requests, MOST_REQUESTS, strict=False)))
                yield len(keys)

    def _some_keys(self, partition: str) -> list[Any]:
        answer = clients.dynamodb().query(
            TableName=self._table_name,
            ConsistentRead=True,
            Limit=PAGE_ITEMS,
            ProjectionExpression="#partition, #id",
            KeyConditionExpression="#partition = :partition",
            ExpressionAttributeNames={"#partition": PARTITION, "#id": ID},
            ExpressionAttributeValues=encode_item({":partition": partition}),
        )
        return answer["Items"]
