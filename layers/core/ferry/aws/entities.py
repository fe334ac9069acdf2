"""Structs as items of the control table."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from ferry.aws import clients
from ferry.aws.attributes import Item, decode_item, encode_item

CONDITION_FAILED = "ConditionalCheckFailedException"


def key(pk: str, sk: str) -> Item:
    """Return a primary key of the control table."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def to_item(entity: msgspec.Struct) -> Item:
    """Return the struct's fields as attributes."""
    return encode_item(msgspec.to_builtins(entity, builtin_types=(Decimal,)))


def from_item[T](item: Mapping[str, Any], kind: type[T]) -> T:
    """Return the struct that the item's attributes make; other attributes are ignored."""
    return msgspec.convert(decode_item(item), kind, builtin_types=(Decimal,))


def get[T](table_name: str, pk: str, sk: str, kind: type[T]) -> T | None:
    """Return the entity under that key as a consistent read sees it, or None."""
    answer = clients.dynamodb().get_item(TableName=table_name, Key=key(pk, sk), ConsistentRead=True)
    return from_item(answer["Item"], kind) if "Item" in answer else None


def put(table_name: str, pk: str, sk: str, entity: msgspec.Struct, **beside: str) -> None:
    """Store the entity under that key, in place of any other, and attributes `beside` its own."""
    item = {**key(pk, sk), **to_item(entity), **encode_item(beside)}
    clients.dynamodb().put_item(TableName=table_name, Item=item)


def query(
    table_name: str, pk: str, sk_prefix: str, *, backwards: bool = False, members: str = ""
) -> Iterator[Mapping[str, Any]]:
    """Yield the items of a partition whose sort key begins with `sk_prefix`, in its order.

    Args:
        table_name: the control table.
        pk: the partition.
        sk_prefix: what the sort keys begin with.
        backwards: the last comes first.
        members: names of the attributes that are wanted, separated by commas; "" for all.

    """
    projection: Any = {"ProjectionExpression": members} if members else {}
    pages = (
        clients.dynamodb()
        .get_paginator("query")
        .paginate(
            TableName=table_name,
            ConsistentRead=True,
            ScanIndexForward=not backwards,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues=encode_item({":pk": pk, ":prefix": sk_prefix}),
            **projection,
        )
    )
    for page in pages:
        yield from page["Items"]


def update_if(table_name: str, primary_key: Item, **update: Any) -> bool:
    """Make an `update` of UpdateItem with a condition; return whether that was met."""
    try:
        clients.dynamodb().update_item(TableName=table_name, Key=primary_key, **update)
    except ClientError as error:
        if error.response["Error"]["Code"] == CONDITION_FAILED:
            return False
        raise
    return True


def delete(table_name: str, pk: str, sk: str, **condition: Any) -> bool:
    """Delete the item under that key, if there is one; return whether a `condition` was met."""
    try:
        clients.dynamodb().delete_item(TableName=table_name, Key=key(pk, sk), **condition)
    except ClientError as error:
        if error.response["Error"]["Code"] == CONDITION_FAILED:
            return False
        raise
    return True


def delete_partition(table_name: str, pk: str, *, last: str) -> None:
    """Delete every item of a partition; the one whose sort key is `last` after all others."""
    dynamodb = clients.dynamodb()
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table_name,
        ConsistentRead=True,
        KeyConditionExpression="pk = :pk",
        ProjectionExpression="sk",
        ExpressionAttributeValues=encode_item({":pk": pk}),
    )
    for page in pages:
        for sk in (item["sk"]["S"] for item in page["Items"]):
            if sk != last:
                dynamodb.delete_item(TableName=table_name, Key=key(pk, sk))
    # The last one makes the rest findable: killed before it, the deletion can be asked for again.
    dynamodb.delete_item(TableName=table_name, Key=key(pk, last))


def next_number(table_name: str, what: str) -> int:
    """Return the next number of a counter, from 1; no number is given twice."""
    answer = clients.dynamodb().update_item(
        TableName=table_name,
        Key=key("COUNTER", what),
        # ADD is atomic: of two requests at once each gets its own number. A lost answer leaves a
        # gap.
        UpdateExpression="ADD last_number :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW",
    )
    return int(answer["Attributes"]["last_number"]["N"])
