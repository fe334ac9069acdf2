"""Signed requests, many in flight from one thread, tried again where that may help."""

import heapq
import time
from collections.abc import Callable
from enum import Enum, auto
from itertools import count
from typing import Protocol
from urllib.parse import urlsplit

import msgspec
from botocore.exceptions import ClientError

from ferry.aws import clients
from ferry.aws.capacity import asking_json, count_answer, count_refused, current_throttle
from ferry.aws.retry import Backoff
from ferry.aws.send_check import on_send
from ferry.aws.signed_client.pace import Pace
from ferry.aws.signed_client.replies import HttpReply, Lost
from ferry.aws.signed_client.signing import Signer
from ferry.aws.signed_client.verdict import Action, Verdict, damaged, judge

_MOST_BYTES = 8 * 1024 * 1024
"""Bytes of requests that may be in flight; one alone may have more."""

_MOVED_BYTES = 4 * 1024
"""Bytes of requests that wait for one another at most before they are sent."""

_BACKOFF = Backoff(tries=10)
_WAIT_S = 1.0
"""No wait is longer, so that the caller can renew its lease."""


class Progress(Enum):
    """The progress that an answer with status 200 means."""

    DONE = auto()
    """All is done."""
    SOME = auto()
    """A part is done; the request's body has become the rest."""
    NONE = auto()
    """Nothing is done: DynamoDB was too busy."""


class SignedRequest:
    """A request that is sent until it is answered for good.

    Attributes:
        operation: such as ``PutItem``.
        body: its parameters as JSON, as DynamoDB spells them.
        failures: in a row, that brought it no further.
        number: counts the sent requests.
        ahead_s: the clock by which it is signed.

    """

    def __init__(self, operation: str, body: bytes) -> None:
        self.operation = operation
        self.body = body
        self.failures = 0
        self.number = 0
        self.ahead_s = 0.0

    def answered(self, body: bytes) -> Progress:
        """Take an answer.

        Raises:
            msgspec.DecodeError: it is damaged; the request is sent again.

        """
        raise NotImplementedError

    def refused(self, error: ClientError) -> None:
        """Take a refusal that no retry will change; what this raises ends the caller's wait."""
        raise error

    @property
    def rest(self) -> str:
        """The rest that is left undone, as an error message names it."""
        return f"a {self.operation}"


class Transport(Protocol):
    """Sends requests and gives their answers, each with the tag of its request."""

    def send(self, tag: SignedRequest, body: bytes, headers: list[str]) -> None:
        """Have a request sent."""

    def answers(self, *, wait_s: float) -> list[tuple[SignedRequest, HttpReply | Lost]]:
        """Return the replies that have arrived; wait at most `wait_s` seconds for the first."""

    def close(self) -> None:
        """Drop what is in flight and every connection."""


