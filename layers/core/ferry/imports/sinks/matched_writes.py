"""Swaps rows of a table for what a file makes of them, noting each swap before it is made.

A worker that does a step again finds in the journal what an earlier one was about to write, and in
the table whether it did. No row is written over by accident, whoever else writes at the same time:
each is swapped on the condition that it is as it was read.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from ferry.aws.attributes import Item
from ferry.aws.collector import collector_paused
from ferry.aws.signed_client.task_runner import Steps, run_all
from ferry.errors import Duplicate, InvalidRow
from ferry.imports.conflicts import Conflict, RowAction, decide
from ferry.imports.journal.journal import Journal, number_of, piece_name, turn_of
from ferry.imports.journal.swap import Swap, same_items
from ferry.imports.sinks.held import RowOutcomes
from ferry.imports.sinks.matched_row import MatchedRow, RowImages

_AT_A_TIME = 500
_MAX_ROUNDS = 8
"""So often in a row may others be faster at every row that is left."""

_DOUBTFUL = (
    "was changed by somebody else while this import was interrupted, and may have been written "
    "before; check it, and import it again"
)

type _Numbered = tuple[int, MatchedRow]
type SwapBatches = Callable[[Sequence[Swap]], Iterator[bool | InvalidRow]]


class _PlannedSwap(NamedTuple):
    place: int
    row: MatchedRow
    swap: Swap


class MatchedWrites:
    """Writes rows of one table.

    Args:
        images: of its rows.
        journal: of the job.
        conflict: the import's mode.
        after: the number of the last record that the checkpoint counts.
        dry_run: whether nothing is written.
        on_row: called now and then: throttled, the writing may take minutes.
        batches: puts rows many at a time; None where each is written on its condition.

    """

    def __init__(
        self,
        images: RowImages,
        journal: Journal,
        *,
        conflict: Conflict,
        after: int,
        dry_run: bool,
        on_row: Callable[[], object],
        batches: SwapBatches | None = None,
    ) -> None:
        self._images = images
        self._batches = batches
        self._journal = journal
        self._conflict = conflict
        self._dry_run = dry_run
        self._on_row = on_row
        self._made: dict[int, Swap] = {}
        self._doubtful: set[int] = set()
        self._turns: dict[int, int] = {}
        self._read_journal(after)

    def write(self, rows: Sequence[MatchedRow]) -> RowOutcomes:
        """Write the rows as if one after the other; writing them again changes nothing."""
        outcomes = RowOutcomes()
        numbered = list(enumerate(rows))
        for start in range(0, len(rows), _AT_A_TIME):
            with collector_paused():
                self._write(numbered[start : start + _AT_A_TIME], outcomes)
        return outcomes

    def _read_journal(self, after: int) -> None:
        """Find out what an earlier worker has made of the rows behind the checkpoint."""
        for name in self._journal.names_of_records():
            if number_of(name) <= after:
                if self._dry_run:
                    self._rehearse_piece(name)
                continue
            if self._dry_run:
                self._journal.drop_piece(name)  # nobody counted it
                continue
            swaps = self._journal.piece(name)
            made = self._images.made(swaps)
            doubtful = set(self._images.doubtful(swaps))
            self._made |= {swap.number: swap for swap in swaps if swap.number in made}
            self._doubtful |= doubtful
            self._journal.void_unless(name, partial(_is_among, made))
            self._turns[number_of(name)] = turn_of(name) + 1

    def _rehearse_piece(self, name: str) -> None:
        for swap in self._journal.piece(name):
            self._images.rehearse(swap)
            self._on_row()

    def _write(self, waiting: list[_Numbered], outcomes: RowOutcomes) -> None:
        in_vain = 0
        first = waiting[0][1].number
        while waiting:
            before = len(waiting)
            ready, waiting = self._ready(waiting, outcomes)
            waiting += self._carry_out(first, ready, outcomes)
            waiting.sort(key=_place)
            in_vain = in_vain + 1 if len(waiting) == before else 0
            if in_vain == _MAX_ROUNDS:
                raise TimeoutError(f"{before} rows kept coming and going")

    def _ready(
        self, waiting: list[_Numbered], outcomes: RowOutcomes
    ) -> tuple[list[_PlannedSwap], list[_Numbered]]:
        """Return swaps that may be made in any order, and the rows that wait for them."""
        first = {row.key: (place, row) for place, row in reversed(waiting)}
        later = [numbered for numbered in waiting if first[numbered[1].key] != numbered]
        found = self._images.find([row for _, row in first.values()])
        ready: list[_PlannedSwap] = []
        touched: set[str] = set()
        for place, row in sorted(first.values(), key=_place):
            plan = self._plan(place, row, found, outcomes)
            if plan is None:
                continue
            move = self._images.move(plan.swap)
            entries = {entry.key for entry in (*move.taken, *move.dropped)}
            if not touched.isdisjoint(entries):
                later.append((place, row))
            elif self._dry_run and (clash := self._images.clash(plan.swap)):
                outcomes.failed[place] = clash
                continue
            else:
                ready.append(plan)
            touched |= entries
        return ready, later

    def _plan(
        self,
        place: int,
        row: MatchedRow,
        found: Mapping[str, Item],
        outcomes: RowOutcomes,
    ) -> _PlannedSwap | None:
        """Plan the swap of a row; note the outcome and return None if nothing is to be written."""
        if made := self._made.get(row.number):
            outcomes.kinds[place] = made.kind
            return None
        if row.number in self._doubtful:
            outcomes.failed[place] = InvalidRow("", _DOUBTFUL)
            return None
        before = found.get(row.key)
        try:
            state = self._images.found(row, before)
            action = decide(self._conflict, state, deleted=row.deleted)
            if action is RowAction.FAIL:
                raise self._images.refusal(row, state)
            if action in {RowAction.SKIP, RowAction.NOTHING}:
                if action is RowAction.SKIP:
                    outcomes.skipped.add(place)
                else:
                    outcomes.kinds[place] = "same"
                return None
            after = self._images.after(row, action, before)
        except InvalidRow as error:
            outcomes.failed[place] = error
            return None
        if after is before:
            outcomes.kinds[place] = "same"
            return None
        label = self._images.label_of(after or before or {})
        return _PlannedSwap(place, row, Swap(row.number, row.line, label, before, after))

    def _carry_out(
        self, first: int, plans: list[_PlannedSwap], outcomes: RowOutcomes
    ) -> list[_Numbered]:
        """Make the swaps; return the rows that somebody else has changed since they were read."""
        if not plans:
            return []
        turn = self._turns.get(first, 0)
        self._turns[first] = turn + 1
        name = piece_name(first, turn)
        self._journal.put(name, [plan.swap for plan in plans])
        refused: list[tuple[int, _PlannedSwap]] = []
        void: list[int] = []
        self._on_row()  # each request does so as well
        for number, (plan, done) in enumerate(self._results(plans)):
            if done is True:
                outcomes.kinds[plan.place] = plan.swap.kind
            elif done is False:
                refused.append((number, plan))
            else:
                void.append(number)
                outcomes.failed[plan.place] = done
        again: list[_Numbered] = []
        made = made_already(self._images, [plan.swap for _, plan in refused])
        for is_made, (number, plan) in zip(made, refused, strict=True):
            if is_made:
                outcomes.kinds[plan.place] = plan.swap.kind
            else:
                void.append(number)
                again.append((plan.place, plan.row))
        if void:
            self._journal.put_void(name, void)
        return again

    def _results(
        self, plans: list[_PlannedSwap]
    ) -> Iterator[tuple[_PlannedSwap, bool | InvalidRow]]:
        if self._dry_run:
            for plan in plans:
                self._images.rehearse(plan.swap)
                yield plan, True
            return
        swaps = [plan.swap for plan in plans]
        done = (self._batches or partial(make_all, self._images))(swaps)
        yield from zip(plans, done, strict=True)


def make_all(images: RowImages, swaps: Sequence[Swap]) -> Iterator[bool | InvalidRow]:
    """Make swaps of different rows; yield of each whether the row was as before, or why not."""
    return run_all(images.requests, (make_one(images, swap) for swap in swaps))


def made_already(images: RowImages, refused: Sequence[Swap]) -> list[bool]:
    """Return of each swap whose row was not as before whether the row is as after.

    A swap whose answer was lost is asked for again, and then finds its own work.
    """
    rows = [one for swap in refused if (one := swap.before or swap.after)]
    now = images.present(rows) if rows else {}
    return [
        same_items(now.get(images.key_of(one)), swap.after)
        for one, swap in zip(rows, refused, strict=True)
    ]


def make_one(images: RowImages, swap: Swap) -> Steps[bool | InvalidRow]:
    """Make a swap; return whether the row was as before, or why it cannot be made."""
    try:
        return (yield from images.swap(swap))
    except Duplicate as error:
        return InvalidRow("", str(error), error.others)
    except InvalidRow as error:
        return error


def _is_among(numbers: Collection[int], swap: Swap) -> bool:
    return swap.number in numbers


def _place(numbered: _Numbered) -> int:
    return numbered[0]
