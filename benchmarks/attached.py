"""Measure exports and imports of an attached table beside those of an own one, and beside boto3.

Each runs in a process of its own, against a server that has the table and answers at once. What is
shown is the client's CPU in microseconds a row, the start of its process not counted, the least of
some runs in turn.

    PYTHONPATH=layers/core python -m benchmarks.attached
    PYTHONPATH=layers/core python -m benchmarks.attached --rows 50000 --case upsert --case insert
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, cast

from benchmarks.data.rows import CSV, attribute, make, rows
from benchmarks.data.table import FIELDS
from benchmarks.import_memory import OneFile
from benchmarks.replay.http import Connection
from benchmarks.replay.plain_table import KEY, PlainTable
from benchmarks.runs.contest import environment
from ferry.aws.bucket import Files
from ferry.exports.export_job import EXPORTS, ExportRequest, ExportResult
from ferry.exports.exporting import run_export
from ferry.imports.import_job import IMPORTS, ImportRequest, ImportResult
from ferry.imports.importing import run_import
from ferry.jobs.job import Operation, Status
from ferry.jobs.run import Run
from ferry.records.store import Records
from ferry.tables.attachment import Attachment
from ferry.tables.schema import Constraints, Field, FieldType, Schema, Table

NAME = "goods"


class Bucket(OneFile):
    """Stands in for a bucket: it has one file, and takes what it is given."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.sizes: dict[str, int] = {}

    def put(self, key: str, body: bytes) -> None:
        """Take a file."""
        self.sizes[key] = len(body)

    def names(self, _: str) -> list[str]:
        """Say that there are none."""
        return []

    def delete_under(self, _: str) -> None:
        """Do nothing."""

    def begin_upload(self, *_: object, **__: object) -> str:
        """Begin an upload."""
        return "upload"

    def put_part(self, _: str, __: str, number: int, body: bytes) -> str:
        """Take a part."""
        self.sizes[str(number)] = len(body)
        return "etag"

    def complete_upload(self, *_: object, **__: object) -> None:
        """Do nothing."""


def table(*, attached: bool) -> Table:
    """Return the table, attached or an own one."""
    fields = [
        Field(name=name, type=FieldType(kind), constraints=Constraints(required=name == KEY))
        for name, kind in FIELDS.items()
    ]
    return Table(
        id=1,
        app_id="app",
        name=NAME,
        schema=Schema(tuple(fields), built_in=not attached),
        created_by=1,
        created_at=0,
        updated_at=0,
        attached=Attachment(table=NAME, keys=(KEY,)) if attached else None,
    )


def _run(kind: Any, operation: Operation, request: Any, result: Any) -> Any:
    job = kind.job(
        id="0" * 32,
        operation=operation,
        app_id="app",
        user_id=1,
        table_id=1,
        table_name=NAME,
        request=request,
        public_url="",
        accepted_at=1_900_000_000_000,
        updated_at=0,
        due_at=0,
        status=Status.RUNNING,
        result=result,
    )
    jobs: Any = SimpleNamespace(save=lambda _, **__: False)
    return Run(job, jobs=jobs, clock=time.time, time_left=lambda: 900)


def _tables(*, attached: bool) -> Any:
    it = table(attached=attached)
    open_imports = SimpleNamespace(note=lambda *_, **__: None, close=lambda *_: None, of=list)
    return SimpleNamespace(get=lambda *_: it, as_of=lambda *_: it, open_imports=open_imports)


def imported(path: Path, *, attached: bool = True, **options: Any) -> None:
    """Import the file."""
    request = ImportRequest(file_type="csv", file_name=path.name, file_key="file", **options)
    files = cast("Files", Bucket(path))
    outcome = run_import(
        _run(IMPORTS, Operation.IMPORT, request, ImportResult()),
        file_limit=1 << 40,
        unpacked_limit=1 << 40,
        web=cast("Any", None),
        tables=_tables(attached=attached),
        records=Records("records"),
        uploads=files,
        results=files,
    )
    if outcome.counts.failed:
        raise SystemExit(f"{outcome.counts} of {path}")


def exported(path: Path, **options: Any) -> None:
    """Export the table."""
    request = ExportRequest(file_type="csv", **options)
    run_export(
        _run(EXPORTS, Operation.EXPORT, request, ExportResult()),
        row_cap=1 << 30,
        segment_bytes=0,
        tables=_tables(attached=True),
        records=Records("records"),
        files=cast("Files", Bucket(path)),
        queue=cast("Any", None),
    )


CASES: dict[str, tuple[bool, Callable[[Path], None]]] = {
    "own import": (False, lambda path: imported(path, attached=False)),
    "insert": (False, imported),
    "skip": (True, lambda path: imported(path, conflict="skip")),
    "upsert": (True, lambda path: imported(path, conflict="upsert")),
    "update": (True, lambda path: imported(path, conflict="update")),
    "replace": (True, lambda path: imported(path, conflict="replace")),
    "match": (True, lambda path: imported(path, conflict="upsert", match=(KEY,))),
    "export": (True, exported),
    "in order": (True, lambda path: exported(path, order_by=(KEY,))),
}
"""Each case, and whether the table has the rows of the file, with another price."""


def items(count: int) -> list[bytes]:
    """Return the items of a table that has the rows of the file, each with another price."""
    found = ({**row, "price": row["price"] + 1} for row in rows(count))
    return [
        json.dumps({n: attribute(v) for n, v in row.items() if v is not None}).encode()
        for row in found
    ]


def serve(count: int) -> None:
    """Serve the table until told to stop."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        plain = PlainTable(items(count))
        server = await loop.create_server(lambda: Connection(plain.respond), "127.0.0.1", 0)
        sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await server.serve_forever()

    asyncio.run(run())


def main() -> None:
    """Measure each case in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--case", action="append", choices=CASES)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        serve(given.serve)
    elif given.measure:
        case, path = given.measure
        began = time.process_time()
        CASES[case][1](Path(path))
        sys.stdout.write(f"{time.process_time() - began}\n")
    else:
        with tempfile.TemporaryDirectory() as folder:
            _measure_all(given, Path(folder))


def _measure_all(given: argparse.Namespace, folder: Path) -> None:
    path = make(folder, given.rows) / CSV
    names = given.case or list(CASES)
    best = dict.fromkeys(names, float("inf"))
    for _ in range(given.rounds):
        for name in names:
            best[name] = min(best[name], _measured(name, path, given.rows))
    for name, seconds in best.items():
        sys.stdout.write(f"{name:12} {seconds / given.rows * 1e6:8.1f} µs a row\n")


def _measured(case: str, path: Path, count: int) -> float:
    has_rows, _ = CASES[case]
    module = [sys.executable, "-m", "benchmarks.attached"]
    command = [*module, "--serve", str(count if has_rows else 0)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own server, no shell
        try:
            port = int(cast("IO[str]", server.stdout).readline())
            around = {**os.environ, **environment(f"http://127.0.0.1:{port}")}
            measure = [*module, "--measure", case, str(path)]
            done = subprocess.run(measure, check=True, env=around, capture_output=True, text=True)  # noqa: S603 - our own module
            return float(done.stdout)
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
