"""The fast writer: signed requests with ready-made bodies, many in flight from one thread."""

import heapq
import time
from collections.abc import Callable, Sequence
from itertools import count
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
"""No wait is longer, so that whoever waits can tell that he lives."""

_BETWEEN = '}},{"PutRequest":{"Item":'


class _Batch:
    """Up to 25 items.

    Attributes:
        failures: in a row, that brought it no further.
        number: of the request that carries it.
        ahead_s: the clock by which that request is signed.

    """

    def __init__(self, delivery: "_SignedDelivery", items: Sequence[str], body: bytes) -> None:
        self.delivery = delivery
        self.items = items
        self.body = body
        self.failures = 0
        self.number = 0
        self.ahead_s = 0.0


class SignedWriter:
    """Writes items by requests of its own; see `ItemWriter`.

    Credentials, region, endpoint, proxy and certificates are those of the session's clients.
    """

    def __init__(
        self, table_name: str, on_wait: Callable[[], object], *, backoff: Backoff = _BACKOFF
    ) -> None:
        endpoint = clients.dynamodb_endpoint()
        self._url = endpoint.url
        self._head = f'{{"RequestItems":{{"{table_name}":[{{"PutRequest":{{"Item":'
        self._on_wait = on_wait
        self._backoff = backoff
        self._signer = Signer(endpoint.credentials, endpoint.region, urlsplit(endpoint.url).netloc)
        self._connections = Connections[_Batch](
            endpoint.url, ca_bundle=endpoint.ca_bundle, proxy=endpoint.proxy
        )
        self._pace = Pace()
        self._in_flight = 0
        self._bytes = 0
        self._paused: list[tuple[float, int, _Batch]] = []
        self._pauses = count()

    def delivery(self) -> "_SignedDelivery":
        """Begin a delivery; see `ItemWriter`."""
        return _SignedDelivery(self)

    def close(self) -> None:
        """Drop what is still on its way; see `ItemWriter`."""
        self._connections.close()

    def begin(self, delivery: "_SignedDelivery", items: Sequence[str]) -> None:
        """Send a batch as soon as there is room for it."""
        batch = _Batch(delivery, items, self._body(items))
        while not self._has_room(batch):
            self.turn()
        self._send(batch)
        for answered, reply in self._connections.answers(wait_s=0):
            self._take(answered, reply)

    def turn(self) -> None:
        """Send what has paused long enough; take answers, or wait a while for one."""
        now = time.monotonic()
        while self._paused and self._paused[0][0] <= now and self._in_flight < self._pace.allowed:
            self._send(heapq.heappop(self._paused)[2])
        wait_s = _WAIT_S
        if self._paused and self._in_flight < self._pace.allowed:
            wait_s = min(wait_s, self._paused[0][0] - now)
        if not self._in_flight:
            time.sleep(max(0.0, wait_s))
        for batch, reply in self._connections.answers(wait_s=wait_s):
            self._take(batch, reply)
        self._on_wait()

    def _has_room(self, batch: _Batch) -> bool:
        open_requests = self._in_flight + len(self._paused)
        return not open_requests or (
            open_requests < self._pace.allowed and self._bytes + len(batch.body) <= _MOST_BYTES
        )

    def _send(self, batch: _Batch) -> None:
        batch.number, batch.ahead_s = self._pace.send(), self._signer.ahead_s
        self._in_flight += 1
        self._bytes += len(batch.body)
        self._connections.send(batch, batch.body, self._signer.headers(batch.body))

    def _take(self, batch: _Batch, reply: HttpReply | Lost) -> None:
        self._in_flight -= 1
        self._bytes -= len(batch.body)
        verdict = judge(self._url, reply)
        if verdict.outcome is Action.DONE and not verdict.left:
            self._pace.succeeded()
            batch.delivery.unanswered -= 1
            return
        if verdict.outcome is Action.THROTTLED or verdict.left:
            self._pace.throttled(batch.number)
        if verdict.left:
            batch.failures = 0 if len(verdict.left) < len(batch.items) else batch.failures
            batch.items, batch.body = verdict.left, self._body(verdict.left)
        self._try_again(batch, verdict, reply)

    def _try_again(self, batch: _Batch, verdict: Verdict, reply: HttpReply | Lost) -> None:
        batch.failures += 1
        if not self._may_help(batch, verdict, reply) or batch.failures >= self._backoff.tries:
            raise verdict.error or TimeoutError(
                f"{len(batch.items)} items stayed unprocessed after {self._backoff.tries} tries"
            )
        due = time.monotonic() + self._backoff.pause_s(batch.failures)
        heapq.heappush(self._paused, (due, next(self._pauses), batch))

    def _may_help(self, batch: _Batch, verdict: Verdict, reply: HttpReply | Lost) -> bool:
        """Tell whether another try may succeed; a clock that differs is set for it."""
        if verdict.outcome is Action.CLOCK and isinstance(reply, HttpReply):
            if date := reply.header(b"date"):
                self._signer.set_clock(date)
            return self._signer.ahead_s != batch.ahead_s
        return verdict.outcome is not Action.REFUSED

    def _body(self, items: Sequence[str]) -> bytes:
        return f"{self._head}{_BETWEEN.join(items)}}}}}]}}}}".encode()


class _SignedDelivery:
    """Batches of one caller's; see `Delivery`.

    Attributes:
        unanswered: batches that are not written yet.

    """

    def __init__(self, writer: SignedWriter) -> None:
        self.unanswered = 0
        self._writer = writer
        self._held: list[str] = []

    def put(self, items: Sequence[str]) -> None:
        self._held += items
        whole = len(self._held) - len(self._held) % MOST_REQUESTS
        for start in range(0, whole, MOST_REQUESTS):
            self._begin(self._held[start : start + MOST_REQUESTS])
        del self._held[:whole]

    def settle(self) -> None:
        if self._held:
            rest, self._held = self._held, []
            self._begin(rest)
        while self.unanswered:
            self._writer.turn()

    def _begin(self, items: list[str]) -> None:
        self.unanswered += 1
        self._writer.begin(self, items)
