"""How rows of a file get into their table: as new rows, under ids of the file's, or not at all.

A landing says of each row it is given what became of it. Rows that it refuses join those that
could not be read.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

from ferry.aws.attributes import Item, encode, item_bytes
from ferry.aws.bucket import Files
from ferry.errors import InvalidRow
from ferry.files.entries import Entry
from ferry.files.format import Format
from ferry.imports.sinks.attached_rows import AttachedRows
from ferry.imports.sinks.keyed import KeyedRecords, KeyedRow, Landed
from ferry.imports.sinks.prepared import Prepared
from ferry.imports.sinks.rehearsal import Rehearsal
from ferry.jobs.job import ImportCheckpoint, Job
from ferry.jobs.requests import ImportRequest
from ferry.records import store as stored
from ferry.records.store import Records
from ferry.records.unique import UniqueRecords
from ferry.tables.changes import ChangeRules, Changes
from ferry.tables.records import SOURCE, derived_id, new_record
from ferry.tables.rows import Row, RowRules
from ferry.tables.schema import Schema, Table

_UNIQUE_AT_A_TIME = 500
"""Rows that are written between two signs of life: each takes a part in a transaction."""


class Landing[T](Protocol):
    """Takes rows to their table."""

    def prepare(self, entry: Entry) -> Prepared[T]:
        """Return the row that the entry holds.

        Raises:
            InvalidRow: it breaks a rule of the table.

        """

    def write(self, rows: Sequence[Prepared[T]], on_progress: Callable[[], object]) -> Landed:
        """Write the rows and say what became of them; doing so twice is harmless.

        `on_progress` is called now and then: throttled, the writing may take minutes.
        """

    def close(self) -> None:
        """Give back what it holds besides memory."""


def landing(
    job: Job, file_format: Format, table: Table, records: Records, results: Files
) -> Landing[Any] | None:
    """Return what takes rows to their table where some may be refused, None where none can be."""
    options = cast("ImportRequest", job.request)
    if table.attached:
        rehearsal = _rehearsal(job, results) if options.dry_run else None
        return AttachedRows(job, file_format, table.attached, table.schema, rehearsal)
    if options.id_as_key or (options.dry_run and table.indexes):
        return KeyedRows(job, file_format, table, records, results)
    if table.indexes:
        return UniqueRows(job, file_format, table, UniqueRecords(records.table_name))
    return None


class NewRows:
    """Every row is a new one, with an id that derives from the job and the row's number.

    So a row that is written twice is there once.
    """

    def __init__(self, job: Job, file_format: Format, table: Table) -> None:
        self._job = job
        self._table = table
        self._row = file_format.rows(RowRules(table.schema))

    def prepare(self, entry: Entry) -> Prepared[Item]:
        """Return the row; see `Landing`."""
        item = _item(self._job, self._table, self._row(_cells(entry)), _new_id(self._job, entry))
        return Prepared(entry, item, item_bytes(item))


class UniqueRows(NewRows):
    """New rows of a table with unique indexes; one whose values another row has is refused."""

    def __init__(self, job: Job, file_format: Format, table: Table, records: UniqueRecords) -> None:
        super().__init__(job, file_format, table)
        self._unique = records

    def write(self, rows: Sequence[Prepared[Item]], on_progress: Callable[[], object]) -> Landed:
        """Write the rows; see `Landing`."""
        landed = Landed()
        for start in range(0, len(rows), _UNIQUE_AT_A_TIME):
            items = [row.row for row in rows[start : start + _UNIQUE_AT_A_TIME]]
            for refusal in self._unique.put_all(self._table, items):
                landed.refused[start + refusal.number] = InvalidRow("", refusal.entry.refusal)
            on_progress()
        return landed

    def close(self) -> None:
        """Do nothing: it holds nothing."""


class KeyedRows:
    """A row keeps the id that the file gives, if ids are to be kept; any other is a new row.

    In a dry run nothing is written; what would become of the rows is told all the same.

    Args:
        records: where rows lie.
        results: where a dry run keeps what it would have written.

    """

    def __init__(
        self, job: Job, file_format: Format, table: Table, records: Records, results: Files
    ) -> None:
        options = cast("ImportRequest", job.request)
        self._job = job
        self._table = table
        self._rehearsal = _rehearsal(job, results) if options.dry_run else None
        self._records = KeyedRecords(
            records.table_name, table, conflict=options.conflict, rehearsal=self._rehearsal
        )
        # Each row must do as a new one, unless it may only change what is there.
        self._eager = options.conflict != "upsert"
        self._row = file_format.rows(RowRules(table.schema, ids=options.id_as_key))
        self._id = file_format.rows(RowRules(Schema(), ids=options.id_as_key))
        self._changes = ChangeRules(table.schema, file_format.rows)

    def prepare(self, entry: Entry) -> Prepared[KeyedRow]:
        """Return the row; see `Landing`."""
        job, cells = self._job, _cells(entry)
        row_id = self._id({"id": cells.get("id")}).given.get("id") or _new_id(job, entry)
        source = f"{job.id}/{entry.number}"

        def item() -> Item:
            made = _item(job, self._table, self._row(cells), row_id)
            return {**made, SOURCE: encode(source)}

        def changes() -> Changes:
            return self._changes.changes(row_id, cells, now=job.accepted_at // 1000)

        if not self._eager:
            row = KeyedRow(row_id, source, item, changes)
            return Prepared(entry, row, len(entry.original))
        made = item()
        return Prepared(entry, KeyedRow(row_id, source, lambda: made, changes), item_bytes(made))

    def write(
        self, rows: Sequence[Prepared[KeyedRow]], on_progress: Callable[[], object]
    ) -> Landed:
        """Write the rows; see `Landing`."""
        landed = self._records.write([row.row for row in rows], on_progress)
        if self._rehearsal and rows:
            self._rehearsal.keep(rows[0].entry.number)
        return landed

    def close(self) -> None:
        """Give back the disk that a dry run takes."""
        if self._rehearsal:
            self._rehearsal.close()


def _cells(entry: Entry) -> dict[str, Any]:
    if entry.error:
        raise entry.error
    return entry.cells


def _rehearsal(job: Job, results: Files) -> Rehearsal:
    saved = job.checkpoint
    done = saved.position.number if isinstance(saved, ImportCheckpoint) else 0
    return Rehearsal(results, f"imports/{job.id}/rehearsed/", done=done)


def _new_id(job: Job, entry: Entry) -> str:
    return derived_id(job.accepted_at // 1000, job.id, entry.number)


def _item(job: Job, table: Table, row: Row, record_id: str) -> Item:
    record = new_record(
        table, row, record_id=record_id, user_id=job.user_id, now_ms=job.accepted_at
    )
    return stored.item(table, record)
