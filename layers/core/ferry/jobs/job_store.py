"""Jobs.

A job is one map attribute, beside the few that an index or another writer needs: ``open`` and
``due_at`` put it on the sweeper's index for as long as it is open, ``scope`` and ``of_table`` on
its creator's and its table's list until it is deleted, ``cancel`` is set by who asks for its end.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ferry.aws import clients
from ferry.aws.attributes import encode_item
from ferry.aws.transactions import commit
from ferry.errors import AlreadyAccepted, NotFound, Superseded
from ferry.jobs import rate_limit as marks
from ferry.jobs.job import Job, JobHeader, JobResult, Operation, Status
from ferry.jobs.job_items import (
    AnyJob,
    IsDone,
    is_saved,
    job_key,
    job_members,
    names,
    read_far,
    read_header,
    read_job,
    set_job,
    set_job_values,
    update_item,
    update_job,
)
from ferry.jobs.job_kind import JobKind
from ferry.jobs.job_lists import entry_writes, scope, table_scope
from ferry.jobs.job_quota import JobQuota
from ferry.jobs.keyed_request import KeyedRequest

KEEP_S = 120 * 86_400
"""How long a job can be looked up after its end: longer than any link to its files serves."""

_KEEP_DELETED_S = 86_400
"""How long a deleted job is kept for its mail, which is tried for less than that."""

_OPEN = {":pending": Status.PENDING.value, ":running": Status.RUNNING.value}

MAY_BE_CLAIMED = (
    "job.#status = :pending"
    # A running job without a worker was released; one whose lease is over lost its worker.
    " OR (job.#status = :running AND (job.worker = :nobody OR job.due_at <= :now))"
)


class Jobs:
    """Jobs in the control table."""

    def __init__(self, table_name: str, *, most_open: int | None = None) -> None:
        self._table_name = table_name
        self.quota = JobQuota(table_name, most_open)

    def add(self, job: AnyJob, *, apart_ms: int = 0, keyed: KeyedRequest | None = None) -> None:
        """Store a new job.

        Args:
            job: the job.
            apart_ms: at least so long after the last accepted one of its operation and table;
                a refused one leaves no trace.
            keyed: the request, where it has a key.

        Raises:
            AlreadyAccepted: the request's key has started another job.
            Conflict: another request took the key.
            TooManyJobs: the app has as many open jobs as it may.
            TooSoon: the last one was accepted later than `apart_ms` ago.

        """
        writes: list[Any] = [{"Put": self._put(job)}, *entry_writes(self._table_name, job)]
        if keyed:
            writes.append({"Put": keyed.write(self._table_name, job.id)})
        if apart_ms:
            writes.append({"Put": {"TableName": self._table_name, **marks.mark(job, apart_ms)}})
        with self.quota.room_for(job):
            failed = commit(writes)
            # The rate limit counts the job that the key has started, too: ask for it first.
            if failed and keyed and (job_id := self.first_of(keyed)):
                raise AlreadyAccepted(job_id)
            if failed:
                raise marks.too_soon(job.operation, apart_ms)

    def first_of(self, keyed: KeyedRequest) -> str:
        """Return the id of the job that the request's key has started, "" for none.

        Raises:
            Conflict: another request took the key.

        """
        return keyed.first_job(self._table_name)

    def take_key(self, keyed: KeyedRequest, job_id: str) -> str:
        """Have the request's key stand for a job; return the job that it stands for.

        Raises:
            Conflict: another request took the key.

        """
        taken = commit([{"Put": keyed.write(self._table_name, job_id)}])
        return (taken and self.first_of(keyed)) or job_id

    def add_once(self, job: AnyJob) -> bool:
        """Store a new job as `add`, unless its id is taken; return whether it was stored."""
        # S3 may notify twice of one arrival, and a caller may start the same upload.
        put = {**self._put(job), "ConditionExpression": "attribute_not_exists(pk)"}
        with self.quota.room_for(job):
            return not commit([{"Put": put}, *entry_writes(self._table_name, job)])

    def refuse_too_soon(
        self, table_id: int, operation: Operation, *, now_ms: int, apart_ms: int
    ) -> None:
        """Raise TooSoon when `add` would. Only `add` decides: it alone sees what runs beside it."""
        answer = clients.dynamodb().get_item(
            TableName=self._table_name, Key=marks.key_of(table_id, operation), ConsistentRead=True
        )
        if "Item" in answer and int(answer["Item"]["accepted_at"]["N"]) > now_ms - apart_ms:
            raise marks.too_soon(operation, apart_ms)

    def get[Q, C, R: JobResult](self, job_id: str, kind: JobKind[Q, C, R]) -> Job[Q, C, R]:
        """Return the job.

        Raises:
            NotFound: there is none of that id.
            Unreadable: it is of another kind, or only another release can read it.

        """
        return read_job(self._item(job_id), kind)

    def get_far[Q, C, R: JobResult](
        self, job_id: str, kind: JobKind[Q, C, R]
    ) -> Job[Q, C, R] | JobHeader:
        """Return the job, or its header where this release cannot read all of it.

        Raises:
            NotFound: there is none of that id.
            Unreadable: this release cannot read the header either.

        """
        return read_far(self._item(job_id), kind)

    def get_header(self, job_id: str) -> JobHeader:
        """Return the members of a job that every release understands.

        Raises:
            NotFound: there is none of that id.
            Unreadable: this one cannot.

        """
        return read_header(self._item(job_id))

    def claim[Q, C, R: JobResult](
        self, job_id: str, worker: str, kind: JobKind[Q, C, R], *, now: int, lease_s: int
    ) -> Job[Q, C, R]:
        """Take the job's lease and return the job, running, with one attempt more.

        Raises:
            Superseded: another worker holds the lease, or the job has ended, or is unknown.
            Unreadable: only another release can run it; nothing is changed.

        """
        # Not after the claim: its lease would keep away the very release that can read the job.
        try:
            self.get(job_id, kind)
        except NotFound as error:
            raise Superseded(f"job {job_id} is unknown") from error
        claimed = self._change(
            job_id,
            "SET job.#status = :running, job.worker = :worker, job.updated_at = :now,"
            " job.attempts = job.attempts + :one, job.due_at = :until, due_at = :until",
            MAY_BE_CLAIMED,
            {
                **_OPEN,
                ":nobody": "",
                ":worker": worker,
                ":one": 1,
                ":now": now,
                ":until": now + lease_s,
            },
            # The client repeats a request whose answer was lost. Without this, its own claim would
            # keep the worker away from the job until the lease ends.
            is_done=lambda item: _has_claimed(item, worker, now + lease_s),
        )
        return read_job(claimed, kind)

    def save(self, job: AnyJob, *, holder: str) -> bool:
        """Replace the job, whose lease is `holder`'s; return whether its end has been asked for.

        Raises:
            Superseded: the lease is not `holder`'s any more; nothing is changed.

        """
        update = f"SET due_at = :due, {set_job(type(job.result))}"
        values: dict[str, Any] = {":holder": holder, ":due": job.due_at}
        if job.ended:
            update += ", expires_at = :expires"
            values[":expires"] = job.updated_at + KEEP_S
        # Off the sweeper's index: it lists only items that have the attribute.
        if not job.open:
            update += " REMOVE #open"
        item = update_item(
            self._table_name,
            job.id,
            update,
            "job.worker = :holder",
            {**encode_item(values), **set_job_values(job)},
            # A save that ends the job, or releases it, takes the holder off it.
            is_done=lambda item: is_saved(item, job),
        )
        return "cancel" in item

    def ask_for_the_end(self, job_id: str, user_id: int) -> None:
        """Let the job be cancelled by its worker, at the worker's next save; the user asks for it.

        Raises:
            Superseded: it has ended.

        """
        self._change(
            job_id,
            "SET cancel = :yes, job.cancelled_by = :user",
            "job.#status IN (:pending, :running)",
            {
                ":yes": True,
                ":user": user_id,
                **_OPEN,
            },
        )

    def remove(self, job_id: str, *, now: int) -> None:
        """Show an ended job to nobody any more; if its mail is due, that is still sent."""
        self._change(
            job_id,
            "SET job.deleted = :yes, expires_at = :expires REMOVE #scope, of_table",
            "attribute_exists(pk) AND NOT job.#status IN (:pending, :running)",
            {
                ":yes": True,
                ":expires": now + _KEEP_DELETED_S,
                **_OPEN,
            },
        )

    def save_with(self, job: AnyJob, writes: Sequence[Any], *, holder: str) -> bool:
        """Replace the running job and make other `writes`, all or nothing; return which of both.

        Nothing is done if the lease is lost, the job's end asked for, or a condition not met.
        """
        values = encode_item({":holder": holder, ":due": job.due_at})
        saved = {
            "TableName": self._table_name,
            "Key": job_key(job.id),
            "UpdateExpression": f"SET due_at = :due, {set_job(type(job.result))}",
            "ConditionExpression": "job.worker = :holder AND attribute_not_exists(cancel)",
            "ExpressionAttributeValues": {**values, **set_job_values(job)},
            **names(set_job(type(job.result))),
        }
        return not commit([{"Update": saved}, *writes])

    def _change(
        self,
        job_id: str,
        update: str,
        condition: str,
        values: Mapping[str, object],
        *,
        is_done: IsDone = lambda _: False,
    ) -> Mapping[str, Any]:
        return update_job(self._table_name, job_id, update, condition, values, is_done=is_done)

    def _item(self, job_id: str) -> Mapping[str, Any]:
        answer = clients.dynamodb().get_item(
            TableName=self._table_name, Key=job_key(job_id), ConsistentRead=True
        )
        if "Item" not in answer:
            raise NotFound(f"job {job_id} does not exist")
        return answer["Item"]

    def _put(self, job: AnyJob) -> dict[str, Any]:
        beside: dict[str, Any] = {
            "open": "1",
            "due_at": job.due_at,
            "scope": scope(job.table_id, job.operation, job.user_id),
            "of_table": table_scope(job.table_id),
        }
        if job.ended:
            beside["expires_at"] = job.updated_at + KEEP_S
        return {
            "TableName": self._table_name,
            "Item": {**job_key(job.id), **encode_item(beside), "job": {"M": job_members(job)}},
        }


def _has_claimed(item: Mapping[str, Any], worker: str, until: int) -> bool:
    """Return whether that worker's lease of that end is on the job."""
    job = item["job"]["M"]
    return bool(job["worker"] == {"S": worker} and job["due_at"] == {"N": str(until)})
