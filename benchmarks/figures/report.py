"""Results as people read them."""

from collections.abc import Iterable, Sequence
from statistics import median

from benchmarks.figures.reckoning import Ratios, Result, Run
from benchmarks.runs.growth import Slow
from benchmarks.runs.scaling import Scaled

_HEAD = (
    "| variant | CPU, µs a row | least | wall, s | peak MB | rows | wrong cells |\n"
    "|---|---:|---:|---:|---:|---:|---|\n"
)
_RATIOS_HEAD = (
    "| Ferry's CPU | of boto3 resource's | of the best rival's | of the floor's |\n"
    "|---|---:|---:|---:|\n"
)
_GROWTH_HEAD = (
    "| case | rows | CPU, s | µs a row | without the start | wall, s | peak MB |\n"
    "|---|---:|---:|---:|---:|---:|---:|\n"
)
_SLOW_HEAD = "| case | rows | pages | wall, s | CPU, s |\n|---|---:|---:|---:|---:|\n"
_SCALE_HEAD = (
    "| case | an answer takes | workers | wall, s | rows a second | CPU of all, s | µs a row "
    "| server's CPU, s | peak MB of one |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|\n"
)


def tables(results: Sequence[Result]) -> str:
    """Return a table of each case, the cheapest first, and one of how Ferry stands."""
    texts = []
    for case in dict.fromkeys(one.case for one in results):
        of_case = sorted(
            (one for one in results if one.case == case), key=lambda one: one.cpu_us_per_row
        )
        texts.append(f"**{_words(case)}**\n\n{_HEAD}{''.join(map(_line, of_case))}")
    return "\n".join(texts)


def ratio_table(all_ratios: Iterable[Ratios]) -> str:
    """Return the ratios as a table, one row a case."""
    lines = [
        f"| {_words(one.case)} | {_part(one.tutorial)} "
        f"| {_part(one.rival)} {one.best_rival and f'({one.best_rival})'} "
        f"| {'' if one.floor is None else f'{one.floor:.2f} ×'} |\n"
        for one in all_ratios
    ]
    return _RATIOS_HEAD + "".join(lines)


def growth_table(runs: Iterable[Run]) -> str:
    """Return Ferry's figures for tables of several sizes."""
    cases: dict[str, dict[int, list[Run]]] = {}
    for run in runs:
        cases.setdefault(run.case, {}).setdefault(run.rows, []).append(run)
    return _GROWTH_HEAD + "".join(
        _growth_line(some, sizes[min(sizes)]) for sizes in cases.values() for some in sizes.values()
    )


def slow_table(slow: Iterable[Slow]) -> str:
    """Return Ferry's figures where answers are slow."""
    return _SLOW_HEAD + "".join(
        f"| {_words(one.run.case)} | {one.run.rows:,} | {one.pages or ''} "
        f"| {one.run.wall_s:.2f} | {one.run.cpu_s:.2f} |\n"
        for one in slow
    )


def scale_table(scaled: Iterable[Scaled]) -> str:
    """Return Ferry's figures with several workers."""
    return _SCALE_HEAD + "".join(
        f"| {_words(one.case)} | {one.delay_s * 1000:.0f} ms | {one.workers} | {one.wall_s:.2f} "
        f"| {one.jobs * one.rows / one.wall_s:,.0f} | {one.cpu_s:.2f} "
        f"| {one.cpu_s / one.jobs / one.rows * 1e6:.1f} | {one.server_cpu_s:.2f} "
        f"| {one.peak_rss_mb:.0f} |\n"
        for one in scaled
    )


def _growth_line(runs: Sequence[Run], least: Sequence[Run]) -> str:
    """Return the line of one size; the least one tells what starting takes."""
    case, rows = runs[0].case, runs[0].rows
    cpu_s, start_s = (median(run.cpu_s for run in some) for some in (runs, least))
    more = "" if runs is least else f"{(cpu_s - start_s) / rows * 1e6:.1f}"
    return (
        f"| {_words(case)} | {rows:,} | {cpu_s:.2f} | {cpu_s / rows * 1e6:.1f} "
        f"| {more} | {median(run.wall_s for run in runs):.2f} "
        f"| {median(run.peak_rss_mb for run in runs):.0f} |\n"
    )


def _words(case: str) -> str:
    return case.replace("_", " ")


def _line(one: Result) -> str:
    wrong = f"{one.cells_wrong:,} in {', '.join(one.columns_wrong)}" if one.cells_wrong else "none"
    if one.rows_missing or one.rows_extra:
        wrong += f"; rows missing {one.rows_missing:,}, too many {one.rows_extra:,}"
    return (
        f"| {one.variant} | {one.cpu_us_per_row:.1f} | {one.cpu_us_per_row_least:.1f} "
        f"| {one.wall_s:.2f} | {one.peak_rss_mb:.0f} | {one.rows:,} | {wrong} |\n"
    )


def _part(ratio: float | None) -> str:
    return "" if ratio is None else f"1/{1 / ratio:.1f}"
