"""Compare exported rows with imported ones, cell by cell."""

import csv
import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from local.instance import Failed

type Rows = dict[str, dict[str, Any]]
"""Rows by the cell of their key column."""

_NESTED = {"array", "object", "geojson", "file"}


def read_csv(path: Path, key: str) -> Rows:
    """Read a CSV file into rows of cells."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return _by_key(csv.DictReader(file), key, path)


def read_json(path: Path, key: str) -> Rows:
    """Read a JSON file into rows of values; numbers with a fraction are Decimal."""
    values = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return _by_key(values, key, path)


def typed(rows: Rows, types: dict[str, str]) -> Rows:
    """Turn the cells of the columns in `types` into values; an empty cell is None."""
    return {
        key: {column: _value(row[column], kind) for column, kind in types.items()}
        for key, row in rows.items()
    }


def bare_pointers(rows: Rows, types: dict[str, str]) -> Rows:
    """Replace each pointer of JSON rows by its id; a member that is not there is None."""
    return {
        key: {
            column: row[column]["id"] if kind == "pointer" and row.get(column) else row.get(column)
            for column, kind in types.items()
        }
        for key, row in rows.items()
    }


def check_equal(before: Rows, after: Rows, columns: Iterable[str]) -> int:
    """Compare two tables cell by cell and return the number of cells.

    Raises:
        Failed: a row is missing or too many, or a cell differs; the message shows the first.

    """
    if before.keys() != after.keys():
        lost, new = before.keys() - after.keys(), after.keys() - before.keys()
        raise Failed(
            f"{len(lost)} rows were lost ({_some(lost)}), {len(new)} are new ({_some(new)})"
        )
    compared = 0
    for key, row in before.items():
        for column in columns:
            compared += 1
            if row[column] != after[key][column]:
                raise Failed(
                    f"Row {key}, column {column}: {row[column]!r} went in, "
                    f"{after[key][column]!r} came out"
                )
    return compared


def _by_key(rows: Iterable[dict[str, Any]], key: str, path: Path) -> Rows:
    found: Rows = {}
    for row in rows:
        if row[key] in found:
            raise Failed(f"{path}: the row {row[key]} is there twice")
        found[row[key]] = row
    return found


def _value(cell: str, kind: str) -> Any:
    if not cell:
        return None
    if kind in _NESTED:
        return json.loads(cell, parse_float=Decimal)
    if kind in {"integer", "number"}:
        return Decimal(cell)
    return cell == "true" if kind == "boolean" else cell


def _some(keys: Iterable[str]) -> str:
    return ", ".join(sorted(keys)[:3]) or "none"
