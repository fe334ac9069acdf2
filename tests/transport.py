"""Sends signed requests through botocore's client: moto answers it, in this process."""

import json
import re
from base64 import b64decode
from contextvars import Context
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from ferry.aws import clients
from ferry.aws.retry import Backoff
from ferry.aws.signed_client.replies import HttpReply
from ferry.aws.signed_client.signed_requests import SignedRequests

_NO_PAUSES = Backoff(tries=10, first_s=0.0, longest_s=0.0)
_FAULTS = {"InternalServerError", "ServiceUnavailable"}


class ClientTransport:
    """Sends each request at once; its answer waits until it is asked for."""

    def __init__(self) -> None:
        self._answers: list[tuple[Any, HttpReply]] = []

    def send(self, tag: Any, body: bytes, headers: list[str]) -> None:
        (target,) = [line for line in headers if line.startswith("x-amz-target:")]
        operation = target.rpartition(".")[2]
        method = getattr(clients.dynamodb(), re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower())
        try:
            # Without the caller's context: who sends signed requests counts their capacity.
            answer = Context().run(method, **_with_bytes(json.loads(body)))
        except ClientError as error:
            self._answers.append((tag, _refusal(error.response)))
        else:
            answer.pop("ResponseMetadata", None)
            self._answers.append((tag, HttpReply(200, [], msgspec.json.encode(answer))))

    def answers(self, *, wait_s: float) -> list[tuple[Any, Any]]:
        del wait_s
        answers, self._answers = self._answers, []
        return answers

    def close(self) -> None:
        self._answers = []


def signed_requests(on_wait: Any) -> SignedRequests:
    """Stand in for `ferry.aws.clients.signed_requests`; where it pauses, it does not wait."""
    return SignedRequests(on_wait, backoff=_NO_PAUSES, transport=ClientTransport())


def _with_bytes(value: Any) -> Any:
    """Return parameters with bytes in place of base64 text, as botocore takes them."""
    if isinstance(value, list):
        return [_with_bytes(each) for each in value]
    if not isinstance(value, dict):
        return value
    match list(value.items()):
        case [("B", str(text))]:
            return {"B": b64decode(text)}
        case [("BS", [str(), *_] as texts)]:
            return {"BS": [b64decode(text) for text in texts]}
    return {name: _with_bytes(each) for name, each in value.items()}


def _refusal(response: Any) -> HttpReply:
    error = response["Error"]
    body = {**response, "__type": error["Code"], "message": error["Message"]}
    default = 500 if error["Code"] in _FAULTS else 400
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", default)
    return HttpReply(status, [], msgspec.json.encode(body))
