"""The price of a job on AWS, from prices and quantities. Pure.

Prices are those of us-east-1 in US dollars, without the free tier, as in `ferry/jobs/prices.toml`;
docs/cost.md says how sure each is.
"""

import tomllib
from collections.abc import Callable, Iterable
from math import ceil
from pathlib import Path
from typing import NamedTuple

NATIVE_EXPORT_GB = 0.10
NATIVE_IMPORT_GB = 0.15
GLUE_DPU_HOUR = 0.44
INTERNET_GB = 0.09

_FILE = Path(__file__).parents[2] / "layers/core/ferry/jobs/prices.toml"
# Read as a file: whoever compares the ways needs none of Ferry's packages.
_PRICES: dict[str, float] = tomllib.loads(_FILE.read_text("utf-8"))["us-east-1"]
_GB = 1e9
_FUNCTION_GB = 1769 / 1024
_PART_BYTES = 5 * 1024 * 1024
_KEPT_MONTHS = 7 / 30
_READ_UNIT_BYTES, _WRITE_UNIT_BYTES = 4096, 1024
_ROWS_A_SECOND = 16 * 1000
"""Sixteen shards take 1,000 write units a second each; a row of up to 1 KB takes one."""

_SMALL_CALLS = 8
"""Calls of SQS, of the API and of small functions that any job makes, about."""

_GLUE_DPUS = 2
_GLUE_START_S = 60
_GLUE_ROWS_A_SECOND = 20_000


class Shape(NamedTuple):
    """Rows as the benchmark has them.

    Attributes:
        item_bytes: of a row in DynamoDB.
        file_bytes: of a row in the file.

    """

    item_bytes: float
    file_bytes: float


class Speed(NamedTuple):
    """Processor time: seconds that starting takes, microseconds that each row takes."""

    start_s: float
    us_per_row: float

    def seconds(self, rows: int) -> float:
        """Return the cost of so many rows."""
        return self.start_s + rows * self.us_per_row / 1e6


class Measured(NamedTuple):
    """Processor time as measured; a script's is microseconds a row, its start included."""

    ferry_export: Speed
    ferry_import: Speed
    script_export: float
    script_import: float


class Bill(NamedTuple):
    """The quantities and the price of a job, by service, in dollars."""

    seconds: float
    functions: float
    table: float
    files: float
    rest: float

    @property
    def total(self) -> float:
        """The sum."""
        return self.functions + self.table + self.files + self.rest


def ferry_export(rows: int, shape: Shape, speed: Speed) -> Bill:
    """Return the bill of an export: its rows are counted first, then read."""
    seconds = speed.seconds(rows)
    parts = ceil(rows * shape.file_bytes / _PART_BYTES)
    reads = 2 * rows * shape.item_bytes / _READ_UNIT_BYTES
    return Bill(
        seconds,
        _functions(seconds),
        reads * _PRICES["read_unit"] + _checkpoints(parts + seconds / 2),
        (parts + 2) * _PRICES["s3_put"] + _PRICES["s3_get"] + _kept(rows, shape),
        _small(),
    )


def ferry_import(rows: int, shape: Shape, speed: Speed) -> Bill:
    """Return the bill of an import; it takes as long as the table needs, or the processor."""
    seconds = max(speed.seconds(rows), rows / _ROWS_A_SECOND)
    writes = rows * ceil(shape.item_bytes / _WRITE_UNIT_BYTES)
    return Bill(
        seconds,
        _functions(seconds),
        writes * _PRICES["write_unit"] + _checkpoints(rows / 10_000 + seconds / 2),
        _PRICES["s3_put"] + _PRICES["s3_get"] + _kept(rows, shape),
        _small(),
    )


def native_export(rows: int, shape: Shape) -> float:
    """Return the cost of DynamoDB's own export: it bills the whole table."""
    return rows * shape.item_bytes / _GB * NATIVE_EXPORT_GB


def native_import(rows: int, shape: Shape) -> float:
    """Return the cost of DynamoDB's own import; it makes a new table only."""
    return rows * shape.file_bytes / _GB * NATIVE_IMPORT_GB


def glue_export(rows: int, shape: Shape) -> float:
    """Return the cost of a small Glue job that scans the table."""
    return _glue(rows) + rows * shape.item_bytes / _READ_UNIT_BYTES / 2 * _PRICES["read_unit"]


