"""Batches of writes and of reads without conditions.

DynamoDB may leave a part of a batch undone, and says which. That part is sent again.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html#Programming.Errors.BatchOperations
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import batched
from typing import Any

from ferry.aws.attributes import Item
from ferry.aws.retry import Backoff

MOST_REQUESTS = 25
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""

MOST_KEYS = 100
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""

BACKOFF = Backoff()


def write_batch(
    client: Any, table_name: str, requests: Sequence[Any], *, backoff: Backoff = BACKOFF
) -> None:
    """Put and delete up to 25 items, in no order; doing so twice is harmless.

    Raises:
        TimeoutError: DynamoDB processes none of them time and again.

    """

    def send(requests: Sequence[Any]) -> Sequence[Any]:
        answer = client.batch_write_item(RequestItems={table_name: requests})
        left: Sequence[Any] = answer["UnprocessedItems"].get(table_name, [])
        return left

    _until_processed(send, requests, backoff)


def get_batch(
    client: Any,
    table_name: str,
    keys: Iterable[Item],
    *,
    names: Sequence[str] = (),
    backoff: Backoff = BACKOFF,
) -> Iterator[Item]:
    """Yield those items that exist, in no order, as consistent reads see them.

    Args:
        client: of DynamoDB.
        table_name: the table.
        keys: the primary keys, any number of them, each once: DynamoDB refuses duplicates.
        names: the attributes that are wanted, all if there are none.
        backoff: how often DynamoDB may process none of the keys that it is asked for.

    Raises:
        TimeoutError: it does so more often.

    """
    words = {f"#{number}": name for number, name in enumerate(names)}
    wanted: dict[str, Any] = {"ConsistentRead": True}
    if words:
        wanted |= {"ProjectionExpression": ", ".join(words), "ExpressionAttributeNames": words}
    for some in batched(keys, MOST_KEYS, strict=False):
        yield from _found(client, table_name, some, wanted, backoff)


def _found(
    client: Any, table_name: str, keys: Sequence[Item], wanted: dict[str, Any], backoff: Backoff
) -> list[Item]:
    found: list[Item] = []

    def send(keys: Sequence[Any]) -> Sequence[Any]:
        answer = client.batch_get_item(RequestItems={table_name: {"Keys": keys, **wanted}})
        found.extend(answer["Responses"].get(table_name, []))
        left: Sequence[Any] = answer["UnprocessedKeys"].get(table_name, {}).get("Keys", [])
        return left

    _until_processed(send, keys, backoff)
    return found


def _until_processed(
    send: Callable[[Sequence[Any]], Sequence[Any]], batch: Sequence[Any], backoff: Backoff
) -> None:
    """Send what is left of the batch until nothing is; `send` returns what DynamoDB leaves.

    A partition that is throttled leaves a rest, and so does an answer that has reached 16 MB. Only
    an answer that has processed nothing counts as a failure in a row, but each rest waits: AWS
    asks for an exponential back-off before a rest is sent again.
    """
    failures = 0
    while left := send(batch):
        failures = failures + 1 if len(left) >= len(batch) else 0
        if failures >= backoff.tries:
            raise TimeoutError(f"{len(left)} items stayed unprocessed after {failures} tries")
        # A rest that is sent at once meets the same throttled partition, and is refused again.
        time.sleep(backoff.pause_s(max(1, failures)))
        batch = left
