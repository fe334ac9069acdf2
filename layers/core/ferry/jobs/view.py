"""A job as the API shows it (contract tables#exports)."""

from functools import partial
from typing import Any

from ferry.accounts.identity import Caller
from ferry.errors import NotFound, Unauthenticated
from ferry.jobs import downloads
from ferry.jobs.job import Job, JobHeader, Status
from ferry.jobs.job_store import Jobs
from ferry.jobs.links import Part
from ferry.jobs.requests import ImportRequest

_PUBLIC_STATUS = {
    Status.PENDING: "pending",
    Status.RUNNING: "ready",  # the public API's word for "being processed"
    Status.FINISHED: "finish",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
}


_UNREADABLE = "only another release of this service can show the rest of this job"


def own_job(job_id: str, caller: Caller, *, operation: str, table_id: int, jobs: Jobs) -> JobHeader:
    """Return the caller's job, or as much of it as this release can read.

    Raises:
        NotFound: the table has no such job of that operation.
        Unreadable: nothing of it can be read.
        Unauthenticated: another user started it; the public API answers 401.

    """
    job = jobs.get_header(job_id)
    if job.deleted or (job.app_id, job.table_id, job.operation) != (
        caller.app_id,
        table_id,
        operation,
    ):
        raise NotFound(f"job {job_id} does not exist")
    if job.user_id != caller.user_id:
        raise Unauthenticated("the job was started by another user")
    return job


def view(job: JobHeader, *, link_key: str, link_days: int) -> dict[str, Any]:
    """Return the job object; a link is null where there is no file."""
    url = partial(downloads.url, job, key=link_key, days=link_days)
    whole = job if isinstance(job, Job) else None
    shown: dict[str, Any] = {
        "job_id": job.id,
        "operation": str(job.operation),
        "status": _PUBLIC_STATUS[job.status],
        "file_type": whole and whole.file_type,
        "file_name": (whole.shown_file_name if whole else job.file_name) or None,
        "download_url": url(Part.RESULT),
        "created_at": job.accepted_at // 1000,
        "updated_at": job.updated_at,
        "progress": {
            "rows_done": job.rows_done,
            "rows_total": job.rows_total,
            "bytes": job.bytes_done,
        },
    }
    if job.bytes_total:
        shown["progress"]["bytes_total"] = job.bytes_total
    if job.error or whole is None:
        shown["error_msg"] = job.error or _UNREADABLE
    if whole and isinstance(whole.request, ImportRequest):
        shown |= _of_import(whole, whole.request)
        shown["report_url"] = url(Part.REPORT)
    return shown


def _of_import(job: Job, request: ImportRequest) -> dict[str, Any]:
    counts = job.counts
    shown: dict[str, Any] = {
        "counts": {
            "total": counts.total,
            "succeeded": counts.succeeded,
            "failed": counts.failed,
        }
    }
    if request.conflict == "skip":
        shown["counts"]["skipped"] = counts.skipped
    if request.dry_run:
        shown["dry_run"] = True
    return shown
