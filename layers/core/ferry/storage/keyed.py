"""Rows that keep the ids their file gives, so that the table may have them already.

No row is written over by accident, whoever else writes at the same time: each is put on the
condition that its id is free, or changed on the condition that it is there. Every row names its
source, so that a row this very job wrote before is known for what it is.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import batched
from typing import Any, Literal

import msgspec

from ferry import aws
from ferry.errors import InvalidRow
from ferry.storage import conditional
from ferry.storage.attributes import Item
from ferry.tables.changes import Changes
from ferry.tables.schema import Table

_READERS, _WRITERS = 4, 16
_MAX_ROUNDS = 8
_MOST_REHEARSED = 300_000
"""So many new ids a dry run remembers, some 50 MB, to tell which stand twice in the file."""


class KeyedRow(msgspec.Struct, frozen=True):
    """A row for an id.

    Attributes:
        id: 24 hex digits.
        source: which row of which job it is.
        item: returns it as a new row; may raise InvalidRow.
        changes: returns what it changes where the row is there; may raise InvalidRow.

    """

    id: str
    source: str
    item: Callable[[], Item]
    changes: Callable[[], Changes]


class Landed(msgspec.Struct):
    """What became of rows, by their places from 0: those refused, and those left as they were."""

    refused: dict[int, InvalidRow] = {}
    skipped: set[int] = set()


class KeyedRecords:
    """Rows of all tables, by ids that files give.

    Args:
        table_name: where rows lie.
        conflict: what becomes of a row whose id the table has.
        dry_run: nothing is written; what would become of the rows is told all the same.

    """

    def __init__(
        self, table_name: str, *, conflict: Literal["fail", "skip", "upsert"], dry_run: bool
    ) -> None:
        self._table_name = table_name
        self._conflict = conflict
        self._dry_run = dry_run
        self._rehearsed: dict[str, str] = {}

    def write(
        self, table: Table, rows: Sequence[KeyedRow], on_row: Callable[[], object] = lambda: None
    ) -> Landed:
        """Write the rows, those of one id in their order; writing them again changes nothing."""
        landed = Landed()
        for wave in _waves(rows):
            waiting = wave
            for _ in range(_MAX_ROUNDS):
                waiting = self._round(table, waiting, landed, on_row)
                if not waiting:
                    break
            else:
                raise TimeoutError(f"{len(waiting)} rows kept coming and going")
        return landed

    def _round(
        self,
        table: Table,
        rows: list[tuple[int, KeyedRow]],
        landed: Landed,
        on_row: Callable[[], object],
    ) -> list[tuple[int, KeyedRow]]:
        """Write rows of different ids; return those whose ids somebody took or freed meanwhile."""
        client = aws.dynamodb()
        sources = self._sources(client, table, [row.id for _, row in rows])
        write = partial(self._write, client, table, sources, landed)
        again = []
        with ThreadPoolExecutor(_WRITERS) as pool:
            for numbered, done in zip(rows, pool.map(write, rows), strict=True):
                on_row()
                if not done:
                    again.append(numbered)
        return again

    def _write(
        self,
        client: Any,
        table: Table,
        sources: dict[str, str],
        landed: Landed,
        numbered: tuple[int, KeyedRow],
    ) -> bool:
        number, row = numbered
        source = sources.get(row.id, self._rehearsed.get(row.id))
        try:
            if source is None:
                return self._insert(client, row)
            if source == row.source:
                return True
            if self._conflict == "upsert":
                return self._change(client, table, row)
        except InvalidRow as error:
            landed.refused[number] = error
            return True
        if self._conflict == "skip":
            landed.skipped.add(number)
        else:
            landed.refused[number] = InvalidRow("id", f"is taken: the table has a row {row.id}")
        return True

    def _insert(self, client: Any, row: KeyedRow) -> bool:
        item = row.item()
        if not self._dry_run:
            return conditional.insert(client, self._table_name, item)
        if len(self._rehearsed) < _MOST_REHEARSED:
            self._rehearsed[row.id] = row.source
        return True

    def _change(self, client: Any, table: Table, row: KeyedRow) -> bool:
        changes = row.changes()
        return self._dry_run or conditional.change(client, self._table_name, table, row.id, changes)

    def _sources(self, client: Any, table: Table, ids: Iterable[str]) -> dict[str, str]:
        look_up = partial(conditional.sources, client, self._table_name, table)
        found: dict[str, str] = {}
        with ThreadPoolExecutor(_READERS) as pool:
            for part in pool.map(look_up, batched(ids, conditional.KEYS, strict=False)):
                found |= part
        return found


def _waves(rows: Sequence[KeyedRow]) -> Iterator[list[tuple[int, KeyedRow]]]:
    """Yield the rows with their places, in groups in which no id stands twice."""
    waiting = list(enumerate(rows))
    while waiting:
        seen: set[str] = set()
        wave: list[tuple[int, KeyedRow]] = []
        later: list[tuple[int, KeyedRow]] = []
        for numbered in waiting:
            (later if numbered[1].id in seen else wave).append(numbered)
            seen.add(numbered[1].id)
        yield wave
        waiting = later
