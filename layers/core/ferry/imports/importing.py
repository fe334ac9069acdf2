"""Importing a file's rows into a table (contract tables#imports)."""

from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from functools import partial

import msgspec

from ferry.accounts.request_context import RequestContext
from ferry.aws.bucket import Files
from ferry.aws.send_check import checked
from ferry.errors import Cancelled, FileTooLarge, InvalidFile, NotFound, Rejected, Superseded
from ferry.fetch.web import Web
from ferry.files.entries import Layout
from ferry.imports.differences import Differences
from ferry.imports.failed_rows import FailedRows
from ferry.imports.fetched import fetch
from ferry.imports.import_job import (
    IMPORTS,
    ImportJob,
    ImportOptions,
    ImportRequest,
    ImportResult,
    ImportRun,
)
from ferry.imports.import_options import Upload, check_conflict, plain
from ferry.imports.journal.journal import Journal
from ferry.imports.mirroring import Mirror
from ferry.imports.pipeline import STEP_RECORDS, Pipeline
from ferry.imports.replaying import run_replay
from ferry.imports.sinks.destination import Destination
from ferry.imports.sinks.matched import MatchedRowSink
from ferry.imports.sinks.opening import open_sink
from ferry.imports.sinks.sink import RowSink
from ferry.imports.source import Source, stored
from ferry.jobs.acceptance import new_job, new_job_id
from ferry.jobs.job import Counts
from ferry.jobs.job_outcome import JobOutcome
from ferry.jobs.job_queue import JobQueue
from ferry.jobs.keyed_request import KeyedRequest
from ferry.jobs.pacing import spending_on, step_records
from ferry.records.registry import Tables
from ferry.records.store import Records, physical_name
from ferry.tables.schema import Table


class Limits(msgspec.Struct, frozen=True):
    """Bytes that a file may have: sent in a request, and unpacked."""

    body: int
    unpacked: int


def start_import(
    table: Table,
    upload: Upload,
    options: ImportOptions,
    context: RequestContext,
    *,
    limits: Limits,
    files: Files,
    queue: JobQueue,
    keyed: KeyedRequest | None = None,
) -> ImportJob:
    """Accept an import of a file that came with the request, and queue it.

    Raises:
        InvalidFile: the file cannot be imported at all.
        FileTooLarge: it is too large for a request.
        Malformed: `conflict` is given where no row keeps its key.
        AlreadyAccepted: the request's key has started another job.

    """
    user = context.caller.row_user(table.id)
    check_conflict(options, table, user)
    content = upload.content
    if len(content) > limits.body:
        raise FileTooLarge(too_large(table.id, limits.body))
    if not content:
        raise InvalidFile("the file is empty")
    source = Source(
        upload.name,
        options,
        lambda offset: iter([content[offset:]]),
        most_bytes=limits.unpacked,
        columns=table.schema.columns,
    )
    layout = source.layout(table.schema)
    job_id = new_job_id(context.now_ms)
    request = ImportRequest(
        file_type=source.format.name,
        file_name=upload.name,
        file_key=f"direct/{job_id}",
        **msgspec.structs.asdict(plain(options)),
        row_user=user,
    )
    job = new_job(
        IMPORTS,
        job_id,
        request,
        context,
        table=table,
        bytes_total=len(content),
        result=ImportResult(ignored_columns=layout.ignored, detected=layout.detected),
    )
    # The file before the job: a job never names a file that is not there.
    files.put(request.file_key, content)
    queue.add(job, keyed=keyed)
    return job


def too_large(table_id: int, limit: int) -> str:
    """Return the error message for a body that is too large for a request."""
    return (
        f"the file is larger than {limit:,} bytes, which is all that a request can hold; send a "
        f"larger one by POST /oserve/v1/table/{table_id}/import/upload/"
    )


