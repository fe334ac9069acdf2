"""Taking a file's records into a table, step by step."""

from collections.abc import Callable
from typing import Any

from ferry.errors import InvalidRow
from ferry.formats import Entry, Layout, Position
from ferry.jobs.job import Counts, ImportCheckpoint
from ferry.transfer.failures import Failures
from ferry.transfer.landing import Landing
from ferry.transfer.prepared import Prepared
from ferry.transfer.run import Run

_STEP_RECORDS = 2_000
_STEP_BYTES = 4 * 1024 * 1024
"""Records of a step, and bytes of them that are held: a step ends with a checkpoint."""


class Intake:
    """Takes entries; what a step has taken is written, or kept as failed, before its checkpoint.

    Args:
        run: the job.
        layout: of the file.
        landing: takes rows to the table.
        failures: keeps those that fail.
        bytes_read: tells how much of the file has been read.
        on_step: called after each checkpoint; what it raises ends the import.

    """

    def __init__(
        self,
        run: Run,
        *,
        layout: Layout,
        landing: Landing[Any],
        failures: Failures,
        bytes_read: Callable[[], int],
        on_step: Callable[[], object],
    ) -> None:
        self._run = run
        self._landing = landing
        self._failures = failures
        self._bytes_read = bytes_read
        self._on_step = on_step
        saved = run.job.checkpoint
        if not isinstance(saved, ImportCheckpoint):
            saved = ImportCheckpoint(layout.start)
        self._counts = saved.counts
        self.position: Position = saved.position
        self._prepared: list[Prepared[Any]] = []
        self._invalid: list[tuple[Entry, InvalidRow]] = []
        self._held_bytes = 0
        run.partial_result = self._result

    def take(self, entry: Entry) -> None:
        """Take one entry: a row to write, or one that fails."""
        try:
            prepared = self._landing.prepare(entry)
        except InvalidRow as error:
            self._invalid.append((entry, error))
        else:
            self._prepared.append(prepared)
            self._held_bytes += prepared.size
        self._held_bytes += len(entry.original)
        self.position = entry.end
        taken = len(self._prepared) + len(self._invalid)
        if taken >= _STEP_RECORDS or self._held_bytes >= _STEP_BYTES:
            self.step()
        else:
            self._run.progress(rows_done=entry.number, bytes_done=self._bytes_read())

    def close(self) -> dict[str, Any]:
        """Finish the last step and return what the job says of it all."""
        self.step()
        size = self._run.job.bytes_total
        return self._result() | {"rows_total": self._counts.total, "bytes_done": size}

    def step(self) -> None:
        """Write what was taken since the last step, and make a checkpoint."""
        landed = self._landing.write(self._prepared, self._run.beat)
        refused = [(self._prepared[place].entry, why) for place, why in landed.refused.items()]
        failed = sorted(self._invalid + refused, key=lambda found: found[0].number)
        for entry, error in failed:
            self._failures.add(entry, error)
        self._failures.put_piece()
        before, written = self._counts, len(self._prepared) - len(refused)
        self._counts = Counts(
            total=before.total + written + len(failed),
            succeeded=before.succeeded + written,
            failed=before.failed + len(failed),
            skipped=before.skipped + len(landed.skipped),
        )
        self._prepared, self._invalid, self._held_bytes = [], [], 0
        self._run.checkpoint(
            ImportCheckpoint(self.position, self._counts, self._failures.pieces),
            counts=self._counts,
            rows_done=self._counts.total,
            bytes_done=self._bytes_read(),
        )
        self._on_step()

    def _result(self) -> dict[str, Any]:
        return {"counts": self._counts, "report_key": self._failures.publish(self._run.beat)}
