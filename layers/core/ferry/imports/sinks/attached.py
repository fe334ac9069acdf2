"""Rows of a file for an attached table, under the keys that the file gives."""

from collections.abc import Callable, Sequence

from ferry.attached.conditional_writer import AttachedWriter
from ferry.attached.keys import key_of
from ferry.files.entries import Entry
from ferry.files.format import Format
from ferry.imports.import_job import ImportJob
from ferry.imports.sinks.attached_items import AttachedItems
from ferry.imports.sinks.attached_writes import AttachedRow, AttachedWrites
from ferry.imports.sinks.held import HeldRow, HeldRowSink, RowOutcomes
from ferry.imports.sinks.new import readable
from ferry.tables.attachment import Attachment
from ferry.tables.rows import RowRules
from ferry.tables.schema import Schema


class AttachedRowSink(HeldRowSink[AttachedRow]):
    """Writes rows to an attached table, as `conflict` says where it has the key; see `RowSink`.

    Args:
        job: the import.
        file_format: of its file.
        attached: the DynamoDB table.
        schema: of its rows.
        writer: of the table; the sink closes it.
        exact: see `AttachedItems`.
        on_progress: called now and then: throttled, the writing may take minutes.

    """

    def __init__(
        self,
        job: ImportJob,
        file_format: Format,
        attached: Attachment,
        schema: Schema,
        writer: AttachedWriter,
        *,
        exact: bool,
        on_progress: Callable[[], object],
    ) -> None:
        super().__init__()
        self._attached = attached
        self._on_progress = on_progress
        self._writer = writer
        items = AttachedItems(schema, attached.keys, file_format, exact=exact)
        self._writes = AttachedWrites(writer, items, conflict=job.request.conflict)
        keys = tuple(field for field in schema.fields if field.name in attached.keys)
        self._key = file_format.rows(RowRules(Schema(keys, built_in=False)))

    def prepare(self, entry: Entry) -> HeldRow[AttachedRow]:
        """Return the row for its key; see `HeldRowSink`."""
        cells = readable(entry)
        key = key_of(self._attached, self._key(cells).fields)
        return HeldRow(entry, AttachedRow(key, cells), len(entry.original))

    def write(self, rows: Sequence[HeldRow[AttachedRow]]) -> RowOutcomes:
        """Write the rows; see `HeldRowSink`."""
        return self._writes.write([row.row for row in rows], self._on_progress)

    def close(self) -> None:
        """Drop the requests that are not answered yet."""
        self._writer.close()
