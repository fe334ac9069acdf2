"""Rows that are matched with those of a table: what they are matched by, what they make of them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from ferry.aws.attributes import Item
from ferry.aws.signed_client.signed_requests import SignedRequests
from ferry.aws.signed_client.task_runner import Steps
from ferry.errors import InvalidRow
from ferry.files.bulks import Bulk
from ferry.files.entries import Entry
from ferry.imports.conflicts import Found, RowAction
from ferry.imports.journal.swap import Swap
from ferry.imports.sinks.held import HeldRow
from ferry.imports.sinks.late_entries import CellsOf
from ferry.records.conditional import Move
from ferry.tables.indexes import IndexEntry

type PlainRowsOf = Callable[[Bulk], list[HeldRow["MatchedRow"] | None]]


class MatchedRow(msgspec.Struct, frozen=True):
    """A row of a file with what it is matched by.

    Attributes:
        number: of the record.
        line: of the record.
        key: the same of rows that are matched with the same row of the table.
        new_key: the key of the row that it becomes where there is none, as `RowImages.key_of`.
        given: the record's cells, or what returns them.
        entry: of the index that it is matched by, None where it is matched by a primary key.
        is_new: its key is one that no row can have: it was just made.
        plain: the JSON of its item, see `PlainRow`; "" where it takes the row rules to tell.
        is_whole: whether that is all of the item.
        deleted: the record says that the row is deleted.

    """

    number: int
    line: int
    key: str
    new_key: str
    given: dict[str, Any] | CellsOf
    entry: IndexEntry | None = None
    is_new: bool = False
    plain: str = ""
    is_whole: bool = False
    deleted: bool = False

    @property
    def cells(self) -> dict[str, Any]:
        """The record's cells."""
        return self.given() if callable(self.given) else self.given


class RowImages(Protocol):
    """Reads rows of one table as items, and makes items of rows.

    Attributes:
        plain_rows: returns the rows of a bulk, None for each that `prepare` has to take; None
            where that takes all.

    """

    plain_rows: PlainRowsOf | None

    def prepare(self, entry: Entry) -> MatchedRow:
        """Return the row that an entry holds.

        Raises:
            InvalidRow: it lacks what it is matched by, or breaks a rule that it must not.

        """

    def key_of(self, item: Item) -> str:
        """Return the key of a row, as text."""

    def label_of(self, item: Item) -> str:
        """Return the key of a row as it is shown."""

    def find(self, rows: Sequence[MatchedRow]) -> Mapping[str, Item]:
        """Return by `MatchedRow.key` the rows of the table that are matched."""

    def all_keys(self) -> Iterator[tuple[str, Item]]:
        """Yield of each row of the table `MatchedRow.key` and its primary key.

        Rows without a value that they could be matched by are left out, and so are those that are
        known to have come after the import was accepted.
        """

    def present(self, items: Iterable[Item]) -> Mapping[str, Item]:
        """Return by `key_of` the present state of rows; those that are gone are left out."""

    def after(self, row: MatchedRow, action: RowAction, before: Item | None) -> Item | None:
        """Return the table's row as this row makes it; `before` itself where nothing changes.

        Raises:
            InvalidRow: it breaks a rule of the table.

        """

    def found(self, row: MatchedRow, before: Item | None) -> Found:
        """Return whether the row's key is free, taken, or written by this very job."""

    def made(self, swaps: Sequence[Swap]) -> Collection[int]:
        """Return the numbers of those swaps that an earlier worker of the job has made.

        No two of them are of the same row.
        """

    def doubtful(self, swaps: Sequence[Swap]) -> Collection[int]:
        """Return the numbers of those of which that cannot be told: others changed the row."""

    def move(self, swap: Swap) -> Move:
        """Return how a swap moves its row in unique indexes."""

    def clash(self, swap: Swap) -> InvalidRow | None:
        """Return why a swap of a dry run would be refused."""

    @property
    def requests(self) -> SignedRequests:
        """The sender of the requests of `swap`."""

    def swap(self, swap: Swap) -> Steps[bool]:
        """Make a swap; return False if the row is not as before.

        Raises:
            Duplicate: another row has one of the values.
            InvalidRow: DynamoDB does not take the row.

        """

    def rehearse(self, swap: Swap) -> None:
        """Take a swap as made, in a dry run."""

    def restamped(self, swap: Swap) -> Swap:
        """Return a swap of the dry run that the job applies as one of the job's own."""

    def refusal_of_change(self, before: Item) -> InvalidRow | None:
        """Return why whoever started the job may not change that row of the table."""

    def refusal(self, row: MatchedRow, found: Found) -> InvalidRow:
        """Return why a row fails whose key is taken, or free."""

    def close(self) -> None:
        """Give back what it holds besides memory."""
