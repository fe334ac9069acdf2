"""A throttle: requests consume no more capacity units in a second than they may.

What a request consumes is known once it is answered. So units are taken from the rate for some
seconds ahead, and requests are sent until they have consumed these: those that are not answered
yet, by what the others took on average. What they consume beyond is taken from the next ones.
"""

import time
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Protocol

import msgspec

TAKEN_S = 3.0
"""Units of so many seconds are taken at a time: what a worker has taken that dies is lost."""

_USUAL_UNITS = 32.0
"""Of a request, before the first is answered: between one for 25 rows and a page of a megabyte."""
_LONGEST_SLEEP_S = 1.0


class CapacityMeter:
    """Counts the units that requests to one table consume, from any number of threads.

    Attributes:
        read_units: consumed so far.
        write_units: consumed so far.
        answers: that told it.

    """

    def __init__(self) -> None:
        self.read_units = 0.0
        self.write_units = 0.0
        self.answers = 0
        self._lock = Lock()

    def add(self, *, read_units: float = 0.0, write_units: float = 0.0) -> None:
        """Count the units of an answer."""
        with self._lock:
            self.read_units += read_units
            self.write_units += write_units
            self.answers += 1


class UnitRate(Protocol):
    """A rate of units, which many may take from; each unit is taken once."""

    @property
    def units(self) -> int:
        """How many there are a second."""

    def take(self, units: float) -> float:
        """Take the next units; return when the first of them is there, Unix seconds."""


class Waiting(msgspec.Struct, frozen=True):
    """How a throttle lets time pass.

    Attributes:
        clock: Unix seconds.
        sleep: lets so many seconds pass.
        on_wait: called now and then, from the thread that waits.
        may_wait: where it returns False, nothing is waited for; what is consumed then is taken
            from the rates all the same.

    """

    clock: Callable[[], float]
    sleep: Callable[[float], object] = time.sleep
    on_wait: Callable[[], object] = lambda: None
    may_wait: Callable[[], bool] = lambda: True


class Throttle:
    """Holds the requests of one worker to some rates, from any number of threads.

    Args:
        rates: all of which are kept.
        meter: counts what the requests consume.
        waiting: how time passes.

    """

    def __init__(self, rates: Sequence[UnitRate], meter: CapacityMeter, waiting: Waiting) -> None:
        self._rates = rates
        self._meter = meter
        self._waiting = waiting
        self._lock = Lock()
        self._before = self._consumed
        self._sent = meter.answers
        self._taken = 0.0
        self._there_at = 0.0

    def delay_s(self) -> float:
        """Return for how long no request may be sent; at 0, one counts as sent."""
        with self._lock:
            if self._waiting.may_wait():
                if self._waiting.clock() >= self._there_at and self._expected >= self._taken:
                    self._take(min(rate.units for rate in self._rates) * TAKEN_S)
                if (delay := self._there_at - self._waiting.clock()) > 0:
                    return delay
            self._sent += 1
            return 0.0

    def wait(self) -> None:
        """Wait until a request may be sent."""
        while delay := self.delay_s():
            self.sleep(delay)

    def sleep(self, seconds: float) -> None:
        """Let some of the seconds pass."""
        self._waiting.sleep(min(seconds, _LONGEST_SLEEP_S))
        self._waiting.on_wait()

    def settle(self) -> None:
        """Take what was consumed and not taken yet: others wait for it instead."""
        with self._lock:
            if self._consumed - self._before > self._taken:
                self._take(0.0)

    @property
    def _consumed(self) -> float:
        return self._meter.read_units + self._meter.write_units

    @property
    def _expected(self) -> float:
        """The units that the sent requests consume, answered or not."""
        consumed, answers = self._consumed, self._meter.answers
        usual = consumed / answers if consumed else _USUAL_UNITS
        # A request that is sent again after a failure is answered more often than it was counted.
        return consumed - self._before + max(0, self._sent - answers) * usual

    def _take(self, more: float) -> None:
        """Take what was consumed beyond the units that were taken, and `more`."""
        owed = max(0.0, self._expected - self._taken)
        self._there_at = max(rate.take(owed + more) + owed / rate.units for rate in self._rates)
        self._taken += owed + more
