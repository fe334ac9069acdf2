"""Links to a job's files, and what happens when somebody opens one."""

import posixpath
from collections.abc import Callable

from ferry.aws.bucket import Files
from ferry.errors import NotFound
from ferry.jobs import links
from ferry.jobs.job import JobHeader, Status
from ferry.jobs.job_store import Jobs
from ferry.jobs.links import Link, Part

_DAY_S = 86_400


def expires_at(job: JobHeader, days: int) -> int:
    """Return until when the job's links serve, Unix seconds."""
    return job.ended_at + days * _DAY_S


def url(job: JobHeader, part: Part, *, key: str, days: int) -> str | None:
    """Return the link to one of the job's files, None where there is no such file."""
    if not _file_key(job, part):
        return None
    token = links.sign(Link(job.id, part, expires_at(job, days)), key)
    path = "upload" if part is Part.CORRECTED else "download"
    return f"{job.public_url}/{path}/{token}"


def open_link(
    token: str,
    *,
    key: str,
    now: int,
    jobs: Jobs,
    files: Files,
    check_owners: Callable[[JobHeader], None],
) -> str:
    """Return a short-lived S3 URL of the file that a download token stands for.

    Args:
        token: of the link.
        key: that links are signed with.
        now: Unix seconds.
        jobs: where jobs are.
        files: where results are.
        check_owners: raises NotFound once the job's table or its user is deleted: their files
            follow within the hour, their links end at once.

    Raises:
        LinkExpired: the token's time is past.
        NotFound: the token is not ours, or the job, its file, table or user has been deleted.
        Unreadable: only another release can read the job.

    """
    link = links.read(token, key, now)
    job = jobs.get_header(link.job_id)
    check_owners(job)
    file_key = "" if link.part is Part.CORRECTED or job.deleted else _file_key(job, link.part)
    if not file_key or not files.exists(file_key):
        raise NotFound("the file is not there any more")
    return files.presigned_url(file_key, posixpath.basename(file_key))


def _file_key(job: JobHeader, part: Part) -> str:
    if job.status is not Status.FINISHED and part is Part.RESULT:
        return ""
    return job.result.result_key if part is Part.RESULT else job.result.report_key
