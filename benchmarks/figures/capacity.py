"""How long jobs of very many rows take, by what bounds them, and what they cost. Pure.

Nothing of this size was run: it follows from the processor time of a row, which is measured, from
the quotas of DynamoDB, and from what others say of their tools. docs/scale.md says which is which.
"""

from collections.abc import Iterable
from math import ceil
from typing import NamedTuple

from benchmarks.figures.cost import (
    GLUE_DPU_HOUR,
    Shape,
    Speed,
    ferry_export,
    ferry_import,
    function_price,
    glue_export,
    glue_import,
    money,
    native_export,
    native_import,
    read_price,
    seconds_shown,
    write_price,
)

NEW, WARM = "new", "warm"
"""An on-demand table that has just been made, and one that gives what the quota allows."""

READ_UNITS = {NEW: 12_000, WARM: 40_000}
WRITE_UNITS = {NEW: 4_000, WARM: 40_000}
"""A second, of a table: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html"""

SHARDS = 16
SHARD_READS, SHARD_WRITES = 3_000, 1_000
"""Units a second of one value of a partition key."""

_READ_UNIT_BYTES, _WRITE_UNIT_BYTES = 4096, 1024
_BULK_START_S = 60
_BULK_DPUS = 3.93 / (5 * 60 + 31.3) * 3600
"""Of its README: "about a minute of overhead", and 3.93 DPU hours in 5:31 for a count."""


class Plan(NamedTuple):
    """How long a job takes: seconds of all processors, by the clock, what bounds it, dollars."""

    cpu_s: float
    wall_s: float
    bound_by: str
    dollars: float


def export_plan(rows: int, workers: int, table: str, shape: Shape, speed: Speed) -> Plan:
    """Return the plan of an export of an own table; it is read once while it is written."""
    cpu_s = speed.seconds(rows)
    units = min(READ_UNITS[table], SHARDS * SHARD_READS)
    return _plan(
        cpu_s,
        speed.start_s + rows * speed.us_per_row / 1e6 / workers,
        rows * shape.item_bytes / _READ_UNIT_BYTES / units,
        workers,
        ferry_export(rows, shape, speed).total,
    )


def import_plan(rows: int, table: str, shape: Shape, speed: Speed) -> Plan:
    """Return the plan of an import into an own table, which one worker does."""
    cpu_s = speed.seconds(rows)
    units = min(WRITE_UNITS[table], SHARDS * SHARD_WRITES)
    table_s = rows * ceil(shape.item_bytes / _WRITE_UNIT_BYTES) / units
    bill = ferry_import(rows, shape, speed)
    return _plan(cpu_s, cpu_s, table_s, 1, bill.total - function_price(bill.seconds - cpu_s))


def bulk_export(rows: int, table: str, shape: Shape) -> tuple[float, float]:
    """Return seconds and dollars of the Bulk Executor, which scans with eventual consistency."""
    units = rows * shape.item_bytes / _READ_UNIT_BYTES / 2
    return _bulk(units / READ_UNITS[table], units * read_price())


def bulk_import(rows: int, table: str, shape: Shape) -> tuple[float, float]:
    """Return seconds and dollars of the Bulk Executor, which puts rows without conditions."""
    units = rows * ceil(shape.item_bytes / _WRITE_UNIT_BYTES)
    return _bulk(units / WRITE_UNITS[table], units * write_price())


def export_plans(sizes: Iterable[int], workers: Iterable[int], shape: Shape, speed: Speed) -> str:
    """Return a table of exports by workers, of a new table and of a warm one."""
    head = (
        "| rows | workers | a new table | bound by | a warm table | bound by | costs |\n"
        "|---:|---:|---:|---|---:|---|---:|\n"
    )
    several = list(workers)
    lines = []
    for rows in sizes:
        for number in several:
            new, warm = (export_plan(rows, number, kind, shape, speed) for kind in (NEW, WARM))
            lines.append(
                f"| {rows:,} | {number} | {seconds_shown(new.wall_s)} | {new.bound_by} "
                f"| {seconds_shown(warm.wall_s)} | {warm.bound_by} | {money(warm.dollars)} |\n"
            )
    return head + "".join(lines)


def import_plans(sizes: Iterable[int], shape: Shape, speed: Speed) -> str:
    """Return a table of imports, into a new table and into a warm one."""
    head = "| rows | processor | a new table | a warm table | costs |\n|---:|---:|---:|---:|---:|\n"
    lines = []
    for rows in sizes:
        new, warm = (import_plan(rows, kind, shape, speed) for kind in (NEW, WARM))
        lines.append(
            f"| {rows:,} | {seconds_shown(warm.cpu_s)} | {seconds_shown(new.wall_s)} "
            f"| {seconds_shown(warm.wall_s)} | {money(warm.dollars)} |\n"
        )
    return head + "".join(lines)


def others(sizes: Iterable[int], shape: Shape, out: Speed, into: Speed) -> str:
    """Return a table of other ways for the same rows, of a warm table."""
    head = "| rows | way | out | in |\n|---:|---|---:|---:|\n"
    lines = []
    for rows in sizes:
        export, brought = (
            export_plan(rows, 8, WARM, shape, out),
            import_plan(rows, WARM, shape, into),
        )
        bulk_out, bulk_in = bulk_export(rows, WARM, shape), bulk_import(rows, WARM, shape)
        lines += [
            f"| {rows:,} | Ferry, 8 workers out, 1 in | {_both(export.wall_s, export.dollars)} "
            f"| {_both(brought.wall_s, brought.dollars)} |\n",
            f"| | Bulk Executor | {_both(*bulk_out)} | {_both(*bulk_in)} |\n",
            f"| | Glue, 2 DPUs | {money(glue_export(rows, shape))} "
            f"| {money(glue_import(rows, shape))} |\n",
            f"| | DynamoDB's own | {money(native_export(rows, shape))} "
            f"| {money(native_import(rows, shape))} |\n",
        ]
    return head + "".join(lines)


def _plan(cpu_s: float, worker_s: float, table_s: float, workers: int, dollars: float) -> Plan:
    wall_s = max(worker_s, table_s)
    bound_by = "workers" if worker_s >= table_s else "table"
    # Functions are paid for while they wait for the table, too.
    return Plan(cpu_s, wall_s, bound_by, dollars + function_price(workers * wall_s - cpu_s))


def _bulk(table_s: float, dollars: float) -> tuple[float, float]:
    seconds = _BULK_START_S + table_s
    return seconds, dollars + _BULK_DPUS * seconds / 3600 * GLUE_DPU_HOUR


def _both(seconds: float, dollars: float) -> str:
    return f"{seconds_shown(seconds)}, {money(dollars)}"
