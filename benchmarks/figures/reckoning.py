"""Costs a row, computed from runs, and their ratios. Pure."""

from collections.abc import Callable, Iterable, Sequence
from statistics import median

import msgspec

from benchmarks.data.checking import Verdict

FERRY, TUTORIAL, FLOOR = "ferry", "boto3_resource", "floor"


class Run(msgspec.Struct, frozen=True):
    """The measurements of a run: seconds and MB of the process, imports included."""

    case: str
    variant: str
    rows: int
    cpu_s: float
    wall_s: float
    peak_rss_mb: float

    @property
    def cpu_us_per_row(self) -> float:
        """Microseconds of processor time, the process's and the kernel's for it, by row."""
        return self.cpu_s / self.rows * 1e6


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The costs of one variant in one case.

    Attributes:
        rows: that each run had.
        cpu_us_per_row: the median over the runs, for as many rows as `reckoned_for`.
        cpu_us_per_row_least: of the run that took least.
        reckoned_for: other than `rows` where a slow variant was given fewer: from runs of two
            sizes it is known what a row costs, and what starting costs.
        wall_s: the median, for `rows` rows.
        peak_rss_mb: the median.
        cells_wrong: of all cells of `rows` rows, one run's.

    """

    case: str
    variant: str
    rows: int
    cpu_us_per_row: float
    cpu_us_per_row_least: float
    reckoned_for: int
    runs: int
    wall_s: float
    peak_rss_mb: float
    rows_missing: int = 0
    rows_extra: int = 0
    cells_wrong: int = 0
    columns_wrong: tuple[str, ...] = ()


def result(runs: Sequence[Run], small: Sequence[Run], rows: int, verdict: Verdict) -> Result:
    """Return a variant's figures for so many rows.

    Args:
        runs: of one size, that of `rows` or a lesser one.
        small: runs of a size that is much less, where `runs` has less than `rows`.
        rows: how many rows the cost is reckoned for.
        verdict: on what came of it.

    """
    first = runs[0]
    return Result(
        case=first.case,
        variant=first.variant,
        rows=first.rows,
        cpu_us_per_row=round(_cost(median, runs, small, rows), 2),
        cpu_us_per_row_least=round(_cost(min, runs, small, rows), 2),
        reckoned_for=rows,
        runs=len(runs),
        wall_s=round(median(run.wall_s for run in runs), 3),
        peak_rss_mb=round(median(run.peak_rss_mb for run in runs), 1),
        **verdict._asdict(),
    )


def _cost(
    choose: Callable[[list[float]], float], runs: Sequence[Run], small: Sequence[Run], rows: int
) -> float:
    cpu_s = choose([run.cpu_s for run in runs])
    size = runs[0].rows
    if size == rows:
        return cpu_s / rows * 1e6
    few, few_cpu_s = small[0].rows, choose([run.cpu_s for run in small])
    row_s = (cpu_s - few_cpu_s) / (size - few)
    start_s = few_cpu_s - few * row_s
    return (row_s + start_s / rows) * 1e6


class Ratios(msgspec.Struct, frozen=True):
    """Ferry's cost in a case divided by others': below 1 is cheaper."""

    case: str
    tutorial: float | None
    rival: float | None
    best_rival: str
    floor: float | None


def ratios(results: Iterable[Result]) -> list[Ratios]:
    """Compare Ferry with its rivals in each case that it took part in.

    A rival is any but Ferry and the floor; the best is the cheapest, however wrong its output.
    """
    cases: dict[str, dict[str, float]] = {}
    for one in results:
        cases.setdefault(one.case, {})[one.variant] = one.cpu_us_per_row
    return [_ratios(case, costs) for case, costs in cases.items() if FERRY in costs]


def _ratios(case: str, costs: dict[str, float]) -> Ratios:
    ours = costs[FERRY]
    rivals = {name: cost for name, cost in costs.items() if name not in {FERRY, FLOOR}}
    best = min(rivals, key=lambda name: rivals[name], default="")
    return Ratios(
        case,
        ours / costs[TUTORIAL] if TUTORIAL in costs else None,
        ours / rivals[best] if best else None,
        best,
        ours / costs[FLOOR] if FLOOR in costs else None,
    )
