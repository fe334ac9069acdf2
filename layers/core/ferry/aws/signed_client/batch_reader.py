"""BatchGetItem: items read 100 a request, some requests in flight from one thread."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from typing import Any

import msgspec

from ferry.aws.attributes import Item
from ferry.aws.batches import MOST_KEYS
from ferry.aws.signed_client.signed_requests import Progress, SignedRequest, SignedRequests

_OPERATION = "BatchGetItem"


class _Unread(msgspec.Struct):
    Keys: list[Item] = []


class _ItemsRead(msgspec.Struct):
    Responses: dict[str, list[Item]] = {}
    UnprocessedKeys: dict[str, _Unread] = {}


_ITEMS_READ = msgspec.json.Decoder(_ItemsRead)
_ENCODER = msgspec.json.Encoder()


def read_items(
    requests: SignedRequests, table_name: str, keys: Iterable[Item], names: Sequence[str] = ()
) -> Iterator[Item]:
    """Yield those items that exist, in no order, as consistent reads see them.

    Binary values are base64 text, as on the wire.

    Args:
        requests: sends the requests.
        table_name: the table.
        keys: the primary keys, any number of them, each once: DynamoDB refuses duplicates.
        names: the attributes that are wanted, all if there are none.

    """
    words = {f"#{number}": name for number, name in enumerate(names)}
    wanted: dict[str, Any] = {"ConsistentRead": True}
    if words:
        wanted |= {"ProjectionExpression": ", ".join(words), "ExpressionAttributeNames": words}
    reads = [_Read(table_name, some, wanted) for some in batched(keys, MOST_KEYS, strict=False)]
    for read in reads:
        requests.send(read)
    for read in reads:
        while not read.done:
            requests.turn()
        yield from read.found


class _Read(SignedRequest):
    """A request for up to 100 items."""

    def __init__(self, table_name: str, keys: Sequence[Item], wanted: dict[str, Any]) -> None:
        self._table_name = table_name
        self._wanted = wanted
        self._left = len(keys)
        self.found: list[Item] = []
        self.done = False
        super().__init__(_OPERATION, self._body_for(keys))

    def answered(self, body: bytes) -> Progress:
        answer = _ITEMS_READ.decode(body)
        self.found += answer.Responses.get(self._table_name, [])
        left = [key for unread in answer.UnprocessedKeys.values() for key in unread.Keys]
        if not left:
            self.done = True
            return Progress.DONE
        # Only requests that bring nothing make the client slow down: half a batch is no fault.
        progress = Progress.SOME if len(left) < self._left else Progress.NONE
        self._left, self.body = len(left), self._body_for(left)
        return progress

    @property
    def rest(self) -> str:
        return f"{self._left} items"

    def _body_for(self, keys: Sequence[Item]) -> bytes:
        items = {self._table_name: {"Keys": keys, **self._wanted}}
        return _ENCODER.encode({"RequestItems": items})
