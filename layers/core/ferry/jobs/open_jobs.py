"""Open jobs, for whoever sees that they come to an end: the sweeper, and the caller who cancels.

Nothing here needs to read a job whole. ``due_at`` beside the job says when the sweeper has to see
to it next; the lease of its worker is the job's own ``due_at``, which only the worker prolongs.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ferry.aws import clients
from ferry.aws.attributes import encode_item
from ferry.errors import Superseded
from ferry.jobs.job import JobHeader, MailState, OverdueJob, Status
from ferry.jobs.job_items import job_id_of, names, read, read_header, update_job
from ferry.jobs.job_store import KEEP_S, MAY_BE_CLAIMED

_INDEX = "open_jobs"
_PAGE = 100
_WANTED = ", ".join(["pk", "due_at", *(f"job.#{name}" for name in OverdueJob.__struct_fields__)])


class Overdue(msgspec.Struct, frozen=True):
    """An open job whose time is past.

    Attributes:
        due_at: since when, Unix seconds.
        job: None if this release cannot read it.

    """

    job_id: str
    due_at: int
    job: OverdueJob | None


class OpenJobs:
    """The open jobs in the control table."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    def overdue(self, now: int) -> Iterator[list[Overdue]]:
        """Yield pages of the jobs that were due before `now`, Unix seconds, the oldest first.

        The index shows a change soon after it was made.
        """
        return self._due("#open = :open AND due_at < :now", now)

    def due_after(self, until: int) -> Iterator[list[Overdue]]:
        """Yield pages of the jobs that are due after `until`, Unix seconds; as `overdue`."""
        return self._due("#open = :open AND due_at > :now", until)

    def _due(self, condition: str, now: int) -> Iterator[list[Overdue]]:
        pages = (
            clients.dynamodb()
            .get_paginator("query")
            .paginate(
                TableName=self._table_name,
                IndexName=_INDEX,
                KeyConditionExpression=condition,
                ProjectionExpression=_WANTED,
                ExpressionAttributeValues=encode_item({":open": "1", ":now": now}),
                PaginationConfig={"PageSize": _PAGE},
                **names(condition, _WANTED),
            )
        )
        for page in pages:
            yield [_overdue(item) for item in page["Items"]]

    def postpone(self, overdue: Overdue, until: int) -> None:
        """Let the sweeper come back to the job at `until`, unless it has moved on meanwhile."""
        self._change_overdue(overdue, "SET due_at = :until", {":until": until})

    def bring_back(self, overdue: Overdue, until: int) -> None:
        """Let a lease end at `until`, unless its holder has renewed it meanwhile."""
        self._change_overdue(overdue, "SET due_at = :until, job.due_at = :until", {":until": until})

    def give_up_mail(self, overdue: Overdue, error: str) -> None:
        """Record that the mail of an ended job cannot be sent, unless it has moved on meanwhile."""
        self._change_overdue(
            overdue,
            "SET job.mail = :refused, job.mail_error = :error REMOVE #open",
            {":refused": MailState.REFUSED.value, ":error": error},
        )

    def end(
        self, job_id: str, status: Status, *, mail: MailState, error: str, now: int, due_at: int
    ) -> JobHeader:
        """End a job that no worker holds.

        Args:
            job_id: the job.
            status: its end; a failed one has failed by a fault of the service.
            mail: what is to become of its mail.
            error: why, for its creator.
            now: Unix seconds.
            due_at: by when its mail should have been sent.

        Raises:
            Superseded: a worker has it, or it has ended.

        """
        remove = "" if mail is MailState.DUE else " REMOVE #open"
        item = update_job(
            self._table_name,
            job_id,
            "SET job.#status = :status, job.#error = :error, job.faulty = :faulty,"
            " job.worker = :nobody, job.mail = :mail, job.ended_at = :now, job.updated_at = :now,"
            f" job.due_at = :due, due_at = :due, expires_at = :expires{remove}",
            MAY_BE_CLAIMED,
            {
                ":status": status.value,
                ":error": error,
                ":faulty": status is Status.FAILED,
                ":mail": mail.value,
                ":nobody": "",
                ":now": now,
                ":due": due_at,
                ":expires": now + KEEP_S,
                ":pending": Status.PENDING.value,
                ":running": Status.RUNNING.value,
            },
        )
        return read_header(item)

    def _change_overdue(self, overdue: Overdue, update: str, values: Mapping[str, object]) -> None:
        try:
            update_job(
                self._table_name,
                overdue.job_id,
                update,
                # The index lags behind the table: a worker may have claimed or ended the job
                # since.
                "due_at = :seen AND attribute_exists(#open)",
                {":seen": overdue.due_at, **values},
            )
        except Superseded:
            return


def _overdue(item: Mapping[str, Any]) -> Overdue:
    return Overdue(job_id_of(item), int(item["due_at"]["N"]), read(item, OverdueJob))
