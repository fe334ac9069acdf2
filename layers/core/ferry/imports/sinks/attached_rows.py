"""How rows of a file get into an attached table: under the keys that the file gives."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from ferry.attached.keys import key_of
from ferry.attached.writing import AttachedWriter
from ferry.files.entries import Entry
from ferry.files.format import Format
from ferry.imports.sinks.attached_landing import AttachedLanding, AttachedRow
from ferry.imports.sinks.attached_rehearsal import RehearsingWriter
from ferry.imports.sinks.keyed import Landed
from ferry.imports.sinks.prepared import Prepared
from ferry.imports.sinks.rehearsal import Rehearsal
from ferry.jobs.job import Job
from ferry.jobs.requests import ImportRequest
from ferry.tables.attachment import Attachment
from ferry.tables.changes import ChangeRules, Changes
from ferry.tables.rows import RowRules
from ferry.tables.schema import Schema
from ferry.tables.values import Value


class AttachedRows:
    """Rows of an import into an attached table; see `ferry.imports.sinks.landing.Landing`.

    Args:
        rehearsal: of a dry run, None of an import that writes.

    """

    def __init__(
        self,
        job: Job,
        file_format: Format,
        attached: Attachment,
        schema: Schema,
        rehearsal: Rehearsal | None,
    ) -> None:
        options = cast("ImportRequest", job.request)
        writer = RehearsingWriter(attached, rehearsal) if rehearsal else AttachedWriter(attached)
        self._attached = attached
        self._rehearsal = rehearsal
        self._landing = AttachedLanding(writer, conflict=options.conflict)
        # Each row must do as a new one, unless it may only change what is there.
        self._eager = options.conflict != "upsert"
        keys = tuple(field for field in schema.fields if field.name in attached.keys)
        self._key = file_format.rows(RowRules(Schema(keys, built_in=False)))
        self._row = file_format.rows(RowRules(schema))
        self._changes = ChangeRules(schema, file_format.rows)

    def prepare(self, entry: Entry) -> Prepared[AttachedRow]:
        """Return the row that the entry holds; see `Landing`."""
        if entry.error:
            raise entry.error
        cells = entry.cells
        key = key_of(self._attached, self._key(cells).fields)

        def columns() -> dict[str, Value]:
            return self._row(cells).fields

        def changes() -> Changes:
            return self._changes_of(cells)

        if not self._eager:
            return Prepared(entry, AttachedRow(key, columns, changes), len(entry.original))
        made = columns()
        return Prepared(entry, AttachedRow(key, lambda: made, changes), len(entry.original))

    def write(
        self, rows: Sequence[Prepared[AttachedRow]], on_progress: Callable[[], object]
    ) -> Landed:
        """Write the rows; see `Landing`."""
        landed = self._landing.write([row.row for row in rows], on_progress)
        if self._rehearsal and rows:
            self._rehearsal.keep(rows[0].entry.number)
        return landed

    def close(self) -> None:
        """Give back the disk that a dry run takes."""
        if self._rehearsal:
            self._rehearsal.close()

    def _changes_of(self, cells: dict[str, Any]) -> Changes:
        changes = self._changes.changes("", cells, now=0)
        values = {n: value for n, value in changes.values.items() if n not in self._attached.keys}
        return Changes(values, changes.gone)