def run_import(
    run: ImportRun,
    *,
    file_limit: int,
    unpacked_limit: int,
    web: Web,
    tables: Tables,
    records: Records,
    uploads: Files,
    results: Files,
    buckets: Collection[str] = (),
    language: Callable[[str, int], str] = lambda *_: "en",
    most_records: int = STEP_RECORDS,
) -> JobOutcome[ImportResult]:
    """Write the file's rows to the table.

    Every row ends as written or in the failed-rows file. Ids of new rows derive from the job and
    the row's number, so that a row written twice is there once. `buckets` are those that exports of
    DynamoDB may be in. `language` returns the tag
    of a user's, by app and user, in which reasons of failed rows are written.

    Raises:
        NotFound: the table or the file has been deleted; rows that a deleted table was given go
            with it.
        InvalidFile: the file cannot be fetched, or not be read, or not to its end; the rows
            before are written.

    """
    owners = partial(language, run.job.app_id, run.job.user_id)
    with _noted(run, tables), checked(run.require_lease):
        if run.job.request.replayed:
            return run_replay(run, tables=tables, records=records, results=results, language=owners)
        begun = run.job.checkpoint
        version = begun.table_version if begun else 0
        table = tables.as_of(run.job.app_id, run.job.table_id, version)
        fetch(run, web=web, most_bytes=file_limit, files=uploads, buckets=buckets)
        source = stored(
            run.job.request,
            uploads,
            most_bytes=unpacked_limit,
            columns=table.schema.columns,
            on_block=run.beat,  # skipping to a checkpoint may take longer than a lease
        )
        layout = source.layout(table.schema)
        failed_rows = FailedRows(run.job, source.format, layout, table, results, language=owners)
        sink = open_sink(
            Destination(
                run.job, source.format, table, tables, records, results, on_progress=run.beat
            ),
            layout,
        )
        with (
            spending_on(run, table, physical_name(table, records)),
            closing(sink),
            _mirrored(run, sink, source, layout) as mirror,
        ):
            told = msgspec.structs.replace(
                run.job.result, ignored_columns=layout.ignored, detected=layout.detected
            )
            if not run.job.checkpoint and told != run.job.result:
                run.note(told)  # an uploaded workbook is first read here
            pipeline = Pipeline(
                run,
                source=source,
                layout=layout,
                sink=sink,
                failed_rows=failed_rows,
                on_checkpoint=lambda: _refuse_deleted(table, tables),
                table_version=version or table.version,
                step_records=step_records(run, table, most_records),
            )
            outcome = pipeline.import_rows()
            _check_items(run.job.request, outcome.counts)
            if mirror:
                outcome = mirror.delete_missing(outcome)
            if isinstance(sink, MatchedRowSink):
                outcome = _with_journal(run, outcome, sink.journal, table, results)
        return outcome


def _with_journal(
    run: ImportRun,
    outcome: JobOutcome[ImportResult],
    journal: Journal,
    table: Table,
    results: Files,
) -> JobOutcome[ImportResult]:
    """Return the outcome with the differences of a dry run; drop a journal that is not kept."""
    job = run.job
    if job.request.dry_run:
        key = Differences(job, table.schema, journal).write(results, run.beat)
        result = msgspec.structs.replace(outcome.result, result_key=key)
        return msgspec.structs.replace(outcome, result=result)
    if not job.request.keep_before:
        run.note(outcome.result)  # what is counted by the journal is not counted again
        journal.drop()
    return outcome


@contextmanager
def _mirrored(
    run: ImportRun, sink: RowSink, source: Source, layout: Layout
) -> Iterator[Mirror | None]:
    """Yield the mirror that deletes rows which the file lacks; None where nothing is deleted."""
    if run.job.request.conflict != "mirror" or not isinstance(sink, MatchedRowSink):
        yield None
        return
    with closing(Mirror(run, sink.images, sink.journal)) as mirror:
        mirror.read(source, layout)
        if not run.job.checkpoint:
            mirror.check()
        yield mirror


@contextmanager
def _noted(run: ImportRun, tables: Tables) -> Iterator[None]:
    """Let others know, for as long as steps may be done again, that the table is imported into.

    The table is read after the note is written; see `OpenImports`.
    """
    job = run.job
    if job.request.dry_run:
        yield
        return
    tables.open_imports.note(job.table_id, job.id, now=job.updated_at)
    try:
        yield
    except Superseded:
        raise
    except (Cancelled, Rejected):
        tables.open_imports.close(job.table_id, job.id)
        raise
    tables.open_imports.close(job.table_id, job.id)


def _check_items(request: ImportRequest, counts: Counts) -> None:
    """Raise InvalidFile if the file had not as many rows as it is said to have."""
    if request.expected_rows not in {None, counts.total}:
        raise InvalidFile(
            f"the export's manifest says {request.expected_rows:,} items, and its files have "
            f"{counts.total:,}; the rows that they have are imported"
        )


def _refuse_deleted(table: Table, tables: Tables) -> None:
    """Raise NotFound if the table has been deleted since it was read."""
    try:
        tables.get(table.app_id, table.id)
    except NotFound as error:
        raise NotFound(
            f"table {table.id} was deleted while the import ran; create it anew, then import the "
            "file again"
        ) from error
