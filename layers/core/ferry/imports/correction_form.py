"""The form that takes corrected rows, behind the link in the mail of their import."""

from collections.abc import Callable

import msgspec

from ferry.aws.bucket_signing import UploadForm, UploadForms
from ferry.errors import NotFound
from ferry.imports.corrected import corrected_import, corrected_key
from ferry.jobs import links
from ferry.jobs.acceptance import new_job_id
from ferry.jobs.job import JobHeader
from ferry.jobs.job_store import Jobs
from ferry.jobs.links import Part


class CorrectionForm(msgspec.Struct, frozen=True):
    """The form for corrected rows of an import."""

    table_name: str
    file_name: str
    upload: UploadForm


def correction_form(
    token: str,
    *,
    key: str,
    now_ms: int,
    jobs: Jobs,
    forms: UploadForms,
    check_owners: Callable[[JobHeader], None],
) -> CorrectionForm:
    """Return the form that a link from the mail of an import stands for.

    Raises:
        LinkExpired: the link's time is past.
        NotFound: the link is not ours, or the job, its table or its user has been deleted.
        Unreadable: only another release can read the job.

    """
    link = links.read(token, key, now_ms // 1000)
    if link.part is not Part.CORRECTED:
        raise NotFound("there is no such link")
    job = corrected_import(link.job_id, jobs)
    check_owners(job)
    started = new_job_id(now_ms)
    upload = forms.form(
        corrected_key(job.id, started) + "${filename}",
        session_name=started,
        redirect=f"{job.public_url}/upload/{token}",
    )
    return CorrectionForm(job.table_name, job.request.file_name, upload)
