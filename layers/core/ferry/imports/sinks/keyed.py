"""Rows that keep the ids their file gives; a row without one is a new row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ferry.aws.attributes import Item, encode, item_bytes
from ferry.files.entries import Entry
from ferry.files.format import Format
from ferry.imports.conflicts import CHANGING
from ferry.imports.sinks.held import HeldRow, HeldRowSink, RowOutcomes
from ferry.imports.sinks.keyed_writes import KeyedRow, KeyedWrites
from ferry.imports.sinks.new import item_of, new_id, readable
from ferry.tables.changes import ChangeRules, Changes
from ferry.tables.records import SOURCE
from ferry.tables.rows import RowRules
from ferry.tables.schema import Schema, Table

if TYPE_CHECKING:
    from ferry.aws.signed_client.signed_requests import SignedRequests
    from ferry.imports.import_job import ImportJob


class KeyedRowSink(HeldRowSink[KeyedRow]):
    """Writes rows under their ids, as `conflict` says where the table has the id; see `RowSink`.

    Args:
        job: the import.
        file_format: of its file.
        table: the rows' table.
        table_name: the DynamoDB table that holds rows.
        requests: sends the requests; the sink closes it.
        repeated_to: the number of the last row that an earlier worker may have written.
        on_progress: called now and then: throttled, the writing may take minutes.

    """

    def __init__(
        self,
        job: ImportJob,
        file_format: Format,
        table: Table,
        table_name: str,
        requests: SignedRequests,
        *,
        repeated_to: int,
        on_progress: Callable[[], object],
    ) -> None:
        super().__init__()
        options = job.request
        self._job = job
        self._table = table
        self._requests = requests
        self._on_progress = on_progress
        self._writes = KeyedWrites(
            table_name, table, requests, conflict=options.conflict, repeated_to=repeated_to
        )
        # A row must do as a new one, unless it may only change what is there.
        self._eager = options.conflict not in CHANGING
        self._row = file_format.rows(RowRules(table.schema, ids=options.id_as_key))
        self._id = file_format.rows(RowRules(Schema(), ids=options.id_as_key))
        self._changes = ChangeRules(table.schema, file_format.rows)

    def prepare(self, entry: Entry) -> HeldRow[KeyedRow]:
        """Return the row for its id; see `HeldRowSink`."""
        job, cells = self._job, readable(entry)
        row_id = self._id({"id": cells.get("id")}).given.get("id") or new_id(job, entry)
        source = f"{job.id}/{entry.number}"

        def item() -> Item:
            made = item_of(job, self._table, self._row(cells), row_id)
            return {**made, SOURCE: encode(source)}

        def changes() -> Changes:
            made = self._changes.changes(row_id, cells, now=job.accepted_at // 1000)
            # A worker that does the step again finds the row changed already, and leaves what a
            # user has made of it since alone.
            return Changes({**made.values, SOURCE: source}, made.gone)

        if not self._eager:
            row = KeyedRow(row_id, source, item, changes)
            return HeldRow(entry, row, len(entry.original))
        made = item()
        return HeldRow(entry, KeyedRow(row_id, source, lambda: made, changes), item_bytes(made))

    def write(self, rows: Sequence[HeldRow[KeyedRow]]) -> RowOutcomes:
        """Write the rows; see `HeldRowSink`."""
        return self._writes.write([row.row for row in rows], self._on_progress)

    def close(self) -> None:
        """Drop the requests that are not answered yet."""
        self._requests.close()
