"""Stored rows, page by page, as the rows of an exported file."""

from collections.abc import Sequence
from itertools import batched
from typing import NamedTuple

import msgspec

from ferry.aws.collector import collector_paused
from ferry.exports.plan import ExportPlan
from ferry.records.reading.pages import Page
from ferry.records.reading.placed import RawPage
from ferry.records.reading.typed import TypedRows
from ferry.records.store import read_item
from ferry.tables.records import Record
from ferry.tables.values import Value

AT_ONCE = 256
"""Rows that are made at once: decoded, they should fit into a processor's cache."""


class _Made(NamedTuple):
    """Rows as the file shows them, and their order keys."""

    orders: list[str]
    rows: list[bytes]


class ExportRows:
    """Makes rows of a file of stored ones.

    Args:
        plan: of the export.
        accepted_at: when it was accepted, Unix milliseconds. What was written after that is left
            out, however old it says it is.

    """

    def __init__(self, plan: ExportPlan, accepted_at: int) -> None:
        self._plan = plan
        self._accepted_at = accepted_at
        self._typed = TypedRows(plan.fields) if plan.takes_columns else None

    def encode_page(self, body: bytes) -> Page[bytes]:
        """Return the page's rows as the file shows them, without those that are not wanted."""
        with collector_paused():
            return self._encode_page(body)

    def _encode_page(self, body: bytes) -> Page[bytes]:
        page = msgspec.json.decode(body, type=RawPage)
        rows: list[bytes] = []
        orders: list[str] = []
        for items in batched(page.Items, AT_ONCE, strict=False):
            # A value of an older type, or a row written after the acceptance, costs the speed of
            # its 256 neighbours only.
            made = self._by_columns(items) or self._by_rows(items)
            orders += made.orders
            rows += made.rows
        return Page(orders, rows, page.read, page.LastEvaluatedKey)

    def wanted(self, record: Record) -> dict[str, Value] | None:
        """Return the row's columns, None if it has no place in the file."""
        if record.written_at > self._accepted_at:
            return None
        columns = record.columns
        return columns if self._plan.wants(columns) else None

    def _by_columns(self, items: Sequence[msgspec.Raw]) -> _Made | None:
        """Return the rows, None if they must be encoded one by one."""
        if self._typed is None:
            return None
        try:
            rows = self._typed.read(items)
        except msgspec.ValidationError:  # a value of another type than its column's
            return None
        if rows.written_at > self._accepted_at:
            return None
        return _Made(rows.orders, self._plan.encode_columns(rows.columns))

    def _by_rows(self, items: Sequence[msgspec.Raw]) -> _Made:
        made = _Made([], [])
        for record in map(read_item, items):
            columns = self.wanted(record)
            if columns is not None:
                made.orders.append(record.order)
                made.rows.append(self._plan.encode(columns))
        return made
