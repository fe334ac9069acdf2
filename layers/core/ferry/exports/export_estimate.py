"""Estimates of exports, from a sample of the rows; nothing is stored."""

import zlib
from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from ferry.attached.description import describe
from ferry.attached.table_sample import sample_table
from ferry.aws.attributes import item_bytes
from ferry.exports.attached_export import AttachedSelection
from ferry.exports.export_job import ExportRequest
from ferry.exports.plan import ExportPlan
from ferry.jobs.job_estimate import (
    READ_UNIT_BYTES,
    Throughput,
    Work,
    estimated,
    lowest,
    of_capacity,
    of_shards,
)
from ferry.jobs.limits import limits_view
from ferry.records.store import Records, item
from ferry.tables.attachment import Attachment
from ferry.tables.row_permissions import RowUser
from ferry.tables.schema import Table
from ferry.tables.values import Value

_SAMPLE_ROWS = 200
_US_PER_ROW = {"columns": 12, "as read": 21, "in order": 60, "one by one": 60}
"""Measured; see docs/performance.md and docs/decisions/0232."""


class _Seen(NamedTuple):
    """A sample of the rows.

    Attributes:
        rows: that the table has, in the window if they are found by it.
        exact: whether that is counted.
        selected: the columns of the sampled rows that the export selects.
        sampled: how many rows that is of.
        item_bytes: of a row in DynamoDB, on average.
        units_per_kb4: read units for 4 KB: 1, or a half where reads lag behind.

    """

    rows: int
    exact: bool
    selected: Sequence[dict[str, Value]]
    sampled: int
    item_bytes: float
    throughput: Throughput
    units_per_kb4: float = 1.0


def estimate_export(
    table: Table,
    request: ExportRequest,
    user: RowUser | None,
    *,
    row_cap: int,
    records: Records,
    region: str,
) -> dict[str, Any]:
    """Estimate the rows, units, dollars and minutes of an export.

    Args:
        table: whose rows they are.
        request: as of an export.
        user: whose permissions of rows count, None for an owner.
        row_cap: the most rows that an export may select.
        records: where rows are.
        region: whose prices count.

    Raises:
        Malformed: the table cannot serve the request.
        NotFound: an attached table is not there any more.

    """
    request = msgspec.structs.replace(request, row_user=user)
    plan = ExportPlan(request, table.schema, table.attached)
    attached = table.attached
    seen = (
        _of_attached(table, attached, plan) if attached else _of_ours(table, plan, row_cap, records)
    )
    share = len(seen.selected) / seen.sampled if seen.sampled else 0.0
    rows = round(seen.rows * share)
    text, packed = _file_bytes(plan, seen.selected)
    cap = min(row_cap, plan.kind.max_rows or row_cap)
    # The rows are read twice: they are counted when the export is accepted, unless it is limited.
    times = 1 if table.rate or limits_view(request) else 2
    units = times * seen.rows * seen.item_bytes / READ_UNIT_BYTES * seen.units_per_kb4
    work = Work(
        rows, round(rows * packed), round(rows * text), units, 0, _US_PER_ROW[_way(plan, table)]
    )
    return {
        "rows": rows,
        "exact": seen.exact and share in {0.0, 1.0} and not plan.condition,
        "sampled_rows": seen.sampled,
        "table_bytes": round(seen.rows * seen.item_bytes),
        "file_bytes": work.file_bytes,
        **estimated(work, seen.throughput, region, rate=lowest(table.rate, request.rate)),
        "refused": f"selects more than {cap:,} rows" if rows > cap else None,
    }


def _of_ours(table: Table, plan: ExportPlan, row_cap: int, records: Records) -> _Seen:
    window = plan.window()
    rows, exact = records.about(table, window, limit=2 * row_cap)
    stream = records.stream(table, window, at_most=_SAMPLE_ROWS)
    sample = list(islice(stream, _SAMPLE_ROWS))
    size = sum(item_bytes(item(table, record)) for record in sample)
    selected = [record.columns for record in sample if plan.wants(record.columns)]
    usual = size / max(len(sample), 1)
    return _Seen(rows, exact, selected, len(sample), usual, of_shards(table.shards))


def _of_attached(table: Table, attached: Attachment, plan: ExportPlan) -> _Seen:
    selection = AttachedSelection(attached, table.schema, plan)
    found = describe(attached.table)
    sample = sample_table(attached.table, found)
    items = (msgspec.Raw(msgspec.json.encode(each)) for each in sample.items)
    rows_of = (selection.row(each, None) for each in items)
    selected = [row for row in rows_of if row is not None]
    size, count = sum(map(item_bytes, sample.items)), len(sample.items)
    rows = count if sample.whole else max(found.items, count)
    throughput = of_capacity(*found.capacity)
    usual, per_unit = size / max(count, 1), 1.0
    if selection.is_by_index and count:  # it finds no others than those of the window
        rows = round(rows * len(selected) / count)
        count, per_unit = len(selected), 0.5
    return _Seen(rows, sample.whole, selected, count, usual, throughput, per_unit)


def _way(plan: ExportPlan, table: Table) -> str:
    if plan.order.newest_first is None and not plan.unordered:
        return "in order"
    if not plan.takes_columns:
        return "one by one"
    return "as read" if table.attached else "columns"


def _file_bytes(plan: ExportPlan, rows: Sequence[dict[str, Value]]) -> tuple[float, float]:
    """Return how many bytes a row takes as text, and in the file."""
    if not rows:
        return 0.0, 0.0
    text = b"".join(plan.encode(columns) for columns in rows)
    packed = len(zlib.compress(text)) if plan.kind.packs_itself else len(text)
    return len(text) / len(rows), packed / len(rows)
