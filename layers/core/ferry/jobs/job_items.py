"""A job as its item: what this release can read of it, and the update that saves it.

Releases run side by side during a deployment, and after a rollback. So an update names each member
that this release knows: what another release has written beside them stays.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from ferry.aws import clients
from ferry.aws.attributes import Item, encode_item
from ferry.aws.entities import CONDITION_FAILED, from_item, key, to_item
from ferry.errors import Superseded, Unreadable
from ferry.jobs.job import VERSION, Counts, Job, JobHeader

_GIVEN = frozenset(
    {
        "id",
        "operation",
        "app_id",
        "user_id",
        "table_id",
        "table_name",
        "request",
        "public_url",
        "accepted_at",
    }
)
"""What a job has from its acceptance and keeps."""

_CHANGING = [name for name in Job.__struct_fields__ if name not in {"counts", *_GIVEN}]

# A path into `counts` is valid: every release since the first stores it with each new job.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.Attributes.html
SET_JOB = ", ".join(
    [f"job.#{name} = :{name}" for name in _CHANGING]
    + [f"job.#counts.#{name} = :counts_{name}" for name in Counts.__struct_fields__]
)
"""Assigns the members of a job to the values of `set_job_values`."""


def set_job_values(job: Job) -> Item:
    """Return the values of `SET_JOB`."""
    item = to_item(job)
    counts = to_item(job.counts)
    return {f":{name}": item[name] for name in _CHANGING} | {
        f":counts_{name}": value for name, value in counts.items()
    }


def job_key(job_id: str) -> Item:
    """Return the primary key of a job."""
    return key(f"JOB#{job_id}", "JOB")


def job_id_of(item: Mapping[str, Any]) -> str:
    """Return the id of the job whose item or key this is."""
    pk: str = item["pk"]["S"]
    return pk.removeprefix("JOB#")


def read_job(item: Mapping[str, Any]) -> Job:
    """Return the job of an item.

    Raises:
        Unreadable: this release cannot read it, or not all of it.

    """
    job = read(item, Job)
    if job is None or job.version > VERSION:
        raise Unreadable(job_id_of(item))
    return job


def read_header(item: Mapping[str, Any]) -> JobHeader:
    """Return the job of an item, or as much of it as this release can read.

    Raises:
        Unreadable: that is nothing.

    """
    header = read(item, Job) or read(item, JobHeader)
    if header is None:
        raise Unreadable(job_id_of(item))
    return header


def read[T](item: Mapping[str, Any], kind: type[T]) -> T | None:
    """Return what a job's item holds as a `kind`, None if this release cannot read it."""
    try:
        return from_item(item["job"]["M"], kind)
    except (msgspec.ValidationError, KeyError):
        return None


def update_job(
    table_name: str, job_id: str, update: str, condition: str, values: Mapping[str, object]
) -> Mapping[str, Any]:
    """Change the item of a job and return it.

    Raises:
        Superseded: it does not meet the condition.

    """
    return update_item(table_name, job_id, update, condition, encode_item(values))


def update_item(
    table_name: str, job_id: str, update: str, condition: str, values: Item
) -> Mapping[str, Any]:
    """Change the item of a job by values that are encoded already; else as `update_job`."""
    try:
        return clients.dynamodb().update_item(
            TableName=table_name,
            Key=job_key(job_id),
            UpdateExpression=update,
            ConditionExpression=condition,
            ExpressionAttributeValues=values,
            ReturnValues="ALL_NEW",
            **names(update, condition),
        )["Attributes"]
    except ClientError as error:
        if error.response["Error"]["Code"] == CONDITION_FAILED:
            raise Superseded(f"job {job_id} is in other hands, or has ended") from error
        raise


def names(*expressions: str) -> dict[str, Any]:
    """Return the argument that says what ``#name`` stands for in the expressions: itself."""
    used = {f"#{name}": name for name in re.findall(r"#(\w+)", " ".join(expressions))}
    return {"ExpressionAttributeNames": used} if used else {}
