"""Rows of an attached table that a file replaces, put 25 a request where they may be.

Nothing of such a row is lost by that: all of it is the file's. What has to stay of a row, and what
an earlier worker may have written, is written on its condition, row by row.
"""

from collections.abc import Iterator, Sequence
from itertools import batched, chain, groupby

from ferry.attached.batch_puts import MOST_ROWS, BatchPuts
from ferry.aws.signed_client.task_runner import Steps, run_all
from ferry.errors import InvalidRow
from ferry.imports.journal.swap import Swap
from ferry.imports.sinks.matched_row import RowImages
from ferry.imports.sinks.matched_writes import make_one

type _Outcome = bool | InvalidRow


class ReplacedRows:
    """Makes swaps of different rows, as `make_all` does.

    Args:
        images: of the table's rows.
        puts: writes rows without a condition.
        repeated_to: the number of the last record that an earlier worker may have written.

    """

    def __init__(self, images: RowImages, puts: BatchPuts, *, repeated_to: int) -> None:
        self._images = images
        self._puts = puts
        self._repeated_to = repeated_to

    def __call__(self, swaps: Sequence[Swap]) -> Iterator[_Outcome]:
        """Make swaps; yield of each whether the row was as before, or why not."""
        return chain.from_iterable(run_all(self._images.requests, self._tasks(swaps)))

    def _tasks(self, swaps: Sequence[Swap]) -> Iterator[Steps[Sequence[_Outcome]]]:
        for may_be_put, some in groupby(swaps, self._may_be_put):
            if may_be_put:
                yield from map(self._put, batched(some, MOST_ROWS, strict=False))
            else:
                yield from map(self._make, some)

    def _may_be_put(self, swap: Swap) -> bool:
        is_first = swap.number > self._repeated_to
        return is_first and self._puts.takes(swap.before, swap.after)

    def _put(self, swaps: Sequence[Swap]) -> Steps[Sequence[_Outcome]]:
        left = yield from self._puts.put([swap.after for swap in swaps if swap.after])
        outcomes: list[_Outcome] = [True] * len(swaps)
        for place in left:
            outcomes[place] = yield from make_one(self._images, swaps[place])
        return outcomes

    def _make(self, swap: Swap) -> Steps[Sequence[_Outcome]]:
        outcome = yield from make_one(self._images, swap)
        return [outcome]
