"""A job as the API shows it (contract tables#exports)."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from ferry.accounts.identity import Caller
from ferry.errors import NotFound, Unauthenticated
from ferry.jobs import downloads
from ferry.jobs.job import Job, JobHeader, JobResult, Status
from ferry.jobs.job_kind import JobFacts, JobKind
from ferry.jobs.job_life import life_view
from ferry.jobs.job_store import Jobs
from ferry.jobs.limits import limits_view
from ferry.jobs.links import Part
from ferry.jobs.spending import spending_view

_PUBLIC_STATUS = {
    Status.PENDING: "pending",
    Status.RUNNING: "ready",  # the public API's word for "being processed"
    Status.FINISHED: "finish",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
}

STATUSES: Mapping[str, Status] = {shown: status for status, shown in _PUBLIC_STATUS.items()}
"""The statuses by the words of the public API."""

_UNREADABLE = "only another release of this service can show the rest of this job"


def find_job(
    job_id: str,
    caller: Caller,
    kinds: Mapping[str, JobKind[Any, Any, Any]],
    *,
    of: tuple[int, str] | None,
    jobs: Jobs,
) -> tuple[Job[Any, Any, Any] | JobHeader, JobKind[Any, Any, Any]]:
    """Return a job and its kind; only its header where this release cannot read all of it.

    Args:
        job_id: the job.
        caller: who asks.
        kinds: of the jobs that may be asked for, by operation.
        of: the table and the operation that the path names; the job is then its creator's alone, as
            the public API has it. None where the path names a job of the app: its owners are shown
            others' jobs, too.
        jobs: the store.

    Raises:
        NotFound: there is no such job.
        Unreadable: this release cannot read the header either.
        Unauthenticated: another user started it; the public API answers 401.

    """
    header = jobs.get_header(job_id)
    is_meant = of in {None, (header.table_id, header.operation)}
    kind = kinds.get(header.operation)
    if header.deleted or header.app_id != caller.app_id or not is_meant or kind is None:
        raise NotFound(f"job {job_id} does not exist")
    is_overseen = of is None and caller.access.oversees(header.table_id)
    if header.user_id != caller.user_id and not is_overseen:
        raise Unauthenticated("the job was started by another user")
    return jobs.get_far(job_id, kind), kind


def own_job[Q, C, R: JobResult](
    job_id: str, caller: Caller, kind: JobKind[Q, C, R], *, table_id: int, jobs: Jobs
) -> Job[Q, C, R] | JobHeader:
    """Return the caller's own job of that table; raises as `find_job` does."""
    of = table_id, str(kind.operation)
    job, _ = find_job(job_id, caller, {kind.operation: kind}, of=of, jobs=jobs)
    return job


def public_status(job: JobHeader) -> str:
    """Return the job's status in the words of the public API."""
    return _PUBLIC_STATUS[job.status]


def facts_of[Q, C, R: JobResult](
    job: Job[Q, C, R] | JobHeader, kind: JobKind[Q, C, R]
) -> JobFacts | None:
    """Return the facts that only the job's slice knows; None if this release cannot read them."""
    return kind.facts(job) if isinstance(job, Job) else None


def view[Q, C, R: JobResult](
    job: Job[Q, C, R] | JobHeader,
    kind: JobKind[Q, C, R],
    *,
    link_key: str,
    link_days: int,
    region: str,
) -> dict[str, Any]:
    """Return the job object; a link is null where there is no file. `region` sets the prices."""
    facts = facts_of(job, kind)
    url = partial(downloads.url, job, key=link_key, days=link_days)
    shown: dict[str, Any] = {
        "job_id": job.id,
        "operation": str(job.operation),
        "status": public_status(job),
        "file_type": facts and facts.file_type,
        "file_name": (facts and facts.file_name) or None,
        "download_url": url(Part.RESULT),
        "created_at": job.accepted_at // 1000,
        "updated_at": job.updated_at,
        "progress": _progress(job),
        "spent": spending_view(job.spent, region),
        "mail": _mail(job),
    }
    if job.cancelled_by and job.status is not Status.FINISHED:
        shown["cancelled_by"] = job.cancelled_by
    if job.error or facts is None:
        shown["error_msg"] = job.error or _UNREADABLE
    if isinstance(job, Job):
        shown |= limits_view(job.request)
    if facts:
        shown |= facts.members
    if job.resumable:
        shown["resume_until"] = kept_until(job, link_days)
    if facts and facts.can_be_undone:
        shown["undo_until"] = kept_until(job, link_days)
    if facts and facts.has_report:
        shown["report_url"] = url(Part.REPORT)
    return shown


def view_for[Q, C, R: JobResult](
    caller: Caller, job: Job[Q, C, R] | JobHeader, kind: JobKind[Q, C, R], **settings: Any
) -> dict[str, Any]:
    """Return the job object with whose it is; another user's has no links to files.

    `settings` are those of `view`.
    """
    shown = view(job, kind, **settings)
    if job.user_id != caller.user_id:
        shown |= {name: None for name in ("download_url", "report_url") if name in shown}
    of = {"table_id": job.table_id, "table_name": job.table_name, "user_id": job.user_id}
    return shown | of


def whole_view[Q, C, R: JobResult](
    caller: Caller, job: Job[Q, C, R] | JobHeader, kind: JobKind[Q, C, R], **settings: Any
) -> dict[str, Any]:
    """Return the job object of `view_for` with the job's life."""
    return view_for(caller, job, kind, **settings) | {"life": life_view(job)}


def kept_until(job: JobHeader, link_days: int) -> int:
    """Return until when what the job has noted and written is kept for certain, Unix seconds."""
    # The bucket deletes what is older than that many days, and aborts uploads that were begun so
    # long ago; nothing is older than the job.
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
    return job.accepted_at // 1000 + link_days * 86_400


def _progress(job: JobHeader) -> Mapping[str, int | None]:
    progress = {
        "rows_done": job.rows_done,
        "rows_total": job.rows_total,
        "bytes": job.bytes_done,
    }
    return {**progress, "bytes_total": job.bytes_total} if job.bytes_total else progress


def _mail(job: JobHeader) -> Mapping[str, str]:
    why = {"error_msg": job.mail_reason} if job.mail_reason else {}
    return {"status": job.mail_status, **why}
