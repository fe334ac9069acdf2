"""The limit of requests in flight, adapted to throttling."""

_START = 16
_MOST = 32


class Pace:
    """Additive increase, multiplicative decrease, as TCP does it.

    A round of answers without throttling allows one request more; throttling halves what is
    allowed, once for all requests that were sent before the last halving.

    Attributes:
        allowed: requests that may be in flight.

    """

    def __init__(self) -> None:
        self.allowed = _START
        self._gained = 0
        self._sent = 0
        self._halved_at = 0

    def send(self) -> int:
        """Count a request; return its number."""
        self._sent += 1
        return self._sent

    def succeeded(self) -> None:
        """Note an answer that was not throttled."""
        self._gained += 1
        if self._gained >= self.allowed:
            self._gained = 0
            self.allowed = min(_MOST, self.allowed + 1)

    def throttled(self, number: int) -> None:
        """Note that the request of that number was throttled."""
        # Replies to requests of before the halving say nothing of the new rate. Halving for each
        # would bring 32 requests down to one after a single burst.
        if number > self._halved_at:
            self._halved_at = self._sent
            self._gained = 0
            self.allowed = max(1, self.allowed // 2)
