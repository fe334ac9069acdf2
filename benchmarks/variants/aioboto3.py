"""aioboto3: the tutorial's way on an event loop."""

import asyncio
import csv
import json
import uuid
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import Any

import aioboto3

from benchmarks.data.table import COLUMNS, TABLE


def export_csv(path: str) -> None:
    """Write every item as a line, its values as Python shows them."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
        writer.writeheader()

        async def write() -> None:
            async for item in _items():
                writer.writerow(item)

        asyncio.run(write())


def export_jsonl(path: str) -> None:
    """Write every item as a line of JSON."""
    with open(path, "w", encoding="utf-8") as file:

        async def write() -> None:
            async for item in _items():
                row = {name: item.get(name) for name in COLUMNS}
                file.write(json.dumps(row, default=_number) + "\n")

        asyncio.run(write())


def import_csv(path: str) -> None:
    """Put a row for each line."""
    with open(path, newline="", encoding="utf-8") as file:
        asyncio.run(_put(map(_typed, csv.DictReader(file))))


def import_jsonl(path: str) -> None:
    """Put a row for each line."""
    with open(path, encoding="utf-8") as file:
        asyncio.run(_put(json.loads(line, parse_float=Decimal) for line in file))


async def _items() -> AsyncIterator[dict[str, Any]]:
    async with aioboto3.Session().resource("dynamodb") as dynamodb:
        table = await dynamodb.Table(TABLE)
        response = await table.scan()
        while True:
            for item in response["Items"]:
                yield item
            if "LastEvaluatedKey" not in response:
                return
            response = await table.scan(ExclusiveStartKey=response["LastEvaluatedKey"])


async def _put(rows: Iterator[dict[str, Any]]) -> None:
    async with aioboto3.Session().resource("dynamodb") as dynamodb:
        table = await dynamodb.Table(TABLE)
        async with table.batch_writer() as batch:
            for row in rows:
                await batch.put_item(Item={"_pk": str(uuid.uuid4()), "_sk": "row", **row})


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
