"""The choice of an import's sink."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ferry.attached.conditional_writer import AttachedWriter
from ferry.aws import clients
from ferry.imports.import_job import ImportJob
from ferry.imports.sinks.attached import AttachedRowSink
from ferry.imports.sinks.keyed import KeyedRowSink
from ferry.imports.sinks.matched_opening import open_matched_sink
from ferry.imports.sinks.new import NewRows, NewRowSink
from ferry.imports.sinks.unique import UniqueRowSink

if TYPE_CHECKING:
    from ferry.aws.bucket import Files
    from ferry.files.entries import Layout
    from ferry.files.format import Format
    from ferry.imports.row_texts.item_texts import WriteRows
    from ferry.imports.sinks.sink import RowSink
    from ferry.records.registry import Tables
    from ferry.records.store import Records
    from ferry.tables.schema import Table


def open_sink(
    job: ImportJob,
    file_format: Format,
    layout: Layout,
    table: Table,
    *,
    tables: Tables,
    records: Records,
    results: Files,
    on_progress: Callable[[], object],
) -> RowSink:
    """Open the sink that fits the import's rows and table; the caller closes it.

    `on_progress` is called now and then: throttled, the writing may take minutes.
    """
    options = job.request
    repeated_to = job.checkpoint.sent if job.checkpoint else 0
    if options.matched:
        return open_matched_sink(
            job,
            file_format,
            layout,
            table,
            tables=tables,
            records=records,
            results=results,
            on_progress=on_progress,
        )
    if table.attached:
        return AttachedRowSink(
            job,
            file_format,
            table.attached,
            table.schema,
            AttachedWriter(table.attached, clients.signed_requests(on_progress)),
            on_progress=on_progress,
        )
    if options.id_as_key:
        return KeyedRowSink(
            job,
            file_format,
            table,
            records.table_name,
            clients.signed_requests(on_progress),
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
    writer = records.writer(on_progress)
    return NewRowSink(rows, write_rows, writer, repeated=unique, repeated_to=repeated_to)


def _row_writer(job: ImportJob, table: Table, layout: Layout) -> WriteRows | None:
    # Functions that only accept imports do without this import.
    from ferry.imports.row_texts.item_texts import row_writer

    return row_writer(table, layout, seed=job.id, user_id=job.user_id, now_ms=job.accepted_at)
