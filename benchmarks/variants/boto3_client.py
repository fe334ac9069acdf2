"""boto3's client, as careful scripts use it: a paginator, TypeDeserializer, JSON in cells."""

import csv
import json
import uuid
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import batched
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from benchmarks.data.table import COLUMNS, TABLE


def export_csv(path: str) -> None:
    """Write every item as a line as it comes."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for item in _items():
            writer.writerow([_cell(item.get(name)) for name in COLUMNS])


def export_jsonl(path: str) -> None:
    """Write every item as a line of JSON as it comes."""
    with open(path, "w", encoding="utf-8") as file:
        for item in _items():
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


def _items() -> Iterator[dict[str, Any]]:
    deserialize = TypeDeserializer().deserialize
    pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=TABLE)
    for page in pages:
        for item in page["Items"]:
            yield {name: deserialize(value) for name, value in item.items()}


def _put(rows: Iterable[dict[str, Any]]) -> None:
    client = boto3.client("dynamodb")
    serialize = TypeSerializer().serialize
    for batch in batched(rows, 25, strict=False):
        requests: Any = [
            {"PutRequest": {"Item": {name: serialize(value) for name, value in item.items()}}}
            for item in ({"_pk": str(uuid.uuid4()), "_sk": "row", **row} for row in batch)
        ]
        unprocessed = {TABLE: requests}
        while unprocessed:
            unprocessed = client.batch_write_item(RequestItems=unprocessed)["UnprocessedItems"]


def _cell(value: Any) -> Any:
    match value:
        case bool():
            return "true" if value else "false"
        case list() | dict():
            return json.dumps(value, default=_number)
        case _:
            return value


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
