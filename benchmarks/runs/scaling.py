"""Measure Ferry with several workers at once, each with a job of its own on the same table."""

import json
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from benchmarks.runs.comparison import Bench
from benchmarks.runs.contest import ROOT, VARIANTS, environment
from benchmarks.runs.growth import BATCH_DELAY, PAGE_DELAY
from benchmarks.runs.run import LAUNCH, Failed, case_file

WORKERS = (1, 2, 4, 8)
CASES = ("export_csv", "import_csv")
ROWS = 100_000
"""Of each job."""


class Scaled(msgspec.Struct, frozen=True):
    """What several workers took together.

    Attributes:
        workers: how many, each a process with a job of `rows` rows.
        delay_s: that each page and each batch took.
        wall_s: from the start of the first to the end of the last.
        cpu_s: of all of them.
        server_cpu_s: of the server that stands in for AWS: where that is as much as the time by the
            clock, it is what was measured.
        peak_rss_mb: of the largest.

    """

    case: str
    workers: int
    rows: int
    delay_s: float
    wall_s: float
    cpu_s: float
    server_cpu_s: float
    peak_rss_mb: float


def measure_scaling(folder: Path, rows: int = ROWS) -> list[Scaled]:
    """Measure each case with each number of workers; the data is kept in `folder`.

    Raises:
        Failed: a worker ended with an error, or rows are missing.

    """
    measured: list[Scaled] = []
    for page_delay, batch_delay in ((0.0, 0.0), (PAGE_DELAY, BATCH_DELAY)):
        with Bench(folder, page_delay=page_delay, batch_delay=batch_delay) as bench:
            for case in CASES:
                delay = page_delay if case.startswith("export") else batch_delay
                measured += [_measured(bench, case, workers, rows, delay) for workers in WORKERS]
    return measured


def _measured(bench: Bench, case: str, workers: int, rows: int, delay: float) -> Scaled:
    data, server = bench.table(rows)
    operation = case.partition("_")[0]
    around = environment(server.url)
    ids = [f"{number + 1:032x}" for number in range(workers)]
    server.reset(keep=False)
    queue = [sys.executable, "-m", "benchmarks.runs.queueing", case]
    path = case_file(VARIANTS["ferry"], case, rows, data)
    subprocess.run([*queue, str(path), *ids], check=True, env=around, cwd=ROOT)  # noqa: S603 - ours
    before, began = server.cpu_s, time.perf_counter()
    running = [
        subprocess.Popen(  # noqa: S603 - ours
            [*LAUNCH, sys.executable, "-m", "benchmarks.runs.worker", operation, job_id],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=around,
            cwd=ROOT,
        )
        for job_id in ids
    ]
    took = [_took(process) for process in running]
    wall_s = time.perf_counter() - began
    if operation == "import" and server.rows_put() != rows * workers:
        raise Failed(f"{case}: {server.rows_put():,} rows written of {rows * workers:,}")
    return Scaled(
        case,
        workers,
        rows,
        delay,
        round(wall_s, 2),
        round(sum(one["cpu_s"] for one in took), 2),
        round(server.cpu_s - before, 2),
        round(max(one["peak_rss_mb"] for one in took), 1),
    )


def _took(process: subprocess.Popen[str]) -> dict[str, float]:
    told, errors = process.communicate()
    took: dict[str, float] = json.loads(told)
    if took["status"]:
        raise Failed(errors[-2000:])
    return took
