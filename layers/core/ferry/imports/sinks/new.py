"""New rows of a table without unique indexes: none can fail once it keeps the rules."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ferry.aws.attributes import Item, item_bytes
from ferry.files.bulks import Bulk
from ferry.files.entries import Entry
from ferry.files.format import Format
from ferry.imports.import_job import ImportJob
from ferry.imports.sinks.sink import BatchResult, PendingBatch, RowSink
from ferry.records import store as stored
from ferry.records.places import is_displaced, place_item
from ferry.tables.records import derived_id, new_record
from ferry.tables.rows import Row, RowRules
from ferry.tables.schema import Table

if TYPE_CHECKING:
    from ferry.aws.signed_client.batch_writer import BatchWriter, PutGroup
    from ferry.imports.row_texts.bulk_texts import WriteRows

_SENT_BYTES = 16 * 1024 * 1024


class NewRows:
    """Makes items of entries, under ids that derive from the job and the entry's number.

    A worker that does a step again gives a row the same id, so that the row is there once.
    """

    def __init__(self, job: ImportJob, file_format: Format, table: Table) -> None:
        self._job = job
        self._table = table
        self._row = file_format.rows(RowRules(table.schema))

    def item(self, entry: Entry) -> Item:
        """Return the item that the entry becomes.

        Raises:
            InvalidRow: it breaks a rule of the table.

        """
        return item_of(self._job, self._table, self._row(readable(entry)), new_id(self._job, entry))


class NewRowSink:
    """Sends rows as they are read; the next batch is read while the last one is written.

    A put replaces whatever the table has: an edit that a user made of a row since, or its deletion.
    So rows that an earlier worker may have sent are not put again, but given to another sink.

    Args:
        rows: makes items.
        write_rows: makes the texts of many items at once; None where nothing can.
        writer: takes them to the table.
        repeated: takes rows up to the number `repeated_to`.
        repeated_to: the number of the last row that an earlier worker may have sent.

    """

    batches_ahead = 1

    def __init__(
        self,
        rows: NewRows,
        write_rows: WriteRows | None,
        writer: BatchWriter,
        *,
        repeated: RowSink,
        repeated_to: int,
    ) -> None:
        self.takes_bulks = write_rows is not None
        self._rows = rows
        self._write_rows = write_rows
        self._writer = writer
        self._repeated = repeated
        self._repeated_to = repeated_to
        self._begin()

    @property
    def full(self) -> bool:
        """Whether the open batch should be ended."""
        return self._bytes >= _SENT_BYTES or self._repeated.full

    def add(self, entry: Entry) -> None:
        """Send a row; see `RowSink`."""
        # An earlier worker may have sent this row, and a user may have changed it since.
        if entry.number <= self._repeated_to:
            self._repeated.add(entry)
            return
        item = self._rows.item(entry)
        self._bytes += item_bytes(item)
        text = msgspec.json.encode(item).decode()
        if is_displaced(item):
            self._put_displaced([text], [msgspec.json.encode(place_item(item)).decode()])
        else:
            self._put([text])

    def add_bulk(self, bulk: Bulk) -> set[int]:
        """Send the rows that are plainly right; see `RowSink`."""
        # A bulk that only begins among repeated rows goes row by row as well: `add` decides for
        # each.
        if self._write_rows is None or bulk.start.number < self._repeated_to:
            return set(range(len(bulk.rows)))
        texts = self._write_rows(bulk.rows, bulk.start.number + 1)
        plain = [text for text in texts if isinstance(text, str)]
        self._bytes += len(bulk.text)
        self._put(plain)
        if len(plain) == len(texts):
            return set()
        displaced = [text for text in texts if isinstance(text, tuple)]
        self._put_displaced([text.row for text in displaced], [text.place for text in displaced])
        return {place for place, text in enumerate(texts) if text is None}

    def end_batch(self) -> PendingBatch:
        """End the open batch; see `RowSink`."""
        sent = _SentRows(self._group, self._places, self._displaced, self._count)
        pending = partial(_result, self._repeated.end_batch(), sent)
        self._begin()
        return pending

    def close(self) -> None:
        """Drop the requests that are not answered yet."""
        self._writer.close()

    def _begin(self) -> None:
        self._group = self._writer.group()
        self._places = self._writer.group()
        self._displaced: list[str] = []
        self._count = 0
        self._bytes = 0

    def _put(self, texts: list[str]) -> None:
        self._count += len(texts)
        self._group.put(texts)

    def _put_displaced(self, rows: list[str], places: list[str]) -> None:
        self._count += len(rows)
        self._places.put(places)
        # A row whose place is not written yet would be in no export: these rows follow once all
        # places are.
        self._displaced += rows


class _SentRows(NamedTuple):
    """A batch of rows: those that are sent, and the displaced ones that wait for their places."""

    group: PutGroup
    places: PutGroup
    displaced: list[str]
    rows: int


def _result(repeated: PendingBatch, sent: _SentRows) -> BatchResult:
    result = repeated()
    sent.places.wait()
    sent.group.put(sent.displaced)
    sent.group.wait()
    return result._replace(written=result.written + sent.rows)


def readable(entry: Entry) -> dict[str, Any]:
    """Return the entry's cells.

    Raises:
        InvalidRow: the file's reader could not read it.

    """
    if entry.error:
        raise entry.error
    return entry.cells


def new_id(job: ImportJob, entry: Entry) -> str:
    """Return the id of a row that is given none."""
    return derived_id(job.accepted_at // 1000, job.id, entry.number)


def item_of(job: ImportJob, table: Table, row: Row, record_id: str) -> Item:
    """Return the item that a row of the job's file becomes.

    Raises:
        InvalidRow: it is larger than DynamoDB stores.

    """
    # The time of writing is that of the job's acceptance: a step that is done again writes the
    # same bytes.
    record = new_record(
        table, row, record_id=record_id, user_id=job.user_id, now_ms=job.accepted_at
    )
    return stored.item(table, record)
