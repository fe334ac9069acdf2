"""Listing a table's rows: those meant, in the order asked for, a page at a time.

Source: contract tables#records.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any

import msgspec
from msgspec import structs

from ferry.catalog.paging import ListPage, page_asked_for
from ferry.catalog.single_rows import view
from ferry.errors import Malformed, TooManyRows
from ferry.records.reading.row_filter import RowFilter
from ferry.records.reading.windows import EVERYTHING, Window
from ferry.records.row_store import Rows
from ferry.records.store import Records
from ferry.tables.creation import created_within
from ferry.tables.ordering import OrderKeys, order_keys
from ferry.tables.records import Record
from ferry.tables.row_permissions import RowUser
from ferry.tables.schema import Schema, Table
from ferry.tables.values import InvalidValue, parse_json
from ferry.tables.where import Condition, compile_where

_NEWEST_FIRST = "-created_at"
_MOST_SORTED = 10_000
"""How far a list reaches in another order than that of creation: so many keys are held at most."""

_RESERVE_S = 3.0
_LOOK_EVERY_ROWS = 1000


class Listing(msgspec.Struct, frozen=True):
    """The requested rows; without a condition, all."""

    page: ListPage
    order: OrderKeys
    condition: Condition | None = None
    window: Window = EVERYTHING


def listing_asked_for(query: Mapping[str, str], schema: Schema) -> Listing:
    """Return the listing that a query string names: ``where order_by limit offset``.

    Raises:
        Malformed: one of them is not as it must be.

    """
    page = page_asked_for(query)
    names = query.get("order_by") or _NEWEST_FIRST
    order = order_keys([name.strip() for name in names.split(",")], schema)
    if order.newest_first is None and page.end > _MOST_SORTED:
        raise Malformed(
            f"offset: ordered by {names}, a list ends at row {_MOST_SORTED:,}; export the table"
        )
    if not query.get("where"):
        return Listing(page, order)
    try:
        where: Any = parse_json(query["where"])
    except InvalidValue as error:
        raise Malformed(f"where: {error}") from error
    condition = compile_where(where, schema)
    return Listing(page, order, condition, Window(*created_within(where)))


def seen_by(user: RowUser | None, listing: Listing) -> Listing:
    """Return the listing of those rows that the user may read; None is an owner, who reads all."""
    if user is None:
        return listing
    window = structs.replace(listing.window, filter=RowFilter(user))
    return structs.replace(listing, window=window)


def list_rows(
    table: Table,
    listing: Listing,
    *,
    records: Records,
    rows: Rows,
    time_left: Callable[[], float],
) -> tuple[list[dict[str, Any]], int]:
    """Return the page's rows, and how many rows there are on all pages.

    Raises:
        TooManyRows: they cannot all be read in the request's time (`time_left`, seconds).

    """
    if listing.order.newest_first is None:
        found, total = _sorted(table, listing, _met(table, listing, records, time_left), rows)
    elif listing.condition:
        found, total = _filtered(listing.page, _met(table, listing, records, time_left))
    else:
        found, total = _all(table, listing, records, time_left)
    return [view(table, record) for record in found], total


def _all(
    table: Table, listing: Listing, records: Records, time_left: Callable[[], float]
) -> tuple[list[Record], int]:
    # Of rows that one may read, few may lie among very many.
    in_time = partial(_require_time, time_left) if listing.window.filter else _nothing
    total = records.count(table, listing.window, limit=2**63, on_page=in_time)
    ordered = records.stream(
        table,
        listing.window,
        newest_first=bool(listing.order.newest_first),
        at_most=listing.page.end,
        on_block=in_time,
    )
    return list(islice(ordered, listing.page.offset, listing.page.end)), total


def _filtered(page: ListPage, met: Iterator[Record]) -> tuple[list[Record], int]:
    shown: list[Record] = []
    total = 0
    for total, record in enumerate(met, start=1):
        if page.offset < total <= page.end:
            shown.append(record)
    return shown, total


def _sorted(
    table: Table, listing: Listing, met: Iterator[Record], rows: Rows
) -> tuple[list[Record], int]:
    total = 0

    def keys() -> Iterator[tuple[bytes, str]]:
        nonlocal total
        for record in met:
            total += 1
            yield listing.order(record.columns), record.id

    # Rows may be 400 KB each: only keys are held, and the page's rows read again.
    first = heapq.nsmallest(listing.page.end, keys())
    return rows.get_all(table, [row_id for _, row_id in first[listing.page.offset :]]), total


def _met(
    table: Table, listing: Listing, records: Records, time_left: Callable[[], float]
) -> Iterator[Record]:
    """Yield the rows that meet the condition, by creation."""
    newest_first = bool(listing.order.newest_first)
    in_time = partial(_require_time, time_left)
    on_block = in_time if listing.window.filter else _nothing
    for number, record in enumerate(
        records.stream(table, listing.window, newest_first=newest_first, on_block=on_block)
    ):
        if number % _LOOK_EVERY_ROWS == 0:
            in_time(f"; {number:,} were")
        if not listing.condition or listing.condition(record.columns):
            yield record


def _require_time(time_left: Callable[[], float], looked_through: str = "") -> None:
    if time_left() < _RESERVE_S:
        raise TooManyRows(
            f"the table has too many rows to look through in one request{looked_through}. "
            "Let where bound created_at, or export the table"
        )


def _nothing() -> None:
    pass
