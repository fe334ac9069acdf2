"""Which attribute of a table may say when its rows were created, and which index serves it. Pure.

A wrong one would leave rows out of exports, so little is guessed: the attribute's name says so, or
the table or an index of it is sorted by it, and no sampled value is a time to come.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from ferry.attached.keys import created
from ferry.attached.proposal import DescribedTable
from ferry.aws.attributes import Item, decode
from ferry.tables.attachment import Creation, Unit
from ferry.tables.values import Value

_SAYS_CREATION = ("creat", "insert", "placed", "regist", "added", "ordered", "创建", "下单")
_SAYS_OTHER = ("updat", "modif", "chang", "expir", "ttl", "due", "delet", "end", "until", "last")
_EARLIEST = 946_684_800
"""2000-01-01: smaller numbers are rather something else."""
_MILLISECONDS_FROM = 10**11
_MOST_ABSENT = 0.1
_MOST_PARTITIONS = 100


class LikelyIndex(msgspec.Struct, frozen=True):
    """A global index that has the creation attribute as sort key and holds all attributes.

    Attributes:
        partitions: the values of its partition key that the sample has, at most 100.
        sure: whether all of them may be known: the sample has none of them but once, so that
            others, if there are any, are rare (the estimate of Good and Turing).

    """

    name: str
    key: str
    partitions: tuple[str | int, ...]
    sure: bool


def likely_creation(
    rows: Sequence[Mapping[str, Value]], found: DescribedTable, now: int
) -> Creation | None:
    """Return the attribute that says when rows were created; None if none clearly does.

    Args:
        rows: the sampled ones.
        found: the table.
        now: Unix seconds.

    """
    sorts = {*found.keys[1:], *(name for it in found.indexes.values() for name in it.keys[1:])}
    named: list[Creation] = []
    sorting: list[Creation] = []
    for name in sorted({name for row in rows for name in row}):
        lower = name.lower()
        says = any(word in lower for word in _SAYS_CREATION)
        if not says and (name not in sorts or any(word in lower for word in _SAYS_OTHER)):
            continue
        if creation := _as_times(name, rows, now):
            (named if says else sorting).append(creation)
    best = named or sorting
    first = [it for it in best if it.attribute in sorts] or best
    return first[0] if len(first) == 1 else None


def likely_index(
    creation: Creation, items: Sequence[Item], found: DescribedTable
) -> LikelyIndex | None:
    """Return the index that windows of creation times can be read from, None if there is none."""
    for name, index in sorted(found.indexes.items()):
        if index.whole and index.keys[1:] == (creation.attribute,):
            return _of_partitions(name, index.keys[0], items)
    return None


def _of_partitions(name: str, key: str, items: Iterable[Item]) -> LikelyIndex:
    seen: Counter[str | int] = Counter()
    for item in items:
        value = decode(item[key]) if key in item else None
        if isinstance(value, str | int) and not isinstance(value, bool):
            seen[value] += 1
    sure = 0 < len(seen) <= _MOST_PARTITIONS and min(seen.values()) > 1
    partitions = sorted(seen, key=lambda value: (isinstance(value, str), value))
    return LikelyIndex(name, key, tuple(partitions[:_MOST_PARTITIONS]), sure)


def _as_times(name: str, rows: Sequence[Mapping[str, Value]], now: int) -> Creation | None:
    """Return the attribute as one of times, if nearly all rows have one and none is to come."""
    values = [row[name] for row in rows if row.get(name) is not None]
    if not values or len(values) < (1 - _MOST_ABSENT) * len(rows):
        return None
    creation = Creation(name, _unit(values[0]))
    times = [created(creation, {name: value}) for value in values]
    if all(time is not None and _EARLIEST <= time / 1_000_000 <= now for time in times):
        return creation
    return None


def _unit(value: Value) -> Unit:
    if isinstance(value, str):
        return "iso8601"
    is_small = isinstance(value, int | Decimal) and value < _MILLISECONDS_FROM
    return "seconds" if is_small else "milliseconds"
