"""Transactions: several items written, or none."""

import time
from collections.abc import Sequence
from random import uniform
from typing import Any

from botocore.exceptions import ClientError

from ferry.aws import clients

MOST_BYTES = 4 * 1024 * 1024
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""

_MAX_TRIES = 8
_PASSING = {"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
"""Reasons that trying again can mend."""


def commit(actions: Sequence[Any]) -> list[int]:
    """Carry out the actions, all or none, and return the positions of those whose condition fails.

    An empty list means that all are done. What other transactions hold up is tried again.
    """
    for attempt in range(_MAX_TRIES):
        try:
            clients.dynamodb().transact_write_items(TransactItems=actions)
        except ClientError as error:
            reasons = _reasons(error)
            if failed := [n for n, why in enumerate(reasons) if why == "ConditionalCheckFailed"]:
                return failed
            if not reasons or not _PASSING.issuperset(reasons) or attempt == _MAX_TRIES - 1:
                raise
            time.sleep(uniform(0, min(2.0, 0.05 * 2**attempt)))  # noqa: S311 - no secret
        else:
            break
    return []


def _reasons(error: ClientError) -> list[str]:
    response: Any = error.response
    return [reason["Code"] for reason in response.get("CancellationReasons", [])]
