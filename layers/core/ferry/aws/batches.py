"""Batches of writes without conditions."""

import time
from collections.abc import Sequence
from random import uniform
from typing import Any

MOST_REQUESTS = 25
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""

_MAX_TRIES = 8


def write_batch(client: Any, table_name: str, requests: Sequence[Any]) -> None:
    """Put and delete up to 25 items, in no order; doing so twice is harmless."""
    for attempt in range(_MAX_TRIES):
        answer = client.batch_write_item(RequestItems={table_name: requests})
        requests = answer["UnprocessedItems"].get(table_name)
        if not requests:
            return
        # Full jitter: DynamoDB leaves items unprocessed when a partition is throttled.
        time.sleep(uniform(0, min(5.0, 0.05 * 2**attempt)))  # noqa: S311 - no secret
    raise TimeoutError(f"{len(requests)} items stayed unprocessed after {_MAX_TRIES} tries")
