"""Properties of every file, good or bad."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.errors import InvalidFile, InvalidRow
from ferry.files.entries import Entry, Layout
from ferry.files.formats import FORMATS
from ferry.files.position import Position
from ferry.tables.rows import Row, RowRules
from tests.unit.files.files import TEXTS
from tests.unit.goods import FIELDS, GIVEN, GOODS

RULES = RowRules(GOODS, ids=True)
ROWS = st.lists(st.builds(Row, FIELDS, GIVEN), max_size=4)
NAMES = st.sampled_from(sorted(TEXTS))
CUTS = st.lists(st.integers(1, 40), min_size=1, max_size=4)

MARKS = [
    "name",
    "code",
    ",",
    "\t",
    '"',
    '""',
    "\n",
    "\r\n",
    "\r",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ":",
    " ",
]
PARTS = ['"name"', '"code":', "1", "null", "名", '{"name":"a"}', '\n{"name":"b"}', "\n]", "é"]
PIECES = st.sampled_from(MARKS + PARTS)
BROKEN = st.lists(PIECES, max_size=30).map(lambda pieces: "".join(pieces).encode())
HEADS = {
    "csv": [b"name,code\n", b"name\n", b"\xef\xbb\xbfcode,foo,name\r\n"],
    "tsv": [b"name\tcode\n", b"name\n", b"\xef\xbb\xbfcode\tfoo\tname\r\n"],
    "json": [b"[", b"", b'{"objects":[', b'[\n{"name":"a"},\n', b'{"name":"a"}\n'],
    "jsonl": [b'{"name":"a"}\n', b"{\n"],
    "dynamodb": [b'{"Item":{"name":{"S":"a"}}}\n', b'{"name":{"S":"a"}}\n', b"{\n"],
}
FILES = NAMES.flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.builds(
            lambda head, body, raw, rest: head + body + raw + rest,
            st.sampled_from(HEADS[name]),
            BROKEN,
            st.binary(max_size=2),
            BROKEN,
        ),
    )
)

modest = settings(deadline=None, max_examples=60)


def cut(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    start = number = 0
    while start < len(data):
        size = sizes[number % len(sizes)]
        yield data[start : start + size]
        start, number = start + size, number + 1


def inspected(name: str, data: bytes) -> Layout | None:
    try:
        return FORMATS[name].inspect(data, whole=False, schema=GOODS)
    except InvalidFile:
        return None


def read(name: str, data: bytes, layout: Layout, at: Position, sizes: list[int]) -> list[Entry]:
    return list(FORMATS[name].read(cut(data[at.offset :], sizes), layout, at))


def comparable(entry: Entry) -> tuple[Any, ...]:
    reason = entry.error.reason if entry.error else None
    return entry.number, entry.line, entry.cells, reason, entry.original, entry.end


@pytest.mark.parametrize("name", TEXTS)
@given(rows=ROWS)
@settings(deadline=None, max_examples=60)
def test_rows_that_are_written_are_read_back_the_same(name: str, rows: list[Row]) -> None:
    form = FORMATS[name]
    writer = form.writer(GOODS)
    records: list[dict[str, Any]] = [{**row.fields, **row.given} for row in rows]
    data = writer.head() + writer.place(list(map(writer.encode, records))) + writer.tail()
    if not data:
        return

    layout = form.inspect(data, whole=True, schema=GOODS)
    found = list(form.read([data[layout.start.offset :]], layout, layout.start))

    assert [form.rows(RULES)(entry.cells) for entry in found] == rows


@given(file=FILES, sizes=CUTS)
@modest
def test_entries_do_not_depend_on_how_the_file_is_cut(
    file: tuple[str, bytes], sizes: list[int]
) -> None:
    name, data = file
    if layout := inspected(name, data):
        in_one = read(name, data, layout, layout.start, [len(data) + 1])
        in_blocks = read(name, data, layout, layout.start, sizes)

        assert list(map(comparable, in_blocks)) == list(map(comparable, in_one))


@given(file=FILES, sizes=CUTS)
@modest
def test_reading_resumes_after_any_entry(file: tuple[str, bytes], sizes: list[int]) -> None:
    name, data = file
    if layout := inspected(name, data):
        found = read(name, data, layout, layout.start, [len(data) + 1])
        for entry in found:
            rest = read(name, data, layout, entry.end, sizes)

            assert list(map(comparable, rest)) == list(map(comparable, found[entry.number :]))


@given(file=FILES)
@modest
def test_every_entry_is_accounted_for(file: tuple[str, bytes]) -> None:
    name, data = file
    layout = inspected(name, data)
    if not layout:
        return
    position = layout.start
    for entry in read(name, data, layout, layout.start, [7]):
        assert entry.number == position.number + 1 == entry.end.number
        assert entry.error is None or not entry.cells
        assert data.find(entry.original, position.offset) >= 0
        assert position.offset <= entry.end.offset <= len(data)
        ends = rb"\n|\r(?!\n)" if FORMATS[name].is_delimited else rb"\n"
        assert entry.end.line == 1 + len(re.findall(ends, data[: entry.end.offset]))
        assert position.line <= entry.line <= entry.end.line
        position = entry.end


@given(name=NAMES, data=st.binary(max_size=60), whole=st.booleans())
@modest
def test_any_bytes_are_refused_or_read(name: str, data: bytes, whole: bool) -> None:
    form = FORMATS[name]
    try:
        layout = form.inspect(data, whole=whole, schema=GOODS)
    except InvalidFile:
        return
    for entry in form.read([data[layout.start.offset :]], layout, layout.start):
        assert isinstance(entry, Entry)


@given(file=FILES)
@modest
def test_failed_rows_come_back_one_for_one(file: tuple[str, bytes]) -> None:
    name, data = file
    layout = inspected(name, data)
    if not layout:
        return
    form = FORMATS[name]
    writer = form.failures(layout, GOODS)
    error = InvalidRow("name", 'is "wrong",\nsomehow')
    found = read(name, data, layout, layout.start, [16])
    file_of_failed = (
        writer.head() + b"".join(writer.row(entry, error) for entry in found) + writer.tail()
    )
    if not found:
        return

    again = form.inspect(file_of_failed, whole=False, schema=GOODS)

    assert len(read(name, file_of_failed, again, again.start, [16])) == len(found)
