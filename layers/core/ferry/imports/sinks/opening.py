"""The choice of an import's sink."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ferry.imports.import_job import ImportJob
from ferry.imports.sinks.attached import AttachedRowSink
from ferry.imports.sinks.dry_run import DryRunRows
from ferry.imports.sinks.keyed import KeyedRowSink
from ferry.imports.sinks.new import NewRows, NewRowSink
from ferry.imports.sinks.unique import UniqueRowSink

if TYPE_CHECKING:
    from ferry.aws.bucket import Files
    from ferry.files.entries import Layout
    from ferry.files.format import Format
    from ferry.imports.row_texts.item_texts import WriteRows
    from ferry.imports.sinks.sink import RowSink
    from ferry.records.store import Records
    from ferry.tables.schema import Table


def open_sink(
    job: ImportJob,
    file_format: Format,
    layout: Layout,
    table: Table,
    *,
    records: Records,
    results: Files,
    on_progress: Callable[[], object],
) -> RowSink:
    """Open the sink that fits the import's rows and table; the caller closes it.

    `on_progress` is called now and then: throttled, the writing may take minutes.
    """
    options = job.request
    repeated_to = job.checkpoint.sent if job.checkpoint else 0
    if table.attached:
        dry_run = _dry_run(job, results) if options.dry_run else None
        return AttachedRowSink(
            job, file_format, table.attached, table.schema, dry_run=dry_run, on_progress=on_progress
        )
    if options.id_as_key or (options.dry_run and table.indexes):
        dry_run = _dry_run(job, results) if options.dry_run else None
        return KeyedRowSink(
            job,
            file_format,
            table,
            records.table_name,
            dry_run=dry_run,
            repeated_to=repeated_to,
            on_progress=on_progress,
        )
    rows = NewRows(job, file_format, table)
    unique = UniqueRowSink(
        rows,
        table,
        records.unique,
        repeated_to=repeated_to,
        on_progress=on_progress,
    )
    if table.indexes:
        return unique
    write_rows = _row_writer(job, table, layout) if file_format.bulks else None
    writer = None if options.dry_run else records.writer(on_progress)
    return NewRowSink(rows, write_rows, writer, repeated=unique, repeated_to=repeated_to)


def _row_writer(job: ImportJob, table: Table, layout: Layout) -> WriteRows | None:
    # Functions that only accept imports do without this import.
    from ferry.imports.row_texts.item_texts import row_writer

    return row_writer(table, layout, seed=job.id, user_id=job.user_id, now_ms=job.accepted_at)


def _dry_run(job: ImportJob, results: Files) -> DryRunRows:
    saved = job.checkpoint
    done = saved.position.number if saved else 0
    return DryRunRows(results, f"imports/{job.id}/dry-run/", done=done)
