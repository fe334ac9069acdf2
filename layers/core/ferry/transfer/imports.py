"""Importing a file's rows into a table (contract 5)."""

from typing import Any, cast

import msgspec

from ferry import formats
from ferry.accounts import Caller
from ferry.errors import FileTooLarge
from ferry.formats import HEAD_BYTES, Format, Layout
from ferry.jobs.job import Job, Operation
from ferry.jobs.requests import ImportRequest
from ferry.storage.control.jobs import Jobs
from ferry.storage.control.tables import Tables
from ferry.storage.files import Files
from ferry.storage.queues import Queue
from ferry.storage.records import Records
from ferry.tables.schema import Table
from ferry.transfer.acceptance import new_job, new_job_id
from ferry.transfer.failures import Failures
from ferry.transfer.intake import Intake
from ferry.transfer.run import Run


class Upload(msgspec.Struct, frozen=True):
    """A file as a request carried it."""

    name: str
    content: bytes


def start_import(
    table: Table,
    caller: Caller,
    upload: Upload,
    *,
    now_ms: int,
    public_url: str,
    body_limit: int,
    jobs: Jobs,
    files: Files,
    queue: Queue,
) -> Job:
    """Accept an import of a file that came with the request, and queue it.

    Raises:
        InvalidFile: the file cannot be imported at all.
        FileTooLarge: it is larger than `body_limit` bytes.

    """
    if len(upload.content) > body_limit:
        raise FileTooLarge(f"the file is larger than {body_limit:,} bytes")
    file_format = formats.of_file(upload.name)
    head = upload.content[:HEAD_BYTES]
    whole = len(upload.content) <= HEAD_BYTES
    layout = file_format.inspect(head, whole=whole, schema=table.schema)
    job_id = new_job_id(now_ms)
    request = ImportRequest(
        file_type=file_format.name, file_name=upload.name, file_key=f"direct/{job_id}"
    )
    job = new_job(
        job_id,
        Operation.IMPORT,
        caller,
        request,
        now_ms=now_ms,
        public_url=public_url,
        table_id=table.id,
        table_name=table.name,
        bytes_total=len(upload.content),
        ignored_columns=layout.ignored,
    )
    files.put(request.file_key, upload.content, file_format.media_type)
    jobs.add(job)
    queue.send(job.id)
    return job


def run_import(
    run: Run, *, tables: Tables, records: Records, uploads: Files, results: Files
) -> dict[str, Any]:
    """Write the file's rows to the table; return the job's result fields.

    Every row ends as written or in the failed-rows file. Ids of new rows derive from the job and
    the row's number, so that a row written twice is there once.

    Raises:
        NotFound: the table or the file has been deleted.
        InvalidFile: the file cannot be read at all.

    """
    request = cast("ImportRequest", run.job.request)
    table = tables.get(run.job.app_id, run.job.table_id)
    file_format = formats.FORMATS[request.file_type]
    layout = _layout(file_format, uploads, request.file_key, table)
    failures = Failures(run.job, file_format, layout, table, results)
    intake = Intake(
        run,
        file_format=file_format,
        layout=layout,
        table=table,
        records=records,
        failures=failures,
    )
    blocks = uploads.blocks(request.file_key, offset=intake.position.offset)
    for entry in file_format.read(blocks, layout, intake.position):
        intake.take(entry)
    return intake.close()


def _layout(file_format: Format, files: Files, key: str, table: Table) -> Layout:
    head = bytearray()
    for block in files.blocks(key):
        head += block
        if len(head) >= HEAD_BYTES:
            break
    whole = len(head) < HEAD_BYTES
    return file_format.inspect(bytes(head[:HEAD_BYTES]), whole=whole, schema=table.schema)
