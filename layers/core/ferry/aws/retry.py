"""Trying again: the one back-off for whatever may succeed later."""

import time
from collections.abc import Callable, Iterator
from random import uniform

import msgspec


class Backoff(msgspec.Struct, frozen=True):
    """A retry policy: the number of attempts and the pauses between them.

    Pauses have full jitter: each is anything between nothing and a bound that doubles. Callers
    that failed together therefore do not come back together.
    https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/

    Attributes:
        tries: the most there are, the first included.
        first_s: the bound of the first pause, in seconds.
        longest_s: the bound of every pause.

    """

    tries: int = 8
    first_s: float = 0.1
    longest_s: float = 5.0

    def pause_s(self, failures: int) -> float:
        """Return the pause in seconds after that many consecutive failures (1 or more)."""
        # Without a bound a dozen failures would pause for minutes, longer than a lease lasts.
        bound = min(self.longest_s, self.first_s * 2 ** (failures - 1))
        return uniform(0, bound)  # noqa: S311 - no secret

    def attempts(self) -> Iterator[int]:
        """Yield the number of each try, from 1, after its pause.

        For loops that find out from an answer whether to go on: ``for attempt in attempts()``.
        """
        for attempt in range(1, self.tries + 1):
            if attempt > 1:
                time.sleep(self.pause_s(attempt - 1))
            yield attempt

    def call[T](self, request: Callable[[], T], *, may_pass: Callable[[Exception], bool]) -> T:
        """Call `request` until it succeeds; an exception that may pass leads to another try.

        Raises:
            Exception: the first that may not pass, or that of the last try.

        """
        for attempt in self.attempts():
            try:
                return request()
            except Exception as error:
                if attempt == self.tries or not may_pass(error):
                    raise
        raise ValueError("a back-off has one try at least")
