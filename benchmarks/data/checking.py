"""Compare the rows that were written with the expected ones, cell by cell.

A cell is wrong if a program that knows the column's type would not read the value from it: numbers
are compared as numbers, True counts as true, nested values must be JSON.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Any, NamedTuple

from benchmarks.data.rows import attribute, columns, rows

type Cells = Mapping[str, Any]


class Verdict(NamedTuple):
    """The differences that a check found.

    Attributes:
        rows_missing: rows that were not written, or not so that they can be recognised.
        rows_extra: rows that were written twice, or should not have been.
        cells_wrong: cells of the rows that were written.
        columns_wrong: the names of their columns.

    """

    rows_missing: int = 0
    rows_extra: int = 0
    cells_wrong: int = 0
    columns_wrong: tuple[str, ...] = ()


def exported_csv(content: bytes, count: int) -> Verdict:
    """Check the CSV file of so many rows; return its faults."""
    lines = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return _compare(map(_shown, lines), map(columns, rows(count)), _same_cell)


def exported_jsonl(content: bytes, count: int) -> Verdict:
    """Check the JSON lines of so many rows; return their faults."""
    lines = (json.loads(line, parse_float=Decimal) for line in content.splitlines())
    return _compare(map(_shown, lines), map(columns, rows(count)), _same_value)


def imported(batches: Iterable[Any], count: int) -> Verdict:
    """Check the batches that so many rows were written in; return their faults."""
    return _compare(map(_by_code, _items(batches)), rows(count), _same_attribute)


def dumped(items: Iterable[Any], count: int) -> Verdict:
    """Check the items that so many rows were dumped as; return their faults."""
    return _compare(map(_by_code, items), map(columns, rows(count)), _same_attribute)


def _items(batches: Iterable[Any]) -> Iterator[Any]:
    for batch in batches:
        for request in chain.from_iterable(batch["RequestItems"].values()):
            yield request["PutRequest"]["Item"]


def _shown(cells: dict[str, Any]) -> tuple[Any, Cells]:
    """Return a row of a file, with its recognition mark."""
    if "_sk" in cells:
        cells["id"] = cells.pop("_sk")
    return cells.get("code"), cells


def _by_code(item: dict[str, Any]) -> tuple[Any, Cells]:
    item["id"] = item["_sk"]
    return item.get("code", {}).get("S"), item


def _compare(
    found: Iterable[tuple[Any, Cells]],
    expected: Iterable[Cells],
    same: Callable[[Any, Any], bool],
) -> Verdict:
    there: dict[Any, Cells] = {}
    extra = 0
    for code, cells in found:
        extra += code in there
        there[code] = cells
    missing = 0
    wrong: dict[str, int] = {}
    for row in expected:
        cells = there.pop(row["code"], {})
        missing += not cells
        for name, value in row.items() if cells else ():
            if not same(value, cells.get(name)):
                wrong[name] = wrong.get(name, 0) + 1
    return Verdict(missing, extra + len(there), sum(wrong.values()), tuple(wrong))


def _same_cell(value: Any, cell: str | None) -> bool:
    match value:
        case None:
            return cell == ""
        case str():
            return cell == value
        case bool():
            return (cell or "").lower() == str(value).lower()
        case int() | Decimal():
            return _number(cell) == value
        case _:
            return bool(_json(cell) == value)


def _same_value(value: Any, found: Any) -> bool:
    return isinstance(found, bool) == isinstance(value, bool) and bool(found == value)


def _same_attribute(value: Any, found: Any) -> bool:
    match value:
        case None:
            return found in (None, {"NULL": True})
        case bool():
            return bool(found == {"BOOL": value})
        case int() | Decimal():
            return isinstance(found, dict) and _number(found.get("N")) == value
        case _:
            return bool(found == attribute(value))


def _number(text: Any) -> Decimal | None:
    try:
        return Decimal(text)
    except (InvalidOperation, TypeError):
        return None


def _json(text: Any) -> Any:
    try:
        return json.loads(text)
    except (ValueError, TypeError):
        return None
