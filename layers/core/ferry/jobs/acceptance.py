"""The acceptance of a job: its id, its moment and its message."""

import secrets

import msgspec

from ferry.accounts.request_context import RequestContext
from ferry.errors import Malformed
from ferry.jobs.job import VERSION, Job, JobResult, Spent, Status, mail_at_end
from ferry.jobs.job_kind import JobKind
from ferry.tables.schema import Table

HANDLED_WITHIN_S = 60
"""A job whose message has not been handled by then is sent again by the sweeper."""

MOST_REQUEST_BYTES = 128 * 1024
"""Of a request as JSON. The job's item, of 400 KB at most, keeps it beside its checkpoint.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items
"""


def check_size(request: object) -> None:
    """Refuse a request that no job can keep.

    Raises:
        Malformed: it is too large, or no Unicode text.

    """
    try:
        size = len(msgspec.json.encode(request))
    except UnicodeEncodeError as error:
        raise Malformed(
            "the options have half of a character that takes a pair of codes; it cannot be read"
        ) from error
    if size > MOST_REQUEST_BYTES:
        raise Malformed(
            f"the options come to {size:,} bytes, and a job can keep {MOST_REQUEST_BYTES:,}"
        )


def new_job[Q, C, R: JobResult](
    kind: JobKind[Q, C, R],
    job_id: str,
    request: Q,
    context: RequestContext,
    *,
    table: Table | None = None,
    rows_total: int | None = None,
    bytes_total: int = 0,
    result: R | None = None,
    spent: Spent | None = None,
) -> Job[Q, C, R]:
    """Return a new, pending job of the caller.

    Args:
        kind: of job.
        job_id: made by `new_job_id`.
        request: what is asked for.
        context: who asks, and when.
        table: None where the job is about no table.
        rows_total: how many rows it is about, where that is known.
        bytes_total: the size of the file it reads.
        result: what is known of its result by now.
        spent: to accept it.

    Raises:
        Malformed: the request is too large to be kept.

    """
    check_size(request)
    now = context.now_ms // 1000
    return kind.job(
        id=job_id,
        version=VERSION,
        operation=kind.operation,
        app_id=context.caller.app_id,
        user_id=context.caller.user_id,
        table_id=table.id if table else 0,
        table_name=table.name if table else "",
        request=request,
        public_url=context.public_url,
        accepted_at=context.now_ms,
        updated_at=now,
        due_at=now + HANDLED_WITHIN_S,
        rows_total=rows_total,
        bytes_total=bytes_total,
        result=result or kind.result(),
        spent=spent or Spent(),
    )


def failed_at_once[Q, C, R: JobResult](job: Job[Q, C, R], error: str) -> Job[Q, C, R]:
    """Return a new job as one that has failed: no caller waits for an answer."""
    return msgspec.structs.replace(
        job,
        status=Status.FAILED,
        error=error,
        ended_at=job.updated_at,
        mail=mail_at_end(job.user_id),
    )


def new_job_id(now_ms: int) -> str:
    """Return 32 hex digits, the first 12 of them the time, so that ids sort by acceptance."""
    return f"{now_ms:012x}{secrets.token_hex(10)}"
