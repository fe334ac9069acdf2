"""What a job spends on DynamoDB for its rows, and what that costs."""

from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any

from ferry.aws.capacity import CapacityMeter, metered
from ferry.jobs.job import Spent
from ferry.jobs.prices import prices_of


class Spending:
    """Counts what a job spends.

    Args:
        before: what it has spent already.

    """

    def __init__(self, before: Spent | None = None) -> None:
        self._before = before or Spent()
        self._meter = CapacityMeter()

    def on(self, table_name: str) -> AbstractContextManager[None]:
        """Count what requests to the DynamoDB table of the job's rows consume meanwhile."""
        return metered(self._meter, table_name)

    @property
    def so_far(self) -> Spent:
        """What the job has spent by now."""
        before, meter = self._before, self._meter
        return Spent(
            before.read_units + Decimal(str(meter.read_units)),
            before.write_units + Decimal(str(meter.write_units)),
        )


def dollars_of(spent: Spent, region: str) -> float:
    """Return what the units cost on demand in a region, in US dollars."""
    _, prices = prices_of(region)
    reads, writes = float(spent.read_units), float(spent.write_units)
    return round(reads * prices.read_unit + writes * prices.write_unit, 9)


def spending_view(spent: Spent, region: str) -> dict[str, Any]:
    """Return what is spent as the API shows it."""
    return {
        "read_units": float(spent.read_units),
        "write_units": float(spent.write_units),
        "dollars": dollars_of(spent, region),
    }
