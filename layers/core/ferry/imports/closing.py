"""Closing an import that has failed: its rows are counted, its failed rows given back.

A checkpoint notes how far rows may be sent before it counts them. A worker that is killed leaves
rows in the table that nobody has counted. Ids of rows without keys of their own derive from the job
and the row's number, so they can be looked up without the file, which may be what kills workers.
"""

from contextlib import closing, suppress
from itertools import batched
from typing import TypedDict

from msgspec.structs import replace

from ferry.aws import clients
from ferry.aws.batches import MOST_KEYS, get_batch
from ferry.aws.bucket import Files
from ferry.errors import Rejected
from ferry.files.formats import FORMATS
from ferry.imports.failed_rows import FailedRows
from ferry.imports.import_job import Effects, ImportResult, ImportRun
from ferry.imports.journal.journal import Journal, number_of
from ferry.imports.mirroring import deleted_by_mirror
from ferry.imports.sinks.destination import Destination
from ferry.imports.sinks.matched_opening import open_images
from ferry.imports.source import stored
from ferry.jobs.job_outcome import JobOutcome
from ferry.records.registry import Tables
from ferry.records.row_actions import row_key
from ferry.records.store import Records
from ferry.tables.records import ID, derived_ids
from ferry.tables.schema import Table


class ImportStores(TypedDict):
    """The stores of an import, and the limit of its unpacked file in bytes."""

    unpacked_limit: int
    tables: Tables
    records: Records
    uploads: Files
    results: Files


def close_import(
    run: ImportRun,
    *,
    unpacked_limit: int,
    tables: Tables,
    records: Records,
    uploads: Files,
    results: Files,
) -> JobOutcome[ImportResult]:
    """Close a failed import: save its failed-rows file and return it with the counts.

    Rows that a mirror has deleted are counted by its journal, rows with keys of their own as far as
    the last checkpoint; the result says how many more of these may have been written.

    Raises:
        NotFound: the table has been deleted, and the rows with it.

    """
    job = run.job
    if job.request.replayed:
        return _closed_replay(run, results)
    table = tables.get(job.app_id, job.table_id)
    counts, result = job.counts, job.result
    # Only new rows can be counted: their ids derive from the job and the record's number.
    if not (table.attached or job.request.id_as_key or job.request.matched):
        with run.spending.on(records.table_name):
            found = _uncounted(run, table, records.table_name)
        counts = replace(counts, total=counts.total + found, succeeded=counts.succeeded + found)
        result = replace(result, uncounted=0)
    if job.request.matched:
        to = Destination(
            job,
            FORMATS[job.request.file_type],
            table,
            tables,
            records,
            results,
            on_progress=run.beat,
        )
        result = replace(result, effects=_effects(run, to))
    if job.checkpoint and job.checkpoint.pieces:
        with suppress(Rejected):  # the file is gone
            source = stored(
                job.request,
                uploads,
                most_bytes=unpacked_limit,
                columns=table.schema.columns,
                on_block=run.beat,
            )
            layout = source.layout(table.schema)
            failed_rows = FailedRows(job, source.format, layout, table, results)
            result = replace(result, report_key=failed_rows.publish(run.beat))
    return JobOutcome(result, counts)


def _closed_replay(run: ImportRun, results: Files) -> JobOutcome[ImportResult]:
    """Return the outcome up to the last piece; the swaps of those begun after it may be made."""
    outcome = run.outcome_so_far()
    done = run.job.checkpoint.position.number if run.job.checkpoint else 0
    journal = Journal(results, run.job.id)
    begun = [name for name in journal.names_of_records() if number_of(name) > done]
    uncounted = sum(len(journal.piece(name)) for name in begun)
    return replace(outcome, result=replace(outcome.result, uncounted=uncounted))


def _effects(run: ImportRun, to: Destination) -> Effects:
    """Count the effects of the counted rows on the table, and the rows that a mirror deleted."""
    job = run.job
    effects = job.checkpoint.effects if job.checkpoint else Effects()
    if job.request.conflict != "mirror" or job.request.dry_run:
        return replace(effects, mirrored=job.result.effects.mirrored)
    with closing(open_images(to)) as images:
        mirrored = deleted_by_mirror(run, images, Journal(to.results, job.id))
    return replace(effects, mirrored=mirrored)


def _uncounted(run: ImportRun, table: Table, records_table: str) -> int:
    """Count the stored rows of records that were sent after the checkpoint."""
    job = run.job
    if job.checkpoint is None:  # no row was sent before there was one
        return 0
    id_of = derived_ids(job.accepted_at // 1000, job.id)
    client = clients.dynamodb()
    numbers = range(job.checkpoint.position.number + 1, job.checkpoint.sent + 1)
    # Rows that were sent but not counted are in the table all the same: a mail that leaves them
    # out would have its reader import them twice.
    found = 0
    for some in batched(numbers, MOST_KEYS, strict=False):
        keys = [row_key(table, id_of(number)) for number in some]
        found += sum(1 for _ in get_batch(client, records_table, keys, names=(ID,)))
        run.beat()
    return found
