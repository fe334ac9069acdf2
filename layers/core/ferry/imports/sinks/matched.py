"""Rows that are matched with those of the table, and noted in a journal before they are written."""

from collections.abc import Sequence

from msgspec import structs

from ferry.files.bulks import Bulk
from ferry.files.entries import Entry
from ferry.imports.journal.journal import Journal
from ferry.imports.sinks.held import HeldRow, HeldRowSink, RowOutcomes
from ferry.imports.sinks.matched_row import MatchedRow, RowImages
from ferry.imports.sinks.matched_writes import MatchedWrites


class MatchedRowSink(HeldRowSink[MatchedRow]):
    """Writes rows as the import's mode says of rows that the table has, or has not; see `RowSink`.

    Args:
        images: of the table's rows.
        writes: what writes them.
        journal: of the import.

    """

    def __init__(self, images: RowImages, writes: MatchedWrites, journal: Journal) -> None:
        super().__init__()
        self.journal = journal
        self.images = images
        self._writes = writes
        self.takes_bulks = images.plain_rows is not None

    def prepare(self, entry: Entry) -> HeldRow[MatchedRow]:
        """Return the row with what it is matched by; see `HeldRowSink`."""
        row = self.images.prepare(entry)
        if entry.deleted:
            row = structs.replace(row, deleted=True)
        return HeldRow(entry, row, len(entry.original))

    def add_bulk(self, bulk: Bulk) -> set[int]:
        """Add the rows that are plainly right; see `RowSink`."""
        if self.images.plain_rows is None:
            return super().add_bulk(bulk)
        rows = self.images.plain_rows(bulk)
        self.hold([row for row in rows if row], len(bulk.text))
        return {place for place, row in enumerate(rows) if row is None}

    def write(self, rows: Sequence[HeldRow[MatchedRow]]) -> RowOutcomes:
        """Write the rows; see `HeldRowSink`."""
        return self._writes.write([row.row for row in rows])

    def close(self) -> None:
        """Give back the disk that a dry run takes."""
        self.images.close()
