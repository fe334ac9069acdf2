"""The control table, as far as jobs need it that nobody else touches: conditions always hold."""

import json
import re
from typing import Any

from benchmarks.replay.http import response

_ADDED = re.compile(r"ADD (\S+) (:\w+)")
_ASSIGNMENT = re.compile(r"(\S+) = (?:(\S+) \+ )?(:\w+)")

type _Item = dict[str, Any]


class ControlTable:
    """Items by key."""

    def __init__(self) -> None:
        self._items: dict[tuple[str, str], _Item] = {}

    def reset(self) -> None:
        """Forget all items."""
        self._items.clear()

    def get(self, body: bytes) -> bytes:
        """Answer a GetItem."""
        item = self._items.get(_key(json.loads(body)["Key"]))
        return response(json.dumps({"Item": item} if item else {}).encode())

    def get_batch(self, body: bytes) -> bytes:
        """Answer a BatchGetItem; of other tables it finds nothing."""
        asked = json.loads(body)["RequestItems"]
        found = {
            table: [
                self._items[_key(key)]
                for key in request["Keys"]
                if key.keys() == {"pk", "sk"} and _key(key) in self._items
            ]
            for table, request in asked.items()
        }
        return response(json.dumps({"Responses": found, "UnprocessedKeys": {}}).encode())

    def put(self, body: bytes) -> bytes:
        """Answer a PutItem."""
        self._put(json.loads(body)["Item"])
        return response(b"{}")

    def update(self, body: bytes) -> bytes:
        """Answer an UpdateItem, with the whole item as it is then."""
        changed = self._update(json.loads(body))
        return response(json.dumps({"Attributes": changed}).encode())

    def transact(self, body: bytes) -> bytes:
        """Answer a TransactWriteItems of puts and updates."""
        for action in json.loads(body)["TransactItems"]:
            if "Put" in action:
                self._put(action["Put"]["Item"])
            else:
                self._update(action["Update"])
        return response(b"{}")

    def _put(self, item: _Item) -> None:
        self._items[_key(item)] = item

    def _update(self, asked: dict[str, Any]) -> _Item:
        item = self._items.setdefault(_key(asked["Key"]), dict(asked["Key"]))
        names = asked.get("ExpressionAttributeNames", {})
        values = asked.get("ExpressionAttributeValues", {})
        for path, base, value in _ASSIGNMENT.findall(asked["UpdateExpression"]):
            *parents, name = (names.get(step, step) for step in path.split("."))
            holder = item
            for parent in parents:
                holder = holder[parent]["M"]
            new = values[value]
            if base:
                # Only the time of a rate is added to before it is there; it begins now.
                old = holder.get(name) or values[":now"]
                new = {"N": str(int(old["N"]) + int(new["N"]))}
            holder[name] = new
        for name, value in _ADDED.findall(asked["UpdateExpression"]):
            members = item.setdefault(names.get(name, name), {"NS": []})["NS"]
            members += [each for each in values[value]["NS"] if each not in members]
        return item


def _key(item: _Item) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]
