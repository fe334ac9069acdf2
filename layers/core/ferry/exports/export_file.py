"""An export's file on its way to S3, written by one worker at a time."""

from typing import NoReturn

from ferry.aws.bucket import PART_BYTES, Files
from ferry.errors import Conflict, DoesNotFit, NotFound, OutOfTime
from ferry.exports.export_job import ExportCheckpoint, ExportResult, ExportRun
from ferry.exports.parted_file import PartedFile
from ferry.exports.plan import ExportPlan, file_key
from ferry.jobs.job import Counts
from ferry.jobs.job_outcome import JobOutcome

MAX_RESTARTS = 2
EQUAL_PARTS = 1000
"""After so many parts, parts are longer by the size of a first one."""


class ExportFile(PartedFile):
    """The whole file of an export; see `PartedFile`.

    Args:
        run: the job, while this worker holds it.
        plan: of the export.
        row_cap: how many rows the file may have; past it the job fails.
        files: where it goes.
        table_version: of the schema that `plan` is made of.
        moves: how often a row of the table has changed its place by now.

    """

    def __init__(
        self,
        run: ExportRun,
        plan: ExportPlan,
        *,
        row_cap: int,
        files: Files,
        table_version: int = 0,
        moves: int = 0,
    ) -> None:
        self._key = file_key(run.job)
        folder, _, self._name = self._key.rpartition("/")
        saved = run.job.checkpoint
        if saved is None:
            # A worker that dies before the save below leaves an upload that nobody knows. A
            # lifecycle rule of the bucket aborts it; nothing can be read of it meanwhile.
            upload_id = files.begin_upload(self._key, plan.kind.media_type)
            saved = ExportCheckpoint(upload_id, table_version=table_version, moves=moves)
            run.begin(saved)
        run.partial_outcome = self._outcome
        super().__init__(run, plan, saved, row_cap=row_cap, files=files, folder=folder)

    def require_unmoved(self, *, moves: int | None = None, digest: int | None = None) -> None:
        """Begin anew where rows have changed places since: some would be missing, or come twice.

        Args:
            moves: how often a row of the table has changed its place by now.
            digest: of the sort keys that rows have which should be in the file by now.

        Raises:
            Conflict: it has happened too often.
            OutOfTime: another delivery begins anew.

        """
        # An earlier release has left no digest of the rows that it wrote.
        if moves in {None, self._saved.moves} and (
            not self._digest or digest in {None, self._digest}
        ):
            return
        require_restart(self._run)
        self._settle()
        self._files.abort_upload(self._key, self._saved.upload_id)
        self._run.start_over()
        raise OutOfTime(f"job {self._run.job.id} begins anew: rows have changed places")

    def sorting(self) -> None:
        """Say that one more row of those to be sorted is read; none is written yet.

        Raises:
            DoesNotFit: the function's time ends before the last is read, as it would again.
            OutOfBudget: the job has spent what it may; whoever resumes it reads them all again.

        """
        self._run.spending.require_budget()
        if self.report() and self._run.nearly_out_of_time:
            raise DoesNotFit(
                "the rows are too many to be sorted within a function's time; export them in "
                "parts, or leave order_by out"
            )

    def close(self) -> None:
        """Write the file's end."""
        self._unpacked += self._writer.tail()
        self._pack()
        self._part += self._packing.tail()
        self._send_part(closed=True)
        self._settle()

    def complete(self) -> JobOutcome[ExportResult]:
        """Make the parts a file."""
        saved = self._saved
        try:
            self._files.complete_upload(self._key, saved.upload_id, saved.etags)
        except NotFound as gone:
            self._start_over(gone)
        return JobOutcome(
            ExportResult(result_key=self._key, file_name=self._name),
            Counts(total=saved.rows, succeeded=saved.rows),
            rows_total=saved.rows,
        )

    def _begin(self) -> None:
        self._part += self._packing.head()
        self._unpacked += self._writer.head()

    @property
    def _part_bytes(self) -> int:
        # The job's item, of 400 KB at most, keeps the ETags: 150 KB for the parts of 50 GB.
        return PART_BYTES * (1 + len(self._saved.etags) // EQUAL_PARTS)

    def _put(self, number: int, part: bytes | bytearray) -> str:
        return self._files.put_part(self._key, self._saved.upload_id, number, part)

    def _start_over(self, gone: NotFound) -> NoReturn:
        # Bounded: a lifecycle rule that is too strict would otherwise restart the export forever.
        if self._run.job.restarts >= MAX_RESTARTS:
            raise gone
        self._run.start_over()
        raise RuntimeError("the upload is lost: the export starts over") from gone

    def _outcome(self) -> JobOutcome[ExportResult]:
        """Return the outcome so far, for those who resume the job."""
        rows = self._saved.rows
        return JobOutcome(self._run.job.result, Counts(total=rows, succeeded=rows))


def require_restart(run: ExportRun) -> None:
    """Do nothing where an export whose rows have changed places may begin anew.

    Raises:
        Conflict: it has begun too often.

    """
    if run.job.restarts >= MAX_RESTARTS:
        raise Conflict(
            "rows changed places while they were exported, because somebody edited created_at "
            f"or what the export is ordered by, {MAX_RESTARTS + 1} times; start it again when "
            "nobody does"
        )
