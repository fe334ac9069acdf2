"""Read a bounded part of an attached table, to see what its items hold."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from botocore.exceptions import ClientError

from ferry.attached.proposal import DescribedTable
from ferry.attached.table_calls import is_throttled, table_error
from ferry.aws import clients
from ferry.aws.attributes import Item, item_bytes
from ferry.errors import Malformed

_MOST_ITEMS = 1000
_MOST_BYTES = 1024 * 1024
_SEGMENTS = 18
"""Parts of the table that a sample is spread over."""
_UNIT_BYTES = 8192
"""A read unit buys two reads of 4 KB that need not be consistent.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html"""


class TableSample(NamedTuple):
    """Items of a table, each once.

    Attributes:
        units: read units that they took.
        whole: whether these are all items of the table.

    """

    items: list[Item]
    units: float
    whole: bool


class _Consumed(msgspec.Struct):
    CapacityUnits: float


class _SamplePage(msgspec.Struct):
    """An answer to Scan, spelled as DynamoDB spells it."""

    Items: list[Item] = []
    LastEvaluatedKey: Item | None = None
    ConsumedCapacity: _Consumed | None = None


def sample_table(name: str, found: DescribedTable) -> TableSample:
    """Return some of the table's items, from all over it: 1,000 or 1 MB, and a page at most beyond.

    Reads need not be consistent, which halves their price, and follow one another, so that none
    begins once the bound is met.

    Raises:
        NotFound: there is no such table.
        Malformed: the service may not read it, or it has no capacity for that now.

    """
    items: dict[bytes, Item] = {}
    units = 0.0
    parts = [{"Segment": n, "TotalSegments": _SEGMENTS} for n in range(_SEGMENTS)]
    scans: list[dict[str, int]] = [{}, *parts]  # all of a small table comes with the first
    for number, scan in enumerate(scans):
        if not (limit := _limit(items, len(scans) - number, found)):
            break
        page = _page(name, Limit=limit, **scan)
        units += _units(page)
        for item in page.Items:
            items[msgspec.json.encode([item.get(key) for key in found.keys])] = item
        if not scan and page.LastEvaluatedKey is None:
            return TableSample([*items.values()], units, whole=True)
    return TableSample([*items.values()], units, whole=False)


def _limit(items: Mapping[bytes, Item], scans_left: int, found: DescribedTable) -> int:
    """Return how many items the next scan may give, 0 where the bound is met."""
    held = sum(map(item_bytes, items.values()))
    if held >= _MOST_BYTES or len(items) >= _MOST_ITEMS:
        return 0
    usual = held / len(items) if items else found.size / max(found.items, 1)
    room = min(_MOST_ITEMS - len(items), (_MOST_BYTES - held) / max(usual, 1))
    return max(1, int(room / scans_left))


def _page(name: str, **request: Any) -> _SamplePage:
    scan = clients.dynamodb_pages().scan
    try:
        answer: Any = scan(TableName=name, ReturnConsumedCapacity="TOTAL", **request)
    except ClientError as error:
        if is_throttled(error):
            raise Malformed(
                f"attached.table: the DynamoDB table {name} has no read capacity left now; try "
                "again later, or send a schema"
            ) from error
        raise table_error(error, name) from error
    return msgspec.json.decode(answer["Body"], type=_SamplePage)


def _units(page: _SamplePage) -> float:
    """Return the units of a page as DynamoDB counts them, else by AWS's rule."""
    if page.ConsumedCapacity:
        return page.ConsumedCapacity.CapacityUnits
    held = sum(map(item_bytes, page.Items))
    return -(-held // (_UNIT_BYTES // 2)) / 2 or 0.5
