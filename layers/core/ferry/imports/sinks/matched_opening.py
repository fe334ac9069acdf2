"""What takes rows to a table whose rows they are matched with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from ferry.attached.conditional_writer import AttachedWriter
from ferry.aws import clients
from ferry.errors import InvalidFile
from ferry.imports.journal.journal import Journal
from ferry.imports.journal.overlay import Overlay
from ferry.imports.sinks.attached_images import AttachedImages
from ferry.imports.sinks.matched import MatchedRowSink
from ferry.imports.sinks.matched_writes import MatchedWrites
from ferry.imports.sinks.own_images import OwnImages

if TYPE_CHECKING:
    from ferry.aws.bucket import Files
    from ferry.files.entries import Layout
    from ferry.files.format import Format
    from ferry.imports.import_job import ImportJob
    from ferry.imports.sinks.matched_row import RowImages
    from ferry.records.registry import Tables
    from ferry.records.store import Records
    from ferry.tables.schema import Table


def open_matched_sink(
    job: ImportJob,
    file_format: Format,
    layout: Layout,
    table: Table,
    *,
    tables: Tables,
    records: Records,
    results: Files,
    on_progress: Callable[[], object],
) -> MatchedRowSink:
    """Return the sink; see `ferry.imports.sinks.opening.open_sink`.

    Raises:
        InvalidFile: the file lacks a column that its rows are matched by.

    """
    options = job.request
    named = layout.columns and not options.mapping  # a mapping may make a column of nothing
    if missing := [name for name in options.match if named and name not in layout.columns]:
        raise InvalidFile(f"match: the file has no column {missing[0]}")
    journal = Journal(results, job.id)
    with ExitStack() as opened:
        images = open_images(
            job, file_format, table, tables=tables, records=records, on_progress=on_progress
        )
        opened.callback(images.close)
        writes = MatchedWrites(
            images,
            journal,
            conflict=options.conflict,
            after=job.checkpoint.position.number if job.checkpoint else 0,
            dry_run=options.dry_run,
            on_row=on_progress,
        )
        opened.pop_all()  # the sink closes them
    return MatchedRowSink(images, writes, journal)


def open_images(
    job: ImportJob,
    file_format: Format,
    table: Table,
    *,
    tables: Tables,
    records: Records,
    on_progress: Callable[[], object],
) -> RowImages:
    """Return the images of the rows of a job's table; the caller closes them."""
    overlay = Overlay() if job.request.dry_run else None
    requests = clients.signed_requests(on_progress)
    if table.attached:
        writer = AttachedWriter(table.attached, requests)
        return AttachedImages(
            job, file_format, table.attached, table.schema, writer, overlay=overlay
        )

    def noted() -> bool:
        return any(other != job.id for other in tables.open_imports.of(table.id))

    return OwnImages(
        job, file_format, table, records.table_name, requests, overlay=overlay, noted=noted
    )
