"""Files that callers upload to the bucket themselves: too large for a request.

Source: contract tables#imports.

The caller is given a form for one key. What arrives under it starts the import that was asked
for, once: its job's id is made with the form.
"""

from typing import Any

from msgspec import structs

from ferry.accounts.identity import Caller
from ferry.accounts.request_context import RequestContext
from ferry.aws.bucket import Files
from ferry.aws.bucket_signing import UploadForms
from ferry.aws.queues import Queue
from ferry.errors import InvalidFile, NotFound, TooManyJobs
from ferry.imports.corrected import corrected_upload
from ferry.imports.import_job import IMPORTS, ImportJob, ImportRequest, ImportResult
from ferry.imports.import_options import UploadIn, check_conflict, plain
from ferry.imports.parted_uploads import begun, in_parts, upload_of
from ferry.imports.source import check_name, stored
from ferry.imports.upload_store import PendingUpload, Uploads, upload_key
from ferry.jobs.acceptance import failed_at_once, new_job, new_job_id
from ferry.jobs.job_queue import JobQueue
from ferry.jobs.job_store import Jobs
from ferry.jobs.keyed_request import KeyedRequest, keyed
from ferry.records.registry import Tables
from ferry.tables.schema import Table

_REMEMBERED_S = 3 * 86_400
"""S3 notifies of an arrival within seconds, rarely within hours; large ones take time to arrive."""


def prepare_upload(
    table: Table,
    file_name: str,
    options: UploadIn,
    context: RequestContext,
    *,
    uploads: Uploads,
    forms: UploadForms,
    jobs: Jobs,
) -> tuple[str, dict[str, Any]]:
    """Return the id of the job that the upload will start, and how to upload the file.

    That is a form; where the size is given, it is how the file is cut into parts. Asked again with
    the same key, it is the same job, and a new form for the same file, or the same parts.

    Raises:
        Conflict: the request's key was used with another request.
        InvalidFile: no file of that name, or of that size, can be imported.
        Malformed: `conflict` is given where no row keeps its key.

    """
    user = context.caller.row_user(table.id)
    check_conflict(options, table, user)
    check_name(file_name, options)
    caller, now, file_size = context.caller, context.now_ms // 1000, options.file_size
    forms.check_size(file_size)
    job_id = new_id = new_job_id(context.now_ms)
    asked = (file_name, plain(options), *([file_size] if file_size else []))
    request_of = keyed(context, f"upload {table.id}", *asked)
    if request_of:
        job_id = jobs.take_key(request_of, new_id)
    upload = PendingUpload(
        job_id=job_id,
        app_id=caller.app_id,
        user_id=caller.user_id,
        table_id=table.id,
        file_name=file_name,
        file_key=upload_key(caller.app_id, table.id, job_id, file_name),
        options=plain(options),
        public_url=context.public_url,
        file_size=file_size,
        expires_at=now + _REMEMBERED_S,
        row_user=user,
    )
    if job_id == new_id or uploads.find(upload.file_key, now=now) is None:
        uploads.add(begun(upload, forms.parts) if file_size else upload)
    if file_size:
        return job_id, in_parts(upload)
    form = forms.form(upload.file_key, session_name=job_id)
    return job_id, {
        "upload_url": form.url,
        "fields": form.fields,
        "file_key": upload.file_key,
        "expires_in": form.lives_s,
    }


def start_uploaded(
    table: Table,
    file_key: str,
    context: RequestContext,
    *,
    unpacked_limit: int,
    uploads: Uploads,
    files: Files,
    queue: JobQueue,
    keyed: KeyedRequest | None = None,
) -> ImportJob:
    """Accept the import of a file that the caller has uploaded; once, whoever asks.

    Returns:
        The job, also where the file's arrival has started it before.

    Raises:
        InvalidFile: nothing is there that the caller could import, or nothing can import it.

    """
    caller, jobs = context.caller, queue.jobs
    upload = upload_of(file_key, table, caller, uploads, now=context.now_ms // 1000)
    try:
        job = jobs.get(upload.job_id, IMPORTS)
    except NotFound:
        job = _accepted(upload, table, context.now_ms, unpacked_limit, files)
        if not queue.add_once(job):
            job = jobs.get(job.id, IMPORTS)
    if keyed:
        jobs.take_key(keyed, job.id)
    return job


def receive_upload(
    file_key: str,
    *,
    now_ms: int,
    unpacked_limit: int,
    uploads: Uploads,
    tables: Tables,
    files: Files,
    queue: JobQueue,
    notices: Queue,
) -> ImportJob | None:
    """Accept the import of a file that has arrived; once, however often its arrival is announced.

    Nobody waits for an answer: a file that cannot be imported, or for which the app has too many
    open jobs, makes a failed job and its mail.

    Returns:
        The job; None if it was there already, or nobody waits for that file, which is then deleted.

    """
    upload = uploads.find(file_key, now=now_ms // 1000) or corrected_upload(file_key, queue.jobs)
    table = upload and _table(upload, tables, queue.jobs)
    # A form serves for a while after what it was for has gone: its file must not stay.
    if not upload or not table:
        files.delete([file_key])
        return None
    try:
        job = _accepted(upload, table, now_ms, unpacked_limit, files)
        is_new = queue.add_once(job)
    except (InvalidFile, TooManyJobs) as error:
        failed = _job(upload, table, _request(upload, file_type=upload.file_type), now_ms)
        job = failed_at_once(failed, error.reason)
        is_new = JobQueue(queue.jobs, notices).add_once(job)
    return job if is_new else None


def _table(upload: PendingUpload, tables: Tables, jobs: Jobs) -> Table | None:
    """Return the table that the upload is for, None if that or the job has been deleted."""
    try:
        table = tables.get(upload.app_id, upload.table_id)
    except NotFound:
        return None
    try:
        return None if jobs.get_header(upload.job_id).deleted else table
    except NotFound:
        return table  # the job has not begun


def _accepted(
    upload: PendingUpload, table: Table, now_ms: int, unpacked_limit: int, files: Files
) -> ImportJob:
    stat = files.stat(upload.file_key)
    if stat is None:
        raise InvalidFile("nothing has been uploaded under that file_key yet")
    if not stat.size:
        raise InvalidFile("the file is empty")
    # The form may be used again until it expires: the import is of this version of the file.
    request = _request(upload, etag=stat.etag)
    source = stored(request, files, most_bytes=unpacked_limit, columns=table.schema.columns)
    # A workbook would have to be fetched as a whole: that is left to the one who imports it.
    layout = source.layout(table.schema) if source.tells_by_its_head else None
    return _job(
        upload,
        table,
        request,
        now_ms,
        bytes_total=stat.size,
        result=ImportResult(ignored_columns=layout.ignored, detected=layout.detected)
        if layout
        else ImportResult(),
    )


def _request(upload: PendingUpload, *, etag: str = "", file_type: str = "") -> ImportRequest:
    return ImportRequest(
        file_type=file_type or check_name(upload.file_name, upload.options).name,
        file_name=upload.file_name,
        file_key=upload.file_key,
        file_etag=etag,
        row_user=upload.row_user,
        **structs.asdict(upload.options),
    )


def _job(
    upload: PendingUpload,
    table: Table,
    request: ImportRequest,
    now_ms: int,
    *,
    bytes_total: int = 0,
    result: ImportResult | None = None,
) -> ImportJob:
    caller = Caller(upload.app_id, upload.user_id)
    return new_job(
        IMPORTS,
        upload.job_id,
        request,
        RequestContext(caller, now_ms, upload.public_url),
        table=table,
        bytes_total=bytes_total,
        result=result,
    )
