"""Rows of a file for an attached table, under the keys that the file gives."""

from collections.abc import Sequence

from ferry.attached.conditional_writer import AttachedWriter
from ferry.attached.keys import key_of
from ferry.files.bulks import Bulk
from ferry.files.entries import Entry, Layout
from ferry.imports.sinks.attached_items import AttachedItems
from ferry.imports.sinks.attached_writes import AttachedRow, AttachedWrites
from ferry.imports.sinks.destination import Destination
from ferry.imports.sinks.held import HeldRow, HeldRowSink, RowOutcomes
from ferry.imports.sinks.new import readable
from ferry.imports.sinks.plain_changes import PlainChanges
from ferry.imports.sinks.plain_rows import PlainRow, PlainRows
from ferry.tables.attachment import Attachment
from ferry.tables.rows import RowRules
from ferry.tables.schema import Schema


class AttachedRowSink(HeldRowSink[AttachedRow]):
    """Writes rows to an attached table, as `conflict` says where it has the key; see `RowSink`.

    Args:
        to: the import, and its table.
        layout: of the file.
        attached: the DynamoDB table.
        writer: of that; the sink closes it.

    """

    def __init__(
        self,
        to: Destination,
        layout: Layout,
        attached: Attachment,
        writer: AttachedWriter,
    ) -> None:
        super().__init__()
        self._attached = attached
        self._on_progress = to.on_progress
        self._writer = writer
        schema, conflict = to.table.schema, to.job.request.conflict
        self._plain = PlainRows(to.format, layout, attached, schema, conflict)
        self.takes_bulks = self._plain.takes_bulks
        self._writes = AttachedWrites(
            writer,
            AttachedItems(schema, attached.keys, to.format, exact=layout.exact),
            PlainChanges(schema, attached.keys, layout),
            conflict=conflict,
        )
        keys = tuple(field for field in schema.fields if field.name in attached.keys)
        self._key = to.format.rows(RowRules(Schema(keys, built_in=False)))

    def prepare(self, entry: Entry) -> HeldRow[AttachedRow]:
        """Return the row for its key; see `HeldRowSink`."""
        cells = readable(entry)
        key = key_of(self._attached, self._key(cells).fields)
        return HeldRow(entry, AttachedRow(key, lambda: cells), len(entry.original))

    def add_bulk(self, bulk: Bulk) -> set[int]:
        """Add the rows that are plainly right; see `RowSink`."""
        rows = self._plain.of(bulk)
        self.hold([self._held(row) for row in rows if row], len(bulk.text))
        return {place for place, row in enumerate(rows) if row is None}

    def write(self, rows: Sequence[HeldRow[AttachedRow]]) -> RowOutcomes:
        """Write the rows; see `HeldRowSink`."""
        return self._writes.write([row.row for row in rows], self._on_progress)

    def close(self) -> None:
        """Drop the requests that are not answered yet."""
        self._writer.close()

    def _held(self, row: PlainRow) -> HeldRow[AttachedRow]:
        made = AttachedRow(row.key, row.entry.cells, row.text, is_whole=self._plain.may_be_new)
        return HeldRow(row.entry, made, len(row.text))
