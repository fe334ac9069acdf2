"""Writes single rows of an attached table, each on its condition."""

from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from ferry.attached.table_calls import table_error, write
from ferry.aws.attributes import MAX_ITEM_BYTES, AttributeValue, Item, encode_item, item_bytes
from ferry.aws.entities import CONDITION_FAILED
from ferry.aws.expressions import MOST_CHANGES, Placeholders, update_expression
from ferry.aws.item_swaps import swap_body
from ferry.aws.signed_client.batch_reader import read_items
from ferry.aws.signed_client.signed_requests import SignedRequests
from ferry.aws.signed_client.task_runner import Steps
from ferry.errors import InvalidRow
from ferry.tables.attachment import Attachment
from ferry.tables.values import Value

type Columns = dict[str, Value]


class _Found(msgspec.Struct, rename={"item": "Item"}):
    """The answer to GetItem."""

    item: Item | None = None


_FOUND = msgspec.json.Decoder(_Found)


class AttachedWriter:
    """Puts rows where there are none and changes those that are there.

    What writes or reads one row is `Steps`: many rows are written at a time. It raises InvalidRow
    for a row that DynamoDB does not take, NotFound when the table does not exist any more, and
    Malformed when the service may not use it any more.

    Args:
        attached: the table.
        requests: sends the requests.

    """

    def __init__(self, attached: Attachment, requests: SignedRequests) -> None:
        self._attached = attached
        self.requests = requests
        put = {
            "TableName": attached.table,
            "ConditionExpression": "attribute_not_exists(#key)",
            "ExpressionAttributeNames": {"#key": attached.keys[0]},
            # The row comes back with the refusal, so no second read can see another version of it.
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        self._put_head = msgspec.json.encode(put)[:-1] + b',"Item":'

    def close(self) -> None:
        """Drop the requests that are not answered yet."""
        self.requests.close()

    def put_new(self, item: Item | str) -> Steps[Item | None]:
        """Put a row, or the JSON of one; if its key is taken, return that one, nothing done."""
        text = item.encode() if isinstance(item, str) else _fitting(item)
        try:
            yield from write(self._attached.table, "PutItem", b"%b%b}" % (self._put_head, text))
        except ClientError as error:
            if error.response["Error"]["Code"] != CONDITION_FAILED:
                raise
            response: Any = error.response
            old: Item = response["Item"]
            return old
        return None

    def get(self, key: Columns) -> Steps[Item | None]:
        """Return the row of that key as it is now, None if there is none."""
        where = {"TableName": self._attached.table, "Key": encode_item(key)}
        get = {**where, "ConsistentRead": True}
        answer = yield from write(self._attached.table, "GetItem", get)
        return _FOUND.decode(answer).item

    def change(self, key: Columns, before: Item, after: Item) -> Steps[bool]:
        """Write what `after` changes in `before`, all else of the row untouched.

        Returns:
            False if the row is not there.

        """
        changed = [(name, value) for name, value in after.items() if before.get(name) != value]
        steps = [*changed, *((name, None) for name in before if name not in after)]
        for part in batched(steps, MOST_CHANGES, strict=False):
            if not (yield from self._update(key, part)):
                return False
        return True

    def read(self, keys: Iterable[Item]) -> Iterator[Item]:
        """Yield those of the rows that there are, as DynamoDB has them; each key once."""
        try:
            yield from read_items(self.requests, self._attached.table, keys)
        except ClientError as error:
            raise table_error(error, self._attached.table) from error

    def swap(self, before: Item | None, after: Item | None) -> Steps[bool]:
        """Make a row another one, or none of it, or one where there is none.

        Returns:
            False, and nothing is done, if the row is not as `before`.

        """
        if after:
            _fitting(after)
        request = swap_body(self._attached.table, self._attached.keys, before, after)
        return (yield from self._done(*request))

    def _update(
        self, key: Columns, steps: Iterable[tuple[str, AttributeValue | None]]
    ) -> Steps[bool]:
        """Set attributes, and take those away that come with None."""
        words = Placeholders()
        update = {
            "TableName": self._attached.table,
            "Key": encode_item(key),
            "UpdateExpression": update_expression(steps, words),
            # Without it, UpdateItem would create a row of nothing but the changed columns.
            "ConditionExpression": f"attribute_exists({words.name(self._attached.keys[0])})",
            **words.parameters,
        }
        return (yield from self._done("UpdateItem", update))

    def _done(self, operation: str, parameters: dict[str, Any] | bytes) -> Steps[bool]:
        try:
            yield from write(self._attached.table, operation, parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] != CONDITION_FAILED:
                raise
            return False
        return True


def _fitting(item: Item) -> bytes:
    """Return the item's JSON; raise InvalidRow if it takes more bytes than DynamoDB holds."""
    text = msgspec.json.encode(item)
    # An item takes no more bytes than its JSON: to measure the few that are long is enough.
    if len(text) > MAX_ITEM_BYTES and (size := item_bytes(item)) > MAX_ITEM_BYTES:
        raise InvalidRow("", _too_large(size))
    return text


def _too_large(size: int) -> str:
    return f"takes {size:,} bytes; DynamoDB holds at most {MAX_ITEM_BYTES:,}"
