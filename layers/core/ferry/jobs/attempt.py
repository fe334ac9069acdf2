"""One delivery's attempt at a job: claim it, work on it, end it or give it back."""

from collections.abc import Callable

import msgspec

from ferry.aws.queues import Queue
from ferry.errors import Cancelled, Interrupted, OutOfTime, Rejected, Superseded
from ferry.jobs.job import MAX_ATTEMPTS, Job, JobResult, Status
from ferry.jobs.job_kind import JobKind
from ferry.jobs.job_store import Jobs
from ferry.jobs.listeners import announce
from ferry.jobs.run import LEASE_S, SAVE_EVERY_S, JobOutcome, Run

_INTERNAL = (
    f"the job failed {MAX_ATTEMPTS} times for an internal reason, which has been reported to the "
    "operators; start it again later"
)


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """Who attempts a job, and what it works with.

    Attributes:
        name: of this delivery; no other has it.
        jobs: where jobs are.
        queue: where a job is sent to go on in another delivery.
        notices: the queue of ended jobs.
        clock: Unix seconds.
        time_left: seconds until the function is stopped.
        hold: called whenever the lease has been renewed: keeps the message with this delivery.
        save_every_s: see `Run`.
        monotonic: see `Run`.

    """

    name: str
    jobs: Jobs
    queue: Queue
    notices: Queue
    clock: Callable[[], float]
    time_left: Callable[[], float]
    hold: Callable[[], object] = lambda: None
    save_every_s: float = SAVE_EVERY_S
    monotonic: Callable[[], float] | None = None


def perform[Q, C, R: JobResult](
    job_id: str,
    kind: JobKind[Q, C, R],
    work: Callable[[Run[Q, C, R]], JobOutcome[R]],
    worker: Worker,
) -> Job[Q, C, R]:
    """Claim the job, do `work` on it and bring it to its end, or as far as this delivery gets.

    Returns:
        The job as this delivery leaves it.

    Raises:
        Superseded: another worker has the job, or it has ended.
        Unreadable: the job is left to workers of another release.
        Exception: whatever went wrong; the job waits to be tried again, or has failed when that
            was the last attempt.

    """
    jobs = worker.jobs
    claimed_at = (worker.monotonic or worker.clock)()
    job = jobs.claim(job_id, worker.name, kind, now=int(worker.clock()), lease_s=LEASE_S)
    run = Run(
        job,
        jobs=jobs,
        clock=worker.clock,
        time_left=worker.time_left,
        hold=worker.hold,
        save_every_s=worker.save_every_s,
        monotonic=worker.monotonic,
        claimed_at=claimed_at,
    )
    try:
        _carry_out(run, work)
    except OutOfTime:
        run.release()
        worker.queue.send(job_id, group=job.app_id)
    except Superseded:
        raise
    except Exception:
        _give_back(run)
        raise
    finally:
        announce(run.job, worker.notices)
    return run.job


def _carry_out[Q, C, R: JobResult](
    run: Run[Q, C, R], work: Callable[[Run[Q, C, R]], JobOutcome[R]]
) -> None:
    try:
        outcome = work(run)
    except Cancelled:
        run.end(Status.CANCELLED, run.partial_outcome())
    except (Superseded, Interrupted):
        raise
    except Rejected as reason:
        run.end(Status.FAILED, run.partial_outcome(), error=str(reason))
    else:
        run.end(Status.FINISHED, outcome)


def _give_back[Q, C, R: JobResult](run: Run[Q, C, R]) -> None:
    if run.job.attempts >= MAX_ATTEMPTS:
        run.end(Status.FAILED, run.partial_outcome(), error=_INTERNAL, faulty=True)
    else:
        run.release()
