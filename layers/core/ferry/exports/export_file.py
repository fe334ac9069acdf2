"""An export's file on its way to S3."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple, NoReturn, Self

import msgspec

from ferry.aws.bucket import PART_BYTES, Files
from ferry.errors import Conflict, DoesNotFit, NotFound, OutOfTime
from ferry.exports.export_job import ExportCheckpoint, ExportResult, ExportRun
from ferry.exports.plan import ExportPlan, file_key, too_many_rows
from ferry.jobs.job import Counts
from ferry.jobs.job_outcome import JobOutcome

_MAX_RESTARTS = 2
EQUAL_PARTS = 1000
"""After so many parts, parts are longer by the size of a first one."""
PACK_BYTES = 64 * 1024
"""Rows go to the packing in pieces of that size: one alone is not worth a call."""


class _Sent(NamedTuple):
    """A part on its way: its ETag to come, and the checkpoint that it makes then, but for that."""

    etag: Future[str]
    checkpoint: ExportCheckpoint


class ExportFile:
    """The file as it is written: each part that has arrived makes a checkpoint.

    A part is on its way while the next one is written.

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
        self._run = run
        self._plan = plan
        self._row_cap = row_cap
        self._files = files
        self._key = file_key(run.job)
        self._folder, _, self._name = self._key.rpartition("/")
        saved = run.job.checkpoint
        if saved is None:
            # A worker that dies before the save below leaves an upload that nobody knows. A
            # lifecycle rule of the bucket aborts it; nothing can be read of it meanwhile.
            upload_id = files.begin_upload(self._key, plan.kind.media_type)
            saved = ExportCheckpoint(upload_id, table_version=table_version, moves=moves)
            run.begin(saved)
        run.partial_outcome = self._outcome
        # One thread, so parts arrive in order: a checkpoint never names a part without those
        # before it.
        self._sender = ThreadPoolExecutor(1)
        self._sent: _Sent | None = None
        self._go_on(saved)

    def __enter__(self) -> Self:
        """Return the file."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for a part that is on its way: none may arrive once another worker has the job."""
        self._sender.shutdown()

    @property
    def saved(self) -> ExportCheckpoint:
        """The last checkpoint: of an earlier worker, until this one has made one."""
        return self._saved

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
        if self._run.job.restarts >= _MAX_RESTARTS:
            raise Conflict(
                "rows changed places while they were exported, because somebody edited created_at "
                f"or what the export is ordered by, {_MAX_RESTARTS + 1} times; start it again when "
                "nobody does"
            )
        self._settle()
        self._files.abort_upload(self._key, self._saved.upload_id)
        self._run.start_over()
        raise OutOfTime(f"job {self._run.job.id} begins anew: rows have changed places")

    def write(
        self, rows: Sequence[bytes], *, after: str = "", scanned: str = "", digest: int = 0
    ) -> None:
        """Write encoded rows, the last up to the order key `after`, or `scanned`.

        `digest` is that of their sort keys, where rows are sorted.

        Raises:
            TooManyRows: the file would have more than it may.

        """
        if self._writer.rows_written + len(rows) > self._row_cap:
            raise too_many_rows(self._row_cap)
        # Save early that a part has arrived: a worker killed before the next one loses less.
        if self._sent and self._sent.etag.done():
            self._settle()
        self._unpacked += self._writer.place(rows)
        self._digest += digest
        self._place = after, scanned
        if len(self._unpacked) >= PACK_BYTES:
            self._pack()
        # Packing shrinks rows: what seems enough for a part may not be one once it is packed.
        if len(self._part) + len(self._unpacked) >= self._part_bytes:
            self._pack()
        if len(self._part) >= self._part_bytes:
            self._send_part()
        elif self.report() and self._run.nearly_out_of_time:
            self._put_rest()

    def require_budget(self) -> None:
        """Stop where the job has spent what it may; but each delivery writes some rows first.

        Raises:
            OutOfBudget: it has; the upload is kept for the one that goes on.

        """
        # None at all would be none after each resume, too: the first pages may cost more.
        if self._place != self._begun_at and self._run.spending.is_over_budget:
            self._settle()
            if self._part or self._unpacked:
                self._put_rest()
            self._run.spending.require_budget()

    def report(self) -> bool:
        """Save how far the file is, every two seconds at most; return whether that was done."""
        return self._run.progress(rows_done=self._writer.rows_written, bytes_done=self._size)

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

    @property
    def _size(self) -> int:
        sent = self._sent.checkpoint.size if self._sent else self._saved.size
        return sent + len(self._part) + len(self._unpacked)

    def _go_on(self, saved: ExportCheckpoint) -> None:
        """Take the file up where it was left, or begin it."""
        self._saved = saved
        self._writer = self._plan.writer(saved.rows)
        self._packing = self._plan.kind.packing(saved.packed)
        self._part = bytearray()
        self._unpacked = bytearray()
        self._digest = saved.digest
        self._begun_at = self._place = saved.after, saved.scanned
        if saved.rest:
            # S3 takes no part under 5 MiB but the last, so a rest cannot be a part of the upload
            # itself.
            self._part += b"".join(self._files.blocks(saved.rest))
        elif not saved.etags:
            self._part += self._packing.head()
            self._unpacked += self._writer.head()

    def _pack(self) -> None:
        self._part += self._packing.pack(bytes(self._unpacked))
        self._unpacked.clear()

    @property
    def _part_bytes(self) -> int:
        # The job's item, of 400 KB at most, keeps the ETags: 150 KB for the parts of 50 GB.
        return PART_BYTES * (1 + len(self._saved.etags) // EQUAL_PARTS)

    def _send_part(self, *, closed: bool = False) -> None:
        """Send the part on its way; the one before it has arrived then."""
        self._settle()
        if not closed:
            self._part += self._packing.seal()
        part, self._part = self._part, bytearray()
        # A part is sent again under the same number after a kill, and S3 replaces the earlier one:
        # the file never has rows twice.
        saved, number = self._saved, len(self._saved.etags) + 1
        etag = self._sender.submit(self._files.put_part, self._key, saved.upload_id, number, part)
        size = saved.size + len(part)
        self._sent = _Sent(etag, self._reached(size=size, closed=closed))

    def _settle(self) -> None:
        """Let the part that is on its way arrive, and save that it has."""
        if self._sent:
            sent, self._sent = self._sent, None
            try:
                etags = (*self._saved.etags, sent.etag.result())
            except NotFound as gone:
                self._start_over(gone)
            self._save(msgspec.structs.replace(sent.checkpoint, etags=etags))

    def _put_rest(self) -> None:
        """Keep for the next delivery what is too little for a part of an upload."""
        self._settle()
        self._pack()
        self._part += self._packing.seal()
        # Under a name of this delivery's: one that has lost its lease must not write over it.
        rest = f"{self._folder}/rest-{self._run.job.worker}"
        self._files.put(rest, bytes(self._part))
        self._save(self._reached(size=self._saved.size, rest=rest))

    def _reached(self, *, size: int, rest: str = "", closed: bool = False) -> ExportCheckpoint:
        """Return the checkpoint of all that is packed by now."""
        after, scanned = self._place
        return msgspec.structs.replace(
            self._saved,
            size=size,
            rest=rest,
            closed=closed,
            after=after,
            scanned=scanned,
            rows=self._writer.rows_written,
            digest=self._digest,
            packed=self._packing.so_far,
        )

    def _save(self, checkpoint: ExportCheckpoint) -> None:
        self._saved = checkpoint
        self._run.checkpoint(checkpoint, rows_done=checkpoint.rows, bytes_done=self._size)

    def _start_over(self, gone: NotFound) -> NoReturn:
        """Let the next delivery begin anew: what there was of the file is no more."""
        # Bounded: a lifecycle rule that is too strict would otherwise restart the export forever.
        if self._run.job.restarts >= _MAX_RESTARTS:
            raise gone
        self._run.start_over()
        raise RuntimeError("the upload is lost: the export starts over") from gone

    def _outcome(self) -> JobOutcome[ExportResult]:
        """Return the rows in the file by now, for those who resume the job."""
        rows = self._saved.rows
        return JobOutcome(self._run.job.result, Counts(total=rows, succeeded=rows))
