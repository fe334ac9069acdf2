"""Measure Ferry with several workers at once: with a job each, and with one that they share."""

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import msgspec

from benchmarks.runs.comparison import Bench
from benchmarks.runs.contest import ROOT, VARIANTS, environment
from benchmarks.runs.growth import BATCH_DELAY, PAGE_DELAY
from benchmarks.runs.run import LAUNCH, Failed, case_file
from benchmarks.runs.server import Server

WORKERS = (1, 2, 4, 8)
CASES = ("export_csv", "import_csv")
ROWS = 100_000
"""Of each job."""

_EXPORT = f"{1:032x}"
_LARGER = 4
"""Times as many rows has the export that is shared: it is cut at pages of one of its 16 shards."""

_SEGMENT_MB = 4


class Scaled(msgspec.Struct, frozen=True, kw_only=True):
    """What several workers took together.

    Attributes:
        workers: how many, each a process.
        jobs: that they did, of `rows` rows each.
        delay_s: that each page and each batch took.
        wall_s: from the start of the first to the end of the last.
        cpu_s: of all of them.
        server_cpu_s: of the server that stands in for AWS: where that is as much as the time by the
            clock, it is what was measured.
        peak_rss_mb: of the largest.

    """

    case: str
    workers: int
    jobs: int
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
            measured += _shared(bench, _LARGER * rows, page_delay)
    return measured


def _measured(bench: Bench, case: str, workers: int, rows: int, delay: float) -> Scaled:
    """Measure workers that have a job each."""
    data, server = bench.table(rows)
    operation = case.partition("_")[0]
    ids = [f"{number + 1:032x}" for number in range(workers)]
    began = _Beginning(server, case, rows=rows, data=data, ids=ids)
    took = began.run([[job_id] for job_id in ids], operation)
    if operation == "import" and server.rows_put() != rows * workers:
        raise Failed(f"{case}: {server.rows_put():,} rows written of {rows * workers:,}")
    return began.scaled(case, workers, workers, delay, took)


def _shared(bench: Bench, rows: int, delay: float) -> Iterator[Scaled]:
    """Measure workers that write one file; that of one worker alone is what it must be.

    An export that is too short to be cut is left out.
    """
    data, server = bench.table(rows)
    begin = partial(_Beginning, server, "export_csv", rows=rows, data=data, ids=[_EXPORT])
    begin().run([[_EXPORT]], "export")
    alone = server.file(".csv")
    for workers in WORKERS:
        settings = {"EXPORT_SEGMENT_MB": str(_SEGMENT_MB)}
        began = begin(settings=settings)
        took = began.run([[_EXPORT]], "export")
        segments = [job_id for job_id in server.messages() if job_id != _EXPORT]
        if not segments:
            return
        shares = [segments[number::workers] for number in range(workers)]
        took += began.run(filter(None, shares), "export")
        took += began.run([[_EXPORT]], "export")
        if server.file(".csv") != alone:
            raise Failed(f"{len(segments)} segments have made another file than one worker")
        name = f"one export of {rows:,} rows, {len(segments)} segments"
        yield began.scaled(name, workers, 1, delay, took)


class _Beginning:
    """Jobs that are queued, from when on time is taken."""

    def __init__(
        self,
        server: Server,
        case: str,
        *,
        rows: int,
        data: Path,
        ids: Sequence[str],
        settings: Mapping[str, str] | None = None,
    ) -> None:
        server.reset(keep=False)
        self._server, self._rows = server, rows
        self._around = {**environment(server.url), **(settings or {})}
        path = case_file(VARIANTS["ferry"], case, rows, data)
        queue = [sys.executable, "-m", "benchmarks.runs.queueing", case, str(path), *ids]
        subprocess.run(queue, check=True, env=self._around, cwd=ROOT)  # noqa: S603 - ours
        self._server_s, self._began = server.cpu_s, time.perf_counter()

    def run(self, shares: Iterable[Sequence[str]], operation: str) -> list[dict[str, float]]:
        """Start a worker for each share of the jobs, and return what each took."""
        running = [
            subprocess.Popen(  # noqa: S603 - ours
                [*LAUNCH, sys.executable, "-m", "benchmarks.runs.worker", operation, *ids],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=self._around,
                cwd=ROOT,
            )
            for ids in shares
        ]
        return [_took(process) for process in running]

    def scaled(
        self, case: str, workers: int, jobs: int, delay: float, took: Sequence[dict[str, float]]
    ) -> Scaled:
        """Return the figures up to now."""
        return Scaled(
            case=case,
            workers=workers,
            jobs=jobs,
            rows=self._rows,
            delay_s=delay,
            wall_s=round(time.perf_counter() - self._began, 2),
            cpu_s=round(sum(one["cpu_s"] for one in took), 2),
            server_cpu_s=round(self._server.cpu_s - self._server_s, 2),
            peak_rss_mb=round(max(one["peak_rss_mb"] for one in took), 1),
        )


def _took(process: subprocess.Popen[str]) -> dict[str, float]:
    told, errors = process.communicate()
    took: dict[str, float] = json.loads(told)
    if took["status"]:
        raise Failed(errors[-2000:])
    return took
