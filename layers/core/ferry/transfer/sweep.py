"""The sweeper: sees to jobs that nobody sees to (lost messages, killed workers, unsent mails)."""

from collections.abc import Mapping

from ferry.errors import Superseded
from ferry.jobs.job import MAX_ATTEMPTS, Job, Operation, Status
from ferry.storage.control.jobs import Jobs
from ferry.storage.queues import Queue
from ferry.transfer.run import LEASE_S, Run

_REMIND_AFTER_S = 300
_STOPPED = (
    f"the job was stopped {MAX_ATTEMPTS} times before it came further; the operators can see why "
    "in the logs. Start it again later"
)


def sweep(now: int, *, jobs: Jobs, queues: Mapping[Operation, Queue], notices: Queue) -> int:
    """See to every job that is overdue at `now`, Unix seconds; return how many there were."""
    seen = 0
    for job in jobs.due(now):
        seen += 1
        if job.ended:
            notices.send(job.id)
        elif job.status is Status.RUNNING and job.attempts >= MAX_ATTEMPTS:
            _fail(job, now, jobs, notices)
        else:
            _remind(job, now, jobs, queues[job.operation])
    return seen


def _remind(job: Job, now: int, jobs: Jobs, queue: Queue) -> None:
    # A pending job may only be waiting in a long queue: do not pile up messages for it.
    if job.status is Status.PENDING and not jobs.postpone(job, now + _REMIND_AFTER_S):
        return
    queue.send(job.id)


def _fail(job: Job, now: int, jobs: Jobs, notices: Queue) -> None:
    try:
        claimed = jobs.claim(job.id, "sweeper", now=now, lease_s=LEASE_S)
        Run(claimed, jobs=jobs, clock=lambda: now, time_left=lambda: LEASE_S).end(
            Status.FAILED, error=_STOPPED
        )
    except Superseded:
        return
    notices.send(job.id)
