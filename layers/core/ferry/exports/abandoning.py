"""Exports that end without a file, and that nobody can resume."""

from collections.abc import Iterable

from ferry.aws.bucket import Files
from ferry.exports.export_job import ExportResult, ExportRun
from ferry.exports.plan import file_key
from ferry.exports.segment_job import SEGMENTS, SegmentJob, ids_of_segments, segments_folder
from ferry.jobs.job import Counts, Spent
from ferry.jobs.job_outcome import JobOutcome
from ferry.jobs.segment_store import Segments


def abandon_export(run: ExportRun, files: Files) -> JobOutcome[ExportResult]:
    """Drop what there is of the file; return the outcome, in which no row is exported.

    Segments that run find that nobody wants them. What they spend after this is not counted.
    """
    job, saved = run.job, run.job.checkpoint
    if saved:
        files.abort_upload(file_key(job), saved.upload_id)
    if saved and saved.segments:
        if not saved.ended:
            segments = Segments(run.jobs.quota.table_name)
            run.spending.add(spent_by(segments.get_all(ids_of_segments(job), SEGMENTS).values()))
        files.delete_under(segments_folder(job.id))
    return JobOutcome(job.result, Counts())


def spent_by(segments: Iterable[SegmentJob]) -> Spent:
    """Return the units that segments have spent together."""
    spent = [segment.spent for segment in segments]
    return Spent(
        sum((each.read_units for each in spent), 0), sum((each.write_units for each in spent), 0)
    )
