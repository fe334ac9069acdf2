"""New rows of a table with unique indexes: one whose values another row has fails."""

from collections.abc import Callable, Sequence

from ferry.aws.attributes import Item, item_bytes
from ferry.errors import InvalidRow
from ferry.files.entries import Entry
from ferry.imports.sinks.held import HeldRow, HeldRowSink, RowOutcomes
from ferry.imports.sinks.new import NewRows
from ferry.records.unique_rows import UniqueRecords
from ferry.tables.schema import Table

_ROWS_AT_A_TIME = 500
"""Rows that are written between two signs of life: each takes a part in a transaction."""


class UniqueRowSink(HeldRowSink[Item]):
    """Writes rows with their entries in unique indexes; see `RowSink`.

    Args:
        rows: makes items.
        table: the rows' table.
        records: writes them.
        repeated_to: the number of the last row that an earlier worker may have written.
        on_progress: called now and then: throttled, the writing may take minutes.

    """

    def __init__(
        self,
        rows: NewRows,
        table: Table,
        records: UniqueRecords,
        *,
        repeated_to: int,
        on_progress: Callable[[], object],
    ) -> None:
        super().__init__()
        self._new = rows
        self._table = table
        self._records = records
        self._repeated_to = repeated_to
        self._on_progress = on_progress

    def prepare(self, entry: Entry) -> HeldRow[Item]:
        """Return the row as it is stored; see `HeldRowSink`."""
        item = self._new.item(entry)
        return HeldRow(entry, item, item_bytes(item))

    def write(self, rows: Sequence[HeldRow[Item]]) -> RowOutcomes:
        """Write the rows; see `HeldRowSink`."""
        outcomes = RowOutcomes()
        for start in range(0, len(rows), _ROWS_AT_A_TIME):
            some = rows[start : start + _ROWS_AT_A_TIME]
            repeated = some[0].entry.number <= self._repeated_to
            put = self._records.put_missing if repeated else self._records.put_all
            for refusal in put(self._table, [row.row for row in some], self._on_progress):
                outcomes.failed[start + refusal.number] = InvalidRow(
                    "", refusal.reason, refusal.others
                )
            self._on_progress()
        return outcomes

    def close(self) -> None:
        """Do nothing: its rows are in memory only."""
