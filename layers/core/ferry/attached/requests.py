"""Requests to DynamoDB tables that are not ours: neither their capacity nor their being there."""

from collections.abc import Callable
from random import uniform
from time import sleep
from typing import Any

from botocore.exceptions import ClientError

from ferry.errors import InvalidRow, Malformed, NotFound, Rejected

_MAX_TRIES = 6
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
    attempt = 0
    while True:
        attempt += 1
        try:
            return operation(**parameters)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _FINAL:
                kind, text = _FINAL[code]
                raise kind(text.format(parameters["TableName"])) from error
            if code not in _THROTTLED or attempt == _MAX_TRIES:
                raise
            sleep(uniform(0, 0.125 * 2**attempt))  # noqa: S311 - no secret


def write(operation: Callable[..., Any], **parameters: Any) -> Any:
    """Return the answer to a request that writes a row; see `ask`.

    Raises:
        InvalidRow: DynamoDB refuses the row: its size, or the type of a key of an index.

    """
    try:
        return ask(operation, **parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationException":
            raise
        raise InvalidRow("", f"is refused: {error.response['Error']['Message']}") from error
