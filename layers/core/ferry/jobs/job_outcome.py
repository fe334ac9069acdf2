"""The outcome of the work on a job, before it is stored. Pure."""

import msgspec

from ferry.jobs.job import Counts, Job, JobResult


class JobOutcome[Result: JobResult](msgspec.Struct, frozen=True):
    """The outcome of the work on a job.

    Attributes:
        result: what the job leaves.
        counts: of its rows.
        rows_total: of its rows, None where that is not known, or was before.
        bytes_done: of its file, None for as many as were saved last.

    """

    result: Result
    counts: Counts = Counts()
    rows_total: int | None = None
    bytes_done: int | None = None


def with_outcome[Q, C, R: JobResult](job: Job[Q, C, R], outcome: JobOutcome[R]) -> Job[Q, C, R]:
    """Return the job with that outcome."""
    size, rows = outcome.bytes_done, outcome.rows_total
    return msgspec.structs.replace(
        job,
        result=outcome.result,
        counts=outcome.counts,
        rows_total=job.rows_total if rows is None else rows,
        bytes_done=job.bytes_done if size is None else size,
    )
