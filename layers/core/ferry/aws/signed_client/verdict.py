"""The verdict on an answer of DynamoDB's."""

import zlib
from collections.abc import Sequence
from enum import Enum, auto
from typing import Any, NamedTuple

import msgspec
from botocore import exceptions

from ferry.aws.signed_client.replies import HttpReply, Lost
from ferry.aws.transactions import PASSING_REASONS

_THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
}
_CLOCK_DIFFERS = {"InvalidSignatureException", "RequestExpired", "RequestTimeTooSkewed"}
_CREDENTIALS_EXPIRED = {"ExpiredTokenException", "ExpiredToken"}
_TRANSACTION_OPEN = {"TransactionConflictException", "TransactionInProgressException"}
"""Somebody's transaction has the item just now.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
"""
_CANCELLED = "TransactionCanceledException"


class Action(Enum):
    """The next step for a request."""

    DONE = auto()
    """Nothing, unless a part is left over: DynamoDB was too busy for it."""
    THROTTLED = auto()
    """Send it again, later and with less beside it."""
    FAULT = auto()
    """Send it again, later."""
    CLOCK = auto()
    """Send it again if the server's clock differs from ours."""
    REFUSED = auto()
    """Nothing will help."""


class Verdict(NamedTuple):
    """An outcome; the answer's body; what to raise if nothing better comes."""

    outcome: Action
    body: bytes = b""
    error: Exception | None = None


class _Refusal(msgspec.Struct):
    """An error of DynamoDB's, spelled as it spells it."""

    type: str = msgspec.field(name="__type", default="")
    message: str = ""
    Message: str = ""
    Item: dict[str, dict[str, Any]] | None = None
    CancellationReasons: list[dict[str, Any]] = []


_REFUSAL = msgspec.json.Decoder(_Refusal)


def judge(url: str, operation: str, reply: HttpReply | Lost) -> Verdict:
    """Return the verdict on an answer of the endpoint `url`."""
    if isinstance(reply, Lost):
        error = exceptions.ConnectionError(error=OSError(f"{url}: {reply.reason}"))
        return Verdict(Action.FAULT, b"", error)
    # botocore checks it as well: a damaged answer could hide unprocessed items, and so lose rows.
    checksum = reply.header(b"x-amz-crc32")
    if checksum and int(checksum) != zlib.crc32(reply.body):
        return damaged(operation, "it does not have its checksum")
    if reply.status == 200:
        return Verdict(Action.DONE, reply.body)
    return _refused(operation, reply)


def damaged(operation: str, reason: str) -> Verdict:
    """Return the verdict on an answer that cannot be read."""
    text = f"an answer to {operation} is damaged: {reason}"
    return Verdict(Action.FAULT, b"", exceptions.HTTPClientError(error=text))


def _refused(operation: str, reply: HttpReply) -> Verdict:
    try:
        refusal = _REFUSAL.decode(reply.body)
    except msgspec.DecodeError:
        # A proxy or a load balancer answered, not DynamoDB: HTML or text, with the status as its
        # code.
        refusal = _Refusal(type=str(reply.status), message=reply.body[:200].decode("latin-1"))
    code = refusal.type.rpartition("#")[2] or str(reply.status)
    response: dict[str, Any] = {
        "Error": {"Code": code, "Message": refusal.message or refusal.Message},
        "ResponseMetadata": {"HTTPStatusCode": reply.status},
    }
    if refusal.Item is not None:
        response["Item"] = refusal.Item
    if refusal.CancellationReasons:
        response["CancellationReasons"] = refusal.CancellationReasons
    error = exceptions.ClientError(response, operation)  # type: ignore[arg-type]  # its type is closed
    return Verdict(_outcome(reply.status, code, refusal.CancellationReasons), b"", error)


def _outcome(status: int, code: str, reasons: Sequence[dict[str, Any]]) -> Action:
    if code in _THROTTLED or status == 429:
        return Action.THROTTLED
    if code in _CLOCK_DIFFERS:
        return Action.CLOCK
    if code == _CANCELLED:
        # One condition that fails decides: then no retry helps, whatever the other reasons are.
        codes = {reason.get("Code", "") for reason in reasons}
        return Action.FAULT if codes and codes <= PASSING_REASONS else Action.REFUSED
    # Expired credentials: the next attempt takes fresh ones, for botocore renews them by then.
    if code in _CREDENTIALS_EXPIRED or code in _TRANSACTION_OPEN or status >= 500:
        return Action.FAULT
    return Action.REFUSED
