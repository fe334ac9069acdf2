"""Rows of tables that have unique indexes: an index's entries lie beside the rows, as items."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from ferry.aws import clients
from ferry.aws.attributes import Item, decode, item_bytes
from ferry.aws.batches import get_batch
from ferry.aws.threads import in_threads
from ferry.aws.transactions import MOST_BYTES, commit, is_about_an_item
from ferry.records.deletions import deleted_sources
from ferry.records.places import is_displaced, key_of, move_place, order_of
from ferry.records.row_actions import Action, put_entry, put_new_row
from ferry.records.store import Records
from ferry.tables.indexes import IndexEntry, UniqueIndexes, also_taken
from ferry.tables.records import ID, PARTITION
from ferry.tables.schema import Table

_WRITERS = 8
_BATCH_ACTIONS = 50
"""A transaction may have twice as many, but the larger it is, the likelier others hold it up."""

_ENTRY_BYTES = 300


class Refusal(NamedTuple):
    """A row that was not written.

    Attributes:
        number: the row's place among those given, from 0.
        reason: why, fit to be shown.
        entry: what another row has already, None where DynamoDB itself does not take the row.
        others: further indexes that have values of the row already, each with the reason.

    """

    number: int
    reason: str
    entry: IndexEntry | None = None
    others: Sequence[tuple[str, str]] = ()

    @classmethod
    def of(cls, number: int, entries: Sequence[IndexEntry]) -> "Refusal":
        """Return the refusal of a row of which other rows have these entries, one at least."""
        return cls(number, entries[0].refusal, entries[0], also_taken(entries))


class _Write(NamedTuple):
    """One row with its entries: all are written, or none."""

    number: int
    item: Item
    entries: list[IndexEntry]

    @property
    def row_id(self) -> str:
        return str(self.item[ID]["S"])

    @property
    def keys(self) -> set[str]:
        """The keys that no other write of the same transaction may touch."""
        return {self.row_id, *(entry.key for entry in self.entries)}


class UniqueRecords:
    """Rows of tables with unique indexes, many at a time."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    def put_all(
        self, table: Table, items: Sequence[Item], on_batch: Callable[[], object] = lambda: None
    ) -> list[Refusal]:
        """Write the rows whose values no other row has; return the others, in their order.

        Of rows among `items` with the same values the first is written. A row whose id the table
        has stays as it is, and so do its entries: put again over a user's change, it would have
        the entries of its old values and of its new ones, and the old ones would block their
        values for good. What changes a row is `ferry.records.row_store.Rows.update`.

        Args:
            table: the rows' table; without indexes it takes them all, at half the price.
            items: the rows as `ferry.records.store.item` makes them.
            on_batch: called each time a batch is written: throttled, many may take minutes.

        """
        if not table.indexes:
            Records(self._table_name).put(items, on_batch)
            return []
        return self._put_all(table, items, on_batch)

    def put_missing(
        self, table: Table, items: Sequence[Item], on_batch: Callable[[], object] = lambda: None
    ) -> list[Refusal]:
        """Write those of the rows that were never written; otherwise as `put_all`.

        A row that the table has was written before, and a row that was deleted since stays
        deleted: `items` are those of a step that is done again.
        """
        ids = {str(item[ID]["S"]): number for number, item in enumerate(items)}
        client = clients.dynamodb()
        keys = [{name: item[name] for name in (PARTITION, ID)} for item in items]
        there = {found[ID]["S"] for found in get_batch(client, self._table_name, keys, names=(ID,))}
        missing = [row_id for row_id in ids if row_id not in there]
        # After the rows were read, never before: see `deleted_sources`.
        deleted = deleted_sources(client, self._table_name, table, missing)
        numbers = [ids[row_id] for row_id in missing if row_id not in deleted]
        refusals = self._put_all(table, [items[number] for number in numbers], on_batch)
        return [refusal._replace(number=numbers[refusal.number]) for refusal in refusals]

    def _put_all(
        self, table: Table, items: Sequence[Item], on_batch: Callable[[], object]
    ) -> list[Refusal]:
        clients.dynamodb()  # clients are made safely in one thread only
        indexes = UniqueIndexes(table)
        waiting = [
            _Write(number, item, indexes.entries(_decoded(item, indexes.fields)))
            for number, item in enumerate(items)
        ]
        refusals: list[Refusal] = []
        while waiting:
            apart, waiting = _apart(waiting)
            refused: list[Refusal] = []
            for found in in_threads(self._put, _batches(apart), threads=_WRITERS):
                refused += found
                on_batch()
            hopeless = list(_hopeless(waiting, _owners(apart, refused)))
            refusals += refused + hopeless
            numbers = {refusal.number for refusal in hopeless}
            waiting = [write for write in waiting if write.number not in numbers]
        return sorted(refusals, key=lambda refusal: refusal.number)

    def _put(self, batch: list[_Write]) -> list[Refusal]:
        refused: dict[int, Refusal] = {}
        there: set[int] = set()
        while batch:
            steps = [(write, entry) for write in batch for entry in (*write.entries, None)]
            places = [action for write in batch for action in self._places(write)]
            try:
                failed = commit([self._action(write, entry) for write, entry in steps] + places)
            except ClientError as error:
                if not is_about_an_item(error):
                    raise
                return [*refused.values(), *self._put_fewer(batch, error)]
            if not failed:
                break
            taken: dict[int, list[IndexEntry]] = {}
            for write, entry in (steps[position] for position in failed):
                if entry:
                    taken.setdefault(write.number, []).append(entry)
                else:
                    there.add(write.number)
            refused |= {number: Refusal.of(number, entries) for number, entries in taken.items()}
            batch = [write for write in batch if write.number not in refused.keys() | there]
        return [refusal for number, refusal in refused.items() if number not in there]

    def _put_fewer(self, batch: list[_Write], error: ClientError) -> list[Refusal]:
        """Put a batch of which DynamoDB does not take some row, so that only that row fails."""
        if len(batch) == 1:
            reason = f"is refused by DynamoDB: {error.response['Error']['Message']}"
            return [Refusal(batch[0].number, reason)]
        # DynamoDB does not say which item it refuses: halving finds it in a few transactions.
        half = len(batch) // 2
        return self._put(batch[:half]) + self._put(batch[half:])

    def _action(self, write: _Write, entry: IndexEntry | None) -> Action:
        if entry:
            return put_entry(self._table_name, entry, write.row_id)
        return put_new_row(self._table_name, write.item)

    def _places(self, write: _Write) -> Sequence[Action]:
        return move_place(self._table_name, key_of(write.item), "", order_of(write.item))


