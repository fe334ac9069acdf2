"""Imports as asynchronous tasks of their app (contract configurations#tasks)."""

import contextlib

from ferry.accounts.identity import Caller
from ferry.configurations.config_job import CONFIGURATIONS, ConfigJob
from ferry.errors import Malformed, NotFound, Superseded, Unreadable
from ferry.jobs.job import Job
from ferry.jobs.job_store import Jobs


def own_task(task_id: str, caller: Caller, jobs: Jobs) -> ConfigJob:
    """Return the job of one of the app's tasks.

    Raises:
        Malformed: there is none of that id; the engine answers 400, not 404.
        Unreadable: only another release can read it.

    """
    try:
        job = jobs.get_far(task_id, CONFIGURATIONS)
    except NotFound:
        job = None
    if job is None or (job.app_id, job.operation) != (caller.app_id, CONFIGURATIONS.operation):
        raise Malformed(f"async task: {task_id} not found")
    if not isinstance(job, Job):
        raise Unreadable(task_id)
    return job


def cancel_task(task_id: str, caller: Caller, jobs: Jobs) -> None:
    """Ask for the end of a task; one whose import has been applied stays applied.

    Raises:
        Malformed: there is none of that id.

    """
    job = own_task(task_id, caller, jobs)
    with contextlib.suppress(Superseded):  # it has ended
        jobs.ask_for_the_end(job.id, job.user_id)
