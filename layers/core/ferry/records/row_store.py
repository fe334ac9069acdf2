"""Single rows, by id."""

from collections.abc import Callable, Iterable

from ferry.aws import clients
from ferry.aws.batches import get_batch
from ferry.aws.retry import Backoff
from ferry.aws.transactions import commit
from ferry.errors import Duplicate, NotFound
from ferry.records import store as stored
from ferry.records.deletions import note_deletion
from ferry.records.open_imports import OpenImports
from ferry.records.order_moves import note_move
from ferry.records.places import move_place
from ferry.records.row_actions import (
    change_row,
    delete_entry,
    delete_row,
    put_entry,
    row_key,
    whole_row,
)
from ferry.tables.indexes import UniqueIndexes
from ferry.tables.records import Record
from ferry.tables.schema import Table

_BACKOFF = Backoff()


class Rows:
    """Rows of all tables. A change is one transaction with the row's entries in unique indexes.

    Reads are consistent.
    """

    def __init__(self, table_name: str, *, backoff: Backoff = _BACKOFF) -> None:
        self._table_name = table_name
        self._backoff = backoff

    def get(self, table: Table, row_id: str) -> Record:
        """Return the row.

        Raises:
            NotFound: the table has none of that id.

        """
        answer = clients.dynamodb().get_item(
            TableName=self._table_name, Key=row_key(table, row_id), ConsistentRead=True
        )
        if "Item" not in answer:
            raise NotFound(f"record {row_id} does not exist")
        return stored.record(answer["Item"])

    def get_all(self, table: Table, row_ids: Iterable[str]) -> list[Record]:
        """Return the rows in the order of their ids here, without those that do not exist."""
        ordered = list(row_ids)
        keys = [row_key(table, row_id) for row_id in dict.fromkeys(ordered)]
        items = get_batch(clients.dynamodb(), self._table_name, keys, backoff=self._backoff)
        found = {row.id: row for row in map(stored.record, items)}
        return [found[row_id] for row_id in ordered if row_id in found]

    def update(
        self,
        table: Table,
        row_id: str,
        change: Callable[[Record], Record],
        *,
        check: Callable[[Record], None] | None = None,
    ) -> Record:
        """Store what `change` makes of the row as it is, and return it.

        Only the attributes that differ are written: two changes of different ones at the same
        time both hold. But with `check`, which may raise, the row is written only while it is as
        it was checked.

        Raises:
            NotFound: the table has no row of that id, or not any more.
            Duplicate: another row has the new values in a unique index.
            InvalidRow: the row becomes larger than DynamoDB stores.

        """
        return self._rewrite(table, row_id, change, check)

    def delete(
        self,
        table: Table,
        row_id: str,
        *,
        open_imports: OpenImports,
        check: Callable[[Record], None] | None = None,
    ) -> None:
        """Delete the row; imports that are open, and do a step again, do not put it again.

        With `check`, which may raise, it is deleted only while it is as it was checked.

        Raises:
            NotFound: the table has none of that id.

        """
        self._rewrite(table, row_id, lambda _: None, check, open_imports)

    def _rewrite(
        self,
        table: Table,
        row_id: str,
        change: Callable[[Record], Record | None],
        check: Callable[[Record], None] | None,
        open_imports: OpenImports | None = None,
    ) -> Record:
        for _ in self._backoff.attempts():
            old = self.get(table, row_id)
            if check:
                check(old)
            new = change(old)
            # Read after the row: the import that wrote it had noted itself by then.
            noted = bool(open_imports and open_imports.of(table.id))
            if self._swap(table, old, new, noted=noted, checked=check is not None):
                return new or old
            # Another request has changed the entries or, if it was checked, anything of the row;
            # or deleted it: read it again.
        raise TimeoutError(f"record {row_id} changed before each of {self._backoff.tries} tries")

    def _swap(
        self, table: Table, old: Record, new: Record | None, *, noted: bool, checked: bool
    ) -> bool:
        name, indexes = self._table_name, UniqueIndexes(table)
        before = {entry.key: entry for entry in indexes.entries(old.columns)}
        after = {entry.key: entry for entry in indexes.entries(new.columns)} if new else {}
        taken = [entry for key, entry in after.items() if key not in before]
        as_read = whole_row(table, old, new) if checked else {}
        dropped = [entry for key, entry in before.items() if key not in after]
        failed = commit(
            [
                *(put_entry(name, entry, old.id) for entry in taken),
                change_row(name, table, old, new, as_read)
                if new
                else delete_row(name, table, old, as_read),
                *(delete_entry(name, entry, old.id) for entry in dropped),
                *([note_deletion(name, table, old)] if noted else []),
                *move_place(name, row_key(table, old.id), old.place, new.place if new else ""),
                *([note_move(name, table, old.id)] if new and new.place != old.place else []),
            ]
        )
        # Only entries failed, not the row's own condition: another row has the value. If the row
        # has changed as well, reading it again may show that the value is not wanted any more.
        if failed and failed[-1] < len(taken):
            raise Duplicate(taken[failed[0]].refusal)
        return not failed
