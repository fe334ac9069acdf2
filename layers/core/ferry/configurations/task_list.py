"""An app's imports of its configuration as a list, the newest first."""

import re
from collections.abc import Mapping
from typing import Any

from ferry.configurations.answers import TASK_STATUS
from ferry.configurations.config_job import CONFIGURATIONS, Form
from ferry.errors import Malformed
from ferry.jobs.job import Job, JobHeader, Operation, Status
from ferry.jobs.job_feed import JobFeed, Kinds, configuration_jobs

TASKS: Kinds = {Operation.CONFIGURATION: CONFIGURATIONS}
"""The kinds of jobs that the feed of tasks has."""

_MOST = 100
_USUAL = 20
_JOB_ID = re.compile(r"[0-9a-f]{32}")
_LIMIT = re.compile(r"[0-9]{1,3}+")


def page_of_tasks(app_id: str, query: Mapping[str, str], feed: JobFeed) -> dict[str, Any]:
    """Return a page of the app's imports.

    Raises:
        Malformed: a parameter has no value that it may have.

    """
    before, limit = query.get("cursor") or "", query.get("limit") or str(_USUAL)
    if before and not _JOB_ID.fullmatch(before):
        raise Malformed("cursor: take it from the page before, as it is")
    if not _LIMIT.fullmatch(limit) or not 1 <= int(limit) <= _MOST:
        raise Malformed(f"limit: must lie between 1 and {_MOST}")
    jobs, rest = feed.page(configuration_jobs(app_id), before=before, limit=int(limit))
    return {"next": rest or None, "tasks": [_shown(job) for job in jobs]}


def _shown(job: Job[Any, Any, Any] | JobHeader) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": job.id,
        "status": TASK_STATUS[job.status],
        "createdTimestamp": job.accepted_at // 1000,
        "updatedTimestamp": job.updated_at,
        "user_id": job.user_id,
        "total": job.counts.total,
        "failed": job.counts.failed,
    }
    if job.error:
        shown["message"] = job.error
    if not isinstance(job, Job):  # another release has accepted it
        return shown
    request, applied = job.request, job.result.config
    if job.status is Status.FINISHED and job.counts.failed and request.form is Form.DOCUMENT:
        shown["status"] = "error"  # as the task by itself says it
    return shown | {
        "mode": request.mode.value,
        "dry_run": request.dry_run,
        "revision": (applied and applied.revision) or None,
    }
