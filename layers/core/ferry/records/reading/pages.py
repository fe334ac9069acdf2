"""Pages of a shard's rows, as DynamoDB sends them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from ferry.aws.attributes import Item, encode_item
from ferry.records.reading.placed import (
    FindRows,
    RawPage,
    holds_displaced,
    placed_rows,
    put_in_order,
)
from ferry.records.reading.windows import EVERYTHING, Window
from ferry.tables.records import ID, ORDER, PARTITION, PLACED, shard_partition
from ferry.tables.schema import Table

_OURS = {"#order": ORDER, "#placed": PLACED}
_IN_PLACE = "attribute_not_exists(#order) AND attribute_not_exists(#placed)"
_PLACES = "attribute_exists(#placed) AND attribute_not_exists(#order)"


class Page[T](NamedTuple):
    """The decoded rows of a page.

    Attributes:
        orders: the order keys of `rows`.
        rows: what has been made of the page's rows; some may have been left out.
        size: how many rows were read for the page.
        next_key: where the next page begins, None behind the last one.

    """

    orders: list[str]
    rows: list[T]
    size: int
    next_key: Item | None


class ShardPages:
    """The pages of one shard's rows by order key; `options` are more parameters of the Query.

    Args:
        client: one whose answers are not parsed (`aws.dynamodb_pages`).
        find: finds rows by their keys.
        name: of the DynamoDB table.
        table: whose rows are read.
        shard: which of its shards.
        window: which of the shard's rows.
        options: more parameters of the Query.

    """

    def __init__(
        self,
        client: Any,
        find: FindRows,
        name: str,
        table: Table,
        shard: int,
        *,
        window: Window,
        **options: Any,
    ) -> None:
        self._client = client
        self._filter = window.filter
        self._find = self._filter.finding(find) if self._filter else find
        self._query: dict[str, Any] = {
            "TableName": name,
            "ConsistentRead": True,
            **_condition(shard_partition(table, shard), window),
            **options,
        }

    def page(self, begin: Item | None, **options: Any) -> bytes:
        """Return the page that begins behind the key `begin`, None for the first.

        Its rows are in order, displaced ones at their places.
        """
        if self._filter:
            # A place does not say who may read its row, which is checked once it is found.
            options |= self._filtering(f"attribute_exists(#placed) OR {self._filter.expression}")
        body = self._answer(begin, **options)
        return put_in_order(body, self._find) if holds_displaced(body) else body

    def counts(self) -> Iterator[int]:
        """Count the rows of each page without reading those that are in place."""
        displaced = False
        in_place = f"{_IN_PLACE} AND {self._filter.expression}" if self._filter else _IN_PLACE
        for page in self._pages(in_place, Select="COUNT"):
            displaced |= page.ScannedCount > page.Count
            yield page.Count
        # A place may be of a row that is gone or has moved, so rows are counted.
        for page in self._pages(_PLACES) if displaced else ():
            places = [msgspec.json.decode(item, type=Item) for item in page.Items]
            if places:
                yield sum(1 for _ in placed_rows(places, self._find, (ID, ORDER)))

    def ends(self, most_rows: int) -> Iterator[str]:
        """Yield the order key with which each page ends but the last; none has more rows."""
        begin = None
        while True:
            body = self._answer(begin, Select="COUNT", Limit=most_rows)
            begin = msgspec.json.decode(body, type=RawPage).LastEvaluatedKey
            if not begin:
                return
            yield begin[ID]["S"]

    def _pages(self, condition: str, **options: Any) -> Iterator[RawPage]:
        options |= self._filtering(condition)
        begin = None
        while True:
            page = msgspec.json.decode(self._answer(begin, **options), type=RawPage)
            yield page
            begin = page.LastEvaluatedKey
            if not begin:
                return

    def _filtering(self, condition: str) -> dict[str, Any]:
        """Return the parameters of a Query that filter its rows."""
        names = {**self._query["ExpressionAttributeNames"]}
        values = {**self._query["ExpressionAttributeValues"]}
        names |= {word: name for word, name in _OURS.items() if word in condition}
        # DynamoDB refuses a word that no expression has.
        if self._filter and self._filter.expression in condition:
            names |= self._filter.names
            values |= self._filter.values
        return {
            "FilterExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }

    def _answer(self, begin: Item | None, **options: Any) -> bytes:
        more = {"ExclusiveStartKey": begin} if begin else {}
        body: bytes = self._client.query(**{**self._query, **options, **more})["Body"]
        return body


def _condition(partition_key: str, window: Window) -> dict[str, Any]:
    condition, names, values = "#pk = :pk", {"#pk": PARTITION}, {":pk": partition_key}
    if window != EVERYTHING:  # emulators evaluate the condition row by row: spare them one
        condition += " AND #key BETWEEN :low AND :high"
        names["#key"] = ID
        values[":low"], values[":high"] = window.bounds
    return {
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": encode_item(values),
    }
