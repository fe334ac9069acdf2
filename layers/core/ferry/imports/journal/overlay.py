"""A table as the swaps of a dry run would leave it.

It lies in a database on disk, for a file may have more rows than memory can hold. It is made of
the dry run's journal: whoever takes the job over reads the pieces that count.
"""

import sqlite3
from collections.abc import Iterable, Mapping

import msgspec

from ferry.aws.attributes import Item

_ENCODER = msgspec.json.Encoder()
_ITEM = msgspec.json.Decoder(Item | None)


class Overlay:
    """Rows, by their keys, and owners of index entries: what it has hides what is stored."""

    def __init__(self) -> None:
        # Without a name it is a file that is gone when closed, held in memory while it is small.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for statement in _SET_UP:
            self._database.execute(statement)

    def rows(self, keys: Iterable[str]) -> dict[str, Item | None]:
        """Return by key those of the rows that are known; None for one that there is no more."""
        found = {key: self._found("SELECT value FROM rows WHERE key = ?", key) for key in keys}
        return {key: _ITEM.decode(value) for key, value in found.items() if value}

    def owners(self, keys: Iterable[str]) -> dict[str, str]:
        """Return by entry key the key of the row that has it, "" for none any more."""
        found = {key: self._found("SELECT value FROM owners WHERE key = ?", key) for key in keys}
        return {key: value.decode() for key, value in found.items() if value is not None}

    def note(self, key: str, item: Item | None, owners: Mapping[str, str]) -> None:
        """Take a row as it is to be, and entries as those of the rows that are to have them."""
        add = self._database.execute
        add("INSERT OR REPLACE INTO rows VALUES (?, ?)", (key, _ENCODER.encode(item)))
        for entry, owner in owners.items():
            add("INSERT OR REPLACE INTO owners VALUES (?, ?)", (entry, owner.encode()))

    def close(self) -> None:
        """Give the disk back."""
        self._database.close()

    def _found(self, query: str, key: str) -> bytes | None:
        row = self._database.execute(query, (key,)).fetchone()
        return row[0] if row else None


_SET_UP = (
    "PRAGMA journal_mode = OFF",  # nothing is ever rolled back, and a crash ends it all
    "PRAGMA synchronous = OFF",
    "CREATE TABLE rows (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID",
    "CREATE TABLE owners (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID",
    "BEGIN",
)
