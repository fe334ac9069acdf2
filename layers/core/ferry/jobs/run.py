"""One worker's hold on a job: its lease, its checkpoints, its end.

However often a job's message is delivered, one worker at a time holds the lease; the next one goes
on from the last checkpoint. Whoever loses the lease stops at its next save, which changes nothing.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ferry.aws.queues import Queue
from ferry.errors import Cancelled, Interrupted, OutOfTime, Rejected, Superseded
from ferry.jobs.job import (
    MAX_ATTEMPTS,
    VERSION,
    ExportCheckpoint,
    ImportCheckpoint,
    Job,
    Status,
    mail_at_end,
)
from ferry.jobs.job_store import Jobs

LEASE_S = 90
"""How long a worker may be silent before another one may take over."""

SAVE_EVERY_S = 2.0
HAND_OVER_S = 60.0
"""With so much of the function's time left, the job is handed to another delivery."""

_INTERNAL = (
    f"the job failed {MAX_ATTEMPTS} times for an internal reason, which has been reported to the "
    "operators; start it again later"
)


class Run:
    """A job while this worker holds its lease.

    Args:
        job: the job as claimed.
        jobs: where it is saved.
        clock: Unix seconds.
        time_left: seconds until the function is stopped.
        hold: called whenever the lease has been renewed.

    Attributes:
        partial_result: returns the fields of the job that tell what it leaves if it stops here.

    """

    def __init__(
        self,
        job: Job,
        *,
        jobs: Jobs,
        clock: Callable[[], float],
        time_left: Callable[[], float],
        hold: Callable[[], object] = lambda: None,
    ) -> None:
        self.job = job
        self._worker = job.worker
        self._jobs = jobs
        self._clock = clock
        self._time_left = time_left
        self._hold = hold
        self._saved_at = clock()
        self.partial_result: Callable[[], dict[str, Any]] = dict

    def checkpoint(self, checkpoint: ExportCheckpoint | ImportCheckpoint, **progress: Any) -> None:
        """Save how far the job has come for good, with more of its fields.

        Raises:
            Cancelled: the job's end has been asked for.
            OutOfTime: the function's time is nearly up.
            Superseded: the lease is lost.

        """
        self.save(checkpoint=checkpoint, version=VERSION, attempts=0, **progress)
        if self.nearly_out_of_time:
            raise OutOfTime(f"job {self.job.id} goes on in another delivery")

    @property
    def nearly_out_of_time(self) -> bool:
        """Whether the job is to be handed to another delivery."""
        return self._time_left() < HAND_OVER_S

    def progress(self, **progress: Any) -> bool:
        """Save how far the job is, every two seconds at most; each save renews the lease.

        Returns:
            Whether it was saved.

        Raises:
            Cancelled: the job's end has been asked for.
            Superseded: the lease is lost.

        """
        due = self._clock() - self._saved_at >= SAVE_EVERY_S
        if due:
            self.save(**progress)
        return due

    def beat(self) -> None:
        """Renew the lease when it is time, amid work that must not stop half-way.

        Raises:
            Superseded: the lease is lost.

        """
        if self._clock() - self._saved_at >= SAVE_EVERY_S:
            self._store()

    def save(self, **fields: Any) -> None:
        """Save fields of the job; that alone does not count as coming further.

        Raises:
            Cancelled: the job's end has been asked for.
            Superseded: the lease is lost.

        """
        if self._store(**fields):
            raise Cancelled(f"the end of job {self.job.id} was asked for")

    def commit(self, writes: Sequence[Any], **fields: Any) -> bool:
        """Save fields of the job and make `writes` of storage, all or nothing.

        Returns:
            False when nothing was done, because a condition of `writes` does not hold.

        Raises:
            Cancelled: the job's end has been asked for; nothing was done.
            Superseded: the lease is lost; nothing was done.

        """
        job = self._changed(**fields)
        if self._jobs.save_with(job, writes, holder=self._worker):
            self.job = job
            return True
        self.save()  # raises, if it was for the job's sake
        return False

    def end(self, status: Status, **result: Any) -> None:
        """Save the job's end; from now on its mail is due, if a user started it.

        Raises:
            Superseded: the lease is lost.

        """
        self._store(
            worker="",
            status=status,
            ended_at=int(self._clock()),
            mail=mail_at_end(self.job.user_id),
            **result,
        )

    def release(self) -> None:
        """Let another delivery go on from the last checkpoint at once."""
        self._store(worker="")

    def _store(self, **changes: Any) -> bool:
        job = self._changed(**changes)
        end_asked_for = self._jobs.save(job, holder=self._worker)
        self.job = job
        self._saved_at = self._clock()
        self._hold()
        return end_asked_for

    def _changed(self, **changes: Any) -> Job:
        now = int(self._clock())
        return msgspec.structs.replace(self.job, updated_at=now, due_at=now + LEASE_S, **changes)


def perform(
    job_id: str,
    worker: str,
    work: Callable[[Run], dict[str, Any]],
    *,
    jobs: Jobs,
    queue: Queue,
    notices: Queue,
    clock: Callable[[], float],
    time_left: Callable[[], float],
    hold: Callable[[], object] = lambda: None,
) -> Job:
    """Claim the job, do `work` on it and see it to its end, or as far as this delivery gets.

    Args:
        job_id: the job.
        worker: a name for this delivery that no other bears.
        work: does the job and returns the fields of the job that tell its result.
        jobs: where jobs are.
        queue: where the job is sent to go on in another delivery.
        notices: where an ended job is sent for its mail.
        clock: Unix seconds.
        time_left: seconds until the function is stopped.
        hold: called whenever the lease has been renewed: keeps the message with this delivery.

    Returns:
        The job as this delivery leaves it.

    Raises:
        Superseded: the job is in other hands, or has ended.
        Unreadable: the job is left to workers of another release.
        Exception: whatever went wrong; the job waits to be tried again, or has failed when that
            was the last try.

    """
    job = jobs.claim(job_id, worker, now=int(clock()), lease_s=LEASE_S)
    run = Run(job, jobs=jobs, clock=clock, time_left=time_left, hold=hold)
    try:
        _carry_out(run, work)
    except OutOfTime:
        run.release()
        queue.send(job_id, group=job.app_id)
    except Superseded:
        raise
    except Exception:
        _give_back(run)
        raise
    finally:
        if run.job.ended and run.job.open:
            notices.send(job_id)
    return run.job


def _carry_out(run: Run, work: Callable[[Run], dict[str, Any]]) -> None:
    try:
        result = work(run)
    except Cancelled:
        run.end(Status.CANCELLED, **run.partial_result())
    except (Superseded, Interrupted):
        raise
    except Rejected as reason:
        run.end(Status.FAILED, error=str(reason), **run.partial_result())
    else:
        run.end(Status.FINISHED, **result)


def _give_back(run: Run) -> None:
    if run.job.attempts >= MAX_ATTEMPTS:
        run.end(Status.FAILED, error=_INTERNAL, faulty=True, **run.partial_result())
    else:
        run.release()
