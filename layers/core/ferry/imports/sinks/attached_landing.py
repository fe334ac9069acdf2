"""Rows of a file, written to an attached table under the keys that the file gives.

Nothing marks a row as ours. So a row that is there already, exactly as the file has it, counts as
written: it may be what this very job wrote before it was killed.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import msgspec

from ferry.attached.writing import AttachedWriter, Columns, as_stored
from ferry.errors import InvalidRow
from ferry.imports.sinks.keyed import Landed
from ferry.tables.changes import Changes
from ferry.tables.comparing import canonical
from ferry.tables.values import Value, shown

_WRITERS = 16
_MAX_ROUNDS = 8


class AttachedRow(msgspec.Struct, frozen=True):
    """A row for a key.

    Attributes:
        key: its primary key.
        columns: returns it as a new row; may raise InvalidRow.
        changes: returns what it changes where the row is there, the key aside; may raise
            InvalidRow.

    """

    key: Columns
    columns: Callable[[], Columns]
    changes: Callable[[], Changes]


class AttachedLanding:
    """Brings rows to their keys.

    Args:
        writer: of the table.
        conflict: what becomes of a row whose key the table has, with another content.

    """

    def __init__(
        self, writer: AttachedWriter, *, conflict: Literal["fail", "skip", "upsert"]
    ) -> None:
        self._writer = writer
        self._conflict = conflict

    def write(
        self, rows: Sequence[AttachedRow], on_row: Callable[[], object] = lambda: None
    ) -> Landed:
        """Write the rows, those of one key in their order; doing so again changes nothing."""
        landed = Landed()
        by_key: dict[bytes, list[int]] = {}
        for place, row in enumerate(rows):
            by_key.setdefault(canonical(dict(row.key)), []).append(place)

        def write_all(places: list[int]) -> None:
            for place in places:
                self._write(place, rows[place], landed)

        with ThreadPoolExecutor(_WRITERS) as pool:
            for _ in pool.map(write_all, by_key.values()):
                on_row()
        return landed

    def _write(self, place: int, row: AttachedRow, landed: Landed) -> None:
        try:
            for _ in range(_MAX_ROUNDS):
                there = self._put(row)
                if there is None or self._is_done(row, there):
                    return
                if self._conflict == "skip":
                    landed.skipped.add(place)
                    return
            raise TimeoutError("a row kept coming and going")
        except InvalidRow as error:
            landed.refused[place] = error

    def _put(self, row: AttachedRow) -> Columns | None:
        """Put the row if there is none of its key; return the one that there is."""
        try:
            columns = row.columns()
        except InvalidRow:
            # What lacks something as a new row may still change one that is there.
            there = self._writer.get(row.key) if self._conflict == "upsert" else None
            if there is None:
                raise
            return there
        return self._writer.put_new(columns)

    def _is_done(self, row: AttachedRow, there: Columns) -> bool:
        """Whether a row that is there is as it shall be now."""
        if self._conflict == "upsert":
            changes = _differing(row.changes(), there)
            return not (changes.values or changes.gone) or self._writer.change(row.key, changes)
        if _same(row.columns(), there):
            return True
        if self._conflict == "fail":
            key = ", ".join(shown(value) for value in row.key.values())
            raise InvalidRow(next(iter(row.key)), f"is taken: the table has a row {key}")
        return False


def _differing(changes: Changes, there: Columns) -> Changes:
    """Return what is not so yet. What shows the same, such as a set for a list, is left alone."""
    values = {
        name: value
        for name, value in changes.values.items()
        if name not in there or not _same(value, there[name])
    }
    return Changes(values, tuple(name for name in changes.gone if there.get(name) is not None))


def _same(new: Value, there: Value) -> bool:
    return canonical(as_stored(new)) == canonical(there)
