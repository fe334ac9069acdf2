"""Where accepted jobs go: each is stored, then announced to its workers."""

from ferry.aws.queues import Queue
from ferry.jobs.job_items import AnyJob
from ferry.jobs.job_store import Jobs
from ferry.jobs.keyed_request import KeyedRequest
from ferry.jobs.stopped_jobs import StoppedJobs


class JobQueue:
    """Stores jobs and sends their messages.

    The job comes first: a message never names a job that is not there. A message that cannot be
    sent is sent by the sweeper.

    Args:
        jobs: where jobs are.
        queue: of the workers of these jobs.

    """

    def __init__(self, jobs: Jobs, queue: Queue) -> None:
        self.jobs = jobs
        self._queue = queue

    def add(self, job: AnyJob, *, apart_ms: int = 0, keyed: KeyedRequest | None = None) -> None:
        """Store a new job and send its message.

        Raises:
            AlreadyAccepted, Conflict, TooManyJobs, TooSoon: as `Jobs.add`.

        """
        self.jobs.add(job, apart_ms=apart_ms, keyed=keyed)
        self._queue.send(job.id, group=job.app_id)

    def reopen[J: AnyJob](self, job: J) -> J:
        """Store a stopped job that goes on, send its message and return it.

        Raises:
            Superseded: it has been resumed, or deleted, since it was read.
            TooManyJobs: the app has as many open jobs as it may.

        """
        with self.jobs.quota.room_for(job):
            StoppedJobs(self.jobs.quota.table_name).reopen(job)
        self._queue.send(job.id, group=job.app_id)
        return job

    def add_once(self, job: AnyJob) -> bool:
        """Do so unless the job's id is taken; return whether it was stored."""
        is_new = self.jobs.add_once(job)
        if is_new:
            self._queue.send(job.id, group=job.app_id)
        return is_new
