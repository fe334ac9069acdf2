"""Rows of a file for an attached table, under the keys that the file gives."""

from collections.abc import Callable, Sequence
from typing import Any

from ferry.attached.conditional_writer import AttachedWriter
from ferry.attached.keys import key_of
from ferry.files.entries import Entry
from ferry.files.format import Format
from ferry.imports.conflicts import CHANGING
from ferry.imports.import_job import ImportJob
from ferry.imports.sinks.attached_writes import AttachedRow, AttachedWrites
from ferry.imports.sinks.held import HeldRow, HeldRowSink, RowOutcomes
from ferry.imports.sinks.new import readable
from ferry.tables.attachment import Attachment
from ferry.tables.changes import ChangeRules, Changes
from ferry.tables.rows import RowRules
from ferry.tables.schema import Schema
from ferry.tables.values import Value


class AttachedRowSink(HeldRowSink[AttachedRow]):
    """Writes rows to an attached table, as `conflict` says where it has the key; see `RowSink`.

    Args:
        job: the import.
        file_format: of its file.
        attached: the DynamoDB table.
        schema: of its rows.
        writer: of the table; the sink closes it.
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
        on_progress: Callable[[], object],
    ) -> None:
        super().__init__()
        options = job.request
        self._attached = attached
        self._on_progress = on_progress
        self._writer = writer
        self._writes = AttachedWrites(writer, conflict=options.conflict)
        self._eager = options.conflict not in CHANGING
        keys = tuple(field for field in schema.fields if field.name in attached.keys)
        self._key = file_format.rows(RowRules(Schema(keys, built_in=False)))
        self._row = file_format.rows(RowRules(schema))
        self._changes = ChangeRules(schema, file_format.rows)

    def prepare(self, entry: Entry) -> HeldRow[AttachedRow]:
        """Return the row for its key; see `HeldRowSink`."""
        cells = readable(entry)
        key = key_of(self._attached, self._key(cells).fields)

        def columns() -> dict[str, Value]:
            return self._row(cells).fields

        def changes() -> Changes:
            return self._changes_of(cells)

        if not self._eager:
            return HeldRow(entry, AttachedRow(key, columns, changes), len(entry.original))
        made = columns()
        return HeldRow(entry, AttachedRow(key, lambda: made, changes), len(entry.original))

    def write(self, rows: Sequence[HeldRow[AttachedRow]]) -> RowOutcomes:
        """Write the rows; see `HeldRowSink`."""
        return self._writes.write([row.row for row in rows], self._on_progress)

    def close(self) -> None:
        """Drop the requests that are not answered yet."""
        self._writer.close()

    def _changes_of(self, cells: dict[str, Any]) -> Changes:
        changes = self._changes.changes("", cells, now=0)
        values = {n: value for n, value in changes.values.items() if n not in self._attached.keys}
        return Changes(values, changes.gone)
