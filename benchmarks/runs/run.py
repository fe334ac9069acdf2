"""One run of one variant: prepared, measured in a process of its own, checked."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.data import checking
from benchmarks.data.checking import Verdict
from benchmarks.data.dump import make_dump, read_dump
from benchmarks.data.rows import CSV, LINES
from benchmarks.figures.reckoning import Run
from benchmarks.runs.contest import ROOT, Variant, environment
from benchmarks.runs.server import Server

LAUNCH = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py"))]
"""In front of a command: prints what that takes."""


class Failed(Exception):
    """A variant did not do its case."""


def measure(variant: Variant, case: str, rows: int, data: Path, server: Server) -> Run:
    """Return the figures of a run.

    Raises:
        Failed: it ended with an error, or an import with rows missing.

    """
    server.reset(keep=False)
    run = _run(variant, case, rows, data, server)
    if case.startswith("import") and server.rows_put() != rows:
        raise Failed(f"{variant.name} {case}: {server.rows_put()} rows written of {rows}")
    return run


def check(variant: Variant, case: str, rows: int, data: Path, server: Server) -> Verdict:
    """Run once, unmeasured, and return what is wrong with what came of it."""
    server.reset(keep=True)
    _run(variant, case, rows, data, server)
    operation, file_type = case.split("_")
    if operation == "import":
        return checking.imported(server.batches(), rows)
    path = case_file(variant, case, rows, data)
    if variant.name == "dynamodump":
        return checking.dumped(read_dump(path), rows)
    content = server.file(f".{file_type}") if variant.name == "ferry" else path.read_bytes()
    verify = checking.exported_csv if file_type == "csv" else checking.exported_jsonl
    return verify(content, rows)


def _run(variant: Variant, case: str, rows: int, data: Path, server: Server) -> Run:
    path = case_file(variant, case, rows, data)
    around = environment(server.url)
    if variant.name == "ferry":
        queue = [sys.executable, "-m", "benchmarks.runs.queueing", case, str(path)]
        subprocess.run(queue, check=True, env=around, cwd=ROOT)  # noqa: S603 - a module of ours
    ran = subprocess.run(  # noqa: S603 - a variant of the benchmark, no shell
        [*LAUNCH, *variant.command(case, path)],
        capture_output=True,
        text=True,
        env=around,
        cwd=ROOT,
        check=True,
    )
    took = json.loads(ran.stdout)
    if took.pop("status"):
        raise Failed(f"{variant.name} {case}: {ran.stderr[-2000:]}")
    return Run(case, variant.name, rows, **took)


def case_file(variant: Variant, case: str, rows: int, data: Path) -> Path:
    """Return the path of the case's file, whether it exists yet or not."""
    operation, file_type = case.split("_")
    if variant.name == "dynamodump":
        return make_dump(data, rows) if operation == "import" else data / "exported-dump"
    if operation == "import":
        return data / (CSV if file_type == "csv" else LINES)
    return data / f"exported.{file_type}"
