"""The units that a job spends on its rows, their price, and the budget that stops it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from ferry.aws import clients
from ferry.aws.capacity import metered
from ferry.aws.throttle import CapacityMeter, Throttle, UnitRate, Waiting
from ferry.errors import OutOfBudget
from ferry.jobs.job import Spent
from ferry.jobs.limits import JobLimits, dollars_text, has_budget
from ferry.jobs.prices import prices_of


class Spending:
    """Counts what a job spends.

    Args:
        before: what it has spent already.
        limits: of the job.

    """

    def __init__(self, before: Spent | None = None, limits: JobLimits | None = None) -> None:
        self._before = before or Spent()
        self._limits = limits or JobLimits()
        self._has_budget = has_budget(self._limits)
        self._meter = CapacityMeter()

    @contextmanager
    def on(
        self, table_name: str, rates: Sequence[UnitRate] = (), waiting: Waiting | None = None
    ) -> Iterator[None]:
        """Count what requests to the DynamoDB table of the job's rows consume meanwhile.

        Args:
            table_name: the table.
            rates: to which the requests are held.
            waiting: how they wait, where there are rates.

        """
        throttle = Throttle(rates, self._meter, waiting) if waiting and rates else None
        with metered(self._meter, table_name, throttle):
            try:
                yield
            finally:
                if throttle:
                    throttle.settle()

    @property
    def so_far(self) -> Spent:
        """The units that the job has spent by now."""
        before, meter = self._before, self._meter
        return Spent(
            before.read_units + Decimal(str(meter.read_units)),
            before.write_units + Decimal(str(meter.write_units)),
        )

    def add(self, spent: Spent) -> None:
        """Count what others have spent for the job."""
        before = self._before
        self._before = Spent(
            before.read_units + spent.read_units, before.write_units + spent.write_units
        )

    @property
    def is_over_budget(self) -> bool:
        """Whether the job has spent what it may."""
        # Asked for each row of some imports: without a budget it must cost nothing.
        return self._has_budget and is_used_up(self._limits, self.so_far, clients.region())

    def require_budget(self) -> None:
        """Do nothing while the job may spend more.

        Raises:
            OutOfBudget: it may not.

        """
        if self.is_over_budget:
            raise OutOfBudget(f"{_told(self._limits)}; resume it with a higher budget")


def is_used_up(limits: JobLimits, spent: Spent, region: str) -> bool:
    """Return whether so much is all that a job may spend, at the region's prices."""
    if limits.budget is not None:
        return dollars_of(spent, region) >= limits.budget
    units = spent.read_units + spent.write_units
    return limits.budget_units is not None and units >= limits.budget_units


def _told(limits: JobLimits) -> str:
    if limits.budget is not None:
        return f"stopped at its budget of {dollars_text(limits.budget)}"
    return f"stopped at its budget of {limits.budget_units:,} units"


def dollars_of(spent: Spent, region: str) -> float:
    """Return the price of the units on demand in a region, in US dollars."""
    _, prices = prices_of(region)
    reads, writes = float(spent.read_units), float(spent.write_units)
    return round(reads * prices.read_unit + writes * prices.write_unit, 9)


def spending_view(spent: Spent, region: str) -> dict[str, Any]:
    """Return the spent units and dollars as the API shows them."""
    return {
        "read_units": float(spent.read_units),
        "write_units": float(spent.write_units),
        "dollars": dollars_of(spent, region),
    }
