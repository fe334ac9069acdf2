"""A cache of a table's rows and index entries while some rows are written."""

from collections.abc import Collection, Iterable, Mapping

from ferry.aws import clients
from ferry.aws.signed_client.signed_requests import SignedRequests
from ferry.imports.sinks.existing import ExistingRow, entry_owners, existing_rows
from ferry.records.deletions import deleted_sources
from ferry.tables.indexes import IndexEntry
from ferry.tables.schema import Table


class KnownRows:
    """Rows and entries as stored, then as noted; each is asked for once, many at a time.

    Args:
        requests: sends the requests.
        table_name: where rows lie.
        table: the rows' table.

    """

    def __init__(self, requests: SignedRequests, table_name: str, table: Table) -> None:
        self._at = (requests, table_name, table)
        self._rows: dict[str, ExistingRow | None] = {}
        self._owners: dict[str, str] = {}
        self._deleted: dict[str, Collection[str]] = {}

    def ask_rows(self, ids: Iterable[str]) -> None:
        """Ask for the rows that nothing is known of."""
        new = [row_id for row_id in dict.fromkeys(ids) if row_id not in self._rows]
        self._rows |= dict.fromkeys(new) | existing_rows(*self._at, new)

    def ask_deleted(self, ids: Iterable[str]) -> None:
        """Ask which of the rows that the table has not were deleted; after `ask_rows`."""
        # A deletion is noted in one transaction with the row's end, so it is visible once the row
        # is not; asked in the other order, a row deleted in between would pass for never written.
        missing = [row_id for row_id in ids if self._rows[row_id] is None]
        if missing:
            self._deleted |= deleted_sources(clients.dynamodb(), *self._at[1:], missing)

    def ask_owners(self, entries: Iterable[IndexEntry]) -> None:
        """Ask for the entries that nothing is known of."""
        new = {entry.key: entry for entry in entries if entry.key not in self._owners}
        requests, table_name, _ = self._at
        self._owners |= dict.fromkeys(new, "") | entry_owners(requests, table_name, new.values())

    def row(self, row_id: str) -> ExistingRow | None:
        """Return the row of that id, which was asked for; None where the table has none."""
        return self._rows[row_id]

    def deleted(self, row_id: str) -> Collection[str]:
        """Return the sources of deleted rows of that id, as far as `ask_deleted` was called."""
        return self._deleted.get(row_id, ())

    def owner(self, entry: IndexEntry) -> str:
        """Return the id of the row that has an entry which was asked for, "" for none."""
        return self._owners[entry.key]

    def note(self, row_id: str, row: ExistingRow, moved: Mapping[str, str]) -> None:
        """Take a row as written; `moved` says by key who now has the entries it took or left."""
        self._rows[row_id] = row
        self._owners |= moved

    def forget(self, row_id: str, keys: Iterable[str]) -> None:
        """Forget a row and entries that somebody else has changed."""
        self._rows.pop(row_id, None)
        for key in keys:
            self._owners.pop(key, None)
