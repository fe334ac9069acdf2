"""Lines of a file to batches of the items that Ferry stores."""

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any
from zlib import crc32

import msgspec

from benchmarks.data.table import ACCEPTED_AT, IMPORT_JOB, TABLE
from benchmarks.variants.floor.wire import Connection

type _Item = dict[str, dict[str, Any]]

_encode = msgspec.json.Encoder().encode
_parse = msgspec.json.Decoder().decode
_is_number = re.compile(r"-?\d+(?:\.\d+)?").fullmatch
_BOOLEANS = {"true": {"BOOL": True}, "false": {"BOOL": False}}
_PERMISSIONS = {"L": [{"S": "user:*"}]}
_ACCEPTED = {"N": str(ACCEPTED_AT)}
_WRITTEN = {"N": str(ACCEPTED_AT * 1000)}
_CREATOR = {"N": "7"}


class _Row(msgspec.Struct, gc=False):
    code: str
    n: msgspec.Raw
    price: msgspec.Raw
    active: bool
    email: str
    name: str
    created: str
    tags: list[Any]
    addr: dict[str, Any]
    note: str | None


def csv_items(path: str) -> Iterator[_Item]:
    """Yield the items that the lines of a CSV file become."""
    with open(path, newline="", encoding="utf-8", buffering=1024 * 1024) as file:
        lines = csv.reader(file)
        next(lines)
        for number, line in enumerate(lines, start=1):
            code, n, price, active, email, name, created, tags, addr, note = line
            item = _with_built_in(number)
            item["code"] = {"S": code}
            item["n"] = {"N": _number(n)}
            item["price"] = {"N": _number(price)}
            item["active"] = _BOOLEANS[active]
            item["email"] = {"S": email}
            item["name"] = {"S": name}
            item["created"] = {"S": created}
            item["tags"] = _attribute(_parse(tags))
            item["addr"] = _attribute(_parse(addr))
            if note:
                item["note"] = {"S": note}
            yield item


def json_items(path: str) -> Iterator[_Item]:
    """Yield the items that JSON lines become."""
    row_of = msgspec.json.Decoder(_Row).decode
    with open(path, "rb", buffering=1024 * 1024) as file:
        for number, row in enumerate(map(row_of, file), start=1):
            item = _with_built_in(number)
            item["code"] = {"S": row.code}
            item["n"] = {"N": _number(bytes(row.n).decode())}
            item["price"] = {"N": _number(bytes(row.price).decode())}
            item["active"] = {"BOOL": row.active}
            item["email"] = {"S": row.email}
            item["name"] = {"S": row.name}
            item["created"] = {"S": row.created}
            item["tags"] = _attribute(row.tags)
            item["addr"] = _attribute(row.addr)
            if row.note is not None:
                item["note"] = {"S": row.note}
            yield item


def write(items: Iterable[_Item]) -> None:
    """Write the items, one batch after the other."""
    connection = Connection()
    for batch in batched(items, 25, strict=False):
        requests = [{"PutRequest": {"Item": item}} for item in batch]
        body = _encode({"RequestItems": {TABLE: requests}})
        if connection.call("BatchWriteItem", body) != b'{"UnprocessedItems":{}}':
            raise SystemExit("items were left unprocessed")


def _with_built_in(number: int) -> _Item:
    digest = hashlib.sha256(f"{IMPORT_JOB}/{number}".encode()).hexdigest()
    row_id = f"{ACCEPTED_AT:08x}{digest[:16]}"
    return {
        "_pk": {"S": f"1#{crc32(row_id.encode()) % 16}"},
        "_sk": {"S": row_id},
        "_at": _WRITTEN,
        "created_by": _CREATOR,
        "created_at": _ACCEPTED,
        "updated_at": _ACCEPTED,
        "read_perm": _PERMISSIONS,
        "write_perm": _PERMISSIONS,
    }


def _number(text: str) -> str:
    """Return the number in the shortest form, in which Ferry stores it."""
    if not _is_number(text):
        raise SystemExit(f"{text!r} is no number")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _attribute(value: Any) -> dict[str, Any]:
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case None:
            return {"NULL": True}
        case int() | float():
            return {"N": repr(value)}
        case list():
            return {"L": [_attribute(element) for element in value]}
        case _:
            return {"M": {name: _attribute(member) for name, member in value.items()}}