def glue_import(rows: int, shape: Shape) -> float:
    """Return the cost of a small Glue job that writes the rows."""
    return _glue(rows) + rows * ceil(shape.item_bytes / _WRITE_UNIT_BYTES) * _PRICES["write_unit"]


def script_export(rows: int, shape: Shape) -> float:
    """Return the cost of a script on a laptop: an eventually consistent scan, and its way out."""
    read = rows * shape.item_bytes
    return read / _READ_UNIT_BYTES / 2 * _PRICES["read_unit"] + read / _GB * INTERNET_GB


def script_import(rows: int, shape: Shape) -> float:
    """Return the cost of a script on a laptop; the way in is free."""
    return rows * ceil(shape.item_bytes / _WRITE_UNIT_BYTES) * _PRICES["write_unit"]


def bills(
    sizes: Iterable[int],
    shape: Shape,
    bill: Callable[[int, Shape, Speed], Bill],
    speed: Speed,
) -> str:
    """Return a table of the prices of Ferry's jobs, by size."""
    head = (
        "| rows | runs for | functions | DynamoDB | S3 | SQS, SES, API | together |\n"
        "|---:|---:|---:|---:|---:|---:|---:|\n"
    )
    return head + "".join(
        f"| {rows:,} | {seconds_shown(one.seconds)} | {money(one.functions)} | {money(one.table)} "
        f"| {money(one.files)} | {money(one.rest)} | **{money(one.total)}** |\n"
        for rows, one in ((rows, bill(rows, shape, speed)) for rows in sizes)
    )


def beside(sizes: Iterable[int], shape: Shape, measured: Measured) -> str:
    """Return a table of the prices of the alternatives for the same rows."""
    head = "| rows | way | out | in |\n|---:|---|---:|---:|\n"
    lines = []
    for rows in sizes:
        out = ferry_export(rows, shape, measured.ferry_export).total
        into = ferry_import(rows, shape, measured.ferry_import).total
        script_s = [rows * us / 1e6 for us in (measured.script_export, measured.script_import)]
        lines += [
            f"| {rows:,} | Ferry | {money(out)} | {money(into)} |",
            f"| | DynamoDB's own | {money(native_export(rows, shape))} "
            f"| {money(native_import(rows, shape))} |",
            f"| | Glue, 2 DPUs | {money(glue_export(rows, shape))} "
            f"| {money(glue_import(rows, shape))} |",
            f"| | a boto3 script on a laptop | {money(script_export(rows, shape))}, "
            f"{seconds_shown(script_s[0])} of CPU | {money(script_import(rows, shape))}, "
            f"{seconds_shown(script_s[1])} of CPU |",
        ]
    return head + "\n".join(lines) + "\n"


def _functions(seconds: float) -> float:
    calls = _SMALL_CALLS + ceil(seconds / 840)  # a function hands over after 14 minutes
    return function_price(seconds) + calls * _PRICES["lambda_call"]


def _checkpoints(saves: float) -> float:
    return 2 * saves * _PRICES["write_unit"]  # a job is an item of one to two KB


def _kept(rows: int, shape: Shape) -> float:
    return rows * shape.file_bytes / _GB * _PRICES["s3_gb_month"] * _KEPT_MONTHS


def _small() -> float:
    return _SMALL_CALLS * (_PRICES["sqs_call"] + _PRICES["api_call"]) + _PRICES["ses_mail"]


def _glue(rows: int) -> float:
    seconds = max(60, _GLUE_START_S + rows / _GLUE_ROWS_A_SECOND)
    return _GLUE_DPUS * seconds / 3600 * GLUE_DPU_HOUR


def read_price() -> float:
    """Return the price of a read unit."""
    return _PRICES["read_unit"]


def write_price() -> float:
    """Return the price of a write unit."""
    return _PRICES["write_unit"]


def function_price(seconds: float) -> float:
    """Return the price of a processor for so long, without its calls."""
    return seconds * _FUNCTION_GB * _PRICES["lambda_gb_second"]


def money(dollars: float) -> str:
    """Return dollars as they are shown."""
    return f"${dollars:,.2f}" if dollars >= 0.1 else f"${dollars:.5f}"


def seconds_shown(seconds: float) -> str:
    """Return a time as it is shown."""
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
