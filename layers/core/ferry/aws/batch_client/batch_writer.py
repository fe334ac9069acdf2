"""BatchWriteItem: signed requests with ready-made bodies, many in flight from one thread."""

import heapq
import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import Protocol
from urllib.parse import urlsplit

from ferry.aws import clients
from ferry.aws.batch_client.connections import Connections, HttpReply, Lost
from ferry.aws.batch_client.pace import Pace
from ferry.aws.batch_client.signing import Signer
from ferry.aws.batch_client.verdict import Action, Verdict, judge
from ferry.aws.batches import MOST_REQUESTS
from ferry.aws.retry import Backoff

_MOST_BYTES = 8 * 1024 * 1024
"""Bytes of requests that may be in flight; one alone may have more."""

_BACKOFF = Backoff(tries=10)
_WAIT_S = 1.0
"""No wait is longer, so that the caller can renew its lease."""

_BETWEEN = '}},{"PutRequest":{"Item":'


class Transport(Protocol):
    """Sends requests and gives their answers, each with the tag of its request."""

    def send(self, tag: "_Request", body: bytes, headers: list[str]) -> None:
        """Have a request sent."""

    def answers(self, *, wait_s: float) -> list[tuple["_Request", HttpReply | Lost]]:
        """Return the replies that have arrived; wait at most `wait_s` seconds for the first."""

    def close(self) -> None:
        """Drop what is in flight and every connection."""


class _Request:
    """A request with up to 25 items.

    Attributes:
        failures: in a row, that brought it no further.
        number: counts the sent requests.
        ahead_s: the clock by which it is signed.

    """

    def __init__(self, group: "PutGroup", items: Sequence[str], body: bytes) -> None:
        self.group = group
        self.items = items
        self.body = body
        self.failures = 0
        self.number = 0
        self.ahead_s = 0.0


