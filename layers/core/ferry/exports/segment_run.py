"""A segment of an export, from its message to its end."""

from ferry.aws.bucket import Files
from ferry.aws.queues import Queue
from ferry.errors import NotFound
from ferry.exports.attached_export import AttachedSelection
from ferry.exports.export_job import EXPORTS
from ferry.exports.plan import ExportPlan
from ferry.exports.row_writing import write_as_scanned, write_as_stored
from ferry.exports.segment_file import SegmentFile, require_wanted
from ferry.exports.segment_job import SEGMENTS, SegmentRun
from ferry.jobs.job import JobResult, Status
from ferry.jobs.job_outcome import JobOutcome
from ferry.jobs.pacing import spending_on
from ferry.jobs.segment_store import Segments
from ferry.records.registry import Tables
from ferry.records.store import Records, physical_name


def run_segment(
    run: SegmentRun, *, row_cap: int, tables: Tables, records: Records, files: Files
) -> JobOutcome[JobResult]:
    """Write the segment's rows.

    Raises:
        Cancelled: the export needs it no more.
        NotFound: the table has been deleted.
        Malformed: the table has changed, and cannot serve the request any more.
        TooManyRows: it has more than `row_cap` rows.
        DoesNotFit: S3 takes no file of so many parts.

    """
    request = run.job.request
    require_wanted(run, Segments(run.jobs.quota.table_name))
    export = run.jobs.get(request.export, EXPORTS)
    if export.checkpoint is None or run.job.checkpoint is None:
        raise NotFound(f"what segment {run.job.id} is of has not begun")
    table = tables.as_of(export.app_id, export.table_id, export.checkpoint.table_version)
    plan = ExportPlan(export.request, table.schema, table.attached)
    with (
        spending_on(run, table, physical_name(table, records), of=export),
        SegmentFile(run, plan, run.job.checkpoint, row_cap=row_cap, files=files) as file,
    ):
        if not file.saved.closed:
            if table.attached:
                selection = AttachedSelection(table.attached, table.schema, plan)
                share = request.number, request.of
                write_as_scanned(selection, file, export.accepted_at, share=share)
            else:
                window = plan.window(file.saved.after, above=request.above, up_to=request.up_to)
                at = export.accepted_at
                write_as_stored(table, plan, window, file, records=records, accepted_at=at)
            file.close()
        return file.complete()


def tell_export(segment_id: str, *, segments: Segments, queue: Queue) -> None:
    """Let the export go on, if it is the turn of its own job after this segment's end.

    To be killed before only delays that: the sweeper sends the export's message again.
    """
    segment = segments.get_all([segment_id], SEGMENTS).get(segment_id)
    if segment is None or not segment.ended:
        return
    request = segment.request
    if segment.status is Status.FINISHED:
        ended = segments.note_end(segment, request.export, request.restart, request.number)
        is_its_turn = ended == request.of
    else:
        is_its_turn = segments.is_open(request.export)
    if is_its_turn:
        queue.send(request.export, group=segment.app_id)
