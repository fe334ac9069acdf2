"""Resuming a job that has stopped at its budget (contract tables#spending)."""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from ferry.errors import Conflict, Malformed, NotFound, Superseded, Unreadable
from ferry.jobs.acceptance import HANDLED_WITHIN_S
from ferry.jobs.job import Job, JobHeader, JobResult, MailState, Status
from ferry.jobs.job_queue import JobQueue
from ferry.jobs.limits import Dollars, Units, UnitsASecond, check_budget, dollars_text, limits_of
from ferry.jobs.spending import is_used_up, spending_view
from ferry.jobs.view import kept_until
from ferry.tables.row_permissions import RowUser


class ResumeIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """New limits, of the job as a whole. What is left out stays; null lifts a limit."""

    budget: Dollars | UnsetType | None = UNSET
    budget_units: Units | UnsetType | None = UNSET
    rate: UnitsASecond | UnsetType | None = UNSET


def resume_in(body: Any) -> ResumeIn:
    """Return the body.

    Raises:
        Malformed: it is not as it must be.

    """
    try:
        asked = msgspec.convert(body, ResumeIn)
        check_budget(asked.budget or None, asked.budget_units or None)
    except ValueError as error:  # msgspec's ValidationError is one
        raise Malformed(str(error).replace(" - at `$.", " at `")) from error
    return asked


def resume_job[Q, C, R: JobResult](
    job: Job[Q, C, R] | JobHeader,
    asked: ResumeIn,
    *,
    row_user: RowUser | None,
    now: int,
    link_days: int,
    region: str,
    queue: JobQueue,
) -> JobHeader:
    """Let a job go on that has stopped at its budget; return it as it is then.

    To ask for the same again does no more: the job has been resumed.

    Args:
        job: whose creator asks.
        asked: its new budgets.
        row_user: the creator by whose permissions rows are read and written now, None for all rows.
        now: Unix seconds.
        link_days: for how many days a job's files are kept.
        region: whose prices count.
        queue: of the workers of these jobs.

    Raises:
        Conflict: it has not stopped at its budget, or its creator's role has changed since.
        Malformed: it has spent already what it may spend.
        NotFound: what it would go on with is not kept any more.
        TooManyJobs: the app has as many open jobs as it may.
        Unreadable: only another release can read it.

    """
    if not isinstance(job, Job):
        raise Unreadable(job.id)
    request = _changed(job.request, asked)
    if not job.ended and request == job.request:
        return job
    if not job.resumable:
        raise Conflict(_why_not(job))
    if getattr(job.request, "row_user", None) != row_user:
        raise Conflict(
            f"your role on the table has changed since job {job.id} was accepted; start it again"
        )
    if now >= kept_until(job, link_days):
        raise NotFound(f"what job {job.id} would go on with was kept for {link_days} days")
    if is_used_up(limits_of(request), job.spent, region):
        spent = spending_view(job.spent, region)
        raise Malformed(
            f"budget: job {job.id} has spent {dollars_text(spent['dollars'])}, which is "
            f"{spent['read_units'] + spent['write_units']:,.10g} units; give a higher one"
        )
    try:
        return queue.reopen(_reopened(job, request, now))
    except Superseded as error:
        raise Conflict(f"job {job.id} has been resumed, or deleted, at the same time") from error


def _changed[Q](request: Q, asked: ResumeIn) -> Q:
    given = {
        name: value for name, value in msgspec.structs.asdict(asked).items() if value is not UNSET
    }
    # A budget of one kind takes the place of one of the other.
    if given.get("budget") or given.get("budget_units"):
        given = {"budget": None, "budget_units": None} | given
    return replace(request, **given)  # type: ignore[type-var]  # requests are structs


def _reopened[Q, C, R: JobResult](job: Job[Q, C, R], request: Q, now: int) -> Job[Q, C, R]:
    """Return the job as it waits for a worker; its mail is due anew at its next end."""
    return replace(
        job,
        request=request,
        status=Status.PENDING,
        resumable=False,
        error="",
        ended_at=0,
        updated_at=now,
        due_at=now + HANDLED_WITHIN_S,
        attempts=0,
        stalled_since=0,
        mail=MailState.NOT_DUE,
        mail_attempts=0,
        mail_error="",
        mail_feedback=None,
        life=job.life.noting("resumed", now),
    )


def _why_not(job: JobHeader) -> str:
    if not job.ended:
        return f"job {job.id} has not ended: its budget can be changed once it has stopped there"
    if job.status is Status.FINISHED:
        return f"job {job.id} has finished: there is nothing left to do"
    return (
        f"job {job.id} did not stop at its budget, and nothing is kept for it to go on with; "
        "start it again"
    )
