"""BatchWriteItem: items put 25 a request, many requests in flight from one thread."""

from collections.abc import Sequence

import msgspec

from ferry.aws.batches import MOST_REQUESTS
from ferry.aws.signed_client.signed_requests import Progress, SignedRequest, SignedRequests

_OPERATION = "BatchWriteItem"
_BETWEEN = '}},{"PutRequest":{"Item":'


class _Put(msgspec.Struct):
    Item: msgspec.Raw


class _Unprocessed(msgspec.Struct):
    PutRequest: _Put


class _Answer(msgspec.Struct):
    UnprocessedItems: dict[str, list[_Unprocessed]] = {}


_ANSWER = msgspec.json.Decoder(_Answer)


class BatchWriter:
    """Puts items into one table, whatever it holds under their keys.

    Args:
        table_name: the DynamoDB table.
        requests: sends the requests; the writer closes it.

    """

    def __init__(self, table_name: str, requests: SignedRequests) -> None:
        self.requests = requests
        self._head = f'{{"RequestItems":{{"{table_name}":[{{"PutRequest":{{"Item":'

    def group(self) -> "PutGroup":
        """Begin a group of items; those begun before go on."""
        return PutGroup(self)

    def close(self) -> None:
        """Drop the requests that are not answered yet."""
        self.requests.close()

    def body(self, items: Sequence[str]) -> bytes:
        """Return the body of a request for the items, each the JSON of one."""
        return f"{self._head}{_BETWEEN.join(items)}}}}}]}}}}".encode()


class PutGroup:
    """Items of one caller, sent together and waited for together.

    Attributes:
        unanswered: requests that are not done yet.

    """

    def __init__(self, writer: BatchWriter) -> None:
        self.unanswered = 0
        self._writer = writer
        self._held: list[str] = []

    def put(self, items: Sequence[str]) -> None:
        """Send items, each the JSON of one as DynamoDB spells it; no key may come twice.

        Some may still be unsent or unanswered on return; where too many are, they are waited for.
        Raises as `SignedRequests.send` does.
        """
        self._held += items
        whole = len(self._held) - len(self._held) % MOST_REQUESTS
        for start in range(0, whole, MOST_REQUESTS):
            self._send(self._held[start : start + MOST_REQUESTS])
        # Fewer than 25 items stay for the next call: a request for one item takes as long as for
        # 25.
        del self._held[:whole]

    def wait(self) -> None:
        """Wait until all that was put is written; raises as `put` does."""
        if self._held:
            rest, self._held = self._held, []
            self._send(rest)
        while self.unanswered:
            self._writer.requests.turn()

    def _send(self, items: list[str]) -> None:
        self.unanswered += 1
        self._writer.requests.send(_PutItems(self._writer, self, items))


class _PutItems(SignedRequest):
    """A request with up to 25 items."""

    def __init__(self, writer: BatchWriter, group: PutGroup, items: Sequence[str]) -> None:
        super().__init__(_OPERATION, writer.body(items))
        self._writer = writer
        self._group = group
        self._items = items

    def answered(self, body: bytes) -> Progress:
        tables = _ANSWER.decode(body).UnprocessedItems
        left = [bytes(each.PutRequest.Item).decode() for every in tables.values() for each in every]
        if not left:
            self._group.unanswered -= 1
            return Progress.DONE
        progress = Progress.SOME if len(left) < len(self._items) else Progress.NONE
        self._items, self.body = left, self._writer.body(left)
        return progress

    @property
    def rest(self) -> str:
        return f"{len(self._items)} items"
