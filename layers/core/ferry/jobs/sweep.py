"""The sweeper: starts jobs again whose message was lost or whose worker was killed, and mails."""

from collections.abc import Callable, Mapping

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from ferry.aws.queues import Queue
from ferry.errors import Superseded
from ferry.jobs.job import (
    MAX_ATTEMPTS,
    MAX_CLOSINGS,
    STOPPED,
    VERSION,
    JobHeader,
    Operation,
    OverdueJob,
    Status,
    mail_at_end,
    queue_group,
)
from ferry.jobs.listeners import announce
from ferry.jobs.open_jobs import OpenJobs, Overdue
from ferry.jobs.run import LEASE_S
from ferry.telemetry import logger

_REMIND_AFTER_S = 240
"""A job may only be waiting in a long queue: it is not sent again each minute."""

_GIVE_UP_AFTER_S = 86_400
_GIVE_UP_SEGMENT_AFTER_S = 7 * 86_400
"""Many segments of a large export wait for a few workers, and maybe for a rate."""

_SPARE_S = 5.0
"""With so much of the function's time left, the rest is left to the next sweep."""

_SKEW_S = 600
"""By so much two clocks may differ: AWS refuses what is signed five minutes off, either way.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

_LONGEST_HOLD_S = 3600
"""Mails beyond an app's share wait for the next hour."""

_WAITED = (
    "the job waited a day without being begun; the operators can see why. Start it again later"
)
_LEFT = (
    "the job was begun by a newer release of this service, which did not come back within a day. "
    "Start it again"
)
_UNSENT = "nobody could send the mail within a day"


class Sweep(msgspec.Struct):
    """The counts of one sweep so far.

    Attributes:
        overdue: jobs whose time was past.
        unreadable: those among them that this release cannot read, or not run.
        failed: those that it has failed.

    """

    overdue: int = 0
    unreadable: int = 0
    failed: list[JobHeader] = []


def sweep(
    now: int,
    *,
    jobs: OpenJobs,
    queues: Mapping[str, Queue],
    notices: Queue,
    time_left: Callable[[], float],
    report: Callable[[Sweep], object],
) -> Sweep:
    """Start again, or end, the jobs that are overdue at `now`, the oldest first.

    One that cannot be read or changed keeps no other from its turn.

    Args:
        now: Unix seconds.
        jobs: where they are.
        queues: where a job waits, by its operation.
        notices: where an ended job waits for its mail.
        time_left: seconds until the function is stopped.
        report: called before each page of jobs is dealt with, and at least once.

    """
    done = Sweep()
    sweeper = _Sweeper(now, jobs, queues, notices)
    for page in jobs.overdue(now):
        done.overdue += len(page)
        done.unreadable += sum(not sweeper.knows(overdue.job) for overdue in page)
        report(done)
        for overdue in page:
            # The oldest come first, so a sweep that is cut short has done the most urgent ones.
            if time_left() < _SPARE_S:
                return done
            try:
                done.failed += sweeper.see_to(overdue)
            except (BotoCoreError, ClientError):
                logger.exception("job not swept", job_id=overdue.job_id)
    if not done.overdue:
        report(done)
    sweeper.bring_back(time_left)
    return done


class _Sweeper(msgspec.Struct, frozen=True):
    now: int
    jobs: OpenJobs
    queues: Mapping[str, Queue]
    notices: Queue

    def knows(self, job: OverdueJob | None) -> bool:
        """Return whether this release has workers for the job."""
        return job is not None and job.version <= VERSION and job.operation in self.queues

    def bring_back(self, time_left: Callable[[], float]) -> None:
        """Let leases end in time that a clock has set which was ahead, and is no more.

        Its holder may live, and then renews its lease before the new end; otherwise the job would
        wait for as long as that clock was ahead.
        """
        for page in self.jobs.due_after(self.now + LEASE_S + _SKEW_S):
            for found in page:
                if time_left() < _SPARE_S:
                    return
                if found.job and found.due_at > self._latest(found.job):
                    logger.warning("lease brought back", job_id=found.job_id)
                    self.jobs.bring_back(found, self.now + LEASE_S)

    def _latest(self, job: OverdueJob) -> int:
        latest = self.now + LEASE_S + _SKEW_S
        return latest + _LONGEST_HOLD_S if job.ended else latest

    def see_to(self, overdue: Overdue) -> list[JobHeader]:
        """Start a job again, or end it; return it if it has failed by that."""
        job = overdue.job
        if job and (reason := self._hopeless(job)):
            return self._give_up(overdue, job, reason)
        # Only after the message is sent: postponed first, a failed send would wait four minutes
        # more.
        if job is None or self._remind(overdue.job_id, job):
            self.jobs.postpone(overdue, self.now + _REMIND_AFTER_S)
        return []

    def _hopeless(self, job: OverdueJob) -> str:
        long_ago = self.now - _GIVE_UP_AFTER_S
        if job.ended:
            return _UNSENT if job.ended_at < long_ago else ""
        if not self.knows(job):
            return _LEFT if job.updated_at < long_ago else ""
        if job.status is Status.RUNNING and job.attempts >= MAX_ATTEMPTS + MAX_CLOSINGS:
            return STOPPED
        if job.operation == Operation.SEGMENT:
            long_ago = self.now - _GIVE_UP_SEGMENT_AFTER_S
        if job.status is Status.PENDING and job.updated_at < long_ago:
            return _WAITED
        return ""

    def _give_up(self, overdue: Overdue, job: OverdueJob, reason: str) -> list[JobHeader]:
        if job.ended:
            self.jobs.give_up_mail(overdue, reason)
            return []
        try:
            failed = self.jobs.end(
                overdue.job_id,
                Status.FAILED,
                mail=mail_at_end(job.user_id),
                error=reason,
                now=self.now,
                due_at=self.now + LEASE_S,
            )
        # A worker has claimed the job since it was listed: it is not lost after all.
        except Superseded:
            return []
        announce(failed, self.notices)
        return [failed]

    def _remind(self, job_id: str, job: OverdueJob) -> bool:
        """Send the job's message again; return whether somebody will get it."""
        queue = self.notices if job.ended else self.queues.get(job.operation)
        if queue is None:  # nobody takes a job of an operation that only a later release knows
            return True
        logger.info("job sent again", job_id=job_id, status=job.status)
        return queue.send(job_id, group=queue_group(job.operation, job.app_id))
