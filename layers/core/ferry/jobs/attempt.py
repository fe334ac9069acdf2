"""One delivery's attempt at a job: claim it, work on it, end it or give it back."""

import time
from collections.abc import Callable

import msgspec

from ferry.aws.outages import is_outage
from ferry.aws.queues import Queue
from ferry.errors import Cancelled, Interrupted, OutOfBudget, OutOfTime, Rejected, Superseded
from ferry.jobs.job import (
    MAX_ATTEMPTS,
    OUTAGE_S,
    STOPPED,
    Job,
    JobResult,
    Status,
    queue_group,
)
from ferry.jobs.job_kind import JobKind
from ferry.jobs.job_outcome import JobOutcome
from ferry.jobs.job_store import Jobs
from ferry.jobs.listeners import announce
from ferry.jobs.run import LEASE_S, SAVE_EVERY_S, Run

_INTERNAL = (
    f"the job failed {MAX_ATTEMPTS} times for an internal reason, which has been reported to the "
    "operators; start it again later"
)
_OUTAGE = (
    f"services that the job needs failed it for {OUTAGE_S // 3600} hours; the operators can see "
    "why. Start it again later"
)


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """The worker of an attempt, with its stores and its clock.

    Attributes:
        name: of this delivery; no other has it.
        jobs: where jobs are.
        queue: where a job is sent to go on in another delivery.
        notices: the queue of ended jobs.
        clock: Unix seconds.
        time_left: seconds until the function is stopped.
        sleep: see `Run`.
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
    sleep: Callable[[float], object] = msgspec.field(default_factory=lambda: time.sleep)
    save_every_s: float = SAVE_EVERY_S
    monotonic: Callable[[], float] | None = None


def perform[Q, C, R: JobResult](
    job_id: str,
    kind: JobKind[Q, C, R],
    work: Callable[[Run[Q, C, R]], JobOutcome[R] | None],
    worker: Worker,
    *,
    close: Callable[[Run[Q, C, R]], JobOutcome[R]] | None = None,
) -> Job[Q, C, R]:
    """Claim the job, do `work` on it and bring it to its end, or as far as this delivery gets.

    A job that has been attempted too often is closed instead: it ends as failed.

    Args:
        job_id: the job.
        kind: of job.
        work: does the job; returns None where it has ended it, or left it, by itself.
        worker: who does it.
        close: returns what a failed job leaves; it may be called more than once for a job. None
            for what was saved last.

    Returns:
        The job as this delivery leaves it.

    Raises:
        Superseded: another worker has the job, or it has ended.
        Unreadable: the job is left to workers of another release.
        Exception: whatever went wrong; the job waits for another delivery, or has failed when
            that was the last.

    """
    jobs = worker.jobs
    # Before the claim is sent, for the same reason as in `Run`: the lease must seem too short,
    # never too long.
    claimed_at = (worker.monotonic or worker.clock)()
    job = jobs.claim(job_id, worker.name, kind, now=int(worker.clock()), lease_s=LEASE_S)
    run = Run(
        job,
        jobs=jobs,
        clock=worker.clock,
        time_left=worker.time_left,
        hold=worker.hold,
        sleep=worker.sleep,
        save_every_s=worker.save_every_s,
        monotonic=worker.monotonic,
        claimed_at=claimed_at,
    )
    attempt = _Attempt(run, work, close or Run.outcome_so_far)
    try:
        attempt.make()
    except OutOfTime:
        run.release()
        worker.queue.send(job_id, group=queue_group(job.operation, job.app_id))
    except Superseded:
        raise
    except Exception as error:
        attempt.give_back(error)
        raise
    # Also after a failure: a job that this delivery ended needs its mail, whatever was raised.
    finally:
        announce(run.job, worker.notices)
    return run.job


class _Attempt[Q, C, R: JobResult]:
    def __init__(
        self,
        run: Run[Q, C, R],
        work: Callable[[Run[Q, C, R]], JobOutcome[R] | None],
        close: Callable[[Run[Q, C, R]], JobOutcome[R]],
    ) -> None:
        self._run = run
        self._work = work
        self._close = close

    def make(self) -> None:
        run = self._run
        # Earlier workers died without a word, of memory or of time. To work on it again would kill
        # this one as well.
        if run.job.attempts > MAX_ATTEMPTS:
            self._fail(STOPPED)
            return
        try:
            outcome = self._work(run)
        except Cancelled:
            # Rows that are written stay; their counts and failed rows are in the result.
            run.end(Status.CANCELLED, self._final_outcome())
        except OutOfBudget as stop:
            run.end(Status.CANCELLED, run.partial_outcome(), error=str(stop), resumable=True)
        except (Superseded, Interrupted):
            raise
        except Rejected as error:
            run.end(Status.FAILED, self._final_outcome(), error=error.reason)
        else:
            if outcome is not None:
                run.end(Status.FINISHED, outcome)

    def _final_outcome(self) -> JobOutcome[R]:
        return (self._run.final_outcome or self._run.partial_outcome)()

    def give_back(self, error: Exception) -> None:
        """Leave the job to another delivery, or let it fail if there should be none."""
        run, outage = self._run, is_outage(error)
        # A job survives hours of an AWS outage, where a fault of its own ends it after a few
        # attempts.
        if outage and run.wait_out():
            return
        if run.job.attempts < MAX_ATTEMPTS and not outage:
            run.release()
            return
        try:
            self._fail(_OUTAGE if outage else _INTERNAL)
        except Superseded:
            raise
        except Exception:
            # Another delivery closes the job; at last the sweeper ends it as it is.
            run.release()
            raise

    def _fail(self, error: str) -> None:
        run = self._run
        try:
            outcome = self._close(run)
        except Rejected:  # its table or its file is gone, or cannot be read
            outcome = run.outcome_so_far()
        run.end(Status.FAILED, outcome, error=error, faulty=True)
