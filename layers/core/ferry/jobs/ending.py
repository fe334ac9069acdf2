"""Ending a job by hand: cancelling one that runs, deleting one that has ended."""

from enum import StrEnum
from typing import NamedTuple

from ferry.aws.bucket import Files
from ferry.aws.queues import Queue
from ferry.errors import Conflict, Superseded
from ferry.jobs.job import Job, JobHeader, JobResult, Status, mail_at_end
from ferry.jobs.job_kind import JobKind
from ferry.jobs.job_store import Jobs
from ferry.jobs.listeners import announce
from ferry.jobs.open_jobs import OpenJobs
from ferry.jobs.run import LEASE_S
from ferry.jobs.view import facts_of


class EndingAction(StrEnum):
    """The outcomes of asking for a job's end."""

    CANCELLED = "cancelled"
    CANCELLING = "cancelling"
    """Its worker stops at its next save, within about two seconds."""
    DELETED = "deleted"


class Ending(NamedTuple):
    """The outcome, and the job if this call has cancelled it."""

    action: EndingAction
    cancelled: JobHeader | None = None


def cancel_job(
    job: JobHeader, user_id: int, *, now: int, jobs: Jobs, open_jobs: OpenJobs, notices: Queue
) -> Ending:
    """Cancel a job that has not ended: at once if it waits, else its worker will.

    The job says that the user asked for it.

    Raises:
        Conflict: it has ended.

    """
    refusal = Conflict(f"job {job.id} has ended; DELETE deletes it")
    if job.ended:
        raise refusal
    try:
        jobs.ask_for_the_end(job.id, user_id)
    except Superseded as error:
        raise refusal from error
    if job.status is Status.PENDING and (
        cancelled := _cancel_pending(job, now, open_jobs, notices)
    ):
        return Ending(EndingAction.CANCELLED, cancelled)
    return Ending(EndingAction.CANCELLING)


def end_job[Q, C, R: JobResult](
    job: Job[Q, C, R] | JobHeader,
    kind: JobKind[Q, C, R],
    user_id: int,
    *,
    now: int,
    jobs: Jobs,
    open_jobs: OpenJobs,
    notices: Queue,
    uploads: Files,
    results: Files,
) -> Ending:
    """Cancel the job, or delete it with its files if it has ended."""
    if not job.ended:
        try:
            return cancel_job(
                job, user_id, now=now, jobs=jobs, open_jobs=open_jobs, notices=notices
            )
        except Conflict:
            job = jobs.get_far(job.id, kind)  # it has ended in the meantime
    # The files go first: whoever deletes a job wants its links dead, whatever fails after.
    results.delete_under(f"{job.operation}s/{job.id}/")
    # The upload of a job that only another release can read expires by itself.
    if (facts := facts_of(job, kind)) and facts.upload_key:
        uploads.delete([facts.upload_key])
    jobs.remove(job.id, now=now)
    return Ending(EndingAction.DELETED)


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
    announce(cancelled, notices)
    return cancelled
