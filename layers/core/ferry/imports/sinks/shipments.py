"""The rows of an import's steps on their way to the table.

A step's rows are one shipment. New rows go out as they are read, and the next step is read while
they are written. Rows that may be refused are held until their step is complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

import msgspec

from ferry.aws.batch_client.writer import Delivery, ItemWriter
from ferry.aws.bucket import Files
from ferry.errors import InvalidRow
from ferry.files.bulks import Bulk
from ferry.files.entries import Entry, Layout
from ferry.files.format import Format
from ferry.imports.sinks.landing import Landing, NewRows, landing
from ferry.imports.sinks.prepared import Prepared
from ferry.jobs.job import Job
from ferry.jobs.requests import ImportRequest
from ferry.records.store import Records
from ferry.tables.schema import Table

if TYPE_CHECKING:
    from ferry.imports.row_texts.code import WriteRows

_HELD_RECORDS = 2_000
_HELD_BYTES = 4 * 1024 * 1024
_SENT_BYTES = 16 * 1024 * 1024


class Arrived(NamedTuple):
    """What became of a shipment.

    Attributes:
        written: rows that the table has now.
        skipped: those among them that it had before, and that were left alone.
        refused: the others, each with the reason.

    """

    written: int
    skipped: int = 0
    refused: Sequence[tuple[Entry, InvalidRow]] = ()


class Shipment(Protocol):
    """The rows of one step."""

    @property
    def full(self) -> bool:
        """Whether no more should be added."""

    def take(self, entry: Entry) -> None:
        """Add a row.

        Raises:
            InvalidRow: it breaks a rule of the table.

        """

    def take_bulk(self, bulk: Bulk) -> set[int]:
        """Add a bulk's rows, but for those that `take` has to see; return their places in it."""

    def arrive(self) -> Arrived:
        """Wait until all rows are written and say what became of them; twice is harmless."""


class Shipments(Protocol):
    """Makes shipments.

    Attributes:
        takes_bulks: whether they can take rows in bulks.
        ahead: how many shipments may be begun while an earlier one is on its way.

    """

    takes_bulks: bool
    ahead: int

    def begin(self) -> Shipment:
        """Begin a shipment."""


@contextmanager
def open_shipments(
    job: Job,
    file_format: Format,
    layout: Layout,
    table: Table,
    *,
    records: Records,
    results: Files,
    on_wait: Callable[[], object],
) -> Iterator[Shipments]:
    """Yield what takes the rows of an import to their table, as its options say.

    `on_wait` is called now and then: throttled, the writing may take minutes.
    """
    if refusing := landing(job, file_format, table, records, results):
        with closing(refusing):
            yield HeldShipments(refusing, on_wait)
        return
    rows = NewRows(job, file_format, table)
    write_rows = _row_writer(job, table, layout) if file_format.bulks else None
    if cast("ImportRequest", job.request).dry_run:
        yield NewShipments(rows, write_rows, None)
        return
    with closing(records.writer(on_wait)) as writer:
        yield NewShipments(rows, write_rows, writer)


def _row_writer(job: Job, table: Table, layout: Layout) -> WriteRows | None:
    # Whoever only accepts imports does without.
    from ferry.imports.row_texts.rows import row_writer

    return row_writer(table, layout, seed=job.id, user_id=job.user_id, now_ms=job.accepted_at)


class HeldShipments:
    """Shipments that are held until they are complete, and then landed."""

    takes_bulks = False
    ahead = 0

    def __init__(self, landing: Landing[Any], on_progress: Callable[[], object]) -> None:
        self._landing = landing
        self._on_progress = on_progress

    def begin(self) -> _HeldShipment:
        """Begin a shipment; see `Shipments`."""
        return _HeldShipment(self._landing, self._on_progress)


class _HeldShipment:
    def __init__(self, landing: Landing[Any], on_progress: Callable[[], object]) -> None:
        self._landing = landing
        self._on_progress = on_progress
        self._rows: list[Prepared[Any]] = []
        self._bytes = 0

    @property
    def full(self) -> bool:
        return len(self._rows) >= _HELD_RECORDS or self._bytes >= _HELD_BYTES

    def take(self, entry: Entry) -> None:
        row = self._landing.prepare(entry)
        self._rows.append(row)
        self._bytes += row.size + len(entry.original)

    def take_bulk(self, bulk: Bulk) -> set[int]:
        return set(range(len(bulk.rows)))

    def arrive(self) -> Arrived:
        landed = self._landing.write(self._rows, self._on_progress)
        refused = [(self._rows[place].entry, why) for place, why in landed.refused.items()]
        return Arrived(len(self._rows) - len(refused), len(landed.skipped), refused)


class NewShipments:
    """Shipments of new rows, none of which can be refused; they go out as they are read.

    Args:
        rows: makes the rows.
        write_rows: makes texts of many rows at once; None where nothing can.
        writer: takes them to the table; None where they are not to be written.

    """

    ahead = 1

    def __init__(
        self, rows: NewRows, write_rows: WriteRows | None, writer: ItemWriter | None
    ) -> None:
        self.takes_bulks = write_rows is not None
        self._rows = rows
        self._write_rows = write_rows
        self._writer = writer

    def begin(self) -> _NewShipment:
        """Begin a shipment; see `Shipments`."""
        delivery = self._writer.delivery() if self._writer else None
        return _NewShipment(self._rows, self._write_rows, delivery)


class _NewShipment:
    def __init__(
        self, rows: NewRows, write_rows: WriteRows | None, delivery: Delivery | None
    ) -> None:
        self._rows = rows
        self._write_rows = write_rows
        self._delivery = delivery
        self._taken = 0
        self._bytes = 0

    @property
    def full(self) -> bool:
        return self._bytes >= _SENT_BYTES

    def take(self, entry: Entry) -> None:
        prepared = self._rows.prepare(entry)
        self._bytes += prepared.size
        self._put([msgspec.json.encode(prepared.row).decode()])

    def take_bulk(self, bulk: Bulk) -> set[int]:
        if self._write_rows is None:
            return set(range(len(bulk.rows)))
        texts = self._write_rows(bulk.rows, bulk.start.number + 1)
        plain = [text for text in texts if text is not None]
        self._bytes += len(bulk.text)
        self._put(plain)
        if len(plain) == len(texts):
            return set()
        return {place for place, text in enumerate(texts) if text is None}

    def arrive(self) -> Arrived:
        if self._delivery:
            self._delivery.settle()
        return Arrived(self._taken)

    def _put(self, texts: list[str]) -> None:
        self._taken += len(texts)
        if self._delivery:
            self._delivery.put(texts)
