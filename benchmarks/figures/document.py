"""Puts measured figures into the documents, between marks: <!-- growth --> and <!-- /growth -->.

What stands around the marks is written by people, and what it claims must be read again whenever
the figures change.
"""

import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import msgspec

from benchmarks.data.rows import CSV, ITEMS
from benchmarks.figures.capacity import export_plans, import_plans, others
from benchmarks.figures.cost import (
    Measured,
    Shape,
    Speed,
    beside,
    bills,
    ferry_export,
    ferry_import,
)
from benchmarks.figures.reckoning import TUTORIAL, Result, Run, ratios
from benchmarks.figures.report import growth_table, ratio_table, scale_table, slow_table, tables
from benchmarks.runs.growth import Growth
from benchmarks.runs.scaling import Scaled

_JOBS = (10_000, 1_000_000, 100_000_000)
_LARGE = (100_000_000, 1_000_000_000)
_WORKERS = (1, 2, 4, 8, 16)


def fill(documents: Path, comparison: Path, growth: Path, scaling: Path, data: Path) -> None:
    """Write the figures of the files into the documents.

    Args:
        documents: the folder of the documents.
        comparison: the file that comparing has written.
        growth: the file that measuring growth has written.
        scaling: the file that measuring several workers has written.
        data: a folder of rows, which tells their sizes.

    """
    results = msgspec.json.decode(comparison.read_bytes(), type=list[Result])
    grown = msgspec.json.decode(growth.read_bytes(), type=Growth)
    scaled = msgspec.json.decode(scaling.read_bytes(), type=list[Scaled])
    shape, measured = _shape(data), _measured(results, grown.runs)
    sections = {
        "machine": _machine(comparison, results[0].runs),
        "comparison": tables(results),
        "ratios": ratio_table(ratios(results)),
        "growth": growth_table(grown.runs),
        "slow": slow_table(grown.slow),
        "scale": scale_table(scaled),
        "large-exports": export_plans(_LARGE, _WORKERS, shape, measured.ferry_export),
        "large-imports": import_plans(_LARGE, shape, measured.ferry_import),
        "large-others": others(_LARGE, shape, measured.ferry_export, measured.ferry_import),
        "exports": bills(_JOBS, shape, ferry_export, measured.ferry_export),
        "imports": bills(_JOBS, shape, ferry_import, measured.ferry_import),
        "beside": beside(_JOBS, shape, measured),
    }
    for name in ("performance.md", "cost.md", "scale.md"):
        path = documents / name
        path.write_text(filled(path.read_text("utf-8"), sections), encoding="utf-8")


def filled(text: str, sections: dict[str, str]) -> str:
    """Return the text with what stands between each section's marks replaced."""
    for name, content in sections.items():
        opening, closing = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, there, rest = text.partition(opening)
        if there:
            text = before + opening + content + closing + rest.partition(closing)[2]
    return text


def _machine(measured: Path, runs: int) -> str:
    day = datetime.fromtimestamp(measured.stat().st_mtime, UTC)
    machine = f"{os.cpu_count()} cores of {platform.machine()}, {platform.system()}"
    times = "a single run of each" if runs == 1 else f"the median of {runs} runs of each"
    return f"{machine}, Python {platform.python_version()}, {day:%d %B %Y}; {times}.\n"


def _shape(data: Path) -> Shape:
    with (data / ITEMS).open("rb") as lines:
        sizes = [int(line[len(b'{"size":') : line.index(b",")]) for line in lines]
    return Shape(sum(sizes) / len(sizes), (data / CSV).stat().st_size / len(sizes))


def _measured(results: list[Result], grown: list[Run]) -> Measured:
    cost = {(one.case, one.variant): one.cpu_us_per_row for one in results}
    return Measured(
        speed(run for run in grown if run.case == "export_csv"),
        speed(run for run in grown if run.case == "import_csv"),
        cost["export_csv", TUTORIAL],
        cost["import_csv", TUTORIAL],
    )


def speed(runs: Iterable[Run]) -> Speed:
    """Return the figures of the fewest and of the most rows; 100 rows are all start."""
    sizes: dict[int, list[float]] = {}
    for run in runs:
        sizes.setdefault(run.rows, []).append(run.cpu_s)
    start_s, most = median(sizes[min(sizes)]), max(sizes)
    return Speed(start_s, (median(sizes[most]) - start_s) / most * 1e6)
