"""Writes rows of a file to an attached table under the keys that the file gives.

Nothing marks a row as Ferry's there. So an existing row that is exactly as the file has it counts
as written: it may be what this very job wrote before its worker was killed.
"""

from collections.abc import Callable, Sequence

import msgspec

from ferry.attached.conditional_writer import AttachedWriter, Columns, as_stored
from ferry.aws.threads import in_threads
from ferry.errors import InvalidRow
from ferry.imports.conflicts import CHANGING, Conflict, Found, RowAction, decide
from ferry.imports.sinks.held import RowOutcomes
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
        changes: returns what it changes in an existing row, the key aside; may raise InvalidRow.

    """

    key: Columns
    columns: Callable[[], Columns]
    changes: Callable[[], Changes]


class AttachedWrites:
    """Writes rows of one attached table by their keys.

    Args:
        writer: of the table.
        conflict: what becomes of a row whose key the table has, with another content.

    """

    def __init__(self, writer: AttachedWriter, *, conflict: Conflict) -> None:
        self._writer = writer
        self._conflict = conflict

    def write(
        self, rows: Sequence[AttachedRow], on_row: Callable[[], object] = lambda: None
    ) -> RowOutcomes:
        """Write the rows, those of one key in their order; doing so again changes nothing."""
        outcomes = RowOutcomes()
        by_key: dict[bytes, list[int]] = {}
        for place, row in enumerate(rows):
            # Rows of one key are written in turn by one thread; of different keys, in any order.
            by_key.setdefault(canonical(dict(row.key)), []).append(place)

        def write_all(places: list[int]) -> None:
            for place in places:
                self._write(place, rows[place], outcomes)

        for _ in in_threads(write_all, by_key.values(), threads=_WRITERS):
            on_row()
        return outcomes

    def _write(self, place: int, row: AttachedRow, outcomes: RowOutcomes) -> None:
        try:
            for _ in range(_MAX_ROUNDS):
                action = self._try(row)
                if action is RowAction.NOTHING:
                    return
                if action is RowAction.SKIP:
                    outcomes.skipped.add(place)
                    return
            raise TimeoutError("a row kept coming and going")
        except InvalidRow as error:
            outcomes.failed[place] = error

    def _try(self, row: AttachedRow) -> RowAction:
        """Write the row; return what is left to do, which is CHANGE if its row went meanwhile.

        The put checks for an existing row in the same request, so no other write comes between.
        """
        existing = self._put(row)
        if existing is None:
            return RowAction.NOTHING
        changes = self._changes(row, existing)
        # A row that is there exactly as in the file counts as written: this job may have put it
        # before its worker was killed, and an attached table has no mark that says so.
        same = _same(row.columns(), existing) if changes is None else _is_empty(changes)
        action = decide(self._conflict, Found.WRITTEN if same else Found.TAKEN)
        if action is RowAction.FAIL:
            key = ", ".join(shown(value) for value in row.key.values())
            raise InvalidRow(next(iter(row.key)), f"is taken: the table has a row {key}")
        if action is RowAction.CHANGE and changes and self._writer.change(row.key, changes):
            return RowAction.NOTHING
        return action

    def _put(self, row: AttachedRow) -> Columns | None:
        """Put the row if its key is free; return the existing row if it is not."""
        try:
            columns = row.columns()
        except InvalidRow:
            # What lacks something as a new row may still change an existing one.
            existing = self._writer.get(row.key) if self._conflict in CHANGING else None
            if existing is None:
                raise
            return existing
        return self._writer.put_new(columns)

    def _changes(self, row: AttachedRow, existing: Columns) -> Changes | None:
        """Return the changes to the existing row, None where the conflict mode changes nothing."""
        return _differing(row.changes(), existing) if self._conflict in CHANGING else None


def _differing(changes: Changes, existing: Columns) -> Changes:
    """Return the changes that differ from the row as stored; a set equals a list, and so on."""
    values = {
        name: value
        for name, value in changes.values.items()
        if name not in existing or not _same(value, existing[name])
    }
    return Changes(values, tuple(name for name in changes.gone if existing.get(name) is not None))


def _is_empty(changes: Changes) -> bool:
    return not (changes.values or changes.gone)


def _same(new: Value, existing: Value) -> bool:
    return canonical(as_stored(new)) == canonical(existing)
