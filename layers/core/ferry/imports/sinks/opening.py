"""The choice of an import's sink."""

from __future__ import annotations

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
    from ferry.files.entries import Layout
    from ferry.imports.row_texts.bulk_texts import WriteRows
    from ferry.imports.sinks.destination import Destination
    from ferry.imports.sinks.sink import RowSink
    from ferry.tables.schema import Table


def open_sink(to: Destination, layout: Layout) -> RowSink:
    """Open the sink that fits the import's rows and table; the caller closes it."""
    job, table = to.job, to.table
    repeated_to = job.checkpoint.sent if job.checkpoint else 0
    if job.request.matched:
        return open_matched_sink(to, layout)
    if table.attached:
        requests = clients.signed_requests(to.on_progress)
        return AttachedRowSink(to, layout, table.attached, AttachedWriter(table.attached, requests))
    if job.request.id_as_key:
        return KeyedRowSink(
            job,
            to.format,
            table,
            to.records.table_name,
            clients.signed_requests(to.on_progress),
            repeated_to=repeated_to,
            on_progress=to.on_progress,
        )
    rows = NewRows(job, to.format, table)
    unique = UniqueRowSink(
        rows, table, to.records.unique, repeated_to=repeated_to, on_progress=to.on_progress
    )
    if table.indexes:
        return unique
    write_rows = _row_writer(job, table, layout) if to.format.bulks else None
    writer = to.records.writer(to.on_progress)
    return NewRowSink(rows, write_rows, writer, repeated=unique, repeated_to=repeated_to)


def _row_writer(job: ImportJob, table: Table, layout: Layout) -> WriteRows | None:
    # Functions that only accept imports do without this import.
    from ferry.imports.row_texts.item_texts import row_writer

    return row_writer(table, layout, seed=job.id, user_id=job.user_id, now_ms=job.accepted_at)
