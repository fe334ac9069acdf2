"""Accepting a job once, however often its request is sent (contract tables#idempotency)."""

from collections.abc import Callable

from ferry.errors import AlreadyAccepted, TooSoon
from ferry.jobs.job import Job, JobResult
from ferry.jobs.job_kind import JobKind
from ferry.jobs.job_store import Jobs
from ferry.jobs.keyed_request import KeyedRequest


def once[Q, C, R: JobResult](
    keyed: KeyedRequest | None,
    kind: JobKind[Q, C, R],
    jobs: Jobs,
    accept: Callable[[], Job[Q, C, R]],
) -> Job[Q, C, R]:
    """Return the job that the request's key has started before, or else what `accept` returns.

    Args:
        keyed: None for a request without a key.
        kind: of job.
        jobs: where jobs are.
        accept: accepts a job, and stores it with the key.

    Raises:
        Conflict: the key was used with another request.

    """
    if keyed and (job_id := jobs.first_of(keyed)):
        return jobs.get(job_id, kind)
    try:
        return accept()
    except AlreadyAccepted as taken:
        return jobs.get(taken.job_id, kind)
    except TooSoon:
        # It may be the same request, a moment before, that was accepted.
        if keyed and (job_id := jobs.first_of(keyed)):
            return jobs.get(job_id, kind)
        raise
