"""Rows that keep the ids their file gives, so that the table may have them already.

No row is written over by accident, whoever else writes at the same time: each is put on the
condition that its id is free, or changed on the condition that it is there. Every row names its
source, so that a row this very job wrote before is known for what it is. A dry run takes the same
decisions and notes what it would have written.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, NamedTuple

import msgspec

from ferry.aws import clients
from ferry.aws.attributes import Item, decode
from ferry.errors import Duplicate, InvalidRow
from ferry.imports.sinks.rehearsal import Rehearsal
from ferry.imports.sinks.standing import Standing
from ferry.imports.sinks.view import View
from ferry.records import conditional
from ferry.records.conditional import Move
from ferry.tables.changes import Changes
from ferry.tables.indexes import UniqueIndexes
from ferry.tables.schema import Table

_WRITERS = 16
_AT_A_TIME = 500
_MAX_ROUNDS = 8
"""So often in a row may others be faster at every row that is left."""


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


type _Numbered = tuple[int, KeyedRow]


class _Plan(NamedTuple):
    """What to do with a row: put an item, or change what is there."""

    number: int
    row: KeyedRow
    write: Item | Changes
    move: Move

    @property
    def moved(self) -> dict[str, str]:
        """Which rows have the entries it takes and leaves, "" for none, when it is done."""
        freed = dict.fromkeys((entry.key for entry in self.move.dropped), "")
        return freed | dict.fromkeys((entry.key for entry in self.move.taken), self.row.id)


class KeyedRecords:
    """Rows of one table, by ids that files give.

    Args:
        table_name: where rows lie.
        table: the rows' table.
        conflict: what becomes of a row whose id the table has.
        rehearsal: notes what would be written, and nothing is; None to write.

    """

    def __init__(
        self,
        table_name: str,
        table: Table,
        *,
        conflict: Literal["fail", "skip", "upsert"],
        rehearsal: Rehearsal | None = None,
    ) -> None:
        self._table_name = table_name
        self._table = table
        self._indexes = UniqueIndexes(table)
        self._conflict = conflict
        self._rehearsal = rehearsal

    def write(
        self, rows: Sequence[KeyedRow], on_row: Callable[[], object] = lambda: None
    ) -> Landed:
        """Write the rows as if one after the other; writing them again changes nothing.

        One whose id, or whose values in a unique index, another row has is refused alone.
        """
        landed = Landed()
        numbered = list(enumerate(rows))
        for start in range(0, len(rows), _AT_A_TIME):
            self._write(numbered[start : start + _AT_A_TIME], landed, on_row)
        return landed

    def _write(
        self, waiting: list[_Numbered], landed: Landed, on_row: Callable[[], object]
    ) -> None:
        # clients are made safely in one thread only: here, before others use it.
        view = View(clients.dynamodb(), self._table_name, self._table, self._rehearsal)
        in_vain = 0
        while waiting:
            before = len(waiting)
            ready, waiting = self._ready(waiting, view, landed)
            for plan, done in self._carry_out(ready):
                on_row()
                if done is True:
                    standing = Standing(plan.row.source, plan.move.after)
                    view.note(plan.row.id, standing, plan.moved)
                    continue
                view.forget(plan.row.id, plan.moved)
                if done is False:
                    waiting.append((plan.number, plan.row))
                else:
                    landed.refused[plan.number] = done
            waiting.sort(key=_number)
            in_vain = in_vain + 1 if len(waiting) == before else 0
            if in_vain == _MAX_ROUNDS:
                raise TimeoutError(f"{before} rows kept coming and going")

    def _ready(
        self, waiting: list[_Numbered], view: View, landed: Landed
    ) -> tuple[list[_Plan], list[_Numbered]]:
        """Return plans that do not touch one another, and the rows that have to wait for them."""
        first = {row.id: (number, row) for number, row in reversed(waiting)}
        later = [numbered for numbered in waiting if first[numbered[1].id] != numbered]
        view.ask_rows(first)
        plans = [
            plan
            for number, row in sorted(first.values(), key=_number)
            if (plan := self._plan(number, row, view, landed))
        ]
        view.ask_owners(entry for plan in plans for entry in plan.move.taken)
        ready: list[_Plan] = []
        touched: set[str] = set()
        for plan in plans:
            if not touched.isdisjoint(plan.moved):
                later.append((plan.number, plan.row))
            elif others := [e for e in plan.move.taken if view.owner(e) not in {"", plan.row.id}]:
                landed.refused[plan.number] = InvalidRow("", others[0].refusal)
                continue
            else:
                ready.append(plan)
            touched |= plan.moved.keys()
        return ready, later

    def _plan(self, number: int, row: KeyedRow, view: View, landed: Landed) -> _Plan | None:
        """Return what to do with a row, None if nothing is to be done any more."""
        standing = view.standing(row.id)
        try:
            if standing is None:
                return self._insertion(number, row)
            if standing.source == row.source:
                return None
            if self._conflict == "upsert":
                return self._change(number, row, standing)
        except InvalidRow as error:
            landed.refused[number] = error
            return None
        if self._conflict == "skip":
            landed.skipped.add(number)
        else:
            landed.refused[number] = InvalidRow("id", f"is taken: the table has a row {row.id}")
        return None

    def _insertion(self, number: int, row: KeyedRow) -> _Plan:
        item = row.item()
        columns = {name: decode(item[name]) for name in self._indexes.fields if name in item}
        return _Plan(number, row, item, Move({}, columns, self._indexes.entries(columns)))

    def _change(self, number: int, row: KeyedRow, standing: Standing) -> _Plan:
        changes, before = row.changes(), standing.columns
        changed = {**before, **changes.values}
        after = {
            name: changed[name] for name in self._indexes.fields & changed.keys() - {*changes.gone}
        }
        had = {entry.key: entry for entry in self._indexes.entries(before)}
        has = {entry.key: entry for entry in self._indexes.entries(after)}
        taken = [entry for key, entry in has.items() if key not in had]
        dropped = [entry for key, entry in had.items() if key not in has]
        return _Plan(number, row, changes, Move(before, after, taken, dropped))

    def _carry_out(self, plans: list[_Plan]) -> Iterator[tuple[_Plan, bool | InvalidRow]]:
        """Yield of each plan whether it held, or why the row cannot be as it should."""
        if self._rehearsal:
            yield from ((plan, True) for plan in plans)
            return
        with ThreadPoolExecutor(_WRITERS) as pool:
            yield from zip(plans, pool.map(self._execute, plans), strict=True)

    def _execute(self, plan: _Plan) -> bool | InvalidRow:
        try:
            if isinstance(plan.write, Changes):
                return conditional.change(
                    self._table_name, self._table, plan.row.id, plan.write, plan.move
                )
            return conditional.insert(self._table_name, plan.write, plan.move.taken)
        except Duplicate as error:
            return InvalidRow("", str(error))
        except InvalidRow as error:
            return error


def _number(numbered: _Numbered) -> int:
    return numbered[0]
