"""Ending a job by hand: cancelling one that runs, deleting one that has ended."""

from ferry.aws.bucket import Files
from ferry.aws.queues import Queue
from ferry.errors import Superseded
from ferry.jobs.job import Job, JobHeader, Status, mail_at_end
from ferry.jobs.job_store import Jobs
from ferry.jobs.open_jobs import OpenJobs
from ferry.jobs.requests import ImportRequest
from ferry.jobs.run import LEASE_S


def end_job(
    job: JobHeader,
    *,
    now: int,
    jobs: Jobs,
    open_jobs: OpenJobs,
    notices: Queue,
    uploads: Files,
    results: Files,
) -> JobHeader | None:
    """Cancel the job, or delete it with its files if it has ended.

    Returns:
        The job if this cancelled it; None if its worker will, or if it is deleted.

    """
    if not job.ended:
        try:
            jobs.ask_for_the_end(job.id)
        except Superseded:
            job = jobs.get_header(job.id)  # it has ended in the meantime
    if job.ended:
        _delete(job, now, jobs, uploads, results)
        return None
    return _cancel_pending(job, now, open_jobs, notices) if job.status is Status.PENDING else None


def _cancel_pending(
    job: JobHeader, now: int, open_jobs: OpenJobs, notices: Queue
) -> JobHeader | None:
    try:
        cancelled = open_jobs.end(
            job.id,
            Status.CANCELLED,
            mail=mail_at_end(job.user_id),
            error="",
            now=now,
            due_at=now + LEASE_S,
        )
    except Superseded:
        return None  # a worker has it, and finds at its next save what it was asked for
    if cancelled.open:
        notices.send(job.id)
    return cancelled


def _delete(job: JobHeader, now: int, jobs: Jobs, uploads: Files, results: Files) -> None:
    # The files go first: whoever deletes a job wants its links dead, whatever fails after.
    results.delete_under(f"{job.operation}s/{job.id}/")
    # The file of an import that only another release can read expires by itself.
    if isinstance(job, Job) and isinstance(job.request, ImportRequest):
        uploads.delete([job.request.file_key])
    jobs.remove(job.id, now=now)
