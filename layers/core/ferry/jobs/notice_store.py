"""Notices of a job's end, as they stand on the job; see `ferry.jobs.listeners`."""

from collections.abc import Mapping
from typing import Any

from ferry.aws import clients
from ferry.errors import Superseded, Unreadable
from ferry.jobs.job import MailState
from ferry.jobs.job_items import AnyJob, job_key, read_header, read_job, update_job
from ferry.jobs.job_kind import JobKind


class Notices:
    """The notices of all jobs in the control table."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    def claim(
        self,
        job_id: str,
        listener: str,
        kinds: Mapping[str, JobKind[Any, Any, Any]],
        *,
        now: int,
        lease_s: int,
    ) -> AnyJob:
        """Take a notice's lease and return the job, with one attempt more at the notice.

        Raises:
            Superseded: the listener has been told, or another worker holds the lease, or the job
                is unknown.
            Unreadable: only another release can read how the job has ended; nothing is changed.

        """
        self._read(job_id, kinds)
        claimed = update_job(
            self._table_name,
            job_id,
            f"SET job.{listener} = :sending, job.{listener}_attempts = job.{listener}_attempts"
            " + :one, job.due_at = :until, due_at = :until",
            f"job.{listener} = :due OR (job.{listener} = :sending AND job.due_at <= :now)",
            {
                ":due": MailState.DUE.value,
                ":sending": MailState.SENDING.value,
                ":one": 1,
                ":now": now,
                ":until": now + lease_s,
            },
        )
        return _read(claimed, kinds)

    def settle(self, job_id: str, listener: str, state: MailState, error: str = "") -> None:
        """Record what became of a notice; a job whose notice is settled is open no more."""
        remove = "" if state is MailState.DUE else " REMOVE #open"
        update_job(
            self._table_name,
            job_id,
            f"SET job.{listener} = :state, job.{listener}_error = :error{remove}",
            f"job.{listener} = :sending",
            {":state": state.value, ":error": error, ":sending": MailState.SENDING.value},
        )

    def hold(self, job_id: str, listener: str, reason: str, *, until: int) -> None:
        """Let the sweeper send a notice again at `until`, Unix seconds; this was no attempt."""
        update_job(
            self._table_name,
            job_id,
            f"SET job.{listener} = :due, job.{listener}_error = :reason, due_at = :until,"
            f" job.{listener}_attempts = job.{listener}_attempts - :one",
            f"job.{listener} = :sending",
            {
                ":due": MailState.DUE.value,
                ":sending": MailState.SENDING.value,
                ":reason": reason,
                ":until": until,
                ":one": 1,
            },
        )

    def _read(self, job_id: str, kinds: Mapping[str, JobKind[Any, Any, Any]]) -> None:
        # Not after the claim: its lease would keep away the very release that can read the job.
        answer = clients.dynamodb().get_item(
            TableName=self._table_name, Key=job_key(job_id), ConsistentRead=True
        )
        if "Item" not in answer:
            raise Superseded(f"job {job_id} is unknown")
        _read(answer["Item"], kinds)


def _read(item: Mapping[str, Any], kinds: Mapping[str, JobKind[Any, Any, Any]]) -> AnyJob:
    header = read_header(item)
    if header.operation not in kinds:
        raise Unreadable(header.id)
    return read_job(item, kinds[header.operation])
