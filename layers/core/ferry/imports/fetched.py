"""Files that a URL names: fetched into the upload bucket, then imported from there.

Source: contract tables#imports.

The job's request has the URL until the file lies in the bucket as a whole. Whoever takes the job
up from then on reads that file, whatever the URL leads to by now, or whether it still serves.
"""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import cast
from urllib.parse import urlsplit

import msgspec
from msgspec import structs

from ferry.accounts.request_context import RequestContext
from ferry.aws.bucket import Files, Stat
from ferry.errors import InvalidFile, Unfetchable
from ferry.fetch.fetcher import bounded, retry
from ferry.fetch.native_export import NativeExport, manifest_folder, native_export
from ferry.fetch.web import Web
from ferry.imports.import_job import IMPORTS, ImportJob, ImportOptions, ImportRequest, ImportRun
from ferry.imports.import_options import check_conflict, plain
from ferry.imports.modes import check_changes
from ferry.imports.source import check_name
from ferry.jobs.acceptance import new_job, new_job_id
from ferry.jobs.job_queue import JobQueue
from ferry.jobs.keyed_request import KeyedRequest
from ferry.tables.schema import Table

_FETCH_S = 600
"""Within so long a file must have come: a processor has 900 seconds, also for a second try."""


class Remote(msgspec.Struct, frozen=True):
    """A file of the web: its URL, and the name whose suffixes name the format."""

    url: str
    name: str


def start_fetched(
    table: Table,
    remote: Remote,
    options: ImportOptions,
    context: RequestContext,
    *,
    queue: JobQueue,
    keyed: KeyedRequest | None = None,
) -> ImportJob:
    """Accept the import of a file of the web, and queue it; nothing is fetched yet.

    Raises:
        InvalidFile: no file of that name can be imported.
        Malformed: `conflict` is given where no row keeps its key.
        AlreadyAccepted: the request's key has started another job.

    """
    user = context.caller.row_user(table.id)
    check_conflict(options, table, user)
    try:
        file_format = check_name(remote.name, options)
    except InvalidFile as error:
        raise InvalidFile(
            f"{error.reason}; name the file by file_name where the path of file_url does not"
        ) from error
    job_id = new_job_id(context.now_ms)
    request = ImportRequest(
        file_type=file_format.name,
        file_name=remote.name,
        file_key=f"direct/{job_id}",
        file_url=remote.url,
        **structs.asdict(plain(options)),
        row_user=user,
    )
    job = new_job(IMPORTS, job_id, request, context, table=table)
    queue.add(job, keyed=keyed)
    return job


def fetch(
    run: ImportRun, *, web: Web, most_bytes: int, files: Files, buckets: Collection[str]
) -> None:
    """Fetch the file that the job's request names by a URL, unless it lies in the bucket.

    Raises:
        InvalidFile: it cannot be had, is larger than `most_bytes`, or empty; an export of
            DynamoDB's is in none of the `buckets`.
        Cancelled: the job's end has been asked for.
        Superseded: the lease is lost.

    """
    request = run.job.request
    if not request.file_url:
        return
    export = _export(request, buckets)
    stat = files.stat(request.file_key)
    if stat is None:
        _store(request, run, _blocks(request, export, web), most_bytes, files)
        stat = cast("Stat", files.stat(request.file_key))
    if not stat.size:
        raise InvalidFile("the file is empty")
    # From here on the job reads the copy: the URL may serve something else on the next delivery.
    there = structs.replace(request, file_url="", file_etag=stat.etag)
    there = structs.replace(there, expected_rows=export.items if export else None)
    run.change_request(there, bytes_total=stat.size)


def _export(request: ImportRequest, buckets: Collection[str]) -> NativeExport | None:
    if not manifest_folder(request.file_url):
        return None
    try:
        export = native_export(request.file_url, buckets)
    except Unfetchable as fault:
        raise InvalidFile(f"the export of DynamoDB cannot be read: {fault}") from fault
    # Before it is copied, which may take minutes.
    check_changes(request, are_changes=export.is_incremental)
    if export.is_incremental and not export.items:
        raise InvalidFile("the export of DynamoDB has no changes: there is nothing to import")
    return export


def _blocks(
    request: ImportRequest, export: NativeExport | None, web: Web
) -> Callable[[], Iterator[bytes]]:
    patient = structs.replace(web, seconds=_FETCH_S)
    return export.blocks if export else partial(patient.blocks, request.file_url)


def _store(
    request: ImportRequest,
    run: ImportRun,
    blocks: Callable[[], Iterator[bytes]],
    most_bytes: int,
    files: Files,
) -> None:
    def on_block(_: int) -> None:
        run.progress()
        if run.nearly_out_of_time:
            raise Unfetchable("it came too slowly to be there in time")

    def copy() -> None:
        files.write(request.file_key, bounded(blocks(), limit=most_bytes, on_block=on_block))

    try:
        retry(copy)
    except Unfetchable as fault:
        if manifest_folder(request.file_url):
            raise InvalidFile(f"the export of DynamoDB cannot be read: {fault}") from fault
        raise not_fetched(request.file_url, fault) from fault


def not_fetched(url: str, fault: Unfetchable) -> InvalidFile:
    """Return the error of a file of the web that cannot be had."""
    # Only the host is shown: the path and query of a URL often hold a signature.
    host = urlsplit(url).hostname
    return InvalidFile(
        f"it could not be fetched from {host}: {fault}; see that file_url can be opened "
        "without signing in, or upload the file"
    )
