"""From a file's records to rows in a table, step by step, each step with a checkpoint."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress

from msgspec.structs import replace

from ferry.errors import Interrupted, InvalidFile, InvalidRow
from ferry.files.bulks import Bulk
from ferry.files.entries import Entry, Layout
from ferry.files.position import Position
from ferry.imports.failed_rows import FailedRows
from ferry.imports.import_job import ImportCheckpoint, ImportResult, ImportRun
from ferry.imports.sinks.sink import PendingBatch, RowSink
from ferry.imports.source import Source
from ferry.jobs.job import Counts
from ferry.jobs.job_outcome import JobOutcome

STEP_RECORDS = 10_000
"""Records of a step at most."""

_FAILED_BYTES = 4 * 1024 * 1024
"""Bytes of failed records that are held."""


class _Step:
    """The records between two checkpoints: a batch for the sink, and rows that break a rule."""

    def __init__(self, position: Position) -> None:
        self.position = position
        self.begun_at = position.number
        self.bytes_read = 0
        self.invalid: list[tuple[Entry, InvalidRow]] = []
        self.invalid_bytes = 0

    @property
    def taken(self) -> int:
        return self.position.number - self.begun_at


class Pipeline:
    """Reads records, hands them to a sink, stores those that fail and makes checkpoints.

    A step's rows are written, and its failed rows stored, before its checkpoint. A worker that
    takes over therefore does again what lies behind the last checkpoint, and nothing before it.

    Args:
        run: the job.
        source: the file.
        layout: of the file.
        sink: takes rows to the table.
        failed_rows: stores those that fail.
        on_checkpoint: called after each checkpoint; what it raises ends the import.
        table_version: of the schema by which rows are read; later workers keep to it.
        step_records: records of a step at most.

    """

    def __init__(
        self,
        run: ImportRun,
        *,
        source: Source,
        layout: Layout,
        sink: RowSink,
        failed_rows: FailedRows,
        on_checkpoint: Callable[[], object],
        table_version: int,
        step_records: int = STEP_RECORDS,
    ) -> None:
        self._run = run
        self._source = source
        self._layout = layout
        self._sink = sink
        self._failed_rows = failed_rows
        self._on_checkpoint = on_checkpoint
        self._step_records = step_records
        self._saved = run.job.checkpoint or ImportCheckpoint(
            layout.start, table_version=table_version
        )
        self._counts = self._saved.counts
        self._sent = self._saved.sent
        self._step = _Step(self._saved.position)
        self._ended_steps: deque[tuple[_Step, PendingBatch]] = deque()
        run.partial_outcome = self._outcome

    def import_rows(self) -> JobOutcome[ImportResult]:
        """Read the file from the last checkpoint to its end.

        Raises:
            InvalidFile: the file cannot be read to its end; the rows before are written.
            Interrupted: the run stops; all rows that were read are written and counted.

        """
        try:
            for records in self._records():
                self._run.spending.require_budget()
                self._take(records)
            self._complete_steps()
        except InvalidFile as error:
            self._complete_steps()
            line = self._step.position.line
            raise InvalidFile(f"{error.reason}; the file was read to line {line}") from error
        except Interrupted:
            self._complete_interrupted()
            raise
        size = self._run.job.bytes_total
        return replace(self._outcome(), rows_total=self._counts.total, bytes_done=size)

    def _records(self) -> Iterator[Bulk | Entry]:
        file_format = self._source.format
        in_bulks = file_format.bulks if self._sink.takes_bulks else None
        position = self._step.position
        blocks = self._source.blocks(position)
        yield from (in_bulks or file_format.read)(blocks, self._layout, position)

    def _take(self, record: Bulk | Entry) -> None:
        # Before the row is sent: a worker killed in between has announced too much, never too
        # little.
        self._announce(record.end.number)
        if isinstance(record, Bulk):
            self._add_bulk(record)
        else:
            self._add(record)
        self._step.position = record.end
        if self._is_full(self._step):
            self._end_step()
        else:
            self._run.progress(rows_done=record.end.number, bytes_done=self._source.bytes_read)

    def _announce(self, number: int) -> None:
        """Save that records up to `number` may be sent, before they are.

        Checkpoints announce what is sent until the next one, so this saves once a delivery. Without
        it a worker that takes over could not distinguish rows that users have changed or deleted
        since from rows that were never written.
        """
        if number > self._sent:
            # Two steps: one is written while the next one is read.
            self._sent = number + 2 * self._step_records
            self._saved = replace(self._saved, sent=self._sent)
            self._run.begin(self._saved)

    def _add_bulk(self, bulk: Bulk) -> None:
        places = self._sink.add_bulk(bulk)
        if places:
            # The bulk is read once more, record by record, for the few that are not plainly right.
            entries = self._source.format.read([bulk.text], self._layout, bulk.start)
            for place, entry in enumerate(entries):
                if place in places:
                    self._add(entry)

    def _add(self, entry: Entry) -> None:
        try:
            self._sink.add(entry)
        except InvalidRow as error:
            self._step.invalid.append((entry, error))
            self._step.invalid_bytes += len(entry.original)

    def _is_full(self, step: _Step) -> bool:
        return (
            step.taken >= self._step_records
            or step.invalid_bytes >= _FAILED_BYTES
            or self._sink.full
        )

    def _end_step(self) -> None:
        """End the open step; the next one is read while the rows of this one are written."""
        step = self._step
        # An empty step would store a checkpoint for nothing.
        if not step.taken:
            return
        step.bytes_read = self._source.bytes_read
        self._ended_steps.append((step, self._sink.end_batch()))
        self._step = _Step(step.position)
        while len(self._ended_steps) > self._sink.batches_ahead:
            self._complete(*self._ended_steps.popleft())

    def _complete_steps(self) -> None:
        self._end_step()
        while self._ended_steps:
            self._complete(*self._ended_steps.popleft())

    def _complete_interrupted(self) -> None:
        """Complete what was read before the run stopped.

        Rows are on their way, or written, by then: without a checkpoint the counts of a cancelled
        import would leave them out.
        """
        with suppress(Interrupted):
            self._end_step()
        while self._ended_steps:
            with suppress(Interrupted):
                self._complete(*self._ended_steps.popleft())
        # All that was sent is counted: the next worker need not look for it in the table.
        with suppress(Interrupted):
            self._run.begin(replace(self._saved, sent=self._saved.position.number))

    def _complete(self, step: _Step, pending: PendingBatch) -> None:
        """Wait until a step's rows are written, store its failed ones, and make a checkpoint."""
        # Rows first, then failed rows, then the checkpoint. A kill between any two repeats the
        # step, which puts the same rows under the same ids and the same piece under the same key.
        batch = pending()
        self._run.beat()  # a worker that lost the lease leaves the pieces of the next one alone
        # In the file's order: the failed-rows file must be the same when the step is done again.
        failed = sorted([*step.invalid, *batch.failed], key=lambda found: found[0].number)
        for entry, error in failed:
            self._failed_rows.add(entry, error)
        self._failed_rows.put_piece()
        before = self._counts
        self._counts = Counts(
            total=before.total + batch.written + len(failed),
            succeeded=before.succeeded + batch.written,
            failed=before.failed + len(failed),
            skipped=before.skipped + batch.skipped,
        )
        self._sent = max(self._sent, self._step.position.number + 2 * self._step_records)
        self._saved = replace(
            self._saved,
            position=step.position,
            counts=self._counts,
            pieces=self._failed_rows.pieces,
            sent=self._sent,
            first_failed=self._failed_rows.first,
            effects=self._saved.effects.plus(batch.kinds),
        )
        self._run.checkpoint(
            self._saved,
            counts=self._counts,
            rows_done=self._counts.total,
            bytes_done=step.bytes_read,
        )
        self._on_checkpoint()

    def _outcome(self) -> JobOutcome[ImportResult]:
        report_key = self._failed_rows.publish(self._run.beat)
        position = self._step.position
        # A workbook's blank rows are dropped by its unpacking, before any record is counted.
        blank_rows = max(position.blank, self._layout.skipped.get("rows", 0))
        # A step that could not be completed has sent rows all the same.
        counted = position.number == self._saved.position.number
        before = self._run.job.result
        result = replace(
            before,
            report_key=report_key,
            blank_rows=blank_rows,
            # An earlier worker may have been stopped amid the deletions of a mirror.
            effects=replace(self._saved.effects, mirrored=before.effects.mirrored),
            uncounted=0 if counted else None,
        )
        return JobOutcome(result, self._counts)
