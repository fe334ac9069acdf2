"""Ending a job by hand: cancelling one that runs, deleting one that has ended."""

from ferry.aws.bucket import Files
from ferry.aws.queues import Queue
from ferry.errors import Superseded
from ferry.jobs.job import Job, Status
from ferry.jobs.job_store import Jobs
from ferry.jobs.requests import ImportRequest
from ferry.jobs.run import LEASE_S, Run


def end_job(
    job: Job, *, now: int, jobs: Jobs, notices: Queue, uploads: Files, results: Files
) -> Job | None:
    """Cancel the job, or delete it with its files if it has ended.

    Returns:
        The job if this cancelled it; None if its worker will, or if it is deleted.

    """
    if not job.ended:
        try:
            jobs.ask_for_the_end(job.id)
        except Superseded:
            job = jobs.get(job.id)  # it has ended in the meantime
    if job.ended:
        _delete(job, now, jobs, uploads, results)
        return None
    return _cancel_pending(job, now, jobs, notices) if job.status is Status.PENDING else None


def _cancel_pending(job: Job, now: int, jobs: Jobs, notices: Queue) -> Job | None:
    try:
        claimed = jobs.claim(job.id, "canceller", now=now, lease_s=LEASE_S)
    except Superseded:
        return None  # a worker has it, and finds at its next save what it was asked for
    run = Run(claimed, jobs=jobs, clock=lambda: now, time_left=lambda: LEASE_S)
    run.end(Status.CANCELLED)
    notices.send(job.id)
    return run.job


def _delete(job: Job, now: int, jobs: Jobs, uploads: Files, results: Files) -> None:
    # The files go first: whoever deletes a job wants its links dead, whatever fails after.
    results.delete_under(f"{job.operation}s/{job.id}/")
    if isinstance(job.request, ImportRequest):
        uploads.delete([job.request.file_key])
    jobs.remove(job.id, now=now)
