"""Sinks of rows that may turn out to fail while they are written.

Such rows are held until their batch ends: which of two rows with the same key fails must not
depend on which request is answered first.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from ferry.errors import InvalidRow
from ferry.files.bulks import Bulk
from ferry.files.entries import Entry
from ferry.imports.sinks.late_entries import LateEntry, settled
from ferry.imports.sinks.sink import BatchResult, PendingBatch

_HELD_RECORDS = 2_000
_HELD_BYTES = 4 * 1024 * 1024


class HeldRow[T](msgspec.Struct, frozen=True):
    """A row that keeps the table's rules, ready to be written.

    Attributes:
        entry: where it comes from.
        row: what the sink writes.
        size: bytes that it holds, about.

    """

    entry: Entry | LateEntry
    row: T
    size: int


class RowOutcomes(msgspec.Struct):
    """The outcomes of a batch's rows, by their places from 0: the failed, and the skipped.

    `kinds` tells of the others what they did to the table, where the sink knows: new, changed,
    same, deleted.
    """

    failed: dict[int, InvalidRow] = {}
    skipped: set[int] = set()
    kinds: dict[int, str] = {}


class HeldRowSink[T](ABC):
    """A `RowSink` that writes a batch when it has ended."""

    takes_bulks = False
    batches_ahead = 0

    def __init__(self) -> None:
        self._rows: list[HeldRow[T]] = []
        self._bytes = 0

    @property
    def full(self) -> bool:
        """Whether the open batch should be ended."""
        return len(self._rows) >= _HELD_RECORDS or self._bytes >= _HELD_BYTES

    def add(self, entry: Entry) -> None:
        """Add a row to the open batch; see `RowSink`."""
        row = self.prepare(entry)
        # The original is kept with the row until its batch ends: it may have to go to the failed
        # rows.
        self.hold([row], len(entry.original))

    def hold(self, rows: Sequence[HeldRow[T]], originals: int) -> None:
        """Take rows whose originals have so many bytes."""
        self._rows += rows
        self._bytes += sum(row.size for row in rows) + originals

    def add_bulk(self, bulk: Bulk) -> set[int]:
        """Leave all rows to `add`."""
        return set(range(len(bulk.rows)))

    def end_batch(self) -> PendingBatch:
        """End the open batch; its rows are written when its result is asked for."""
        # Those of a bulk that `add` has taken come behind the others.
        rows = sorted(self._rows, key=_number)
        self._rows, self._bytes = [], 0
        return partial(self._result, rows)

    @abstractmethod
    def close(self) -> None:
        """Close open files; see `RowSink.close`."""

    @abstractmethod
    def prepare(self, entry: Entry) -> HeldRow[T]:
        """Return the row that the entry holds.

        Raises:
            InvalidRow: it breaks a rule of the table.

        """

    @abstractmethod
    def write(self, rows: Sequence[HeldRow[T]]) -> RowOutcomes:
        """Write the rows, of the same key in their order; writing them again changes nothing."""

    def _result(self, rows: Sequence[HeldRow[T]]) -> BatchResult:
        outcomes = self.write(rows)
        failed = [(settled(rows[place].entry), why) for place, why in outcomes.failed.items()]
        kinds = Counter(outcomes.kinds.values())
        return BatchResult(len(rows) - len(failed), len(outcomes.skipped), failed, kinds)


def _number(row: HeldRow[Any]) -> int:
    return row.entry.number
