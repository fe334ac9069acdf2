"""Taking a file's records into a table, step by step."""

from typing import Any

from ferry.errors import InvalidRow
from ferry.formats import Entry, Format, Layout, Position
from ferry.jobs.job import Counts, ImportCheckpoint
from ferry.storage import records as stored
from ferry.storage.attributes import Item, item_bytes
from ferry.storage.records import Records
from ferry.tables.records import derived_id, new_record
from ferry.tables.rows import RowRules
from ferry.tables.schema import Table
from ferry.transfer.failures import Failures
from ferry.transfer.run import Run

_STEP_RECORDS = 2_000
_STEP_BYTES = 4 * 1024 * 1024
"""Records of a step, and bytes of them that are held: a step ends with a checkpoint."""


class Intake:
    """Takes entries; what a step has taken is written, or kept as failed, before its checkpoint."""

    def __init__(
        self,
        run: Run,
        *,
        file_format: Format,
        layout: Layout,
        table: Table,
        records: Records,
        failures: Failures,
    ) -> None:
        self._run = run
        self._table = table
        self._records = records
        self._failures = failures
        self._row = file_format.rows(RowRules(table.schema))
        saved = run.job.checkpoint
        if not isinstance(saved, ImportCheckpoint):
            saved = ImportCheckpoint(layout.start)
        self._counts = saved.counts
        self.position: Position = saved.position
        self._items: list[Item] = []
        self._item_bytes = 0
        run.partial_result = self._result

    def take(self, entry: Entry) -> None:
        """Take one entry: a row to write, or one that fails."""
        try:
            item = self._item(entry)
        except InvalidRow as error:
            self._failures.add(entry, error)
        else:
            self._items.append(item)
            self._item_bytes += item_bytes(item)
        self.position = entry.end
        taken = entry.number - self._counts.total
        held = self._item_bytes + self._failures.held_bytes
        if taken >= _STEP_RECORDS or held >= _STEP_BYTES:
            self._step()
        else:
            self._run.progress(rows_done=entry.number, bytes_done=entry.end.offset)

    def close(self) -> dict[str, Any]:
        """Finish the last step and return what the job says of it all."""
        self._step()
        size = self._run.job.bytes_total
        return self._result() | {"rows_total": self._counts.total, "bytes_done": size}

    def _result(self) -> dict[str, Any]:
        return {"counts": self._counts, "report_key": self._failures.publish()}

    def _item(self, entry: Entry) -> Item:
        if entry.error:
            raise entry.error
        job = self._run.job
        record = new_record(
            self._table,
            self._row(entry.cells),
            record_id=derived_id(job.accepted_at // 1000, job.id, entry.number),
            user_id=job.user_id,
            now_ms=job.accepted_at,
        )
        return stored.item(self._table, record)

    def _step(self) -> None:
        self._records.put(self._items, on_batch=self._run.progress)
        succeeded = self._counts.succeeded + len(self._items)
        failed = self._counts.failed + self._failures.put_piece()
        self._counts = Counts(total=succeeded + failed, succeeded=succeeded, failed=failed)
        self._items, self._item_bytes = [], 0
        self._run.checkpoint(
            ImportCheckpoint(self.position, self._counts, self._failures.pieces),
            counts=self._counts,
            rows_done=self._counts.total,
            bytes_done=self.position.offset,
        )