class BatchWriter:
    """Puts items into one table, whatever it holds under their keys.

    Credentials, region, endpoint, proxy and certificates are those of the session's clients.

    Args:
        table_name: the DynamoDB table.
        on_wait: called before each request, and now and then while answers are waited for. What it
            raises stops the writer: it may find that its caller must write no more.
        backoff: of a request that brings none of its items further.
        transport: None for connections of libcurl's.

    """

    def __init__(
        self,
        table_name: str,
        on_wait: Callable[[], object],
        *,
        backoff: Backoff = _BACKOFF,
        transport: Transport | None = None,
    ) -> None:
        endpoint = clients.dynamodb_endpoint()
        self._url = endpoint.url
        self._head = f'{{"RequestItems":{{"{table_name}":[{{"PutRequest":{{"Item":'
        self._on_wait = on_wait
        self._signer = Signer(endpoint.credentials, endpoint.region, urlsplit(endpoint.url).netloc)
        self._transport = transport or Connections[_Request](
            endpoint.url, ca_bundle=endpoint.ca_bundle, proxy=endpoint.proxy
        )
        self._backoff = backoff
        self._pace = Pace()
        self._in_flight = 0
        self._bytes = 0
        self._paused: list[tuple[float, int, _Request]] = []
        self._pauses = count()

    def group(self) -> "PutGroup":
        """Begin a group of items; those begun before go on."""
        return PutGroup(self)

    def close(self) -> None:
        """Drop the requests that are not answered yet."""
        self._transport.close()

    def send(self, group: "PutGroup", items: Sequence[str]) -> None:
        """Send up to 25 items as soon as `Pace` allows another request."""
        request = _Request(group, items, self._body(items))
        # Waiting here is the back-pressure on the reader: without it a fast file would queue in
        # memory.
        while not self._has_room(request):
            self.turn()
        self._send(request)
        for answered, reply in self._transport.answers(wait_s=0):
            self._take(answered, reply)

    def turn(self) -> None:
        """Send what has paused long enough; take answers, or wait a while for one."""
        now = time.monotonic()
        while self._paused and self._paused[0][0] <= now and self._in_flight < self._pace.allowed:
            self._send(heapq.heappop(self._paused)[2])
        wait_s = _WAIT_S
        if self._paused and self._in_flight < self._pace.allowed:
            # Wake up when the first pause ends, even if no reply has come by then.
            wait_s = min(wait_s, self._paused[0][0] - now)
        # libcurl returns at once when nothing is in flight; without a sleep this loop would spin.
        if not self._in_flight:
            time.sleep(max(0.0, wait_s))
        for request, reply in self._transport.answers(wait_s=wait_s):
            self._take(request, reply)
        self._on_wait()

    def _has_room(self, request: _Request) -> bool:
        open_requests = self._in_flight + len(self._paused)
        # One request is always let through, however large or slowed down; otherwise nothing would
        # move.
        return not open_requests or (
            open_requests < self._pace.allowed and self._bytes + len(request.body) <= _MOST_BYTES
        )

    def _send(self, request: _Request) -> None:
        self._on_wait()
        request.number, request.ahead_s = self._pace.send(), self._signer.ahead_s
        self._in_flight += 1
        self._bytes += len(request.body)
        # Signed at each attempt: a signature is valid for 5 minutes, and a pause or new
        # credentials may come between two attempts.
        self._transport.send(request, request.body, self._signer.headers(request.body))

    def _take(self, request: _Request, reply: HttpReply | Lost) -> None:
        self._in_flight -= 1
        self._bytes -= len(request.body)
        verdict = judge(self._url, reply)
        if verdict.outcome is Action.DONE and not verdict.left:
            self._pace.succeeded()
            request.group.unanswered -= 1
            return
        # UnprocessedItems is DynamoDB's word for throttling in an answer with status 200.
        # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
        if verdict.outcome is Action.THROTTLED or verdict.left:
            self._pace.throttled(request.number)
        if verdict.left:
            # Progress resets the count: a busy table that takes a few items each time is no
            # failure.
            request.failures = 0 if len(verdict.left) < len(request.items) else request.failures
            request.items, request.body = verdict.left, self._body(verdict.left)
        self._try_again(request, verdict, reply)

    def _try_again(self, request: _Request, verdict: Verdict, reply: HttpReply | Lost) -> None:
        request.failures += 1
        if not self._may_help(request, verdict, reply) or request.failures >= self._backoff.tries:
            raise verdict.error or TimeoutError(
                f"{len(request.items)} items stayed unprocessed after {self._backoff.tries} tries"
            )
        # Monotonic: a correction of the wall clock must not make a pause endless.
        due = time.monotonic() + self._backoff.pause_s(request.failures)
        # The counter breaks ties: requests cannot be compared.
        heapq.heappush(self._paused, (due, next(self._pauses), request))

    def _may_help(self, request: _Request, verdict: Verdict, reply: HttpReply | Lost) -> bool:
        """Return whether a retry may succeed; correct the clock if it was wrong."""
        if verdict.outcome is Action.CLOCK and isinstance(reply, HttpReply):
            if date := reply.header(b"date"):
                self._signer.set_clock(date)
            # Another reply may have corrected the clock already. If nothing changed, a retry
            # cannot help.
            return self._signer.ahead_s != request.ahead_s
        return verdict.outcome is not Action.REFUSED

    def _body(self, items: Sequence[str]) -> bytes:
        return f"{self._head}{_BETWEEN.join(items)}}}}}]}}}}".encode()


class PutGroup:
    """Items of one caller, sent together and waited for together.

    Attributes:
        unanswered: requests that are not done yet.

    """

    def __init__(self, writer: BatchWriter) -> None:
        self.unanswered = 0
        self._writer = writer
        self._held: list[str] = []

    def put(self, items: Sequence[str]) -> None:
        """Send items, each the JSON of one as DynamoDB spells it; no key may come twice.

        Some may still be unsent or unanswered on return; where too many are, they are waited for.

        Raises:
            ClientError: DynamoDB refuses them, or answers nothing better for too long.
            BotoCoreError: DynamoDB cannot be reached.
            TimeoutError: it leaves items unprocessed time and again.

        """
        self._held += items
        whole = len(self._held) - len(self._held) % MOST_REQUESTS
        for start in range(0, whole, MOST_REQUESTS):
            self._send(self._held[start : start + MOST_REQUESTS])
        # Fewer than 25 items stay for the next call: a request for one item takes as long as for
        # 25.
        del self._held[:whole]

    def wait(self) -> None:
        """Wait until all that was put is written; raises as `put` does."""
        if self._held:
            rest, self._held = self._held, []
            self._send(rest)
        while self.unanswered:
            self._writer.turn()

    def _send(self, items: list[str]) -> None:
        self.unanswered += 1
        self._writer.send(self, items)
