"""Writes rows under ids that the table may have already, each on its condition.

No row is written over by accident, whoever else writes at the same time: each is put on the
condition that its id is free, or changed on the condition that it is there. Every row names its
source, so that a row this very job wrote before is known for what it is.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from ferry.aws.attributes import Item, decode
from ferry.aws.signed_client.signed_requests import SignedRequests
from ferry.aws.signed_client.task_runner import Steps, run_all
from ferry.errors import Duplicate, InvalidRow
from ferry.imports.conflicts import Conflict, Found, RowAction, decide
from ferry.imports.sinks.existing import ExistingRow
from ferry.imports.sinks.held import RowOutcomes
from ferry.imports.sinks.known_rows import KnownRows
from ferry.records import conditional
from ferry.records.conditional import Move
from ferry.records.places import order_of
from ferry.tables.changes import Changes
from ferry.tables.indexes import UniqueIndexes, also_taken
from ferry.tables.records import ORDER
from ferry.tables.schema import Table

_AT_A_TIME = 500
_MAX_ROUNDS = 8
"""So often in a row may others be faster at every row that is left."""


class KeyedRow(msgspec.Struct, frozen=True):
    """A row for an id.

    Attributes:
        id: 24 hex digits.
        source: the job and the number of the row in its file, such as ``6920…/17``.
        item: returns it as a new row; may raise InvalidRow.
        changes: returns what it changes in an existing row; may raise InvalidRow.

    """

    id: str
    source: str
    item: Callable[[], Item]
    changes: Callable[[], Changes]

    @property
    def number(self) -> int:
        """The number of the row in its file."""
        return int(self.source.rpartition("/")[2])

    def was_written_as(self, source: str) -> bool:
        """Whether this row, or a later one of its job for the same id, is the source of a row."""
        job, _, number = source.rpartition("/")
        return job == self.source.rpartition("/")[0] and int(number) >= self.number


type _Numbered = tuple[int, KeyedRow]


class _Plan(NamedTuple):
    """The planned write of a row: put an item, or change the existing one."""

    number: int
    row: KeyedRow
    write: Item | Changes
    move: Move

    @property
    def moved(self) -> dict[str, str]:
        """The owners of the entries that it takes and frees, once it is done; "" for none."""
        freed = dict.fromkeys((entry.key for entry in self.move.dropped), "")
        return freed | dict.fromkeys((entry.key for entry in self.move.taken), self.row.id)

    @property
    def order(self) -> str:
        """The order key that the row has once it is done, "" for a row in place."""
        if not isinstance(self.write, Changes):
            return order_of(self.write)
        if ORDER in self.write.gone:
            return ""
        return str(self.write.values.get(ORDER, self.move.order))


class KeyedWrites:
    """Writes rows of one table by their ids.

    Args:
        table_name: the DynamoDB table that holds rows.
        table: the rows' table.
        requests: sends the requests.
        conflict: what becomes of a row whose id the table has.
        repeated_to: the number of the last row that an earlier worker may have written.

    """

    def __init__(
        self,
        table_name: str,
        table: Table,
        requests: SignedRequests,
        *,
        conflict: Conflict,
        repeated_to: int = 0,
    ) -> None:
        self._table_name = table_name
        self._table = table
        self._requests = requests
        self._indexes = UniqueIndexes(table)
        self._conflict = conflict
        self._repeated_to = repeated_to

    def write(
        self, rows: Sequence[KeyedRow], on_row: Callable[[], object] = lambda: None
    ) -> RowOutcomes:
        """Write the rows as if one after the other; writing them again changes nothing.

        A row whose id, or whose values in a unique index, another row has fails alone.
        """
        outcomes = RowOutcomes()
        numbered = list(enumerate(rows))
        for start in range(0, len(rows), _AT_A_TIME):
            self._write(numbered[start : start + _AT_A_TIME], outcomes, on_row)
        return outcomes

    def _write(
        self, waiting: list[_Numbered], outcomes: RowOutcomes, on_row: Callable[[], object]
    ) -> None:
        known = KnownRows(self._requests, self._table_name, self._table)
        in_vain = 0
        # Rows that others change meanwhile are read and planned again, so the loop ends only when
        # each row is written, skipped or failed for a reason that was true at one moment.
        while waiting:
            before = len(waiting)
            ready, waiting = self._ready(waiting, known, outcomes)
            for plan, done in self._carry_out(ready):
                on_row()
                if done is True:
                    written = ExistingRow(plan.row.source, plan.move.after, plan.order)
                    known.note(plan.row.id, written, plan.moved)
                    continue
                # Somebody else changed the row or its entries since they were read.
                known.forget(plan.row.id, plan.moved)
                if done is False:
                    waiting.append((plan.number, plan.row))
                else:
                    outcomes.failed[plan.number] = done
            # In the order of the file again: of two rows for one id the earlier one must be tried
            # first.
            waiting.sort(key=_number)
            # Bounded: two programs that change the same rows forever must not hold the worker
            # until Lambda stops it. The delivery fails, and another one goes on from the last
            # checkpoint.
            in_vain = in_vain + 1 if len(waiting) == before else 0
            if in_vain == _MAX_ROUNDS:
                raise TimeoutError(f"{before} rows kept coming and going")

    def _ready(
        self, waiting: list[_Numbered], known: KnownRows, outcomes: RowOutcomes
    ) -> tuple[list[_Plan], list[_Numbered]]:
        """Return plans that can be written at once, and the rows that wait for them.

        Two rows of one id, or of one value in a unique index, are never in the same round: the
        order of the file, and not chance, decides which of them is written and which fails.
        """
        first = {row.id: (number, row) for number, row in reversed(waiting)}
        later = [numbered for numbered in waiting if first[numbered[1].id] != numbered]
        known.ask_rows(first)
        # Only rows of a repeated step may be ones that this job wrote and a user deleted since; to
        # ask for all would double the reads of every import.
        known.ask_deleted(id for id, (_, row) in first.items() if row.number <= self._repeated_to)
        plans = [
            plan
            for number, row in sorted(first.values(), key=_number)
            if (plan := self._plan(number, row, known, outcomes))
        ]
        known.ask_owners(entry for plan in plans for entry in plan.move.taken)
        ready: list[_Plan] = []
        touched: set[str] = set()
        for plan in plans:
            # An earlier row of this round takes or frees the same entry. This row waits for its
            # outcome.
            if not touched.isdisjoint(plan.moved):
                later.append((plan.number, plan.row))
            elif others := [e for e in plan.move.taken if known.owner(e) not in {"", plan.row.id}]:
                outcomes.failed[plan.number] = InvalidRow("", others[0].refusal, also_taken(others))
                continue
            else:
                ready.append(plan)
            # Also of rows that wait: a third row must not overtake the second.
            touched |= plan.moved.keys()
        return ready, later

    def _plan(
        self, number: int, row: KeyedRow, known: KnownRows, outcomes: RowOutcomes
    ) -> _Plan | None:
        """Plan the write of a row; None, with the outcome noted, if nothing is to be written."""
        existing = known.row(row.id)
        action = decide(self._conflict, _found(row, existing, known.deleted(row.id)))
        try:
            if action is RowAction.NOTHING and existing and existing.source != row.source:
                row.changes()  # a later row was written: this one may have failed before it
            if action is RowAction.INSERT:
                return self._insertion(number, row)
            if action is RowAction.CHANGE and existing:
                return self._change(number, row, existing)
        except InvalidRow as error:
            outcomes.failed[number] = error
        if action is RowAction.SKIP:
            outcomes.skipped.add(number)
        elif action is RowAction.FAIL:
            outcomes.failed[number] = InvalidRow("id", f"is taken: the table has a row {row.id}")
        return None

    def _insertion(self, number: int, row: KeyedRow) -> _Plan:
        item = row.item()
        # An absent or null field has no entry: any number of rows may lack a value.
        columns = {name: decode(item[name]) for name in self._indexes.fields if name in item}
        return _Plan(number, row, item, Move({}, columns, self._indexes.entries(columns)))

    def _change(self, number: int, row: KeyedRow, existing: ExistingRow) -> _Plan:
        # Entries are compared by key, so an unchanged value keeps its entry and needs no
        # transaction.
        changes, before = row.changes(), existing.columns
        changed = {**before, **changes.values}
        after = {
            name: changed[name] for name in self._indexes.fields & changed.keys() - {*changes.gone}
        }
        had = {entry.key: entry for entry in self._indexes.entries(before)}
        has = {entry.key: entry for entry in self._indexes.entries(after)}
        taken = [entry for key, entry in has.items() if key not in had]
        dropped = [entry for key, entry in had.items() if key not in has]
        return _Plan(number, row, changes, Move(before, after, taken, dropped, existing.order))

    def _carry_out(self, plans: list[_Plan]) -> Iterator[tuple[_Plan, bool | InvalidRow]]:
        """Yield of each plan whether it held, or why the row cannot be as it should."""
        done = run_all(self._requests, map(self._execute, plans))
        yield from zip(plans, done, strict=True)

    def _execute(self, plan: _Plan) -> Steps[bool | InvalidRow]:
        try:
            if isinstance(plan.write, Changes):
                return (
                    yield from conditional.change(
                        self._table_name, self._table, plan.row.id, plan.write, plan.move
                    )
                )
            return (yield from conditional.insert(self._table_name, plan.write, plan.move.taken))
        except Duplicate as error:
            return InvalidRow("", str(error), error.others)
        except InvalidRow as error:
            return error


def _found(row: KeyedRow, existing: ExistingRow | None, deleted: Iterable[str]) -> Found:
    if existing is None:
        # What this import wrote and a user has deleted since is not put again.
        return Found.WRITTEN if any(map(row.was_written_as, deleted)) else Found.FREE
    return Found.WRITTEN if row.was_written_as(existing.source) else Found.TAKEN


def _number(numbered: _Numbered) -> int:
    return numbered[0]
