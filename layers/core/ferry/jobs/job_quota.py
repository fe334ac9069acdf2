"""How many jobs of an app may be open at a time (contract tables#quotas).

The ids of an app's jobs are a set in one item, which each acceptance adds to on the condition that
there is room. Nothing takes them out at a job's end: whoever finds the set full looks which of its
jobs have ended. So no end can be missed, be it that of a killed worker or of another release.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from ferry.aws import clients
from ferry.aws.attributes import Item, encode_item
from ferry.aws.batches import get_batch
from ferry.aws.entities import key, update_if
from ferry.errors import AlreadyAccepted, Rejected, TooManyJobs
from ferry.jobs.job import JobHeader
from ferry.jobs.job_items import job_id_of, job_key

_KEEP_S = 7 * 86_400
_STORED_WITHIN_MS = 600_000
"""An id without a job stands for one that is being stored, for no longer than an invocation."""

_RETRY_AFTER_S = 30


class JobQuota(msgspec.Struct, frozen=True):
    """The room for open jobs of each app.

    Attributes:
        table_name: the control table.
        most: how many jobs of an app may be open, None for any number.

    """

    table_name: str
    most: int | None

    @contextmanager
    def room_for(self, job: JobHeader) -> Iterator[None]:
        """Store a new job meanwhile: it counts as an open one unless it is refused, or has ended.

        Raises:
            TooManyJobs: the app has as many open jobs as it may.

        """
        if self.most is None or job.ended:
            yield
            return
        self.take(job)
        try:
            yield
        except (Rejected, AlreadyAccepted):
            self.release(job)
            raise

    def take(self, job: JobHeader) -> None:
        """Make the job one of the app's open jobs; doing so twice counts once.

        Raises:
            TooManyJobs: the app has as many as it may.

        """
        if self._take(job) or (self._free(job) and self._take(job)):
            return
        raise TooManyJobs(
            f"the app has {self.most:,} jobs that have not ended, and may have no more; "
            "ask again when some have",
            retry_after_s=_RETRY_AFTER_S,
        )

    def release(self, job: JobHeader) -> None:
        """Take back what `take` did: the job has not been stored."""
        self._remove(job.app_id, [job.id])

    def _take(self, job: JobHeader) -> bool:
        values = {":most": self.most, ":id": job.id, ":expires": job.accepted_at // 1000 + _KEEP_S}
        return update_if(
            self.table_name,
            _key_of(job.app_id),
            UpdateExpression="ADD jobs :ids SET expires_at = :expires",
            # A request that the client repeats, for its answer was lost, finds its own id.
            ConditionExpression="attribute_not_exists(jobs) OR size(jobs) < :most"
            " OR contains(jobs, :id)",
            ExpressionAttributeValues={**encode_item(values), ":ids": {"SS": [job.id]}},
        )

    def _free(self, job: JobHeader) -> bool:
        """Take out the jobs that have ended; return whether there were some."""
        answer = clients.dynamodb().get_item(
            TableName=self.table_name, Key=_key_of(job.app_id), ConsistentRead=True
        )
        taken = answer.get("Item", {}).get("jobs", {}).get("SS", [])
        # A job has `expires_at` from its end on: the whole item need not be read.
        found = get_batch(
            clients.dynamodb(),
            self.table_name,
            map(job_key, taken),
            names=("pk", "expires_at"),
        )
        there = {job_id_of(item): "expires_at" in item for item in found}
        before = job.accepted_at - _STORED_WITHIN_MS
        ended = [id_ for id_ in taken if there.get(id_, _asked_at(id_) < before)]
        if ended:
            self._remove(job.app_id, ended)
        # Fewer than `most` may be left although none has ended: others free at the same time.
        return bool(ended) or len(taken) < (self.most or 0)

    def _remove(self, app_id: str, job_ids: list[str]) -> None:
        clients.dynamodb().update_item(
            TableName=self.table_name,
            Key=_key_of(app_id),
            UpdateExpression="DELETE jobs :ids",
            ExpressionAttributeValues={":ids": {"SS": job_ids}},
        )


def _key_of(app_id: str) -> Item:
    return key(f"APP#{app_id}", "OPEN_JOBS")


def _asked_at(job_id: str) -> int:
    return int(job_id[:12], 16)
