"""Requests to DynamoDB tables that are not ours: neither their capacity nor their being there."""

from collections.abc import Callable
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from ferry.aws.retry import Backoff
from ferry.aws.signed_client.task_runner import Ask, Steps
from ferry.errors import InvalidRow, Malformed, NotFound, Rejected

_BACKOFF = Backoff(tries=6, first_s=0.25)
_THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
}
_FINAL: dict[str, tuple[type[Rejected], str]] = {
    "ResourceNotFoundException": (NotFound, "the DynamoDB table {} does not exist"),
    "AccessDeniedException": (
        Malformed,
        "the service may not use the DynamoDB table {}: whoever deploys it names the table's ARN "
        "in the parameter AttachedTables",
    ),
}


def ask(operation: Callable[..., Any], **parameters: Any) -> Any:
    """Return the answer to a request; a table that has not the capacity now is asked again.

    Raises:
        NotFound: there is no such table.
        Malformed: the service may not use it.
        ClientError: all else.

    """
    try:
        return _BACKOFF.call(partial(operation, **parameters), may_pass=is_throttled)
    except ClientError as error:
        raise table_error(error, parameters["TableName"]) from error


def write(table_name: str, operation: str, parameters: dict[str, Any] | bytes) -> Steps[bytes]:
    """Make a request that writes a row of the table; return its answer.

    Raises:
        InvalidRow: DynamoDB refuses the row: its size, or the type of a key of an index.
        NotFound: there is no such table.
        Malformed: the service may not use it.
        ClientError: all else.

    """
    try:
        return (yield Ask(operation, parameters))
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationException":
            reason = f"is refused: {error.response['Error']['Message']}"
            raise InvalidRow("", reason) from error
        raise table_error(error, table_name) from error


def table_error(error: ClientError, table_name: str) -> Exception:
    """Return the exception for a refusal: the error itself where it is not about the table."""
    code = error.response["Error"]["Code"]
    if code not in _FINAL:
        return error
    kind, text = _FINAL[code]
    return kind(text.format(table_name))


def is_throttled(error: Exception) -> bool:
    """Return whether the table has no capacity for the request now."""
    return isinstance(error, ClientError) and error.response["Error"]["Code"] in _THROTTLED
