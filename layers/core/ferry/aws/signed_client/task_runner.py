"""Tasks that talk with DynamoDB: each asks, gets an answer, and may ask again; many at a time.

A task is a generator: it yields what it asks and is sent the answer, or thrown DynamoDB's
refusal. So code of several requests reads from top to bottom, and 32 of them run in one thread.
"""

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from botocore.exceptions import ClientError

from ferry.aws.signed_client.signed_requests import Progress, SignedRequest, SignedRequests


class Ask(NamedTuple):
    """A request: the operation, such as ``PutItem``, and its parameters as DynamoDB spells them.

    Binary values are base64 text, as on the wire. Parameters that are bytes are JSON already.
    """

    operation: str
    parameters: Mapping[str, Any] | bytes


type Steps[R] = Generator[Ask, bytes, R]
"""Yields requests, is sent the JSON of each answer, and returns its result."""

_ENCODER = msgspec.json.Encoder()


def run_all[R](requests: SignedRequests, tasks: Iterable[Steps[R]]) -> Iterator[R]:
    """Run tasks, as many at a time as may be in flight; yield their results in order.

    What one of them raises ends all. Nothing more is begun when the caller stops.
    """
    flight = _Flight[R](requests)
    for steps in tasks:
        flight.begin(steps)
        yield from flight.ended()
    while flight.is_open:
        yield from flight.ended()
        if flight.is_open:
            requests.turn()


class _Flight[R]:
    """Tasks that have begun."""

    def __init__(self, requests: SignedRequests) -> None:
        self.ready: deque[_Asked[R]] = deque()
        self._requests = requests
        self._results: dict[int, R] = {}
        self._begun = 0
        self._given = 0

    @property
    def is_open(self) -> bool:
        """Whether some have not ended, or their results have not been given."""
        return self._given < self._begun

    def begin(self, steps: Steps[R]) -> None:
        """Begin a task; wait until its first request is on its way."""
        self._begun += 1
        self._go_on(self._begun - 1, steps, None)

    def ended(self) -> Iterator[R]:
        """Go on with those that are answered; yield the results that are due."""
        while self.ready:
            asked = self.ready.popleft()
            self._go_on(asked.place, asked.steps, asked.reply)
        # Results are held until it is their turn: callers pair them with their rows by place.
        while self._given in self._results:
            yield self._results.pop(self._given)
            self._given += 1

    def _go_on(self, place: int, steps: Steps[R], reply: bytes | ClientError | None) -> None:
        try:
            # Thrown where the task asked, so that its own `except` handles a taken key.
            if isinstance(reply, ClientError):
                ask = steps.throw(reply)
            else:
                ask = next(steps) if reply is None else steps.send(reply)
        except StopIteration as end:
            self._results[place] = end.value
        else:
            self._requests.send(_Asked(ask, place, steps, self))


class _Asked[R](SignedRequest):
    """The open request of a task."""

    def __init__(self, ask: Ask, place: int, steps: Steps[R], flight: _Flight[R]) -> None:
        body = ask.parameters
        super().__init__(ask.operation, body if isinstance(body, bytes) else _ENCODER.encode(body))
        self.place = place
        self.steps = steps
        self.reply: bytes | ClientError = b""
        self._flight = flight

    def answered(self, body: bytes) -> Progress:
        self.reply = body
        self._flight.ready.append(self)
        return Progress.DONE

    def refused(self, error: ClientError) -> None:
        self.reply = error
        self._flight.ready.append(self)
