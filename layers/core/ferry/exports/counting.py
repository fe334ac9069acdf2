"""Counting the rows that an export selects, while its caller waits."""

from collections.abc import Callable
from itertools import islice

from ferry.exports.attached_export import AttachedSelection
from ferry.exports.plan import ExportPlan
from ferry.records.store import Records
from ferry.tables.schema import Table

_ANSWER_S = 8.0
"""Seconds that accepting takes at most, the count aside."""


class _TimeIsUp(Exception):
    """Counting would take longer than the request may."""


def count_rows(
    table: Table,
    plan: ExportPlan,
    cap: int,
    *,
    time_left: Callable[[], float],
    records: Records,
) -> int | None:
    """Count the selected rows; None if that takes too long or the count is not needed.

    `time_left` returns the seconds that are left to answer. Past `cap` it stops.
    """
    if table.attached:
        selection = AttachedSelection(table.attached, table.schema, plan)
        return selection.count(limit=cap, time_left=time_left, reserve=_ANSWER_S)

    def in_time() -> None:
        if time_left() < _ANSWER_S:
            raise _TimeIsUp

    window = plan.window()
    # Of rows that one may read, few may lie among very many.
    on_page = in_time if window.filter else lambda: None
    try:
        inside = records.count(table, window, limit=cap, on_page=on_page)
        if plan.condition is None:
            return inside
        if inside <= cap:
            return None
        selected = (
            record
            for record in records.stream(table, window, on_block=in_time)
            if plan.wants(record.columns)
        )
        return sum(1 for _ in islice(selected, cap + 1))
    except _TimeIsUp:
        return None
