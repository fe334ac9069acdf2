"""The arrival of failed rows that come back corrected.

Nothing is stored when the page that takes them is opened, for mail scanners open links too: the
file's key names the import whose rows come back.
"""

from typing import Any

import msgspec

from ferry.errors import InvalidFile, NotFound, Unreadable
from ferry.files.format import GZIP_SUFFIX
from ferry.files.formats import of_file
from ferry.files.options import ReadingOptions
from ferry.imports.import_job import IMPORTS, ImportJob, ImportOptions
from ferry.imports.import_options import plain
from ferry.imports.multipart import file_name
from ferry.imports.upload_store import PendingUpload
from ferry.jobs.job_store import Jobs

_FOLDER = ("incoming", "corrected")
_PARTS = 5
"""Of a key: the folder's two, the import, the job that the file starts, the file's name."""

_OF_THE_FIRST_FILE = {"encoding", "delimiter", "header_row", "sheet", "comment"}
"""Options that say where and how the table stood in the first file; failed rows stand otherwise."""


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
        options=_options(job, name),
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


def _options(job: ImportJob, name: str) -> ImportOptions:
    """Return the options of the first import that mean something for its failed rows."""
    options = plain(job.request)
    unset: dict[str, Any] = dict.fromkeys(_OF_THE_FIRST_FILE)
    unset |= {"sheet": "", "comment": "", "budget": None, "budget_units": None}
    if options.records:  # the failed rows stand in a list of their own, in what was around each
        within = options.records.partition("[]")[2]
        unset["records"] = f"[]{within}" if within else ""
    if options.conflict == "mirror":
        # The failed rows are a part of the file: all others would be deleted.
        unset["conflict"] = "upsert"
    options = msgspec.structs.replace(options, **unset)
    return msgspec.structs.replace(options, **_not_for(name))


def _not_for(name: str) -> dict[str, Any]:
    """Return, unset, the options that the format of a file of that name does not take.

    A spreadsheet may have saved a CSV file as a workbook, and a workbook as a CSV file.
    """
    try:
        form = of_file(name[: -len(GZIP_SUFFIX)] if name.lower().endswith(GZIP_SUFFIX) else name)
    except InvalidFile:
        return {}
    fields = msgspec.structs.fields(ReadingOptions)
    return {field.name: field.default for field in fields if field.name not in form.takes}
