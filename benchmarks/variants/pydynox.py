"""pydynox: a client with its core in Rust; the sync calls of its documentation."""

import csv
import json
import os
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pydynox import DynamoDBClient, SyncBatchWriter

from benchmarks.data.table import COLUMNS, TABLE


def export_csv(path: str) -> None:
    """Write every item as a line, nested cells as JSON."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(map(_cells, _client().sync_scan(TABLE)))


def export_jsonl(path: str) -> None:
    """Write every item as a line of JSON."""
    with open(path, "w", encoding="utf-8") as file:
        for item in _client().sync_scan(TABLE):
            row = {name: item.get(name) for name in COLUMNS}
            file.write(json.dumps(row, default=float) + "\n")


def import_csv(path: str) -> None:
    """Put a row for each line."""
    with open(path, newline="", encoding="utf-8") as file:
        _put(map(_typed, csv.DictReader(file)))


def import_jsonl(path: str) -> None:
    """Put a row for each line."""
    with open(path, encoding="utf-8") as file:
        _put(json.loads(line, parse_float=Decimal) for line in file)


def _client() -> DynamoDBClient:
    # It does not read AWS_ENDPOINT_URL as the SDKs do.
    return DynamoDBClient(endpoint_url=os.environ["AWS_ENDPOINT_URL"])


def _put(rows: Iterator[dict[str, Any]]) -> None:
    with SyncBatchWriter(_client(), TABLE) as batch:
        for row in rows:
            batch.put({"_pk": str(uuid.uuid4()), "_sk": "row", **row})


def _cells(item: dict[str, Any]) -> dict[str, Any]:
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
        for name, value in item.items()
    }


def _typed(row: dict[str, str]) -> dict[str, Any]:
    return {
        **row,
        "n": int(row["n"]),
        "price": Decimal(row["price"]),
        "active": row["active"] == "true",
        "tags": json.loads(row["tags"]),
        "addr": json.loads(row["addr"]),
        "note": row["note"] or None,
    }