def _decoded(item: Item, names: Set[str]) -> dict[str, Any]:
    return {name: decode(item[name]) for name in names if name in item}


def _apart(writes: Iterable[_Write]) -> tuple[list[_Write], list[_Write]]:
    """Return the writes that no earlier one touches, and those that have to wait for one."""
    seen: set[str] = set()
    apart: list[_Write] = []
    waiting: list[_Write] = []
    for write in writes:
        # DynamoDB refuses a transaction with two actions on one item.
        # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
        (apart if seen.isdisjoint(write.keys) else waiting).append(write)
        # Those that wait count as well: a third row must not get a value before the second one.
        seen |= write.keys
    return apart, waiting


def _owners(writes: Iterable[_Write], refused: Iterable[Refusal]) -> dict[str, str]:
    """Return the entries' owners, by key: a row's id, or "" for a row outside these writes."""
    others = {refusal.number: refusal.entry for refusal in refused}
    owners = {entry.key: "" for entry in others.values() if entry}
    for write in writes:
        if write.number not in others:
            owners |= {entry.key: write.row_id for entry in write.entries}
    return owners


def _hopeless(writes: Iterable[_Write], owners: Mapping[str, str]) -> Iterator[Refusal]:
    for write in writes:
        taken = [
            entry for entry in write.entries if owners.get(entry.key, write.row_id) != write.row_id
        ]
        if taken:
            yield Refusal.of(write.number, taken)


def _batches(writes: Iterable[_Write]) -> Iterator[list[_Write]]:
    batch: list[_Write] = []
    actions = size = 0
    for write in writes:
        more_actions = 1 + len(write.entries) + is_displaced(write.item)
        more = item_bytes(write.item) + _ENTRY_BYTES * len(write.entries)
        if batch and (actions + more_actions > _BATCH_ACTIONS or size + more > MOST_BYTES):
            yield batch
            batch, actions, size = [], 0, 0
        batch.append(write)
        actions, size = actions + more_actions, size + more
    if batch:
        yield batch
