"""When a request is sent again, and how long to wait before."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

UNPROCESSED = frozenset({429})
"""The request was not taken: it may be sent again, whatever it is."""

PASSING = UNPROCESSED | {500, 502, 503, 504}
"""The request may have been done. It is sent again only where that does no harm."""

_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "OPTIONS"})
"""DELETE is not: a job is cancelled by the first one, and deleted by the second."""


def repeatable(method: str, headers: dict[str, str]) -> bool:
    """Return whether sending a request twice does what sending it once does."""
    return method in _REPEATABLE or "Idempotency-Key" in headers


@dataclass(frozen=True)
class Retries:
    """How patient a client is.

    Attributes:
        attempts: at most so many in all; 1 never sends again.
        first_s: the longest pause after the first attempt, in seconds; doubled after each one.
        longest_s: the longest pause, in seconds. A service that asks for a longer one is not asked
            again: the error says so at once.

    """

    attempts: int = 5
    first_s: float = 0.5
    longest_s: float = 60

    def pause(self, attempt: int, retry_after: str = "") -> float | None:
        """Return how long to wait after the attempt of that number, None to give up.

        A random share of the growing pause spreads the clients of one outage ("full jitter",
        https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).

        Args:
            attempt: from 1 on.
            retry_after: the header of the answer: seconds or a date (RFC 9110, 10.2.3).

        """
        if attempt >= self.attempts:
            return None
        asked = _seconds(retry_after)
        if asked is not None:
            return asked if asked <= self.longest_s else None
        longest = min(self.longest_s, self.first_s * 2 ** (attempt - 1))
        return random.uniform(0, longest)  # noqa: S311 - spreads load, keeps no secret


def _seconds(retry_after: str) -> float | None:
    if not retry_after:
        return None
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (zoned - datetime.now(UTC)).total_seconds())
