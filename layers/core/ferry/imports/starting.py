"""Starting an import of whatever the caller sent or named (contract tables#imports)."""

import msgspec

from ferry.accounts.identity import Caller
from ferry.aws.bucket import Files
from ferry.aws.queues import Queue
from ferry.errors import Malformed
from ferry.imports.fetched import Remote, start_fetched
from ferry.imports.import_job import ImportJob, ImportOptions
from ferry.imports.import_options import ReferenceIn, Upload, plain
from ferry.imports.importing import Limits, start_import
from ferry.imports.upload_store import Uploads
from ferry.imports.uploads import start_uploaded
from ferry.jobs.job_store import Jobs
from ferry.tables.schema import Table


class Asked(msgspec.Struct, frozen=True):
    """The request of an import: a file, or the name of one, and options."""

    file: Upload | Remote | ReferenceIn
    options: ImportOptions


def start(
    table: Table,
    caller: Caller,
    asked: Asked,
    *,
    now_ms: int,
    public_url: str,
    limits: Limits,
    jobs: Jobs,
    uploads: Uploads,
    files: Files,
    queue: Queue,
) -> ImportJob:
    """Accept the import and queue it.

    Raises:
        InvalidFile: the file cannot be imported at all, or is not there.
        FileTooLarge: it is too large for a request.
        Malformed: it comes with options that were settled before.

    """
    if isinstance(asked.file, Upload):
        return start_import(
            table,
            caller,
            asked.file,
            asked.options,
            now_ms=now_ms,
            public_url=public_url,
            limits=limits,
            jobs=jobs,
            files=files,
            queue=queue,
        )
    if isinstance(asked.file, Remote):
        return start_fetched(
            table,
            caller,
            asked.file,
            asked.options,
            now_ms=now_ms,
            public_url=public_url,
            jobs=jobs,
            queue=queue,
        )
    if plain(asked.options) != ImportOptions():
        raise Malformed("the options of an uploaded file are those that its upload was asked with")
    return start_uploaded(
        table,
        caller,
        asked.file.file_key,
        now_ms=now_ms,
        unpacked_limit=limits.unpacked,
        jobs=jobs,
        uploads=uploads,
        files=files,
        queue=queue,
    )
