"""One worker's hold on a job: its lease, its checkpoints, its end.

However often a job's message is delivered, one worker at a time holds the lease; the next one goes
on from the last checkpoint. Whoever loses the lease stops at its next save, which changes nothing.
"""

import time
from collections.abc import Callable, Sequence
from threading import RLock
from typing import Any

from msgspec.structs import replace

from ferry.aws.send_check import checked
from ferry.errors import Cancelled, OutOfTime, Superseded
from ferry.jobs.job import OUTAGE_S, VERSION, Counts, Job, JobResult, Status, mail_at_end
from ferry.jobs.job_life import claimed, lived
from ferry.jobs.job_outcome import JobOutcome, with_outcome
from ferry.jobs.job_store import Jobs
from ferry.jobs.limits import limits_of
from ferry.jobs.spending import Spending

LEASE_S = 90
"""How long a worker may be silent before another one may take over."""

UNSENT_S = 40.0
"""So long before its lease ends a worker sends nothing: a request may be 33 seconds on its way.

A worker that was stopped for longer renews its lease first, or finds that another one has it.
"""

SAVE_EVERY_S = 2.0
HAND_OVER_S = 60.0
"""With so much of the function's time left, the job is handed to another delivery."""


class Run[Request, Checkpoint, Result: JobResult]:
    """A job while this worker holds its lease.

    Every method that saves raises Superseded if the lease is lost, and has changed nothing then.

    Args:
        job: the job as claimed.
        jobs: where it is saved.
        clock: Unix seconds.
        time_left: seconds until the function is stopped.
        hold: called whenever the lease has been renewed.
        sleep: lets so many seconds pass.
        save_every_s: progress is saved, and the lease renewed, no more often than that.
        monotonic: seconds that no correction of the clock changes; None for `clock`.
        claimed_at: when the claim was sent, by `monotonic`; None for now.

    """

    def __init__(
        self,
        job: Job[Request, Checkpoint, Result],
        *,
        jobs: Jobs,
        clock: Callable[[], float],
        time_left: Callable[[], float],
        hold: Callable[[], object] = lambda: None,
        sleep: Callable[[float], object] = time.sleep,
        save_every_s: float = SAVE_EVERY_S,
        monotonic: Callable[[], float] | None = None,
        claimed_at: float | None = None,
    ) -> None:
        self.job, self.jobs, self._worker = claimed(job, int(clock())), jobs, job.worker
        self.clock, self.sleep, self._time_left, self._hold = clock, sleep, time_left, hold
        self._saving = RLock()  # threads that wait for their turn renew the lease, too
        self._save_every_s = save_every_s
        self._saved_at = clock()
        self._monotonic = monotonic or clock
        self._renewed_at = self._monotonic() if claimed_at is None else claimed_at
        self.spending = Spending(job.spent, limits_of(job.request))  # each save saves it
        # What the job leaves if it stops here; a pipeline knows it better.
        self.partial_outcome: Callable[[], JobOutcome[Result]] = self.outcome_so_far
        # Where nobody can resume it; None for the same.
        self.final_outcome: Callable[[], JobOutcome[Result]] | None = None

    @property
    def nearly_out_of_time(self) -> bool:
        """Whether the job must continue in another delivery."""
        return self._time_left() < HAND_OVER_S

    def require_lease(self) -> None:
        """Do nothing while the lease certainly lasts for as long as a request may take.

        Raises:
            Superseded: it may not.

        """
        # By both clocks (decision 144): a monotonic one may stand still while a machine sleeps.
        by_the_wall_s = self.clock() + LEASE_S - self.job.due_at
        if max(self._monotonic() - self._renewed_at, by_the_wall_s) > LEASE_S - UNSENT_S:
            raise Superseded(f"the lease of job {self.job.id} is too old to write under it")

    def checkpoint(
        self,
        checkpoint: Checkpoint,
        *,
        rows_done: int,
        bytes_done: int,
        counts: Counts | None = None,
    ) -> None:
        """Save how far the job has come for good.

        Args:
            checkpoint: where the next worker goes on.
            rows_done: rows read until there.
            bytes_done: bytes read or written until there.
            counts: the outcome of those rows, None where that is only known at the job's end.

        Raises:
            Cancelled: the job's end has been asked for.
            OutOfTime: the function's time is nearly up.

        """
        self._save(
            replace(
                self.job,
                checkpoint=checkpoint,
                version=VERSION,
                attempts=0,
                stalled_since=0,
                rows_done=rows_done,
                bytes_done=bytes_done,
                counts=counts or self.job.counts,
            )
        )
        if self.nearly_out_of_time:
            raise OutOfTime(f"job {self.job.id} goes on in another delivery")

    def begin(self, checkpoint: Checkpoint) -> None:
        """Save the first checkpoint; that alone does not count as coming further.

        Raises:
            Cancelled: the job's end has been asked for.

        """
        self._save(replace(self.job, checkpoint=checkpoint, version=VERSION))

    def start_over(self) -> None:
        """Drop the checkpoint: the work that it records is lost.

        Raises:
            Cancelled: the job's end has been asked for.

        """
        self._save(replace(self.job, checkpoint=None, restarts=self.job.restarts + 1))

    def change_request(self, request: Request, *, bytes_total: int) -> None:
        """Save the request that the job goes on with, and the size of its file.

        Raises:
            Cancelled: the job's end has been asked for.

        """
        job = replace(self.job, request=request, bytes_total=bytes_total)
        self._save(replace(job, attempts=0, stalled_since=0))

    def note(self, result: Result) -> None:
        """Save what is known of the result by now.

        Raises:
            Cancelled: the job's end has been asked for.

        """
        self._save(replace(self.job, result=result))

    def check(self) -> None:
        """Renew the lease, and stop if the job's end has been asked for.

        Raises:
            Cancelled: it has.

        """
        self._save(self.job)

    def progress(self, *, rows_done: int | None = None, bytes_done: int | None = None) -> bool:
        """Save how far the job is, every two seconds at most; None leaves a figure as it is.

        Returns:
            Whether it was saved.

        Raises:
            Cancelled: the job's end has been asked for.

        """
        if due := self._is_save_due():
            rows = self.job.rows_done if rows_done is None else rows_done
            size = self.job.bytes_done if bytes_done is None else bytes_done
            self._save(replace(self.job, rows_done=rows, bytes_done=size))
        return due

    def beat(self) -> None:
        """Renew the lease when it is time, amid work that must not stop half-way."""
        with self._saving:
            if self._is_save_due():
                self._store(self.job)

    def commit(self, writes: Sequence[Any], outcome: JobOutcome[Result]) -> bool:
        """Save the outcome and make `writes` of storage, all or nothing.

        Returns:
            False when nothing was done, because a condition of `writes` does not hold.

        Raises:
            Cancelled: the job's end has been asked for; nothing was done.

        """
        job = self._touched(with_outcome(self.job, outcome))
        if self.jobs.save_with(job, writes, holder=self._worker):
            self.job = job
            return True
        # The transaction does not say which condition failed: the job's own or one of `writes`.
        self.check()  # raises, if it was for the job's sake
        return False

    def end(
        self,
        status: Status,
        outcome: JobOutcome[Result],
        *,
        error: str = "",
        faulty: bool = False,
        resumable: bool = False,
    ) -> None:
        """Save the job's end and the notices that are due; the arguments become members of the job.

        `error` says why it has not finished, fit to be shown.
        """
        self._store(
            replace(
                with_outcome(self.job, outcome),
                worker="",
                status=status,
                error=error,
                faulty=faulty,
                resumable=resumable,
                ended_at=int(self.clock()),
                mail=mail_at_end(self.job.user_id),
            )
        )

    def release(self) -> None:
        """Let another delivery go on from the last checkpoint at once."""
        self._store(replace(self.job, worker=""))

    def wait_out(self) -> bool:
        """Let another delivery go on once an outage has passed; that is no attempt.

        Returns:
            False, having done nothing, when outages have held the job up for too long.

        """
        job, now = self.job, int(self.clock())
        since = job.stalled_since or now
        if waits := now - since < OUTAGE_S:
            attempts = max(0, job.attempts - 1)
            self._store(replace(job, worker="", attempts=attempts, stalled_since=since))
        return waits

    def outcome_so_far(self) -> JobOutcome[Result]:
        """Return the outcome of the job at its last checkpoint."""
        return JobOutcome(self.job.result, self.job.counts)

    def _is_save_due(self) -> bool:
        age = max(self.clock() - self._saved_at, self._monotonic() - self._renewed_at)
        return age >= self._save_every_s

    def _save(self, job: Job[Request, Checkpoint, Result]) -> None:
        if self._store(job):
            raise Cancelled(f"the end of job {self.job.id} was asked for")

    def _store(self, job: Job[Request, Checkpoint, Result]) -> bool:
        """Save the job and renew the lease; return whether the job's end has been asked for."""
        with self._saving:
            return self._store_alone(job)

    def _store_alone(self, job: Job[Request, Checkpoint, Result]) -> bool:
        job = self._touched(job)
        # The lease counts from before the request: it may have been on its way for half a minute.
        sent_at = self._monotonic()
        try:
            with checked(None):
                end_asked_for = self.jobs.save(job, holder=self._worker)
        except Superseded:
            self._renewed_at = float("-inf")  # whatever is queued finds the lease lost
            raise
        self.job = job
        self._saved_at = self.clock()
        self._renewed_at = sent_at
        self._hold()
        return end_asked_for

    def _touched(self, job: Job[Request, Checkpoint, Result]) -> Job[Request, Checkpoint, Result]:
        now, spent = int(self.clock()), self.spending.so_far
        life = lived(self.job, job, now)
        return replace(job, updated_at=now, due_at=now + LEASE_S, spent=spent, life=life)
