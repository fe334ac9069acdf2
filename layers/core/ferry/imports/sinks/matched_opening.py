"""Opens the sink of rows that are matched with a table's rows."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from ferry.attached.batch_puts import BatchPuts
from ferry.attached.conditional_writer import AttachedWriter
from ferry.aws import clients
from ferry.errors import InvalidFile
from ferry.imports.journal.journal import Journal
from ferry.imports.journal.overlay import Overlay
from ferry.imports.sinks.attached_images import AttachedImages
from ferry.imports.sinks.matched import MatchedRowSink
from ferry.imports.sinks.matched_writes import MatchedWrites
from ferry.imports.sinks.own_images import OwnImages
from ferry.imports.sinks.replaced_rows import ReplacedRows

if TYPE_CHECKING:
    from ferry.files.entries import Layout
    from ferry.imports.import_job import ImportRequest
    from ferry.imports.sinks.destination import Destination
    from ferry.imports.sinks.matched_row import RowImages


def open_matched_sink(to: Destination, layout: Layout) -> MatchedRowSink:
    """Open the sink; see `ferry.imports.sinks.opening.open_sink`.

    Raises:
        InvalidFile: the file lacks a column that its rows are matched by.

    """
    job, options = to.job, to.job.request
    named = layout.columns and not options.mapping  # a mapping may make a column of nothing
    if missing := [name for name in options.match if named and name not in layout.columns]:
        raise InvalidFile(f"match: the file has no column {missing[0]}")
    journal = Journal(to.results, job.id)
    with ExitStack() as opened:
        images = open_images(to, layout)
        opened.callback(images.close)
        batches = None
        if _may_batch(options) and to.table.attached:
            puts = BatchPuts(to.table.attached, to.table.schema.names)
            sent = job.checkpoint.sent if job.checkpoint else 0
            batches = ReplacedRows(images, puts, repeated_to=sent)
        writes = MatchedWrites(
            images,
            journal,
            conflict=options.conflict,
            after=job.checkpoint.position.number if job.checkpoint else 0,
            dry_run=options.dry_run,
            on_row=to.on_progress,
            batches=batches,
        )
        opened.pop_all()  # the sink closes them
    return MatchedRowSink(images, writes, journal)


def _may_batch(options: ImportRequest) -> bool:
    """Return whether rows of an attached table may be put without a condition.

    What is to be undone must be known exactly: then each row is put as it was read, or not at all.
    """
    return options.conflict == "replace" and not (options.keep_before or options.dry_run)


def open_images(to: Destination, layout: Layout | None = None) -> RowImages:
    """Open the images of the rows of a job's table; the caller closes them.

    `layout` is that of the job's file, None for a job without one.
    """
    job, table = to.job, to.table
    overlay = Overlay() if job.request.dry_run else None
    requests = clients.signed_requests(to.on_progress)
    if table.attached:
        writer = AttachedWriter(table.attached, requests)
        return AttachedImages(to, layout, table.attached, writer, overlay=overlay)

    def noted() -> bool:
        return any(other != job.id for other in to.tables.open_imports.of(table.id))

    return OwnImages(
        job, to.format, table, to.records.table_name, requests, overlay=overlay, noted=noted
    )
