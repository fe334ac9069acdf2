"""Seeded rows, the items that Ferry stores of them, and the files that both come in.

The items are made here and not by Ferry's own code, so that what Ferry reads and writes is held
against something else. A test holds the two against each other.
"""

import csv
import hashlib
import json
import random
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zlib import crc32

from benchmarks.data.table import FIELDS

TABLE_ID = 1
SHARDS = 16
USER_ID = 7
PERMISSIONS = ["user:*"]
FIRST_SECOND = 1_700_000_000
"""When the first row was created; ten follow in each second."""

CSV, LINES, ITEMS = "rows.csv", "rows.jsonl", "items.jsonl"

_FIRST_NAMES = ["Ada", "Björn", "Chloé", "Dmitri", "Eva", "Farid", "Grace", "Iñigo", "Lena"]
_LAST_NAMES = ["Smith", "O'Neil", "García", "Novak", "Müller", "Tanaka", "Okafor", "Rossi"]
_CITIES = ["Kyiv", "São Paulo", "Berlin", "New York, NY", "Osaka", "Łódź", "Lagos"]
_TAGS = ["red", "blue", "north", "vip", "beta", "x1"]
_WORDS = [
    *("sensor", "reading,", "pump", "valve", '"A"', "pressure", "stable", "alarm", "cleared"),
    *("by", "operator", "shift", "rota", "checked", "line", "two", "belt"),
]

type Row = dict[str, Any]
type Item = dict[str, dict[str, Any]]


def rows(count: int) -> Iterator[Row]:
    """Yield so many rows, the same ones every time."""
    chance = random.Random(7)  # noqa: S311 - a fixed seed: sample rows, the same each time
    for number in range(count):
        yield {
            "code": str(UUID(int=chance.getrandbits(128), version=4)),
            "n": number,
            "price": Decimal(chance.randrange(1, 10**7)).scaleb(-2),
            "active": chance.random() < 0.7,
            "email": f"user{number}@example.com",
            "name": f"{chance.choice(_FIRST_NAMES)} {chance.choice(_LAST_NAMES)}",
            "created": f"2025-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
            f"T{chance.randrange(24):02}:{chance.randrange(60):02}:00Z",
            "tags": chance.sample(_TAGS, 2),
            "addr": {"city": chance.choice(_CITIES), "zip": f"{chance.randrange(10**5):05}"},
            "note": " ".join(chance.sample(_WORDS, 9)) if chance.random() < 0.9 else None,
        }


def columns(row: Row) -> Row:
    """Return every column of the row as a table holds it, named as Ferry's files name them."""
    second = FIRST_SECOND + row["n"] // 10
    digest = hashlib.sha256(row["code"].encode()).hexdigest()
    return {
        "id": f"{second:08x}{digest[:16]}",
        "created_by": USER_ID,
        "created_at": second,
        "updated_at": second,
        **row,
        "read_perm": PERMISSIONS,
        "write_perm": PERMISSIONS,
    }


def stored(row: Row) -> Item:
    """Return the item that Ferry stores of the row."""
    values = columns(row)
    row_id = values.pop("id")
    item: Row = {
        "_pk": partition(row_id),
        "_sk": row_id,
        "_at": values["created_at"] * 1000,
    }
    item |= {name: value for name, value in values.items() if value is not None}
    return {name: attribute(value) for name, value in item.items()}


def partition(row_id: str) -> str:
    """Return the partition key under which a row of that id lies."""
    return f"{TABLE_ID}#{crc32(row_id.encode()) % SHARDS}"


def attribute(value: Any) -> dict[str, Any]:
    """Return the value as DynamoDB spells it."""
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case Decimal():  # DynamoDB trims zeros at the end
            return {"N": f"{value.normalize():f}"}
        case list():
            return {"L": [attribute(element) for element in value]}
        case _:
            return {"M": {name: attribute(member) for name, member in value.items()}}


def size(attributes: Item) -> int:
    """Return an item's bytes, as DynamoDB reckons where to cut a page.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    return sum(len(name.encode()) + _value_size(value) for name, value in attributes.items())


def _value_size(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return len(content) // 2 + 1
        case "L":
            return 3 + sum(1 + _value_size(element) for element in content)
        case "M":
            return 3 + len(content) + size(content)
        case _:
            return 1


def make(folder: Path, count: int) -> Path:
    """Return the folder that holds the files of so many rows, made if they are not there."""
    made = folder / f"rows-{count}"
    if not made.exists():
        half_made = folder / f"half-made-{count}"
        shutil.rmtree(half_made, ignore_errors=True)
        half_made.mkdir(parents=True)
        _write(half_made, count)
        half_made.rename(made)
    return made


def _write(folder: Path, count: int) -> None:
    with (
        (folder / CSV).open("w", newline="", encoding="utf-8") as table,
        (folder / LINES).open("w", encoding="utf-8") as lines,
        (folder / ITEMS).open("w", encoding="utf-8") as items,
    ):
        writer = csv.writer(table)
        writer.writerow(FIELDS)
        for row in rows(count):
            writer.writerow([_cell(value) for value in row.values()])
            lines.write(_json(row | {"price": float(row["price"])}) + "\n")
            item = stored(row)
            items.write(_json({"size": size(item), "item": item}) + "\n")


def _cell(value: Any) -> Any:
    match value:
        case bool():
            return "true" if value else "false"
        case list() | dict():
            return _json(value)
        case _:
            return value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
