"""All variants side by side, in one run: each is run in turn, and again, and again."""

import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.data.rows import ITEMS, make
from benchmarks.figures.reckoning import Result, Run, result
from benchmarks.runs.contest import Variant
from benchmarks.runs.run import check, measure
from benchmarks.runs.server import Server

_SMALL = 1_000
"""Rows of the runs that tell what starting costs."""


class Bench:
    """Servers with tables of several sizes, while they are up.

    Args:
        folder: where their data is kept.
        page_delay: seconds that each page takes.
        batch_delay: seconds that each batch of writes takes.

    """

    def __init__(self, folder: Path, *, page_delay: float = 0, batch_delay: float = 0) -> None:
        self._folder = folder
        self._delays = (page_delay, batch_delay)
        self._servers: dict[int, tuple[Path, Server]] = {}
        self._open = ExitStack()

    def __enter__(self) -> "Bench":
        """Begin; servers start when they are needed."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop them."""
        self._open.close()

    def table(self, rows: int) -> tuple[Path, Server]:
        """Return the files of so many rows and a server that has them."""
        if rows not in self._servers:
            data = make(self._folder, rows)
            page_delay, batch_delay = self._delays
            server = Server(data / ITEMS, page_delay=page_delay, batch_delay=batch_delay)
            self._servers[rows] = data, self._open.enter_context(server)
        return self._servers[rows]

    def compare(
        self, case: str, variants: Iterable[Variant], *, rows: int, rounds: int
    ) -> list[Result]:
        """Return the cost of the case for each variant and so many rows.

        What each makes of it is checked first, in a run that is not measured: it also fills the
        caches of files and compiled code.
        """
        sizes = {variant: min(rows, variant.most_rows(case)) for variant in variants}
        verdicts = {
            variant: check(variant, case, size, *self.table(size))
            for variant, size in sizes.items()
        }
        runs: dict[Variant, list[Run]] = {variant: [] for variant in sizes}
        small: dict[Variant, list[Run]] = {variant: [] for variant in sizes}
        _tell(f"{case}: every output checked")
        for number in range(rounds):
            for variant, size in sizes.items():
                runs[variant].append(self.measure(variant, case, size))
                if size < rows:
                    small[variant].append(self.measure(variant, case, _SMALL))
            _tell(f"{case}: round {number + 1} of {rounds} done")
        return [result(runs[variant], small[variant], rows, verdicts[variant]) for variant in sizes]

    def measure(self, variant: Variant, case: str, rows: int) -> Run:
        """Return the figures of a run."""
        run = measure(variant, case, rows, *self.table(rows))
        _tell(f"  {variant.name}, {rows:,} rows: {run.cpu_us_per_row:.1f} µs a row")
        return run


def missing(variants: Sequence[Variant]) -> str:
    """Return a line about the variants that cannot be run, "" if there are none."""
    names = ", ".join(variant.name for variant in variants if not variant.available)
    return names and f"left out, for what runs them is not installed: {names}"


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")
