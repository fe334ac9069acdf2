"""Errors of AWS that a later attempt may not meet: outages and throttling."""

from http import HTTPStatus
from typing import Any

from botocore import exceptions
from botocore.exceptions import ClientError

_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"""

_UNREACHABLE = (
    exceptions.ConnectionError,
    exceptions.HTTPClientError,
    exceptions.IncompleteReadError,
    TimeoutError,
)


def is_outage(error: Exception) -> bool:
    """Return whether AWS failed, throttled or could not be reached; a bad request is no outage.

    `TimeoutError` is what batches raise that DynamoDB has left unprocessed time and again.
    """
    if isinstance(error, ClientError):
        response: Any = error.response
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        failed = status >= HTTPStatus.INTERNAL_SERVER_ERROR
        return failed or response["Error"]["Code"] in _CODES or _is_throttled(response)
    return isinstance(error, _UNREACHABLE)


def _is_throttled(response: Any) -> bool:
    codes = {reason["Code"] for reason in response.get("CancellationReasons", [])}
    return bool(codes & {"ThrottlingError", "ProvisionedThroughputExceeded", "TransactionConflict"})
