"""Transactions: several items written, or none."""

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from ferry.aws import clients
from ferry.aws.retry import Backoff

MOST_BYTES = 4 * 1024 * 1024
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""

_BACKOFF = Backoff(longest_s=2.0)
PASSING_REASONS = {
    "None",
    "TransactionConflict",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
}
"""Reasons for a cancellation that another try may not meet."""


def commit(actions: Sequence[Any], *, backoff: Backoff = _BACKOFF) -> list[int]:
    """Run the actions, all or none, and return the positions of those whose condition fails.

    An empty list means that all are done. What other transactions hold up is tried again.
    """
    write = clients.dynamodb().transact_write_items
    try:
        backoff.call(lambda: write(TransactItems=actions), may_pass=_may_pass)
    except ClientError as error:
        if failed := failed_positions(error):
            return failed
        raise
    return []


def _may_pass(error: Exception) -> bool:
    reasons = _reasons(error)
    # One condition that fails decides: then no retry helps, whatever the other reasons are.
    return bool(reasons) and PASSING_REASONS.issuperset(reasons)


def failed_positions(error: Exception) -> list[int]:
    """Return the positions of the actions of a cancelled transaction whose condition fails."""
    return [n for n, why in enumerate(_reasons(error)) if why == "ConditionalCheckFailed"]


def _reasons(error: Exception) -> list[str]:
    response: Any = error.response if isinstance(error, ClientError) else {}
    return [reason["Code"] for reason in response.get("CancellationReasons", [])]


def is_about_an_item(error: ClientError) -> bool:
    """Return whether DynamoDB refuses an item for its size, its depth or a key.

    It says so of the request as a whole, or as the reason for which a transaction is cancelled.
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
    """
    codes = {error.response["Error"]["Code"], *_reasons(error)}
    return not codes.isdisjoint({"ValidationException", "ValidationError"})
