"""Query pages to the lines of Ferry's files."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from benchmarks.data.table import COLUMNS, TABLE
from benchmarks.variants.floor.wire import Connection

_SHARDS = 16
_LIMIT = 250
"""Rows of a page: sixteen pages are held at a time."""


class _S(msgspec.Struct, gc=False):
    S: str


class _N(msgspec.Struct, gc=False):
    N: str


class _Bool(msgspec.Struct, gc=False):
    BOOL: bool


class _Any(msgspec.Struct, gc=False):
    S: str | None = None
    N: str | None = None
    BOOL: bool | None = None
    L: "list[_Any] | None" = None
    M: "dict[str, _Any] | None" = None


class _List(msgspec.Struct, gc=False):
    L: list[_Any]


class _Map(msgspec.Struct, gc=False):
    M: dict[str, _Any]


class _Item(msgspec.Struct, gc=False, rename={"id": "_sk"}):
    id: _S
    created_by: _N
    created_at: _N
    updated_at: _N
    code: _S
    n: _N
    price: _N
    active: _Bool
    email: _S
    name: _S
    created: _S
    tags: _List
    addr: _Map
    read_perm: _List
    write_perm: _List
    note: _S | None = None


class _Page(msgspec.Struct):
    Items: list[_Item]
    LastEvaluatedKey: dict[str, Any] | None = None


class _Row(msgspec.Struct, gc=False):
    id: str
    created_by: msgspec.Raw
    created_at: msgspec.Raw
    updated_at: msgspec.Raw
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
    read_perm: list[Any]
    write_perm: list[Any]


_page_of = msgspec.json.Decoder(_Page).decode
_encoder = msgspec.json.Encoder()
_order = attrgetter("id.S")
_needs_quotes = re.compile(r'[",\r\n]').search

csv_head = "\ufeffid,{}\r\n".format(",".join(COLUMNS[1:])).encode()


def write(path: str, head: bytes, lines: Callable[[Sequence[_Item]], bytes]) -> None:
    """Write the file."""
    with open(path, "wb") as file:
        file.write(head)
        for items in _in_order():
            file.write(lines(items))


def csv_lines(items: Sequence[_Item]) -> bytes:
    """Return the lines of a CSV file."""
    return "".join(
        [
            f"{item.id.S},{item.created_by.N},{item.created_at.N},{item.updated_at.N},"
            f"{_quoted(item.code.S)},{item.n.N},{item.price.N},"
            f"{'true' if item.active.BOOL else 'false'},{_quoted(item.email.S)},"
            f"{_quoted(item.name.S)},{_quoted(item.created.S)},{_json(_values(item.tags.L))},"
            f"{_json(_members(item.addr.M))},{_quoted(item.note.S) if item.note else ''},"
            f"{_json(_values(item.read_perm.L))},{_json(_values(item.write_perm.L))}\r\n"
            for item in items
        ]
    ).encode()


def json_lines(items: Sequence[_Item]) -> bytes:
    """Return JSON lines."""
    number = msgspec.Raw
    return _encoder.encode_lines(
        [
            _Row(
                item.id.S,
                number(item.created_by.N),
                number(item.created_at.N),
                number(item.updated_at.N),
                item.code.S,
                number(item.n.N),
                number(item.price.N),
                item.active.BOOL,
                item.email.S,
                item.name.S,
                item.created.S,
                _values(item.tags.L),
                _members(item.addr.M),
                item.note.S if item.note else None,
                _values(item.read_perm.L),
                _values(item.write_perm.L),
            )
            for item in items
        ]
    )


def _in_order() -> Iterator[list[_Item]]:
    """Yield the items of all shards by their order key, many at a time."""
    connection = Connection()
    shards = [_pages(connection, shard) for shard in range(_SHARDS)]
    held: list[list[_Item]] = [[] for _ in shards]
    ended: set[int] = set()
    while len(ended) < _SHARDS or any(held):
        for shard, pages in enumerate(shards):
            if not held[shard] and shard not in ended:
                held[shard] = next(pages, [])
                if not held[shard]:
                    ended.add(shard)
        # Beyond the end of the page that ends first, a row of the next page may come between.
        last = [_order(items[-1]) for shard, items in enumerate(held) if shard not in ended]
        sure = min(last, default="~")
        ready: list[_Item] = []
        for items in held:
            stop = bisect_right(items, sure, key=_order)
            ready += items[:stop]
            del items[:stop]
        ready.sort(key=_order)
        yield ready


def _pages(connection: Connection, shard: int) -> Iterator[list[_Item]]:
    start = ""
    while True:
        query = (
            f'{{"TableName":"{TABLE}","ConsistentRead":true,'
            f'"KeyConditionExpression":"#pk = :pk","ExpressionAttributeNames":{{"#pk":"_pk"}},'
            f'"ExpressionAttributeValues":{{":pk":{{"S":"1#{shard}"}}}},"Limit":{_LIMIT}{start}}}'
        )
        page = _page_of(connection.call("Query", query.encode()))
        yield page.Items
        if page.LastEvaluatedKey is None:
            return
        start = f',"ExclusiveStartKey":{_encoder.encode(page.LastEvaluatedKey).decode()}'


def _quoted(text: str) -> str:
    if not text or _needs_quotes(text):
        return '"' + text.replace('"', '""') + '"'
    return text


def _json(value: Any) -> str:
    return '"' + _encoder.encode(value).decode().replace('"', '""') + '"'


def _members(attributes: dict[str, _Any]) -> dict[str, Any]:
    return {
        name: _other(value) if value.S is None else value.S for name, value in attributes.items()
    }


def _values(attributes: list[_Any]) -> list[Any]:
    return [_other(value) if value.S is None else value.S for value in attributes]


def _other(value: _Any) -> Any:
    if value.N is not None:
        return msgspec.Raw(value.N)
    if value.L is not None:
        return _values(value.L)
    if value.M is not None:
        return _members(value.M)
    return value.BOOL
