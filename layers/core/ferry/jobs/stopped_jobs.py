"""Jobs that have stopped at their budget, in the control table."""

import msgspec

from ferry.aws.attributes import encode_item
from ferry.jobs.job_items import AnyJob, is_saved, set_job, set_job_values, update_item


class StoppedJobs(msgspec.Struct, frozen=True):
    """The jobs that can be resumed.

    Attributes:
        table_name: the control table.

    """

    table_name: str

    def reopen(self, job: AnyJob) -> None:
        """Store a job that waits for a worker again.

        Raises:
            Superseded: it has been resumed, or deleted, since it was read.

        """
        update_item(
            self.table_name,
            job.id,
            f"SET due_at = :due, #open = :open, {set_job(type(job.result))}"
            " REMOVE cancel, expires_at",
            "job.resumable = :stopped AND job.deleted = :deleted",
            {
                **encode_item({":due": job.due_at, ":open": "1", ":stopped": True}),
                **set_job_values(job),
            },
            is_done=lambda item: is_saved(item, job),
        )
