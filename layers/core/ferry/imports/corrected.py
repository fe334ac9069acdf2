"""The arrival of failed rows that come back corrected.

Nothing is stored when the page that takes them is opened, for mail scanners open links too: the
file's key names the import whose rows come back.
"""

from ferry.errors import NotFound, Unreadable
from ferry.imports.correction_options import of_failed_rows
from ferry.imports.import_job import IMPORTS, ImportJob
from ferry.imports.import_options import plain
from ferry.imports.multipart import file_name
from ferry.imports.upload_store import PendingUpload
from ferry.jobs.job_store import Jobs

_FOLDER = ("incoming", "corrected")
_PARTS = 5
"""Of a key: the folder's two, the import, the job that the file starts, the file's name."""


def corrected_upload(file_key: str, jobs: Jobs) -> PendingUpload | None:
    """Return the import that a file of corrected rows starts; None for any other file.

    Only a form that this service has signed puts a file under such a key.
    """
    parts = file_key.split("/", _PARTS - 1)
    if len(parts) < _PARTS or tuple(parts[:2]) != _FOLDER:
        return None
    try:
        job = corrected_import(parts[2], jobs)
    except (NotFound, Unreadable):
        return None
    name = file_name(parts[4])
    return PendingUpload(
        job_id=parts[3],
        app_id=job.app_id,
        user_id=job.user_id,
        table_id=job.table_id,
        file_name=name,
        file_key=file_key,
        options=of_failed_rows(plain(job.request), name, job.result.detected),
        public_url=job.public_url,
        expires_at=0,
        file_type=job.request.file_type,
        row_user=job.request.row_user,
    )


def corrected_key(job_id: str, started: str) -> str:
    """Return the key of a file with corrected rows of an import, but for the file's name.

    Args:
        job_id: of the import that the rows failed in.
        started: the id of the job that the file's arrival starts.

    """
    return "/".join([*_FOLDER, job_id, started, ""])


def corrected_import(job_id: str, jobs: Jobs) -> ImportJob:
    """Return the import whose rows come back.

    Raises:
        NotFound: it has been deleted.
        Unreadable: only another release can read it.

    """
    job = jobs.get(job_id, IMPORTS)
    if job.deleted:
        raise NotFound(f"job {job_id} does not exist")
    return job
