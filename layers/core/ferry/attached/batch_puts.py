"""Puts rows of an attached table 25 a request, whatever it holds under their keys by then."""

from collections.abc import Collection, Sequence

import msgspec
from botocore.exceptions import ClientError

from ferry.attached.table_calls import table_error
from ferry.aws.attributes import Item
from ferry.aws.batches import MOST_REQUESTS
from ferry.aws.signed_client.task_runner import Ask, Steps
from ferry.tables.attachment import Attachment

MOST_ROWS = MOST_REQUESTS


class _LeftPut(msgspec.Struct, rename={"item": "Item"}):
    item: Item


class _LeftRequest(msgspec.Struct, rename={"put": "PutRequest"}):
    put: _LeftPut


class _PutAnswer(msgspec.Struct, rename={"unprocessed": "UnprocessedItems"}):
    """The answer to BatchWriteItem."""

    unprocessed: dict[str, list[_LeftRequest]] = {}


_ANSWER = msgspec.json.Decoder(_PutAnswer)


class BatchPuts:
    """Writes rows that were read just before, and are to be as a file has them.

    Args:
        attached: the table.
        names: the attributes that the file has a say in.

    """

    def __init__(self, attached: Attachment, names: Collection[str]) -> None:
        self._attached = attached
        self._names = frozenset(names)

    def takes(self, before: Item | None, after: Item | None) -> bool:
        """Return whether a row may be put without a condition.

        That is so where nothing of the existing row has to stay: a put replaces all of it.
        """
        return after is not None and (before is None or before.keys() <= self._names)

    def put(self, items: Sequence[Item]) -> Steps[Collection[int]]:
        """Put at most `MOST_ROWS` rows of different keys; return the places of those left over.

        Those are all where DynamoDB refuses one of them, for it does not say which, and some where
        it is too busy.

        Raises:
            NotFound: there is no such table.
            Malformed: the service may not use it.
            ClientError: all else.

        """
        table = self._attached.table
        puts = [{"PutRequest": {"Item": item}} for item in items]
        try:
            answer = yield Ask("BatchWriteItem", {"RequestItems": {table: puts}})
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationException":
                return range(len(items))
            raise table_error(error, table) from error
        left = _ANSWER.decode(answer).unprocessed.get(table, [])
        keys = [self._key(each.put.item) for each in left]
        return [place for place, item in enumerate(items) if keys and self._key(item) in keys]

    def _key(self, item: Item) -> list[object]:
        return [item[name] for name in self._attached.keys]
