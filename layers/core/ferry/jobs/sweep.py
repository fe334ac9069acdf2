"""The sweeper: sees to jobs that nobody sees to (lost messages, killed workers, unsent mails)."""

from collections.abc import Mapping

from ferry.aws.queues import Queue
from ferry.errors import Superseded
from ferry.jobs.job import MAX_ATTEMPTS, Job, Operation, Status
from ferry.jobs.job_store import Jobs
from ferry.jobs.run import LEASE_S, Run

_REMIND_AFTER_S = 300
_GIVE_UP_AFTER_S = 86_400
_WAITED = (
    "the job waited a day without being begun; the operators can see why. Start it again later"
)
_STOPPED = (
    f"the job was stopped {MAX_ATTEMPTS} times before it came further; the operators can see why "
    "in the logs. Start it again later"
)


def sweep(
    now: int, *, jobs: Jobs, queues: Mapping[Operation, Queue], notices: Queue
) -> tuple[int, list[Job]]:
    """See to every job that is overdue at `now`, Unix seconds.

    Returns:
        How many there were, and those that have failed by it.

    """
    due = list(jobs.due(now))
    failed: list[Job] = []
    for job in due:
        if job.ended:
            notices.send(job.id)
        elif reason := _hopeless(job, now):
            failed += _fail(job, reason, now, jobs, notices)
        else:
            _remind(job, now, jobs, queues[job.operation])
    return len(due), failed


def _hopeless(job: Job, now: int) -> str:
    if job.status is Status.RUNNING and job.attempts >= MAX_ATTEMPTS:
        return _STOPPED
    if job.status is Status.PENDING and job.accepted_at // 1000 < now - _GIVE_UP_AFTER_S:
        return _WAITED
    return ""


def _remind(job: Job, now: int, jobs: Jobs, queue: Queue) -> None:
    # A pending job may only be waiting in a long queue: do not pile up messages for it.
    if job.status is Status.PENDING and not jobs.postpone(job, now + _REMIND_AFTER_S):
        return
    queue.send(job.id, group=job.app_id)


def _fail(job: Job, reason: str, now: int, jobs: Jobs, notices: Queue) -> list[Job]:
    try:
        claimed = jobs.claim(job.id, "sweeper", now=now, lease_s=LEASE_S)
        run = Run(claimed, jobs=jobs, clock=lambda: now, time_left=lambda: LEASE_S)
        run.end(Status.FAILED, error=reason, faulty=True)
    except Superseded:
        return []
    if run.job.open:
        notices.send(job.id)
    return [run.job]
