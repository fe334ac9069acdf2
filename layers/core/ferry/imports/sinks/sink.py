"""The interface of a sink, which writes the rows of a file to their table."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from ferry.errors import InvalidRow
from ferry.files.bulks import Bulk
from ferry.files.entries import Entry


class BatchResult(NamedTuple):
    """The result of a batch of rows.

    Attributes:
        written: rows that the table has now; `skipped` are among them.
        skipped: rows that the table had before and that were left alone, as `conflict=skip` asks.
        failed: the other rows, each with its reason.
        kinds: how many of the written were new, changed, same or deleted, where that is known.

    """

    written: int
    skipped: int = 0
    failed: Sequence[tuple[Entry, InvalidRow]] = ()
    kinds: Mapping[str, int] = {}


type PendingBatch = Callable[[], BatchResult]
"""Waits until the rows of a batch are written and returns their result."""


class RowSink(Protocol):
    """Takes rows to their table, batch after batch.

    A sink has one open batch, to which rows are added. A caller who is killed may add the same rows
    again to a later sink: each row is then in the table once, whatever it said the first time.

    Attributes:
        takes_bulks: whether `add_bulk` is quicker than `add`.
        batches_ahead: how many batches may be filled while an earlier one is being written.

    """

    takes_bulks: bool
    batches_ahead: int

    @property
    def full(self) -> bool:
        """Whether the open batch should be ended."""

    def add(self, entry: Entry) -> None:
        """Add a row to the open batch.

        Raises:
            InvalidRow: the row breaks a rule of the table; it is not part of the batch.

        """

    def add_bulk(self, bulk: Bulk) -> set[int]:
        """Add rows to the open batch; return the places of those that `add` has to take instead."""

    def end_batch(self) -> PendingBatch:
        """End the open batch and begin the next one. Batches are waited for in their order."""

    def close(self) -> None:
        """Drop what is not written yet and give back disk and connections."""
