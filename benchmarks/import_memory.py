"""Measure the memory of an import: a file through the real reader, rules and writer.

Each size runs in a process of its own, as a Lambda does. S3 is a file on disk and the replay
server takes the rows at once, so that the figures are the processor's own: the peak of its resident
memory and the CPU of a row, not the network's time.

    export PYTHONPATH=layers/core
    .local/bench/ferry/bin/python -m benchmarks.import_memory 10 100 1024
    .local/bench/ferry/bin/python -m benchmarks.import_memory --gzip 100
    .local/bench/ferry/bin/python -m benchmarks.import_memory --dry-run 45

A dry run writes its file of differences, and all rows are new: five differences each.
"""

import argparse
import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, override

from benchmarks.runs.contest import environment
from benchmarks.runs.server import Server
from ferry.aws.bucket import Files
from ferry.imports.import_job import IMPORTS, ImportRequest, ImportResult
from ferry.imports.importing import run_import
from ferry.jobs.job import Operation, Status
from ferry.jobs.run import Run
from ferry.records.store import Records
from ferry.tables.schema import Field, FieldType, Schema, Table

MB = 1024 * 1024
TABLE = Table(
    id=1,
    app_id="app",
    name="goods",
    schema=Schema(
        (
            Field(name="name", type=FieldType.STRING),
            Field(name="amount", type=FieldType.INTEGER),
            Field(name="price", type=FieldType.NUMBER),
            Field(name="sold", type=FieldType.BOOLEAN),
            Field(name="text", type=FieldType.STRING),
        )
    ),
    created_by=1,
    created_at=0,
    updated_at=0,
)


class OneFile:
    """Stands in for a bucket that holds one file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def blocks(self, _: str, *, offset: int = 0, etag: str = "") -> Iterator[bytes]:
        """Yield the file from a byte on."""
        del etag
        with self.path.open("rb") as file:
            file.seek(offset)
            while block := file.read(256 * 1024):
                yield block


class Results(Files):
    """The results, in a bucket that cannot list its files."""

    def __init__(self) -> None:
        super().__init__("results")
        self._keys: list[str] = []

    @override
    def put(self, key: str, *args: Any, **options: Any) -> None:
        """Write a file and note its key."""
        super().put(key, *args, **options)
        self._keys.append(key)

    @override
    def names(self, prefix: str) -> Iterator[str]:
        """Yield the rest of each key that begins with the prefix."""
        yield from (key.removeprefix(prefix) for key in self._keys if key.startswith(prefix))


def make(path: Path, size: int, *, packed: bool) -> None:
    """Write a CSV file of about `size` bytes."""
    with gzip.open(path, "wb", 1) if packed else path.open("wb") as file:
        file.write(b"name,amount,price,sold,text\n")
        done = number = 0
        while done < size:
            lines = b"".join(
                b"item %d,%d,%d.25,true,the quick brown fox no %d jumps\n" % (n, n % 97, n % 89, n)
                for n in range(number, number + 10_000)
            )
            done += file.write(lines)
            number += 10_000


def measure(path: Path, *, dry_run: bool) -> dict[str, Any]:
    """Import the file and return what it took."""
    job = IMPORTS.job(
        id="0" * 32,
        operation=Operation.IMPORT,
        app_id="app",
        user_id=1,
        table_id=1,
        table_name="goods",
        request=ImportRequest(
            file_type="csv", file_name=path.name, file_key="file", dry_run=dry_run
        ),
        public_url="",
        accepted_at=1_700_000_000_000,
        updated_at=0,
        due_at=0,
        status=Status.RUNNING,
        result=ImportResult(),
    )
    jobs: Any = SimpleNamespace(save=lambda _, **__: False)
    run = Run(job, jobs=jobs, clock=time.time, time_left=lambda: 900)
    notes = SimpleNamespace(note=lambda *_, **__: None, close=lambda *_: None)
    tables: Any = SimpleNamespace(get=lambda *_: TABLE, as_of=lambda *_: TABLE, open_imports=notes)
    uploads: Any = OneFile(path)
    unused: Any = None
    began = time.process_time()
    outcome = run_import(
        run,
        file_limit=100 * 1024 * MB,
        unpacked_limit=100 * 1024 * MB,
        web=unused,
        tables=tables,
        records=Records("records"),
        uploads=uploads,
        results=Results(),
    )
    rows = outcome.counts.succeeded
    return {
        "file_mb": round(path.stat().st_size / MB, 1),
        "rows": rows,
        "cpu_us_a_row": round((time.process_time() - began) / rows * 1e6, 1),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def main() -> None:
    """Measure each size in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("megabytes", nargs="*", type=int, default=[10, 100])
    parser.add_argument("--gzip", action="store_true")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.file:
        sys.stdout.write(json.dumps(measure(given.file, dry_run=given.dry_run)) + "\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        nothing = Path(folder) / "items"
        nothing.touch()
        path = Path(folder) / ("goods.csv.gz" if given.gzip else "goods.csv")
        with Server(nothing) as server:
            for size in given.megabytes:
                make(path, size * MB, packed=given.gzip)
                command = [sys.executable, "-m", "benchmarks.import_memory", "--file", str(path)]
                if given.dry_run:
                    command.append("--dry-run")
                around = environment(server.url)
                subprocess.run(command, check=True, env=around)  # noqa: S603 - a module of ours, no shell


if __name__ == "__main__":
    main()
