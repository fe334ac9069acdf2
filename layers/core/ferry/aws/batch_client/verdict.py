"""The verdict on an answer to BatchWriteItem."""

import zlib
from enum import Enum, auto
from typing import NamedTuple

import msgspec
from botocore import exceptions

from ferry.aws.batch_client.connections import HttpReply, Lost

_OPERATION = "BatchWriteItem"
_ALL_DONE = b'{"UnprocessedItems":{}}'
_THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
}
_CLOCK_DIFFERS = {"InvalidSignatureException", "RequestExpired", "RequestTimeTooSkewed"}
_CREDENTIALS_EXPIRED = {"ExpiredTokenException", "ExpiredToken"}


class Action(Enum):
    """The next step for a request."""

    DONE = auto()
    """Nothing, unless items are left over: DynamoDB was too busy for them."""
    THROTTLED = auto()
    """Send it again, later and with less beside it."""
    FAULT = auto()
    """Send it again, later."""
    CLOCK = auto()
    """Send it again if the server's clock differs from ours."""
    REFUSED = auto()
    """Nothing will help."""


class Verdict(NamedTuple):
    """An outcome; the items that are left over; what to raise if nothing better comes."""

    outcome: Action
    left: list[str]
    error: Exception | None = None


class _Refusal(msgspec.Struct):
    """An error of DynamoDB's, spelled as it spells it."""

    type: str = msgspec.field(name="__type", default="")
    message: str = ""
    Message: str = ""


class _PutRequest(msgspec.Struct):
    Item: msgspec.Raw


class _Unprocessed(msgspec.Struct):
    PutRequest: _PutRequest


class _Answer(msgspec.Struct):
    UnprocessedItems: dict[str, list[_Unprocessed]] = {}


_ANSWER = msgspec.json.Decoder(_Answer)
_REFUSAL = msgspec.json.Decoder(_Refusal)


def judge(url: str, reply: HttpReply | Lost) -> Verdict:
    """Return the verdict on an answer of the endpoint `url`."""
    if isinstance(reply, Lost):
        error = exceptions.ConnectionError(error=OSError(f"{url}: {reply.reason}"))
        return Verdict(Action.FAULT, [], error)
    # botocore checks it as well: a damaged answer could hide unprocessed items, and so lose rows.
    checksum = reply.header(b"x-amz-crc32")
    if checksum and int(checksum) != zlib.crc32(reply.body):
        return Verdict(Action.FAULT, [], _damaged("it does not have its checksum"))
    if reply.status == 200:
        return _answered(reply)
    return _refused(reply)


def _answered(reply: HttpReply) -> Verdict:
    # The usual answer, recognised without decoding: one comparison for 25 rows.
    if reply.body == _ALL_DONE:
        return Verdict(Action.DONE, [])
    try:
        tables = _ANSWER.decode(reply.body).UnprocessedItems
    except msgspec.DecodeError as error:
        return Verdict(Action.FAULT, [], _damaged(str(error)))
    left = [bytes(each.PutRequest.Item).decode() for every in tables.values() for each in every]
    return Verdict(Action.DONE, left)


def _refused(reply: HttpReply) -> Verdict:
    try:
        refusal = _REFUSAL.decode(reply.body)
    except msgspec.DecodeError:
        # A proxy or a load balancer answered, not DynamoDB: HTML or text, with the status as its
        # code.
        refusal = _Refusal(type=str(reply.status), message=reply.body[:200].decode("latin-1"))
    code = refusal.type.rpartition("#")[2] or str(reply.status)
    error = exceptions.ClientError(
        {
            "Error": {"Code": code, "Message": refusal.message or refusal.Message},
            "ResponseMetadata": {"HTTPStatusCode": reply.status},  # type: ignore[typeddict-item]
        },
        _OPERATION,
    )
    return Verdict(_outcome(reply.status, code), [], error)


def _outcome(status: int, code: str) -> Action:
    if code in _THROTTLED or status == 429:
        return Action.THROTTLED
    if code in _CLOCK_DIFFERS:
        return Action.CLOCK
    # Expired credentials: the next attempt takes fresh ones, for botocore renews them by then.
    if code in _CREDENTIALS_EXPIRED or status >= 500:
        return Action.FAULT
    return Action.REFUSED


def _damaged(reason: str) -> exceptions.HTTPClientError:
    return exceptions.HTTPClientError(error=f"an answer to {_OPERATION} is damaged: {reason}")