class SignedRequests:
    """The requests of one caller, as many in flight as `Pace` allows.

    Credentials, region, endpoint, proxy and certificates are those of the session's clients.

    Args:
        on_wait: called before each request, and now and then while answers are waited for. What it
            raises stops the requests: it may find that its caller must write no more.
        backoff: of a request that comes no further.
        transport: None for connections of libcurl's.

    """

    def __init__(
        self,
        on_wait: Callable[[], object],
        *,
        backoff: Backoff = _BACKOFF,
        transport: Transport | None = None,
    ) -> None:
        endpoint = clients.dynamodb_endpoint()
        self._url = endpoint.url
        self._on_wait = on_wait
        self._signer = Signer(endpoint.credentials, endpoint.region, urlsplit(endpoint.url).netloc)
        self._transport = transport or _connections(endpoint)
        self._backoff = backoff
        self._pace = Pace()
        self._in_flight = 0
        self._bytes = 0
        self._unmoved = 0
        self._paused: list[tuple[float, int, SignedRequest]] = []
        self._pauses = count()

    def close(self) -> None:
        """Drop the requests that are not answered yet."""
        self._transport.close()

    def send(self, request: SignedRequest) -> None:
        """Send a request as soon as `Pace` allows another one.

        Raises:
            ClientError: DynamoDB refuses a request, or answers nothing better for too long.
            BotoCoreError: DynamoDB cannot be reached.
            TimeoutError: it leaves a part of a request undone time and again.

        """
        # Waiting here is the back-pressure on the reader: without it a fast file would queue in
        # memory.
        while not self._has_room(request):
            self.turn()
        if throttle := current_throttle():
            while delay := throttle.delay_s():
                # Answers are taken meanwhile: unread for half a minute, they would count as lost.
                if self._in_flight:
                    self.turn(most_s=delay)
                else:
                    throttle.sleep(delay)
        self._send(request)
        # libcurl moves nothing but when it is asked for answers. To ask costs as much as half a
        # small request, so several of them share it.
        self._unmoved += len(request.body)
        if self._unmoved >= _MOVED_BYTES:
            self._take_all(wait_s=0)

    def turn(self, *, most_s: float = _WAIT_S) -> None:
        """Send what has paused long enough; take answers, or wait for one, `most_s` at most."""
        now = time.monotonic()
        while self._paused and self._paused[0][0] <= now and self._in_flight < self._pace.allowed:
            self._send(heapq.heappop(self._paused)[2])
        wait_s = min(most_s, _WAIT_S)
        if self._paused and self._in_flight < self._pace.allowed:
            # Wake up when the first pause ends, even if no reply has come by then.
            wait_s = min(wait_s, self._paused[0][0] - now)
        # libcurl returns at once when nothing is in flight; without a sleep this loop would spin.
        if not self._in_flight:
            time.sleep(max(0.0, wait_s))
        self._take_all(wait_s=wait_s)
        self._on_wait()

    def _take_all(self, *, wait_s: float) -> None:
        self._unmoved = 0
        for request, reply in self._transport.answers(wait_s=wait_s):
            self._take(request, reply)

    def _has_room(self, request: SignedRequest) -> bool:
        open_requests = self._in_flight + len(self._paused)
        # One request is always let through, however large or slowed down; otherwise nothing would
        # move.
        return not open_requests or (
            open_requests < self._pace.allowed and self._bytes + len(request.body) <= _MOST_BYTES
        )

    def _send(self, request: SignedRequest) -> None:
        self._on_wait()
        on_send()  # whoever has lost the lease sends nothing, as with botocore's client
        request.number, request.ahead_s = self._pace.send(), self._signer.ahead_s
        self._in_flight += 1
        self._bytes += len(request.body)
        # Signed at each attempt: a signature is valid for 5 minutes, and a pause or new
        # credentials may come between two attempts.
        body = asking_json(request.body)
        headers = self._signer.headers(request.operation, body)
        self._transport.send(request, body, headers)

    def _take(self, request: SignedRequest, reply: HttpReply | Lost) -> None:
        self._in_flight -= 1
        self._bytes -= len(request.body)
        verdict = judge(self._url, request.operation, reply)
        progress = Progress.NONE
        if verdict.outcome is Action.DONE:
            try:
                count_answer(request.operation, verdict.body)
                progress = request.answered(verdict.body)
            except msgspec.DecodeError as error:
                verdict = damaged(request.operation, str(error))
        if progress is Progress.DONE:
            self._pace.succeeded()
            return
        # UnprocessedItems and UnprocessedKeys are DynamoDB's words for throttling in an answer
        # with status 200.
        # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
        if verdict.outcome in {Action.THROTTLED, Action.DONE}:
            self._pace.throttled(request.number)
        if progress is Progress.SOME:
            # A busy table that takes a few items each time is no failure.
            request.failures = 0
        self._try_again(request, verdict, reply)

    def _try_again(self, request: SignedRequest, verdict: Verdict, reply: HttpReply | Lost) -> None:
        request.failures += 1
        if verdict.error and not self._may_help(request, verdict, reply):
            if isinstance(verdict.error, ClientError):
                count_refused(request.operation, verdict.error.response["Error"]["Code"])
                request.refused(verdict.error)
                return
            raise verdict.error
        if request.failures >= self._backoff.tries:
            raise verdict.error or TimeoutError(
                f"{request.rest} stayed unprocessed after {self._backoff.tries} tries"
            )
        # Monotonic: a correction of the wall clock must not make a pause endless.
        due = time.monotonic() + self._backoff.pause_s(request.failures)
        # The counter breaks ties: requests cannot be compared.
        heapq.heappush(self._paused, (due, next(self._pauses), request))

    def _may_help(self, request: SignedRequest, verdict: Verdict, reply: HttpReply | Lost) -> bool:
        """Return whether a retry may succeed; correct the clock if it was wrong."""
        if verdict.outcome is Action.CLOCK and isinstance(reply, HttpReply):
            if date := reply.header(b"date"):
                self._signer.set_clock(date)
            # Another reply may have corrected the clock already. If nothing changed, a retry
            # cannot help.
            return self._signer.ahead_s != request.ahead_s
        return verdict.outcome is not Action.REFUSED


def _connections(endpoint: clients.Endpoint) -> Transport:
    # libcurl, which only imports need, would lengthen every other function's cold start.
    from ferry.aws.signed_client.connections import Connections

    return Connections[SignedRequest](
        endpoint.url, ca_bundle=endpoint.ca_bundle, proxy=endpoint.proxy
    )
