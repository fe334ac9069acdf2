"""The rates of a job: its own, and its table's for all of its jobs (contract tables#spending)."""

from contextlib import AbstractContextManager
from typing import Any

from ferry.aws.shared_rate import SharedRate
from ferry.aws.throttle import Waiting
from ferry.jobs.job import Job
from ferry.jobs.limits import limits_of
from ferry.jobs.run import Run
from ferry.tables.schema import Table

_STEP_S = 5
"""A step of an import should take about so long, so that it ends before the function does."""


def spending_on(
    run: Run[Any, Any, Any], table: Table, table_name: str, *, of: Job[Any, Any, Any] | None = None
) -> AbstractContextManager[None]:
    """Count, and hold to the job's rates, what requests to a DynamoDB table consume.

    Args:
        run: the job.
        table: whose rows it reads or writes.
        table_name: the DynamoDB table in which they are.
        of: the job whose rate holds, None for the worker's own.

    """
    held = of or run.job
    rates = {f"JOB#{held.id}": limits_of(held.request).rate, f"TABLE#{table.id}": table.rate}
    shared = [
        SharedRate(run.jobs.quota.table_name, owner, rate, run.clock)
        for owner, rate in rates.items()
        if rate
    ]
    # A function whose time is nearly up finishes what it has begun. The next one waits for it.
    waiting = Waiting(run.clock, run.sleep, run.beat, lambda: not run.nearly_out_of_time)
    return run.spending.on(table_name, shared, waiting)


def step_records(run: Run[Any, Any, Any], table: Table, most: int) -> int:
    """Return how many records a step of an import has, `most` where there is no rate."""
    rates = [rate for rate in (limits_of(run.job.request).rate, table.rate) if rate]
    return max(1, min([most, *(rate * _STEP_S for rate in rates)]))
