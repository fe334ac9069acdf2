"""Exports that end without a file, and that nobody can resume."""

from ferry.aws.bucket import Files
from ferry.exports.export_job import ExportResult, ExportRun
from ferry.exports.plan import file_key
from ferry.jobs.job import Counts
from ferry.jobs.job_outcome import JobOutcome


def abandon_export(run: ExportRun, files: Files) -> JobOutcome[ExportResult]:
    """Drop what there is of the file; return the outcome, in which no row is exported."""
    job = run.job
    if job.checkpoint:
        files.abort_upload(file_key(job), job.checkpoint.upload_id)
    return JobOutcome(job.result, Counts())
