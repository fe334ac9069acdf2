"""Measure Ferry with growing tables, and with slow answers of AWS."""

from pathlib import Path

import msgspec

from benchmarks.figures.reckoning import FERRY, Run
from benchmarks.runs.comparison import Bench
from benchmarks.runs.contest import CASES, VARIANTS
from benchmarks.runs.run import check

SIZES = {100: 3, 10_000: 3, 100_000: 3, 1_000_000: 1}
"""Numbers of rows, each with how often it is measured; the least tells what starting takes."""

PAGE_DELAY, BATCH_DELAY = 0.06, 0.01
"""Seconds that a page and a batch of writes take where answers are slow."""

_CHECKED = 100_000
"""Up to this number of rows every cell is compared; of more, rows are counted."""

_SLOW_ROWS = 100_000


class Slow(msgspec.Struct, frozen=True):
    """A run with slow answers.

    Attributes:
        pages: how many pages it asked for.

    """

    run: Run
    pages: int


class Growth(msgspec.Struct, frozen=True):
    """Everything that was measured."""

    runs: list[Run]
    slow: list[Slow]


class Wrong(Exception):
    """Ferry wrote other rows than expected."""


def measure_growth(folder: Path, most_rows: int) -> Growth:
    """Measure Ferry with up to so many rows; the data is kept in `folder`.

    Raises:
        Wrong: what it wrote is wrong.

    """
    runs: list[Run] = []
    for rows, rounds in SIZES.items():
        if rows <= most_rows:
            with Bench(folder) as bench:
                for case in CASES:
                    runs += _measured(bench, case, rows, rounds)
    with Bench(folder, page_delay=PAGE_DELAY, batch_delay=BATCH_DELAY) as bench:
        slow = [_slow(bench, case) for case in CASES]
    return Growth(runs, slow)


def _measured(bench: Bench, case: str, rows: int, rounds: int) -> list[Run]:
    ferry = VARIANTS[FERRY]
    if rows <= _CHECKED:
        verdict = check(ferry, case, rows, *bench.table(rows))
        if any(verdict):
            raise Wrong(f"{case}, {rows} rows: {verdict}")
    return [bench.measure(ferry, case, rows) for _ in range(rounds)]


def _slow(bench: Bench, case: str) -> Slow:
    run = bench.measure(VARIANTS[FERRY], case, _SLOW_ROWS)
    _, server = bench.table(_SLOW_ROWS)
    return Slow(run, server.pages_read())
