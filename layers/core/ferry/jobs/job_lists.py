"""Lists of jobs: whose they are, and in which order they came.

Of one table they are an index, which holds keys alone, so that a job's many saves do not write to
it. Of all tables they are items beside the job, one for its app and one for its user, so that a
page of them costs the same however many tables there are (docs/decisions/0265). Those of
configurations have a list of their own.
"""

from collections.abc import Sequence
from typing import Any

from ferry.aws import clients
from ferry.aws.attributes import encode_item
from ferry.aws.batches import get_batch
from ferry.aws.entities import key
from ferry.errors import Unreadable
from ferry.jobs.job import Job, JobHeader, JobResult, Operation
from ferry.jobs.job_items import AnyJob, job_id_of, read_far
from ferry.jobs.job_kind import JobKind
from ferry.telemetry import logger

_INDEX = "by_scope"
_KEEP_S = 150 * 86_400
"""Longer than a job can be looked up; an entry without its job is skipped."""


def scope(table_id: int, operation: Operation, user_id: int) -> str:
    """Return the index key of a user's jobs of one operation on a table."""
    return f"TABLE#{table_id}#{operation}#{user_id}"


def table_scope(table_id: int) -> str:
    """Return the index key of everyone's jobs on a table."""
    return f"TABLE#{table_id}"


def app_list(app_id: str) -> str:
    """Return the partition key of the list of an app's jobs on all tables."""
    return f"JOBS#{app_id}"


def user_list(app_id: str, user_id: int) -> str:
    """Return the partition key of the list of a user's jobs on all tables."""
    return f"JOBS#{app_id}#{user_id}"


def configuration_list(app_id: str) -> str:
    """Return the partition key of the list of imports of an app's configuration."""
    return f"CONFIGURATIONS#{app_id}"


def entry_writes(table_name: str, job: AnyJob) -> list[Any]:
    """Return the actions that put a new job on the lists that it belongs to."""
    lists = [app_list(job.app_id), user_list(job.app_id, job.user_id)]
    if job.operation is Operation.CONFIGURATION:
        lists = [configuration_list(job.app_id)]
    expires = encode_item({"expires_at": job.accepted_at // 1000 + _KEEP_S})
    return [
        {"Put": {"TableName": table_name, "Item": {**key(of, job.id), **expires}}} for of in lists
    ]


class JobLists:
    """Lists of jobs in the control table; a new job is on its list soon after its acceptance."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    def page[Q, C, R: JobResult](
        self, kind: JobKind[Q, C, R], table_id: int, user_id: int, *, offset: int, limit: int
    ) -> tuple[list[Job[Q, C, R] | JobHeader], int]:
        """Return some of the user's jobs, the newest first, and how many there are in all.

        Each is a whole `Job` where this release can read it; one of which it can read nothing is
        only counted.
        """
        keys = self._keys(scope(table_id, kind.operation, user_id))
        jobs = self._jobs(keys[offset : offset + limit], kind)
        return sorted(jobs, key=lambda job: job.id, reverse=True), len(keys)

    def ids(self, table_id: int, operation: Operation, user_id: int) -> list[str]:
        """Return the ids of the user's jobs of that operation on the table, the newest first."""
        return [job_id_of(key) for key in self._keys(scope(table_id, operation, user_id))]

    def _keys(self, of_scope: str) -> list[Any]:
        pages = (
            clients.dynamodb()
            .get_paginator("query")
            .paginate(
                TableName=self._table_name,
                IndexName=_INDEX,
                KeyConditionExpression="#scope = :scope",
                ExpressionAttributeNames={"#scope": "scope"},
                ExpressionAttributeValues=encode_item({":scope": of_scope}),
                ProjectionExpression="pk, sk",
                ScanIndexForward=False,  # a job's key begins with the time of its acceptance
            )
        )
        return [item for page in pages for item in page["Items"]]

    def _jobs[Q, C, R: JobResult](
        self, keys: Sequence[Any], kind: JobKind[Q, C, R]
    ) -> list[Job[Q, C, R] | JobHeader]:
        found = get_batch(clients.dynamodb(), self._table_name, keys)
        return [job for item in found if (job := _readable(item, kind))]


def _readable[Q, C, R: JobResult](
    item: Any, kind: JobKind[Q, C, R]
) -> Job[Q, C, R] | JobHeader | None:
    try:
        return read_far(item, kind)
    except Unreadable as error:
        logger.error("job unreadable", job_id=error.job_id)
        return None
