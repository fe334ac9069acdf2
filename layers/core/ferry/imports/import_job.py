"""The job of an import: its request, checkpoint and result."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from ferry.files.options import ReadingOptions
from ferry.files.position import Position
from ferry.jobs.job import Counts, Job, JobResult, Operation, Recorded
from ferry.jobs.job_kind import JobFacts, JobKind

if TYPE_CHECKING:
    from ferry.jobs.run import Run


class ImportOptions(ReadingOptions, frozen=True, kw_only=True):
    """The options of an import: reading the file, and writing its rows.

    Attributes:
        conflict: what becomes of a row whose id, kept, the table has already.
        dry_run: everything is done but the writing.
        profile: of the table, from which the options are, as ``name@version``; "" for none.

    """

    conflict: Literal["fail", "skip", "upsert"] = "fail"
    dry_run: bool = False
    profile: str = ""


class ImportRequest(ImportOptions, frozen=True, kw_only=True, tag="import"):
    """An import of a file into a table (contract tables#imports).

    Attributes:
        file_type: the name of the file's format, compressed or not.
        file_name: as the caller named it, fit for showing, not for a path.
        file_key: of the file in the upload bucket.
        file_etag: of the object that was inspected, "" for any: an upload may be replaced.
        file_url: where it has still to be fetched from, "" once it is in the bucket. It may hold
            secrets: nothing that is shown, mailed or logged may quote it.

    """

    file_type: str
    file_name: str
    file_key: str
    file_etag: str = ""
    file_url: str = ""


MOST_TOLD = 5
"""So many failed rows are told of, beside the file that has them all."""


class FailedRow(msgspec.Struct, frozen=True):
    """A row that failed, as it is told of.

    Attributes:
        line: of the file, on which the row begins; of a workbook, the row's number.
        faults: columns at fault, "" for the row as a whole, each with the reason in English.

    """

    line: int
    faults: tuple[tuple[str, str], ...]


class ImportCheckpoint(Recorded, frozen=True, tag="import"):
    """The checkpoint of an import: all rows before it are written, or kept as failed rows.

    Attributes:
        position: the place in the file from which to read on.
        counts: the outcome of the records before it.
        pieces: how many pieces of the failed-rows file are stored.
        table_version: of the table's schema, by which the rows before it were read; see `Table`.
        sent: the number of the last record that may have been sent to the table by now, or will be
            before the next checkpoint. Who goes on from here puts no row up to it a second time.
        first_failed: the first rows that failed, `MOST_TOLD` at most.

    """

    position: Position
    counts: Counts = Counts()
    pieces: int = 0
    sent: int = 0
    table_version: int = 0
    first_failed: tuple[FailedRow, ...] = ()


class ImportResult(JobResult, frozen=True, kw_only=True):
    """The result of an import; its failed-rows file is the job's report.

    Attributes:
        ignored_columns: columns of the file that the table does not have.
        detected: what was found out about how the file is written; see
            `ferry.files.entries.Layout.detected`.
        blank_rows: rows without any value, and comments, which were skipped.

    """

    ignored_columns: tuple[str, ...] = ()
    detected: Mapping[str, Any] = msgspec.field(default_factory=dict)
    blank_rows: int = 0


type ImportJob = Job[ImportRequest, ImportCheckpoint, ImportResult]
type ImportRun = Run[ImportRequest, ImportCheckpoint, ImportResult]


def _facts(job: ImportJob) -> JobFacts:
    request, counts = job.request, job.counts
    shown = {"total": counts.total, "succeeded": counts.succeeded, "failed": counts.failed}
    if request.conflict == "skip":
        shown["skipped"] = counts.skipped
    return JobFacts(
        file_type=request.file_type,
        file_name=request.file_name,
        dry_run=request.dry_run,
        ignored_columns=job.result.ignored_columns,
        detected=job.result.detected,
        blank_rows=job.result.blank_rows,
        first_failed=tuple((row.line, row.faults) for row in _first_failed(job)),
        members={"counts": shown, **({"dry_run": True} if request.dry_run else {}), **_read(job)},
        has_report=True,
        upload_key=request.file_key,
    )


def _first_failed(job: ImportJob) -> tuple[FailedRow, ...]:
    return job.checkpoint.first_failed if job.checkpoint else ()


def _read(job: ImportJob) -> dict[str, object]:
    """Return the job object's members on how the file was read; empty if nothing was detected."""
    result = job.result
    failed = [
        {"line": row.line, "errors": [{"field": field, "reason": why} for field, why in row.faults]}
        for row in _first_failed(job)
    ]
    name, _, version = job.request.profile.partition("@")
    told: dict[str, object] = {
        "profile": {"name": name, "version": int(version)} if version else {},
        "first_failed": failed,
        "blank_rows": result.blank_rows,
        "ignored_columns": list(result.ignored_columns),
        "detected": result.detected,
    }
    return {name: value for name, value in told.items() if value}


IMPORTS = JobKind(
    Operation.IMPORT, Job[ImportRequest, ImportCheckpoint, ImportResult], ImportResult, _facts
)
