"""A rate of capacity units that all workers share, in an item of the control table.

The item says until when the rate's units are taken. Whoever needs some moves that time on by what
they take of the rate (the generic cell rate algorithm, ITU-T I.371); so nobody hands units out, and
nothing is to be given back by a worker that dies.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from ferry.aws import clients
from ferry.aws.attributes import encode_item
from ferry.aws.entities import CONDITION_FAILED, key

_FARTHEST_MS = 900_000
"""A time beyond is not believed: it was set by a clock that was ahead."""
_KEEP_S = 86_400
_TRIES = 10


class SharedRate(msgspec.Struct, frozen=True):
    """A rate; see `ferry.aws.throttle.UnitRate`.

    Attributes:
        table_name: the control table.
        owner: whose rate it is, such as ``TABLE#7``.
        units: a second.
        clock: Unix seconds.

    """

    table_name: str
    owner: str
    units: int
    clock: Callable[[], float]

    def take(self, units: float) -> float:
        """Take the next units; return when the first of them is there, Unix seconds."""
        span = round(units / self.units * 1000)
        now = round(self.clock() * 1000)
        # Others may take some between the two tries: then the first one holds again.
        for _ in range(_TRIES):
            values = {":now": now, ":farthest": now + _FARTHEST_MS}
            behind = "until_ms BETWEEN :now AND :farthest"
            if found := self._change("until_ms + :span", behind, {**values, ":span": span}):
                return (int(found) - span) / 1000
            none = f"attribute_not_exists(until_ms) OR NOT {behind}"
            if self._change(":until", none, {**values, ":until": now + span}):
                break
        return now / 1000

    def _change(self, until: str, condition: str, values: dict[str, Any]) -> str:
        """Set until when units are taken and return it, "" where the condition does not hold."""
        expires = round(self.clock()) + _KEEP_S
        try:
            answer = clients.dynamodb().update_item(
                TableName=self.table_name,
                Key=key(self.owner, "RATE"),
                UpdateExpression=f"SET until_ms = {until}, expires_at = :expires",
                ConditionExpression=condition,
                ExpressionAttributeValues=encode_item({**values, ":expires": expires}),
                ReturnValues="UPDATED_NEW",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == CONDITION_FAILED:
                return ""
            raise
        return answer["Attributes"]["until_ms"]["N"]
