"""Rows of a table: in, out, in again elsewhere, and rows that fail."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ferry_client import Client, JobHandle
from local.connection import Json
from local.instance import ROOT, Failed
from local.story.comparison import bare_pointers, check_equal, read_csv, read_json, typed
from local.story.notices import Notices
from local.story.output import progress, say, shown, size, step
from local.visitor import create_table, free_name, whole

EXAMPLES = ROOT / "examples"

ROWS = 10_000
_KEY = "sku"
JOB_S = 240
"""So long a job may take, in seconds."""
_KEPT = {"created_by": "integer", "created_at": "integer"}
"""Built-in columns that an import keeps when the file has them."""


class TableStory:
    """One run of the story. An export goes out once a minute and table, hence the second table."""

    def __init__(self, client: Client, folder: Path, notices: Notices, *, rows: int = ROWS) -> None:
        self._rows = rows
        self._client = client
        self._folder = folder
        self._notices = notices
        self._definition: Json = json.loads((EXAMPLES / "goods.table.json").read_text("utf-8"))
        self._types = {f["name"]: f["type"] for f in self._definition["schema"]["fields"]}

    def run(self, steps: Iterator[int]) -> int:
        """Tell it all, in `steps` of these numbers, and return the table's id."""
        step(next(steps), "A file and two tables")
        goods = self._make_goods()
        name = free_name(self._client, "demo")
        table, copy = self._make_tables(name, f"{name}_copy")
        step(next(steps), "In: the file, in one multipart request")
        self._import(lambda: self._client.start_import(table, goods))
        step(next(steps), "Out as CSV")
        exported = self._export(table, name, "csv")
        cells = check_equal(read_csv(goods, _KEY), read_csv(exported, _KEY), self._types)
        say(f"All {cells:,} cells are what went in")
        step(next(steps), "That CSV file into a second table, by an upload, and out again as JSON")
        self._import(lambda: self._upload(copy, exported))
        self._compare_with_json(exported, self._export(copy, f"{name}_copy", "json"))
        step(next(steps), "A file with bad rows")
        self._import_bad_rows(table)
        return table

    def _make_goods(self) -> Path:
        goods = self._folder / "goods.csv"
        made = subprocess.run(
            [sys.executable, EXAMPLES / "make_goods.py", str(self._rows)],
            capture_output=True,
            check=True,
        )
        goods.write_bytes(made.stdout)
        rows = len(read_csv(goods, _KEY))
        say(f"{shown(goods)}: {rows:,} rows, {size(goods.stat().st_size)}")
        return goods

    def _upload(self, table: int, file: Path) -> JobHandle:
        return self._client.start_import(table, file, to_store=True)

    def _make_tables(self, *names: str) -> list[int]:
        made = [create_table(self._client, self._definition | {"name": name}) for name in names]
        kinds = ", ".join(dict.fromkeys(self._types.values()))
        for name, table in zip(names, made, strict=True):
            say(f"{name}, table {table}")
        say(f"each with {len(self._types)} fields: {kinds}")
        return made

    def _import(self, start: Callable[[], JobHandle]) -> tuple[dict[str, Any], str]:
        """Import a file; return the job's counts and the link to its failed rows, "" for none."""
        since = time.monotonic()
        job = start().wait(progress, timeout=JOB_S)
        counts: dict[str, Any] = dict(job["counts"])
        if counts["total"] != counts["succeeded"] + counts["failed"]:
            raise Failed(f"The counts of the import do not add up: {counts}")
        say(
            f"{counts['total']:,} rows read, {counts['succeeded']:,} imported, "
            f"{counts['failed']:,} failed, in {time.monotonic() - since:.1f} s"
        )
        return counts, self._notices.sent(job["job_id"], dict(job))

    def _export(self, table: int, name: str, file_type: str) -> Path:
        since = time.monotonic()
        job = self._client.start_export(table, whole(file_type)).wait(progress, timeout=JOB_S)
        say(f"{job['progress']['rows_done']:,} rows written in {time.monotonic() - since:.1f} s")
        link = self._notices.sent(job["job_id"], dict(job))
        file = self._folder / f"{name}.{file_type}"
        length = self._download(link, file)
        say(f"Downloaded through the link: {shown(file)}, {size(length)}")
        return file

    def _download(self, link: str, file: Path) -> int:
        if not link:
            raise Failed(f"There is no link to {file.name}")
        return self._client.download(link, file)

    def _compare_with_json(self, before: Path, after: Path) -> None:
        types = self._types | _KEPT
        went_in = typed(read_csv(before, _KEY), types)
        came_out = bare_pointers(read_json(after, _KEY), types)
        cells = check_equal(went_in, came_out, types)
        say(f"All {cells:,} values of the JSON file are those of the CSV file")

    def _import_bad_rows(self, table: int) -> None:
        bad = EXAMPLES / "goods-with-bad-rows.csv"
        counts, link = self._import(lambda: self._client.start_import(table, bad))
        failed = counts["failed"]
        report = self._folder / "failed-rows.csv"
        self._download(link, report)
        rows = read_csv(report, "line")
        if not failed or len(rows) != failed:
            raise Failed(f"{failed} rows failed but {shown(report)} has {len(rows)}")
        say(f"The failed rows, to correct and send again: {shown(report)}")
        for line, row in rows.items():
            say(f"  line {line}, {row['field'] or 'the row'}: {row['reason']}")
