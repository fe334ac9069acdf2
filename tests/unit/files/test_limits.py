"""Hostile files: memory stays bounded and time linear."""

import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from itertools import repeat

import pytest

from ferry.errors import InvalidFile
from ferry.files.entries import MAX_RECORD_BYTES
from ferry.files.formats import FORMATS
from tests.unit.goods import GOODS

BLOCK = 256 * 1024
BLOCKS = 64


@pytest.mark.parametrize(
    ("name", "head", "filling"),
    [
        pytest.param("csv", b'name\n"', b"a", id="csv-quote-never-closed"),
        pytest.param("csv", b'name\n"', b'""', id="csv-doubled-quotes"),
        pytest.param("csv", b"name\n", b",", id="csv-endless-row"),
        pytest.param("csv", b"name\n", b"\n", id="csv-blank-lines"),
        pytest.param("json", b'[{"a":"', b"a", id="json-string-never-closed"),
        pytest.param("json", b'[{"a":"', b"\\", id="json-backslashes"),
        pytest.param("json", b'[{"a":{', b"[1],", id="json-lists"),
        pytest.param("json", b"[", b",", id="json-commas"),
        pytest.param("json", b"[", b"x", id="json-nonsense"),
        pytest.param("jsonl", b'{"name":"a"}\n', b" {", id="json-line-never-ends"),
    ],
)
def test_an_endless_record_is_not_held(name: str, head: bytes, filling: bytes) -> None:
    form = FORMATS[name]
    layout = form.inspect(head, whole=False, schema=GOODS)
    block = filling * (BLOCK // len(filling))

    def blocks() -> Iterator[bytes]:
        yield head[layout.start.offset :]
        yield from repeat(block, BLOCKS)

    entries = []
    tracemalloc.start()
    try:
        with suppress(InvalidFile):  # the quote that is never closed
            entries += form.read(blocks(), layout, layout.start)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(entries) <= 2
    assert peak < 3 * MAX_RECORD_BYTES


def test_deep_nesting_costs_its_record_only() -> None:
    form = FORMATS["json"]
    layout = form.inspect(b"[", whole=False, schema=GOODS)
    data = b"[" * 100_000 + b"]" * 100_000 + b',{"name":"a"}]'

    error, last = form.read([data], layout, layout.start)

    assert error.error
    assert last.cells == {"name": "a"}
