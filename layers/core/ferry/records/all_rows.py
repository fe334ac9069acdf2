"""All rows of a table, as items, in no order."""

from collections.abc import Iterator, Sequence
from typing import Any

from ferry.aws import clients
from ferry.aws.attributes import Item, encode_item
from ferry.tables.records import PARTITION, PLACED, shard_partition
from ferry.tables.schema import Table


def all_items(table_name: str, table: Table, names: Sequence[str]) -> Iterator[Item]:
    """Yield those attributes of every row, as consistent reads see them.

    Args:
        table_name: the DynamoDB table that holds rows.
        table: whose rows.
        names: of the attributes.

    """
    words = {f"#{number}": name for number, name in enumerate(names)}
    client: Any = clients.dynamodb()
    pages = client.get_paginator("query")
    for shard in range(table.shards):
        for page in pages.paginate(
            TableName=table_name,
            ConsistentRead=True,
            KeyConditionExpression="#pk = :pk",
            FilterExpression="attribute_not_exists(#placed)",
            ProjectionExpression=", ".join(words),
            ExpressionAttributeNames={"#pk": PARTITION, "#placed": PLACED, **words},
            ExpressionAttributeValues=encode_item({":pk": shard_partition(table, shard)}),
        ):
            yield from page["Items"]
