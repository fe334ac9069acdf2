"""A DynamoDB table of somebody's own: items by key, with as much of DynamoDB as is asked of it."""

import json
from collections.abc import Callable
from itertools import islice
from typing import Any

import msgspec

from benchmarks.replay.http import Answer, Request, Unserved, response

KEY = "code"
_PAGE_ROWS = 2_000
_EMPTY = response(b"{}")
_DONE = response(b'{"UnprocessedItems":{}}')


class _Key(msgspec.Struct):
    S: str


class _Item(msgspec.Struct, rename={"key": KEY}):
    key: _Key


class _Put(msgspec.Struct):
    Item: msgspec.Raw
    ConditionExpression: str = ""


_ITEM = msgspec.json.Decoder(_Item)
_PUT = msgspec.json.Decoder(_Put)


class PlainTable:
    """The table; `puts` and `changes` count what has been written to it."""

    def __init__(self, items: list[bytes]) -> None:
        self.items = {_ITEM.decode(item).key.S: item for item in items}
        self._pages: dict[bytes, bytes] = {}
        self.puts = self.changes = 0
        self._operations: dict[str, Callable[[bytes], bytes]] = {
            "PutItem": self._put,
            "UpdateItem": self._change,
            "DeleteItem": self._change,
            "BatchWriteItem": self._batch,
            "BatchGetItem": self._get,
            "Scan": self._scan,
        }

    def respond(self, request: Request) -> Answer:
        """Answer a request; ``/-/counts`` tells what was written."""
        if request.path == "/-/counts":
            return Answer(response(json.dumps([self.puts, self.changes]).encode()))
        operation = request.headers.get("x-amz-target", "").rpartition(".")[2]
        if operation not in self._operations:
            raise Unserved(f"{operation or request.path} is not served")
        return Answer(self._operations[operation](request.body))

    def _put(self, body: bytes) -> bytes:
        put = _PUT.decode(body)
        if put.ConditionExpression.startswith("attribute_not_exists"):
            old = self.items.get(_ITEM.decode(put.Item).key.S)
            if old:
                refusal = b'{"__type":"#ConditionalCheckFailedException","message":"","Item":%b}'
                return response(refusal % old, "400 Bad Request")
        self.puts += 1
        return _EMPTY

    def _change(self, _: bytes) -> bytes:
        self.changes += 1
        return _EMPTY

    def _batch(self, body: bytes) -> bytes:
        self.puts += body.count(b'"PutRequest"')
        return _DONE

    def _get(self, body: bytes) -> bytes:
        ((name, asked),) = json.loads(body)["RequestItems"].items()
        found = [self.items.get(key[KEY]["S"]) for key in asked["Keys"]]
        text = b",".join(item for item in found if item)
        return response(b'{"Responses":{"%b":[%b]},"UnprocessedKeys":{}}' % (name.encode(), text))

    def _scan(self, body: bytes) -> bytes:
        if body not in self._pages:
            self._pages[body] = response(self._page(json.loads(body)))
        return self._pages[body]

    def _page(self, asked: dict[str, Any]) -> bytes:
        mine = range(asked.get("Segment", 0), len(self.items), asked.get("TotalSegments", 1))
        names = list(self.items)
        done = 0
        if after := asked.get("ExclusiveStartKey"):
            done = mine.index(names.index(after[KEY]["S"])) + 1
        rows = list(islice(mine, done, done + _PAGE_ROWS))
        parts = [b'{"Count":%d' % len(rows)]
        if asked.get("Select") != "COUNT":
            parts.append(b'"Items":[%b]' % b",".join(self.items[names[n]] for n in rows))
        if done + len(rows) < len(mine):
            key = msgspec.json.encode({KEY: {"S": names[rows[-1]]}})
            parts.append(b'"LastEvaluatedKey":' + key)
        if "ReturnConsumedCapacity" in asked:
            told = {"TableName": asked["TableName"], "CapacityUnits": 128.5}
            parts.append(b'"ConsumedCapacity":' + msgspec.json.encode(told))
        return b",".join(parts) + b"}"
