"""The job of an import: its request, checkpoint and result."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from ferry.files.options import ReadingOptions
from ferry.files.position import Position
from ferry.imports.conflicts import SIMPLE_MODES, Conflict
from ferry.imports.correction_options import correction_request
from ferry.jobs.job import Counts, Job, JobResult, Operation, Recorded, Status
from ferry.jobs.job_kind import JobFacts, JobKind
from ferry.jobs.limits import Dollars, Units, UnitsASecond
from ferry.tables.row_permissions import RowUser

if TYPE_CHECKING:
    from ferry.jobs.run import Run


class ImportOptions(ReadingOptions, frozen=True, kw_only=True):
    """The options of an import: reading the file, and writing its rows.

    Attributes:
        match: columns by which rows are matched with those of the table: the fields of a unique
            index, or the key of an attached table; none to match by `id_as_key` or not at all.
        conflict: the mode: what becomes of a row that the table has already, or has not.
        dry_run: everything is done but the writing.
        profile: of the table, from which the options are, as ``name@version``; "" for none.
        keep_before: what the import changes is kept, so that it can be undone.
        most_deleted: of `mirror`, how many rows it may delete: a number, or a share as ``10%``.
        differences: the format of a dry run's file of differences, "" for that of the file.
        budget: see `JobLimits`.
        budget_units: see `JobLimits`.
        rate: see `JobLimits`.

    """

    match: tuple[str, ...] = ()
    conflict: Conflict = "fail"
    dry_run: bool = False
    profile: str = ""
    keep_before: bool = False
    most_deleted: str = "10%"
    differences: Literal["", "csv", "jsonl", "xlsx"] = ""
    budget: Dollars | None = None
    budget_units: Units | None = None
    rate: UnitsASecond | None = None

    @property
    def matched(self) -> bool:
        """Whether rows go by way of a journal: what they change is known, row by row."""
        return bool(
            self.match or self.keep_before or self.dry_run or self.conflict not in SIMPLE_MODES
        )


class ImportRequest(ImportOptions, frozen=True, kw_only=True, tag="import"):
    """An import of a file into a table (contract tables#imports).

    Attributes:
        file_type: the name of the file's format, compressed or not.
        file_name: as the caller named it, fit for showing, not for a path.
        file_key: of the file in the upload bucket.
        file_etag: of the object that was inspected, "" for any: an upload may be replaced.
        file_url: where it has still to be fetched from, "" once it is in the bucket. It may hold
            secrets: nothing that is shown, mailed or logged may quote it.
        undo_of: the import that this job undoes, "" for none. Such a job has no file; its type and
            its name are those of the import.
        apply_of: the dry run that this job applies, "" for none. The same holds of its file.
        noted_at: when that import, or dry run, was accepted, Unix milliseconds.
        expected_rows: how many the file is said to have, None where nothing says so.
        row_user: the user whose permissions rows of the table are changed by, None for an owner.

    """

    file_type: str
    file_name: str
    file_key: str
    file_etag: str = ""
    file_url: str = ""
    undo_of: str = ""
    apply_of: str = ""
    noted_at: int = 0
    expected_rows: int | None = None
    row_user: RowUser | None = None

    @property
    def matched(self) -> bool:
        """Whether rows go by way of a journal; also where it has to be known whose a row is."""
        return super().matched or bool(self.row_user and self.id_as_key)

    @property
    def replayed(self) -> str:
        """The job whose journal is replayed, "" for none."""
        return self.undo_of or self.apply_of


class Effects(msgspec.Struct, frozen=True):
    """Counts of changes to the table, where an import knows them: see `ImportOptions.matched`.

    `mirrored` are rows that were deleted because the file lacks them; they are in no other count.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    deleted: int = 0
    mirrored: int = 0

    @property
    def written(self) -> int:
        """How many rows were written, or deleted."""
        return self.new + self.changed + self.deleted + self.mirrored

    def plus(self, kinds: Mapping[str, int]) -> "Effects":
        """Return the effects with more of those kinds."""
        return Effects(**{n: getattr(self, n) + kinds.get(n, 0) for n in Effects.__struct_fields__})


MOST_TOLD = 5
"""So many failed rows are quoted in the job and the mail; the file has them all."""


class FailedRow(msgspec.Struct, frozen=True):
    """A row that failed, as the job and the mail quote it.

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
        effects: of the rows before it.
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
    effects: Effects = Effects()


class ImportResult(JobResult, frozen=True, kw_only=True):
    """The result of an import; its failed-rows file is the job's report.

    Attributes:
        ignored_columns: columns of the file that the table does not have.
        detected: what was found out about how the file is written; see
            `ferry.files.entries.Layout.detected`.
        blank_rows: rows without any value, and comments, which were skipped.
        effects: what its rows did to the table.
        uncounted: how many rows may have been written beyond the counts, None where only the
            checkpoint says so: a worker that is killed has counted rows up to its last one.

    """

    ignored_columns: tuple[str, ...] = ()
    detected: Mapping[str, Any] = msgspec.field(default_factory=dict)
    blank_rows: int = 0
    effects: Effects = Effects()
    uncounted: int | None = None


type ImportJob = Job[ImportRequest, ImportCheckpoint, ImportResult]
type ImportRun = Run[ImportRequest, ImportCheckpoint, ImportResult]


def _facts(job: ImportJob) -> JobFacts:
    request, counts = job.request, job.counts
    shown = {"total": counts.total, "succeeded": counts.succeeded, "failed": counts.failed}
    if request.conflict == "skip":
        shown["skipped"] = counts.skipped
    effects = msgspec.structs.asdict(_effects(job))
    if request.matched or request.replayed:
        shown |= {name: effects[name] for name in effects if name != "mirrored"}
    if request.conflict == "mirror":
        shown["mirrored"] = effects["mirrored"]
    if uncounted := _uncounted(job):
        shown["uncounted"] = uncounted
    return JobFacts(
        file_type=request.file_type,
        file_name=request.file_name,
        dry_run=request.dry_run,
        ignored_columns=job.result.ignored_columns,
        detected=job.result.detected,
        blank_rows=job.result.blank_rows,
        first_failed=tuple((row.line, row.faults) for row in _first_failed(job)),
        members={"counts": shown, **_asked(request), **_read(job)},
        effects=effects,
        uncounted=uncounted,
        replay="undo" if request.undo_of else "apply" if request.apply_of else "",
        can_be_undone=request.keep_before and job.ended and not request.dry_run,
        has_report=True,
        upload_key=request.file_key,
    )


def _effects(job: ImportJob) -> Effects:
    """Return the effects of the rows that are counted; a killed worker leaves its checkpoint's."""
    known = job.result.effects
    return known if known != Effects() or not job.checkpoint else job.checkpoint.effects


def _uncounted(job: ImportJob) -> int:
    begun = job.checkpoint
    if job.request.dry_run or not job.ended or job.status is Status.FINISHED:
        return 0
    if job.result.uncounted is not None:
        return job.result.uncounted
    return max(0, begun.sent - begun.position.number) if begun else 0


def _first_failed(job: ImportJob) -> tuple[FailedRow, ...]:
    return job.checkpoint.first_failed if job.checkpoint else ()


def _asked(request: ImportRequest) -> dict[str, object]:
    asked = {name: getattr(request, name) for name in ("dry_run", "undo_of", "apply_of")}
    return {name: value for name, value in asked.items() if value}


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
        "report_options": _again(job),
    }
    return {name: value for name, value in told.items() if value}


def _again(job: ImportJob) -> dict[str, object]:
    """Return how the failed rows are imported once they are corrected."""
    if not job.ended or job.request.replayed:
        return {}
    name = job.result.report_key.rpartition("/")[2] or job.request.file_name
    return correction_request(job.request, name, job.result.detected)


IMPORTS = JobKind(
    Operation.IMPORT, Job[ImportRequest, ImportCheckpoint, ImportResult], ImportResult, _facts
)
