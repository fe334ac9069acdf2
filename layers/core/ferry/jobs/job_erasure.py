"""Erasing jobs with all that they have left: of a table that is deleted, or of a person."""

from collections.abc import Callable, Iterable

from ferry.aws.bucket import Files
from ferry.errors import NotFound, Superseded, Unreadable
from ferry.jobs.job import Operation
from ferry.jobs.job_lists import JobLists
from ferry.jobs.job_store import Jobs

NO_TABLE = 0
_OF_TABLES = (Operation.EXPORT, Operation.IMPORT)


class JobErasure:
    """Erases jobs: results, failed rows, journals, what was sent; then the job itself."""

    def __init__(
        self, jobs: Jobs, lists: JobLists, *, uploads: Files, results: Files, now: int
    ) -> None:
        self._jobs = jobs
        self._lists = lists
        self._uploads = uploads
        self._results = results
        self._now = now

    def erase(
        self,
        app_id: str,
        table_id: int,
        user_ids: Iterable[int],
        *,
        ended_before: int | None = None,
        go_on: Callable[[], bool] = lambda: True,
    ) -> int:
        """Erase the users' jobs on the table that have ended; return how many are left.

        Args:
            app_id: the app of the table.
            table_id: the table.
            user_ids: who may have started jobs.
            ended_before: jobs that ended then or later, Unix seconds, are left; None for no limit.
            go_on: asked before each job; jobs are left when it says no.

        """
        left = 0
        for user_id in user_ids:
            for operation in _OF_TABLES:
                for job_id in self._lists.ids(table_id, operation, user_id):
                    if go_on() and self._has_ended(job_id, ended_before):
                        left += not self._erased(app_id, table_id, operation, job_id)
                    else:
                        left += 1
        return left

    def erase_configurations(self, user_id: int) -> int:
        """Erase the user's imports of configurations that have ended; return how many are left.

        The revisions that they made stay.
        """
        left = 0
        for job_id in self._lists.ids(NO_TABLE, Operation.CONFIGURATION, user_id):
            if self._has_ended(job_id, None):
                self._uploads.delete([f"configs/{job_id}"])
                left += not self._removed(job_id)
            else:
                left += 1
        return left

    def _erased(self, app_id: str, table_id: int, operation: Operation, job_id: str) -> bool:
        # Files first: once the job is off its list, nobody would find them.
        self._results.delete_under(f"{operation}s/{job_id}/")
        if operation is Operation.IMPORT:
            self._uploads.delete([f"direct/{job_id}"])
            self._uploads.delete_under(f"incoming/{app_id}/{table_id}/{job_id}/")
            self._uploads.delete_under(f"incoming/corrected/{job_id}/")
        return self._removed(job_id)

    def _removed(self, job_id: str) -> bool:
        try:
            self._jobs.remove(job_id, now=self._now)
        except Superseded:
            return False
        return True

    def _has_ended(self, job_id: str, before: int | None) -> bool:
        try:
            job = self._jobs.get_header(job_id)
        except NotFound:
            return True  # its item has expired, and the index has not heard of it
        except Unreadable:
            return False  # another release knows, or DynamoDB drops it in time
        return job.ended and (before is None or job.ended_at < before)
