"""How rows of a file get into their table: as new rows, under ids of the file's, or not at all.

A landing says of each row it is given what became of it. Rows that it refuses join those that
could not be read.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

import msgspec

from ferry.errors import InvalidRow, Malformed
from ferry.formats import Entry, Format
from ferry.jobs.job import Job
from ferry.jobs.requests import ImportOptions, ImportRequest
from ferry.storage import records as stored
from ferry.storage.attributes import Item, encode, item_bytes
from ferry.storage.keyed import KeyedRecords, KeyedRow, Landed
from ferry.storage.records import Records
from ferry.storage.unique import UniqueRecords
from ferry.tables.changes import ChangeRules, Changes
from ferry.tables.records import SOURCE, derived_id, new_record
from ferry.tables.rows import Row, RowRules
from ferry.tables.schema import Schema, Table

_UNIQUE_AT_A_TIME = 500
"""Rows that are written between two signs of life: each takes a part in a transaction."""


class Prepared[T](msgspec.Struct, frozen=True):
    """A row that keeps the rules, ready to be written.

    Attributes:
        entry: where it comes from.
        row: what the landing writes.
        size: bytes that it holds, about.

    """

    entry: Entry
    row: T
    size: int


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


def landing(job: Job, file_format: Format, table: Table, records: Records) -> Landing[Any]:
    """Return what takes the rows of an import to their table, as its options say."""
    options = cast("ImportRequest", job.request)
    refuse_unserved(options, table)
    if options.id_as_key:
        keyed = KeyedRecords(records.table_name, conflict=options.conflict, dry_run=options.dry_run)
        return KeyedRows(job, file_format, table, keyed, eager=options.conflict != "upsert")
    if options.dry_run:
        return NewRows(job, file_format, table, None)
    if table.indexes:
        return UniqueRows(job, file_format, table, UniqueRecords(records.table_name))
    return NewRows(job, file_format, table, records)


def refuse_unserved(options: ImportOptions, table: Table) -> None:
    """Raise Malformed for options that the table's imports cannot have."""
    # A row that keeps its id is written on a condition of its own, beside those of the indexes.
    if options.id_as_key and table.indexes:
        raise Malformed("id_as_key does not go with a table that has unique indexes")


class NewRows:
    """Every row is a new one, with an id that derives from the job and the row's number.

    So a row that is written twice is there once, and none can be refused.

    Args:
        records: where rows lie, None where they are not to be written.

    """

    def __init__(
        self, job: Job, file_format: Format, table: Table, records: Records | None
    ) -> None:
        self._job = job
        self._table = table
        self._records = records
        self._row = file_format.rows(RowRules(table.schema))

    def prepare(self, entry: Entry) -> Prepared[Item]:
        """Return the row; see `Landing`."""
        item = _item(self._job, self._table, self._row(_cells(entry)), _new_id(self._job, entry))
        return Prepared(entry, item, item_bytes(item))

    def write(self, rows: Sequence[Prepared[Item]], on_progress: Callable[[], object]) -> Landed:
        """Write the rows; see `Landing`."""
        if self._records:
            self._records.put([row.row for row in rows], on_batch=on_progress)
        return Landed()


class UniqueRows(NewRows):
    """New rows of a table with unique indexes; one whose values another row has is refused."""

    def __init__(self, job: Job, file_format: Format, table: Table, records: UniqueRecords) -> None:
        super().__init__(job, file_format, table, None)
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


class KeyedRows:
    """A row keeps the id that the file gives; one that gives none is a new row.

    Args:
        eager: each row must do as a new one. Otherwise what it may change is asked about only
            when it is known whether the row is there.

    """

    def __init__(
        self, job: Job, file_format: Format, table: Table, records: KeyedRecords, *, eager: bool
    ) -> None:
        self._job = job
        self._table = table
        self._records = records
        self._eager = eager
        self._row = file_format.rows(RowRules(table.schema, ids=True))
        self._id = file_format.rows(RowRules(Schema(), ids=True))
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
        return self._records.write(self._table, [row.row for row in rows], on_progress)


def _cells(entry: Entry) -> dict[str, Any]:
    if entry.error:
        raise entry.error
    return entry.cells


def _new_id(job: Job, entry: Entry) -> str:
    return derived_id(job.accepted_at // 1000, job.id, entry.number)


def _item(job: Job, table: Table, row: Row, record_id: str) -> Item:
    record = new_record(
        table, row, record_id=record_id, user_id=job.user_id, now_ms=job.accepted_at
    )
    return stored.item(table, record)
