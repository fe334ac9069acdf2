"""Sends a BatchWriter's requests through botocore's client: moto answers it, in this process."""

import json
from typing import Any

from botocore.exceptions import ClientError

from ferry.aws import clients
from ferry.aws.batch_client.batch_writer import BatchWriter
from ferry.aws.batch_client.connections import HttpReply
from ferry.aws.retry import Backoff

_NO_PAUSES = Backoff(tries=10, first_s=0.0, longest_s=0.0)


class ClientTransport:
    """Sends each request at once; its answer waits until it is asked for."""

    def __init__(self) -> None:
        self._answers: list[tuple[Any, HttpReply]] = []

    def send(self, tag: Any, body: bytes, headers: list[str]) -> None:
        del headers
        try:
            answer = clients.dynamodb().batch_write_item(**json.loads(body))
        except ClientError as error:
            self._answers.append((tag, _refusal(error.response)))
        else:
            left = {"UnprocessedItems": answer["UnprocessedItems"]}
            self._answers.append((tag, HttpReply(200, [], json.dumps(left).encode())))

    def answers(self, *, wait_s: float) -> list[tuple[Any, Any]]:
        del wait_s
        answers, self._answers = self._answers, []
        return answers

    def close(self) -> None:
        self._answers = []


def open_writer(table_name: str, on_wait: Any) -> BatchWriter:
    """Open a writer as `ferry.records.store` does; where it pauses, it does not wait."""
    return BatchWriter(table_name, on_wait, backoff=_NO_PAUSES, transport=ClientTransport())


def _refusal(response: Any) -> HttpReply:
    error = response["Error"]
    body = {"__type": error["Code"], "message": error["Message"]}
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    return HttpReply(status, [], json.dumps(body).encode())
