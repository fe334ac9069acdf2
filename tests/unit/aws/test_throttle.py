"""Requests that are held to a rate, by a clock of the test's own."""

from contextvars import copy_context
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from ferry.aws.capacity import ask_for_capacity, metered
from ferry.aws.throttle import TAKEN_S, CapacityMeter, Throttle, Waiting

RATE = 100


@dataclass
class Clock:
    now: float = 1_000.0
    naps: list[float] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds


@dataclass
class Rate:
    """A rate that some throttles share."""

    clock: Clock
    units: int = RATE
    until: float = 0.0

    def take(self, units: float) -> float:
        begin = max(self.until, self.clock.now)
        self.until = begin + units / self.units
        return begin


class Worker:
    """Sends requests that consume some units each, one after the other."""

    def __init__(self, clock: Clock, *rates: Rate, units: float = 10, **waiting) -> None:
        self.units, self.meter = units, CapacityMeter()
        self.throttle = Throttle(rates, self.meter, Waiting(clock.time, clock.sleep, **waiting))

    def send(self, times: int = 1) -> None:
        for _ in range(times):
            self.throttle.wait()
            self.meter.add(read_units=self.units)


@pytest.mark.parametrize("units", [0.5, 10, 128, 1000])
def test_a_worker_consumes_no_more_than_its_rate(units):
    clock = Clock()
    worker = Worker(clock, Rate(clock), units=units)

    worker.send(times=200)

    took, least = clock.now - 1_000, (200 * units - 32) / RATE
    assert least - TAKEN_S - units / RATE <= took <= least + 2 * TAKEN_S + units / RATE


def test_the_lower_of_two_rates_holds():
    clock = Clock()
    worker = Worker(clock, Rate(clock, units=1000), Rate(clock, units=10))

    worker.send(times=50)

    assert 45 <= clock.now - 1_000 <= 55


def test_workers_share_a_rate_evenly_and_a_dead_one_costs_seconds():
    clock = Clock()
    rate = Rate(clock)
    workers = [Worker(clock, rate) for _ in range(3)]
    sent = [0, 0, 0]
    while clock.now < 1_090:
        living = workers if clock.now < 1_045 else workers[:2]
        for place, worker in enumerate(living):
            if worker.throttle.delay_s() == 0:
                worker.meter.add(write_units=10)
                sent[place] += 1
        clock.now += 0.01

    assert sum(sent) * 10 == pytest.approx(90 * RATE, abs=5 * TAKEN_S * RATE)
    assert abs(sent[0] - sent[1]) * 10 <= 2 * TAKEN_S * RATE
    assert sent[2] * 10 == pytest.approx(15 * RATE, abs=2 * TAKEN_S * RATE)


def test_requests_on_their_way_count_before_they_are_answered():
    clock = Clock()
    worker = Worker(clock, Rate(clock))
    worker.send()

    sent = 0
    while worker.throttle.delay_s() == 0:
        sent += 1

    assert sent * 10 <= 2 * TAKEN_S * RATE


def test_who_may_not_wait_goes_on_and_others_wait_instead():
    clock = Clock()
    rate, hurried = Rate(clock), []
    worker = Worker(clock, rate, may_wait=lambda: not hurried)
    worker.send()
    hurried.append(True)

    worker.send(times=500)
    assert clock.now == 1_000
    worker.throttle.settle()
    other = Worker(clock, rate)
    other.send()

    assert clock.now - 1_000 == pytest.approx(501 * 10 / RATE, abs=TAKEN_S)


def test_no_sleep_is_long_and_each_is_told():
    clock, told = Clock(), []
    worker = Worker(clock, Rate(clock, units=1), units=60, on_wait=lambda: told.append(1))

    worker.send(times=2)

    assert max(clock.naps) <= 1
    assert len(told) == len(clock.naps) >= 27


@pytest.mark.parametrize(
    ("params", "waits"),
    [
        ({"TableName": "rows"}, True),
        ({"TableName": "control"}, False),
        ({"RequestItems": {"rows": {}}}, True),
        ({"TransactItems": [{"Put": {"TableName": "rows"}}]}, True),
        ({"TransactItems": [{"Put": {"TableName": "control"}}]}, False),
    ],
)
def test_requests_to_other_tables_wait_for_nothing(params, waits):
    clock = Clock()
    rate = Rate(clock)
    rate.until = 1_005.0
    worker = Worker(clock, rate)
    model = SimpleNamespace(input_shape=SimpleNamespace(members={"ReturnConsumedCapacity": 1}))

    def ask():
        with metered(worker.meter, "rows", worker.throttle):
            ask_for_capacity(params, model)

    copy_context().run(ask)

    assert (clock.now >= 1_005) == waits
