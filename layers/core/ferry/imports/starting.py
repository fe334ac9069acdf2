"""Starting an import of whatever the caller sent or named (contract tables#imports)."""

import msgspec

from ferry.accounts.request_context import RequestContext
from ferry.aws.bucket import Files
from ferry.errors import Malformed
from ferry.imports.fetched import Remote, start_fetched
from ferry.imports.import_job import IMPORTS, ImportJob, ImportOptions
from ferry.imports.import_options import ReferenceIn, Upload, plain
from ferry.imports.importing import Limits, start_import
from ferry.imports.upload_store import Uploads
from ferry.imports.uploads import start_uploaded
from ferry.jobs.idempotency import once
from ferry.jobs.job_queue import JobQueue
from ferry.jobs.keyed_request import keyed
from ferry.tables.schema import Table


class Asked(msgspec.Struct, frozen=True):
    """The request of an import: a file, or the name of one, and options."""

    file: Upload | Remote | ReferenceIn
    options: ImportOptions

    @property
    def parts(self) -> tuple[object, ...]:
        """The values that tell it from another request."""
        if isinstance(self.file, Upload):
            return self.file.name, self.file.content, plain(self.options)
        return self.file, plain(self.options)


def start(
    table: Table,
    asked: Asked,
    context: RequestContext,
    *,
    limits: Limits,
    uploads: Uploads,
    files: Files,
    queue: JobQueue,
) -> ImportJob:
    """Accept the import and queue it, or return the one that the request's key has started.

    Raises:
        Conflict: the key was used with another request.
        InvalidFile: the file cannot be imported at all, or is not there.
        FileTooLarge: it is too large for a request.
        Malformed: it comes with options that were settled before.

    """
    request_of = keyed(context, f"import {table.id}", *asked.parts)
    file, options = asked.file, asked.options

    def accept() -> ImportJob:
        if isinstance(file, Upload):
            return start_import(
                table,
                file,
                options,
                context,
                limits=limits,
                files=files,
                queue=queue,
                keyed=request_of,
            )
        if isinstance(file, Remote):
            return start_fetched(table, file, options, context, queue=queue, keyed=request_of)
        if plain(options) != ImportOptions():
            raise Malformed(
                "the options of an uploaded file are those that its upload was asked with"
            )
        return start_uploaded(
            table,
            file.file_key,
            context,
            unpacked_limit=limits.unpacked,
            uploads=uploads,
            files=files,
            queue=queue,
            keyed=request_of,
        )

    return once(request_of, IMPORTS, queue.jobs, accept)
