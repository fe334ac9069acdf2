"""boto3's resource, as tutorials have it: scan, csv.DictWriter, json.dumps, batch_writer."""

import csv
import json
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import boto3

from benchmarks.data.table import COLUMNS, TABLE


def export_csv(path: str) -> None:
    """Write every item as a line, its values as Python shows them."""
    items = _scan()
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(items)


def export_jsonl(path: str) -> None:
    """Write every item as a line of JSON."""
    items = _scan()
    with open(path, "w", encoding="utf-8") as file:
        for item in items:
            row = {name: item.get(name) for name in COLUMNS}
            file.write(json.dumps(row, default=_number) + "\n")


def import_csv(path: str) -> None:
    """Put a row for each line."""
    with open(path, newline="", encoding="utf-8") as file:
        _put(map(_typed, csv.DictReader(file)))


def import_jsonl(path: str) -> None:
    """Put a row for each line."""
    with open(path, encoding="utf-8") as file:
        _put(json.loads(line, parse_float=Decimal) for line in file)


def _scan() -> list[dict[str, Any]]:
    table = boto3.resource("dynamodb").Table(TABLE)
    response = table.scan()
    items = response["Items"]
    while "LastEvaluatedKey" in response:
        response = table.scan(ExclusiveStartKey=response["LastEvaluatedKey"])
        items.extend(response["Items"])
    return items


def _put(rows: Iterator[dict[str, Any]]) -> None:
    table = boto3.resource("dynamodb").Table(TABLE)
    with table.batch_writer() as batch:
        for row in rows:
            batch.put_item(Item={"_pk": str(uuid.uuid4()), "_sk": "row", **row})


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


def _number(value: Decimal) -> float:
    return int(value) if value == int(value) else float(value)
