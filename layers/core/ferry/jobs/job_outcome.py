"""The outcome of the work on a job, before it is stored. Pure."""

import msgspec

from ferry.jobs.job import Counts, JobResult


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
