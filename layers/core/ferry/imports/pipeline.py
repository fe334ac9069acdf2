"""Taking a file's records into a table, step by step."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from ferry.errors import Interrupted, InvalidRow
from ferry.files.bulks import Bulk
from ferry.files.entries import Entry, Layout
from ferry.files.position import Position
from ferry.imports.failed_rows import Failures
from ferry.imports.sinks.shipments import Shipment, Shipments
from ferry.jobs.job import Counts, ImportCheckpoint
from ferry.jobs.run import Run

_STEP_RECORDS = 10_000
"""Records of a step at most, which ends with a checkpoint."""

_FAILED_BYTES = 4 * 1024 * 1024
"""Bytes of failed records that are held."""


class _Step:
    """What is taken between two checkpoints."""

    def __init__(self, shipment: Shipment, position: Position) -> None:
        self.shipment = shipment
        self.position = position
        self.begun_at = position.number
        self.bytes_read = 0
        self.invalid: list[tuple[Entry, InvalidRow]] = []
        self.invalid_bytes = 0

    @property
    def taken(self) -> int:
        return self.position.number - self.begun_at

    @property
    def full(self) -> bool:
        return (
            self.taken >= _STEP_RECORDS or self.invalid_bytes >= _FAILED_BYTES or self.shipment.full
        )


class Intake:
    """Takes records; what a step has taken is written, or kept as failed, before its checkpoint.

    Args:
        run: the job.
        layout: of the file.
        shipments: take rows to the table.
        failures: keeps those that fail.
        bytes_read: tells how much of the file has been read.
        on_step: called after each checkpoint; what it raises ends the import.
        entries: returns the entries of a bulk.

    """

    def __init__(
        self,
        run: Run,
        *,
        layout: Layout,
        shipments: Shipments,
        failures: Failures,
        bytes_read: Callable[[], int],
        on_step: Callable[[], object],
        entries: Callable[[Bulk], Iterator[Entry]],
    ) -> None:
        self._run = run
        self._shipments = shipments
        self._failures = failures
        self._bytes_read = bytes_read
        self._on_step = on_step
        self._entries = entries
        saved = run.job.checkpoint
        if not isinstance(saved, ImportCheckpoint):
            saved = ImportCheckpoint(layout.start)
        self._counts = saved.counts
        self._step = _Step(shipments.begin(), saved.position)
        self._under_way: deque[_Step] = deque()
        run.partial_result = self._result

    @property
    def position(self) -> Position:
        """From where to read on."""
        return self._step.position

    def take(self, record: Bulk | Entry) -> None:
        """Take one record, which becomes a row or fails, or many."""
        if isinstance(record, Bulk):
            self._take_bulk(record)
        else:
            self._take_entry(record)
        self._step.position = record.end
        if self._step.full:
            self._end_step()
        else:
            self._run.progress(rows_done=record.end.number, bytes_done=self._bytes_read())

    def close(self) -> dict[str, Any]:
        """Complete all that was taken and return what the job says of it."""
        self.complete()
        size = self._run.job.bytes_total
        return self._result() | {"rows_total": self._counts.total, "bytes_done": size}

    def complete(self) -> None:
        """See all that was taken to its checkpoint."""
        self._end_step()
        while self._under_way:
            self._complete(self._under_way.popleft())

    def complete_interrupted(self) -> None:
        """The same when the run has been interrupted: what is under way must be counted."""
        with suppress(Interrupted):
            self._end_step()
        while self._under_way:
            with suppress(Interrupted):
                self._complete(self._under_way.popleft())

    def _take_bulk(self, bulk: Bulk) -> None:
        careful = self._step.shipment.take_bulk(bulk)
        if careful:
            for place, entry in enumerate(self._entries(bulk)):
                if place in careful:
                    self._take_entry(entry)

    def _take_entry(self, entry: Entry) -> None:
        try:
            self._step.shipment.take(entry)
        except InvalidRow as error:
            self._step.invalid.append((entry, error))
            self._step.invalid_bytes += len(entry.original)

    def _end_step(self) -> None:
        step = self._step
        if not step.taken:
            return
        step.bytes_read = self._bytes_read()
        self._step = _Step(self._shipments.begin(), step.position)
        self._under_way.append(step)
        while len(self._under_way) > self._shipments.ahead:
            self._complete(self._under_way.popleft())

    def _complete(self, step: _Step) -> None:
        """Wait until a step's rows are written, keep its failed ones, and make a checkpoint."""
        arrived = step.shipment.arrive()
        failed = sorted([*step.invalid, *arrived.refused], key=lambda found: found[0].number)
        for entry, error in failed:
            self._failures.add(entry, error)
        self._failures.put_piece()
        before = self._counts
        self._counts = Counts(
            total=before.total + arrived.written + len(failed),
            succeeded=before.succeeded + arrived.written,
            failed=before.failed + len(failed),
            skipped=before.skipped + arrived.skipped,
        )
        self._run.checkpoint(
            ImportCheckpoint(step.position, self._counts, self._failures.pieces),
            counts=self._counts,
            rows_done=self._counts.total,
            bytes_done=step.bytes_read,
        )
        self._on_step()

    def _result(self) -> dict[str, Any]:
        return {"counts": self._counts, "report_key": self._failures.publish(self._run.beat)}
