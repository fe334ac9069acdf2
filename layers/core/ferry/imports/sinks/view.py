"""What is known of a table's rows and entries while some rows are written."""

from collections.abc import Iterable, Mapping
from typing import Any

from ferry.imports.sinks.rehearsal import Rehearsal
from ferry.imports.sinks.standing import Standing, owners, standings
from ferry.tables.indexes import IndexEntry
from ferry.tables.schema import Table


class View:
    """Rows and entries as stored, then as noted; each is asked for once, many at a time.

    Args:
        client: of DynamoDB.
        table_name: where rows lie.
        table: the rows' table.
        rehearsal: what of it is known hides what is stored, and takes what is noted; None for
            none.

    """

    def __init__(
        self, client: Any, table_name: str, table: Table, rehearsal: Rehearsal | None
    ) -> None:
        self._at = (client, table_name, table)
        self._rehearsal = rehearsal
        self._standings: dict[str, Standing | None] = {}
        self._owners: dict[str, str] = {}

    def ask_rows(self, ids: Iterable[str]) -> None:
        """Ask for the rows that nothing is known of."""
        new = [row_id for row_id in dict.fromkeys(ids) if row_id not in self._standings]
        found = self._rehearsal.standings(new) if self._rehearsal else {}
        stored = standings(*self._at, [row_id for row_id in new if row_id not in found])
        self._standings |= dict.fromkeys(new) | stored | found

    def ask_owners(self, entries: Iterable[IndexEntry]) -> None:
        """Ask for the entries that nothing is known of."""
        new = {entry.key: entry for entry in entries if entry.key not in self._owners}
        found = self._rehearsal.owners(new) if self._rehearsal else {}
        client, table_name, _ = self._at
        others = [entry for key, entry in new.items() if key not in found]
        self._owners |= dict.fromkeys(new, "") | owners(client, table_name, others) | found

    def standing(self, row_id: str) -> Standing | None:
        """Return what there is of a row that was asked for."""
        return self._standings[row_id]

    def owner(self, entry: IndexEntry) -> str:
        """Return which row has an entry that was asked for, "" for none."""
        return self._owners[entry.key]

    def note(self, row_id: str, standing: Standing, moved: Mapping[str, str]) -> None:
        """Take a row as written; `moved` says by key who now has the entries it took or left."""
        self._standings[row_id] = standing
        self._owners |= moved
        if self._rehearsal:
            self._rehearsal.note(row_id, standing, moved)

    def forget(self, row_id: str, keys: Iterable[str]) -> None:
        """Forget a row and entries that somebody else has changed."""
        self._standings.pop(row_id, None)
        for key in keys:
            self._owners.pop(key, None)
