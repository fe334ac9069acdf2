"""The rows and entries that a table would have after the writes of a dry run.

It lies in a database on disk, for a file may have more rows than memory can hold. What each step
adds is also kept as a file, stored before the step's checkpoint: whoever takes the job over reads
those of the steps that count.
"""

import sqlite3
from collections.abc import Iterable, Mapping

import msgspec

from ferry.aws.attributes import Item, decode_item, encode_item
from ferry.aws.bucket import Files
from ferry.imports.sinks.existing import ExistingRow


class _StepRows(msgspec.Struct):
    """The additions of a step: rows by id, with source and indexed fields; owners by key."""

    rows: dict[str, tuple[str, Item]] = {}
    owners: dict[str, str] = {}


class DryRunRows:
    """The rows of one dry run so far; they hide what is stored.

    Args:
        files: where the steps are kept.
        prefix: of their keys.
        done: rows of the file that lie before the checkpoint, 0 at the beginning.

    """

    def __init__(self, files: Files, prefix: str, *, done: int) -> None:
        self._files = files
        self._prefix = prefix
        self._step = _StepRows()
        # Without a name it is a file that is gone when closed, held in memory while it is small.
        # Who uses it in many threads does so by turns.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for statement in _SET_UP:
            self._database.execute(statement)
        if done:
            self._read_steps(done)

    def rows(self, ids: Iterable[str]) -> dict[str, ExistingRow]:
        """Return the rows of `ids` that would have been written, by id."""
        found = {
            row_id: self._found("SELECT value FROM rows WHERE key = ?", row_id) for row_id in ids
        }
        return {row_id: _existing(value) for row_id, value in found.items() if value}

    def owners(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the ids of the rows that would own the entries, by key; "" for a freed entry."""
        found = {key: self._found("SELECT value FROM owners WHERE key = ?", key) for key in keys}
        return {key: value.decode() for key, value in found.items() if value is not None}

    def note(self, row_id: str, row: ExistingRow, owners: Mapping[str, str]) -> None:
        """Take a row as written: what it is now, and who has the entries that it took or left."""
        step = _StepRows({row_id: (row.source, encode_item(row.columns))}, dict(owners))
        self._step.rows |= step.rows
        self._step.owners |= step.owners
        self._add(step)

    def keep(self, first: int) -> None:
        """Store what came since the last time, under the number of the step's first row."""
        self._files.put(f"{self._prefix}{first:012d}", _ENCODER.encode(self._step))
        self._step = _StepRows()

    def close(self) -> None:
        """Give the disk back."""
        self._database.close()

    def _read_steps(self, done: int) -> None:
        for name in self._files.names(self._prefix):
            # A step that was kept but not counted by a checkpoint is read again from the file: its
            # rows would clash with themselves.
            if int(name) <= done:
                kept = b"".join(self._files.blocks(f"{self._prefix}{name}"))
                self._add(_STEPS.decode(kept))

    def _found(self, query: str, key: str) -> bytes | None:
        row = self._database.execute(query, (key,)).fetchone()
        return row[0] if row else None

    def _add(self, step: _StepRows) -> None:
        add = self._database.executemany
        rows = ((row_id, _ENCODER.encode(found)) for row_id, found in step.rows.items())
        # A later row may change an earlier one of the same id, as it would in the table.
        add("INSERT OR REPLACE INTO rows VALUES (?, ?)", rows)
        owned = ((key, owner.encode()) for key, owner in step.owners.items())
        add("INSERT OR REPLACE INTO owners VALUES (?, ?)", owned)


def _existing(value: bytes) -> ExistingRow:
    source, columns = _ROW.decode(value)
    return ExistingRow(source, decode_item(columns))


_SET_UP = (
    "PRAGMA journal_mode = OFF",  # nothing is ever rolled back, and a crash ends it all
    "PRAGMA synchronous = OFF",
    "CREATE TABLE rows (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID",
    "CREATE TABLE owners (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID",
    "BEGIN",
)
_ENCODER = msgspec.json.Encoder()
_STEPS = msgspec.json.Decoder(_StepRows)
_ROW = msgspec.json.Decoder(tuple[str, Item])
