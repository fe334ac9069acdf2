"""A job as its item: what this release can read of it, and the update that saves it.

Releases run side by side during a deployment, and after a rollback. So an update names each member
that this release knows: what another release has written beside them stays.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from ferry.aws import clients
from ferry.aws.attributes import Item, decode_item, encode_item
from ferry.aws.entities import CONDITION_FAILED, key, to_item
from ferry.errors import Superseded, Unreadable
from ferry.jobs.job import VERSION, Counts, Job, JobHeader, JobResult
from ferry.jobs.job_kind import JobKind

type AnyJob = Job[Any, Any, JobResult]
type IsDone = Callable[[Mapping[str, Any]], bool]

_GIVEN = frozenset(
    {"id", "operation", "app_id", "user_id", "table_id", "table_name", "public_url", "accepted_at"}
)
"""Members that a job has from its acceptance and keeps."""

_SET_BY_OTHERS = frozenset({"counts", "result", "cancelled_by"})
"""Members that a save does not replace as a whole."""

_OF_COUNTS = Counts.__struct_fields__


def _never(_: Mapping[str, Any]) -> bool:
    return False


def is_saved(item: Mapping[str, Any], job: AnyJob) -> bool:
    """Return whether the job is stored already as it is to be saved."""
    stored, saved = item["job"]["M"], job_members(job)
    return all(stored.get(name) == saved[name] for name in _changing(type(job.result)))


def job_members(job: AnyJob) -> Item:
    """Return the job as it is stored: the members of its result stand beside its own."""
    members = to_item(job)
    result: Item = members.pop("result")["M"]
    return members | result


@cache
def set_job(result: type[JobResult]) -> str:
    """Return the update that assigns the members of a job to the values of `set_job_values`."""
    # A path into `counts` is valid: every release since the first stores it with each new job.
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.Attributes.html
    names = [f"job.#{name} = :{name}" for name in _changing(result)]
    return ", ".join(names + [f"job.#counts.#{name} = :counts_{name}" for name in _OF_COUNTS])


def set_job_values(job: AnyJob) -> Item:
    """Return the values of `set_job`."""
    item, counts = job_members(job), to_item(job.counts)
    values = {f":{name}": item[name] for name in _changing(type(job.result))}
    return values | {f":counts_{name}": value for name, value in counts.items()}


@cache
def _changing(result: type[JobResult]) -> list[str]:
    own = [name for name in Job.__struct_fields__ if name not in _SET_BY_OTHERS | _GIVEN]
    return own + list(result.__struct_fields__)


def job_key(job_id: str) -> Item:
    """Return the primary key of a job."""
    return key(f"JOB#{job_id}", "JOB")


def job_id_of(item: Mapping[str, Any]) -> str:
    """Return the id of the job whose item or key this is."""
    pk: str = item["pk"]["S"]
    return pk.removeprefix("JOB#")


def read_job[Q, C, R: JobResult](item: Mapping[str, Any], kind: JobKind[Q, C, R]) -> Job[Q, C, R]:
    """Return the job of an item.

    Raises:
        Unreadable: it is of another kind, or this release cannot read all of it.

    """
    job = read(item, kind.job)
    if job is None or job.version > VERSION or job.operation is not kind.operation:
        raise Unreadable(job_id_of(item))
    return job


def read_header(item: Mapping[str, Any]) -> JobHeader:
    """Read the members of a job that every release understands.

    Raises:
        Unreadable: this one cannot.

    """
    header = read(item, JobHeader)
    if header is None:
        raise Unreadable(job_id_of(item))
    return header


def read_far[Q, C, R: JobResult](
    item: Mapping[str, Any], kind: JobKind[Q, C, R]
) -> Job[Q, C, R] | JobHeader:
    """Return the job of an item, or its header where this release cannot read all of it.

    Raises:
        Unreadable: it cannot read the header either.

    """
    return read(item, kind.job) or read_header(item)


def read[T](item: Mapping[str, Any], kind: type[T]) -> T | None:
    """Decode a job's item as a `kind`, None if this release cannot read it."""
    try:
        members = decode_item(item["job"]["M"])
        # The members of a result stand beside the job's own: see `job_members`.
        return msgspec.convert({**members, "result": members}, kind, builtin_types=(Decimal,))
    # A later release may store what this one does not know, such as another status.
    except (msgspec.ValidationError, KeyError):
        return None


def update_job(
    table_name: str,
    job_id: str,
    update: str,
    condition: str,
    values: Mapping[str, object],
    *,
    is_done: IsDone = _never,
) -> Mapping[str, Any]:
    """Change the item of a job and return it; see `update_item`.

    Raises:
        Superseded: it does not meet the condition.

    """
    return update_item(table_name, job_id, update, condition, encode_item(values), is_done=is_done)


def update_item(
    table_name: str,
    job_id: str,
    update: str,
    condition: str,
    values: Item,
    *,
    is_done: IsDone = _never,
) -> Mapping[str, Any]:
    """Change the item of a job by values that are encoded already, and return it.

    An answer may be lost on its way. The client then repeats the request, which finds that its
    condition, met before, is met no more. `is_done` decides that from the item.

    Raises:
        Superseded: the item does not meet the condition.

    """
    try:
        return clients.dynamodb().update_item(
            TableName=table_name,
            Key=job_key(job_id),
            UpdateExpression=update,
            ConditionExpression=condition,
            ExpressionAttributeValues=values,
            ReturnValues="ALL_NEW",
            # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **names(update, condition),
        )["Attributes"]
    except ClientError as error:
        response: Any = error.response
        if response["Error"]["Code"] != CONDITION_FAILED:
            raise
        # An earlier attempt of this very request was done, and its answer lost.
        if (item := response.get("Item")) and is_done(item):
            return item  # type: ignore[no-any-return]  # botocore has no type for it
        raise Superseded(f"job {job_id} belongs to another worker, or has ended") from error


def names(*expressions: str) -> dict[str, Any]:
    """Return the argument that says what ``#name`` stands for in the expressions: itself."""
    used = {f"#{name}": name for name in re.findall(r"#(\w++)", " ".join(expressions))}
    return {"ExpressionAttributeNames": used} if used else {}
