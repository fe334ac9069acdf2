"""Segments of jobs in the control table: jobs of their own, which are on no list."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from ferry.aws import clients
from ferry.aws.attributes import decode_item, encode_item
from ferry.aws.batches import get_batch
from ferry.aws.entities import CONDITION_FAILED
from ferry.errors import Superseded
from ferry.jobs.job import Job, JobResult, Status
from ferry.jobs.job_items import AnyJob, job_id_of, job_key, job_members, read, update_item
from ferry.jobs.job_kind import JobKind

_WHETHER_WANTED = "job.#status, job.restarts, cancel"


class Segments(msgspec.Struct, frozen=True):
    """The segments of jobs.

    Attributes:
        table_name: the control table.

    """

    table_name: str

    def add(self, segment: AnyJob) -> None:
        """Store a new segment, unless it is there."""
        beside = encode_item({"open": "1", "due_at": segment.due_at})
        try:
            clients.dynamodb().put_item(
                TableName=self.table_name,
                Item={**job_key(segment.id), **beside, "job": {"M": job_members(segment)}},
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != CONDITION_FAILED:
                raise

    def get_all[Q, C, R: JobResult](
        self, ids: Iterable[str], kind: JobKind[Q, C, R]
    ) -> Mapping[str, Job[Q, C, R]]:
        """Return those segments that are there, by their ids."""
        found = get_batch(clients.dynamodb(), self.table_name, map(job_key, ids))
        jobs = {job_id_of(item): read(item, kind.job) for item in found}
        return {job_id: job for job_id, job in jobs.items() if job}

    def is_wanted(self, job_id: str, restart: int) -> bool:
        """Return whether a job runs on, from its beginning of that number, to an end of its own."""
        item = self._state(job_id)
        job = item.get("job", {})
        runs = (job.get("status"), job.get("restarts")) == (Status.RUNNING.value, restart)
        return runs and "cancel" not in item

    def is_open(self, job_id: str) -> bool:
        """Return whether a job has not ended."""
        return bool(self._state(job_id).get("job", {}).get("status") == Status.RUNNING.value)

    def _state(self, job_id: str) -> dict[str, Any]:
        answer = clients.dynamodb().get_item(
            TableName=self.table_name,
            Key=job_key(job_id),
            ConsistentRead=True,
            ProjectionExpression=_WHETHER_WANTED,
            ExpressionAttributeNames={"#status": "status"},
        )
        return decode_item(answer.get("Item", {}))

    def note_end(self, segment: AnyJob, job_id: str, restart: int, number: int) -> int:
        """Count a segment that has ended to the progress of its job, once.

        Returns:
            How many have been counted, 0 where the job is past counting.

        """
        mark = str(restart * _APART + number)
        try:
            item = update_item(
                self.table_name,
                job_id,
                "SET job.rows_done = job.rows_done + :rows,"
                " job.bytes_done = job.bytes_done + :bytes ADD #segments :marks",
                "job.#status = :running AND job.restarts = :restart"
                " AND (attribute_not_exists(#segments) OR NOT contains(#segments, :mark))",
                {
                    **encode_item(
                        {
                            ":rows": segment.rows_done,
                            ":bytes": segment.bytes_done,
                            ":running": Status.RUNNING.value,
                            ":restart": restart,
                        }
                    ),
                    ":mark": {"N": mark},
                    ":marks": {"NS": [mark]},
                },
                # An answer that was lost: it is counted.
                is_done=lambda item: mark in item.get("segments", {}).get("NS", []),
            )
        except Superseded:
            return 0
        return sum(1 for each in item["segments"]["NS"] if int(each) // _APART == restart)


_APART = 1000
"""Numbers of segments are below it."""
