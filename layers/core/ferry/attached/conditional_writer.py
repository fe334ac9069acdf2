"""Writes single rows of an attached table, each on its condition."""

from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any

from botocore.exceptions import ClientError

from ferry.attached.table_calls import write
from ferry.aws import clients
from ferry.aws.attributes import (
    MAX_ITEM_BYTES,
    Item,
    decode,
    decode_item,
    encode,
    encode_item,
    item_bytes,
)
from ferry.aws.batches import get_batch
from ferry.aws.entities import CONDITION_FAILED
from ferry.aws.expressions import MOST_CHANGES, Placeholders, update_expression
from ferry.aws.item_swaps import swap_request
from ferry.errors import InvalidRow
from ferry.tables.attachment import Attachment
from ferry.tables.changes import Changes
from ferry.tables.values import Value

type Columns = dict[str, Value]


class AttachedWriter:
    """Puts rows where there are none and changes those that are there.

    All of it raises InvalidRow for a row that DynamoDB does not take, NotFound when the table does
    not exist any more, and Malformed when the service may not use it any more.
    """

    def __init__(self, attached: Attachment) -> None:
        self._attached = attached
        self._client: Any = clients.dynamodb()

    def put_new(self, columns: Columns) -> Columns | None:
        """Put a row; if there is one of its key, return that, having done nothing."""
        item = fitting(columns)
        try:
            write(
                self._client.put_item,
                TableName=self._attached.table,
                Item=item,
                ConditionExpression="attribute_not_exists(#key)",
                ExpressionAttributeNames={"#key": self._attached.keys[0]},
                # The row comes back with the refusal, so no second read can see another version of
                # it.
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != CONDITION_FAILED:
                raise
            response: Any = error.response
            return decode_item(response["Item"])
        return None

    def get(self, key: Columns) -> Columns | None:
        """Return the row of that key as it is now, None if there is none."""
        answer = write(
            self._client.get_item,
            TableName=self._attached.table,
            Key=encode_item(key),
            ConsistentRead=True,
        )
        return decode_item(answer["Item"]) if "Item" in answer else None

    def change(self, key: Columns, changes: Changes) -> bool:
        """Change a row, all else of it untouched; return False if it is not there."""
        steps = [*changes.values.items(), *((name, None) for name in changes.gone)]
        return all(self._update(key, part) for part in batched(steps, MOST_CHANGES, strict=False))

    def get_all(self, keys: Iterable[Item]) -> Iterator[Item]:
        """Yield those of the rows that there are, as DynamoDB has them; each key once."""
        yield from get_batch(self._client, self._attached.table, keys)

    def swap(self, before: Item | None, after: Item | None) -> bool:
        """Make a row another one, or none of it, or one where there is none.

        Returns:
            False, and nothing is done, if the row is not as `before`.

        """
        if after and (size := item_bytes(after)) > MAX_ITEM_BYTES:
            raise InvalidRow("", _too_large(size))
        request = swap_request(self._attached.table, self._attached.keys, before, after)
        ((verb, parameters),) = request.items()
        operation = {"Put": self._client.put_item, "Update": self._client.update_item}
        try:
            write(operation.get(verb, self._client.delete_item), **parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] != CONDITION_FAILED:
                raise
            return False
        return True

    def _update(self, key: Columns, steps: Iterable[tuple[str, Value]]) -> bool:
        """Set attributes, and take those away that come with None."""
        words = Placeholders()
        changes = ((name, None if value is None else encode(value)) for name, value in steps)
        try:
            write(
                self._client.update_item,
                TableName=self._attached.table,
                Key=encode_item(key),
                UpdateExpression=update_expression(changes, words),
                # Without it, UpdateItem would create a row of nothing but the changed columns.
                ConditionExpression=f"attribute_exists({words.name(self._attached.keys[0])})",
                **words.parameters,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != CONDITION_FAILED:
                raise
            return False
        return True


def as_stored(value: Value) -> Value:
    """Return the value as it is read back once it is written."""
    stored: Value = decode(encode(value))
    return stored


def fitting(columns: Columns) -> dict[str, Any]:
    """Return the item that the columns make.

    Raises:
        InvalidRow: it takes more bytes than DynamoDB holds.

    """
    item = encode_item(columns)
    if (size := item_bytes(item)) > MAX_ITEM_BYTES:
        raise InvalidRow("", _too_large(size))
    return item


def _too_large(size: int) -> str:
    return f"takes {size:,} bytes; DynamoDB holds at most {MAX_ITEM_BYTES:,}"
