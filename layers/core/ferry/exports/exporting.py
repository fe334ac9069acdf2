"""Exporting a table's rows to a file (contract tables#exports)."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from zlib import crc32

import msgspec

from ferry.accounts.request_context import RequestContext
from ferry.aws.bucket import Files
from ferry.aws.queues import Queue
from ferry.exports.abandoning import abandon_export
from ferry.exports.attached_export import AttachedSelection
from ferry.exports.counting import count_rows
from ferry.exports.export_cuts import cuts_of
from ferry.exports.export_file import ExportFile
from ferry.exports.export_job import (
    EXPORTS,
    MOST_HIDDEN,
    ExportJob,
    ExportRequest,
    ExportResult,
    ExportRun,
)
from ferry.exports.export_rows import ExportRows
from ferry.exports.external_sort import HELD_BYTES, ExternalSort
from ferry.exports.plan import ExportPlan, too_many_rows
from ferry.exports.row_writing import write_as_scanned, write_as_stored
from ferry.exports.shared_export import SharedExport, begin_shared
from ferry.jobs.acceptance import new_job, new_job_id
from ferry.jobs.idempotency import once
from ferry.jobs.job import Operation
from ferry.jobs.job_outcome import JobOutcome
from ferry.jobs.job_queue import JobQueue
from ferry.jobs.keyed_request import keyed
from ferry.jobs.limits import limits_view
from ferry.jobs.pacing import spending_on
from ferry.jobs.spending import Spending
from ferry.records.registry import Tables
from ferry.records.store import Records, physical_name
from ferry.tables.schema import Table
from ferry.tables.values import Value

APART_MS = 60_000
"""At least so long lies between two accepted exports of a table."""


def start_export(
    table: Table,
    request: ExportRequest,
    context: RequestContext,
    *,
    row_cap: int,
    time_left: Callable[[], float],
    records: Records,
    queue: JobQueue,
) -> ExportJob:
    """Accept an export and queue it, or return the one that the request's key has started.

    `time_left` returns the seconds that are left to answer.

    Raises:
        Conflict: the key was used with another request.
        Malformed: the table cannot serve the request.
        TooSoon: the last one was accepted less than a minute ago.
        TooManyRows: it selects more than `row_cap` rows.

    """
    request_of = keyed(context, f"export {table.id}", request)

    def accept() -> ExportJob:
        user = context.caller.row_user(table.id)
        mine = msgspec.structs.replace(request, row_user=user)
        plan = ExportPlan(mine, table.schema, table.attached)
        # The transaction in `add` decides; asking first spares the count of a refused call.
        queue.jobs.refuse_too_soon(
            table.id, Operation.EXPORT, now_ms=context.now_ms, apart_ms=APART_MS
        )
        # A sheet holds 1,048,576 rows: refuse here, not after an hour of work.
        cap = min(row_cap, plan.kind.max_rows or row_cap)
        # None is accepted: the worker stops at the cap itself, so nothing depends on this count.
        spending = Spending()
        with spending.on(physical_name(table, records)):
            selected = (
                # To count takes as much as half of the export, and takes it at once.
                None
                if limits_view(request) or table.rate
                else count_rows(table, plan, cap, time_left=time_left, records=records)
            )
        if selected is not None and selected > cap:
            raise too_many_rows(cap)
        job = new_job(
            EXPORTS,
            new_job_id(context.now_ms),
            mine,
            context,
            table=table,
            rows_total=selected,
            spent=spending.so_far,
        )
        queue.add(job, apart_ms=APART_MS, keyed=request_of)
        return job

    return once(request_of, EXPORTS, queue.jobs, accept)


def run_export(
    run: ExportRun,
    *,
    row_cap: int,
    segment_bytes: int,
    tables: Tables,
    records: Records,
    files: Files,
    queue: Queue,
) -> JobOutcome[ExportResult] | None:
    """Write the rows that the job selects to its file.

    Args:
        run: the job.
        row_cap: how many rows it may select.
        segment_bytes: about how much of a table a worker reads alone, 0 for all of it.
        tables: where the table is described.
        records: where its rows are.
        files: where the file goes.
        queue: of the workers of exports.

    Returns:
        None where it has ended the job by itself, or left it to other workers.

    Raises:
        NotFound: the table has been deleted.
        Malformed: the table has changed, and cannot serve the request any more.
        TooManyRows: more than `row_cap` rows are selected.
        Conflict: rows change places all the time.
        DoesNotFit: the file, or the disk to sort on, cannot hold the rows.

    """
    job = run.job
    run.final_outcome = lambda: abandon_export(run, files)
    version = job.checkpoint.table_version if job.checkpoint else 0
    # The schema that the first delivery saw: its columns are in the file already, and in the plan
    # of everything behind them.
    table = tables.as_of(job.app_id, job.table_id, version)
    plan = ExportPlan(job.request, table.schema, table.attached)
    with spending_on(run, table, physical_name(table, records)):
        if job.checkpoint is None and (
            cuts := cuts_of(run, table, plan, records, segment_bytes=segment_bytes)
        ):
            begin_shared(
                run,
                plan,
                cuts,
                table_version=table.version,
                moves=_moves(table, records),
                files=files,
            )
        saved = run.job.checkpoint
        if saved and saved.segments:
            moves = partial(_moves, table, records)
            shared = SharedExport(run, plan, saved, moves=moves, files=files, queue=queue)
            outcome = shared.bring_on(row_cap)
        else:
            outcome = _write_alone(run, table, plan, row_cap=row_cap, records=records, files=files)
        return outcome and _with_hidden(outcome, table, plan, records, run.beat)


def _write_alone(
    run: ExportRun, table: Table, plan: ExportPlan, *, row_cap: int, records: Records, files: Files
) -> JobOutcome[ExportResult]:
    job = run.job
    with ExportFile(
        run,
        plan,
        row_cap=row_cap,
        files=files,
        table_version=table.version,
        moves=_moves(table, records),
    ) as file:
        if not file.saved.closed:
            # An earlier release has sorted the rows that are in the file already.
            if table.attached and plan.unordered and not file.saved.after:
                selection = AttachedSelection(table.attached, table.schema, plan)
                write_as_scanned(selection, file, job.accepted_at)
            elif plan.order.newest_first is None:
                _write_sorted(_read(job, table, plan, records), plan, file)
            else:
                window = plan.window(file.saved.after)
                write_as_stored(
                    table, plan, window, file, records=records, accepted_at=job.accepted_at
                )
            file.require_unmoved(moves=_moves(table, records))
            file.close()
        return file.complete()


def _with_hidden(
    outcome: JobOutcome[ExportResult],
    table: Table,
    plan: ExportPlan,
    records: Records,
    beat: Callable[[], object],
) -> JobOutcome[ExportResult]:
    """Return the outcome with how many rows of the range the user may not read.

    Whatever the condition: else its count would tell of values that the user may not read.
    """
    window = plan.window()
    if table.attached or not window.filter:
        return outcome
    hidden = msgspec.structs.replace(window.filter, hidden=True)
    window = msgspec.structs.replace(window, filter=hidden)
    # Few hidden rows among very many take longer to find than a lease lasts.
    found = records.count(table, window, limit=MOST_HIDDEN, on_page=beat)
    result = msgspec.structs.replace(outcome.result, hidden_rows=min(found, MOST_HIDDEN))
    return msgspec.structs.replace(outcome, result=result)


def _moves(table: Table, records: Records) -> int:
    # A scan returns each item of an attached table once; a key of DynamoDB's never changes.
    return 0 if table.attached else records.moves(table)


def _read(
    job: ExportJob, table: Table, plan: ExportPlan, records: Records
) -> Iterator[dict[str, Value] | None]:
    """Yield the columns of each row that is read, None for one that is not wanted."""
    if table.attached:
        selection = AttachedSelection(table.attached, table.schema, plan)
        return selection.rows(job.accepted_at)
    rows = ExportRows(plan, job.accepted_at)
    return map(rows.wanted, records.stream(table, plan.window()))


def _write_sorted(
    rows: Iterable[dict[str, Value] | None], plan: ExportPlan, file: ExportFile
) -> None:
    # Another delivery sorts again what is not in the file yet.
    after, written = bytes.fromhex(file.saved.after), 0
    with ExternalSort(held_bytes=HELD_BYTES) as sort:
        for columns in rows:
            # Rows that are in the file already are not sorted again, so each delivery sorts less.
            if columns and (key := plan.order(columns)) > after:
                sort.add(key, plan.encode(columns))
            elif columns:
                written += crc32(key)
            # Also for rows that are left out: reading alone may outlast the lease.
            file.sorting()
        # Not the very rows that an earlier delivery wrote: their sort keys have changed since.
        file.require_unmoved(digest=written)
        for key, row in sort.merged():
            file.write([row], after=key.hex(), digest=crc32(key))
