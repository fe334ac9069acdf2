"""Pages of a shard's rows, as DynamoDB sends them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from ferry.aws.attributes import Item, encode_item
from ferry.records.reading.windows import EVERYTHING, Window
from ferry.tables.records import ORDER, PARTITION, shard_partition
from ferry.tables.schema import Table

_INDEX = "by_created"


class Page[T](NamedTuple):
    """The decoded rows of a page.

    Attributes:
        orders: the order keys of `rows`.
        rows: what has been made of the page's rows; some may have been left out.
        size: how many rows the page has.
        next_key: where the next page begins, None behind the last one.

    """

    orders: list[str]
    rows: list[T]
    size: int
    next_key: Item | None


class RawPage(msgspec.Struct):
    """A page of a Query, spelled as DynamoDB spells it, its items left as they are."""

    Count: int
    Items: list[msgspec.Raw] = []
    LastEvaluatedKey: Item | None = None


class ShardPages:
    """The pages of one shard's rows by order key; `options` are more parameters of the Query.

    Args:
        client: one whose answers are not parsed (`aws.dynamodb_pages`).
        name: of the DynamoDB table.
        table: whose rows are read.
        shard: which of its shards.
        window: which of the shard's rows.
        options: more parameters of the Query.

    """

    def __init__(
        self, client: Any, name: str, table: Table, shard: int, window: Window, **options: Any
    ) -> None:
        self._client = client
        self._query: dict[str, Any] = {
            "TableName": name,
            "IndexName": _INDEX,
            "ConsistentRead": True,
            **_condition(shard_partition(table, shard), window),
            **options,
        }

    def page(self, begin: Item | None, **options: Any) -> bytes:
        """Return the page that begins at the key `begin`, None for the first."""
        more = {"ExclusiveStartKey": begin} if begin else {}
        body: bytes = self._client.query(**self._query, **options, **more)["Body"]
        return body

    def counts(self) -> Iterator[int]:
        """Count the rows of each page without reading them."""
        begin = None
        while True:
            counted = msgspec.json.decode(self.page(begin, Select="COUNT"), type=RawPage)
            yield counted.Count
            begin = counted.LastEvaluatedKey
            if not begin:
                return


def _condition(partition_key: str, window: Window) -> dict[str, Any]:
    condition, names, values = "#pk = :pk", {"#pk": PARTITION}, {":pk": partition_key}
    if window != EVERYTHING:  # emulators evaluate the condition row by row: spare them one
        condition += " AND #order BETWEEN :low AND :high"
        names["#order"] = ORDER
        values[":low"], values[":high"] = window.bounds
    return {
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": encode_item(values),
    }
