"""Bulks beside the careful reader: whatever the file, both read the same."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.errors import InvalidFile
from ferry.files.bulks import Bulk
from ferry.files.csv.csv_reader import split
from ferry.files.entries import Entry, Layout
from ferry.files.formats import FORMATS, Format
from ferry.files.position import Position
from tests.unit.files.files import blocks
from tests.unit.goods import GOODS

CUTS = st.integers(1, 40) | st.just(1 << 20)
SIZES = st.sampled_from([1, 20, 60, 1 << 16])

HEADS = {"csv": b"name,code,other\n", "jsonl": b'{"name":"first"}\n'}
PIECES = {
    "csv": [
        *["a", "b c", "é", "漢", "🚀", ",", ",,", '"', '""', '"a"', '"a,b"', '"x\ny"', '"x\r\ny"'],
        *["\n", "\r\n", "\r", "\n\n", "\0", "'", "\x1c", "\u2028", " ", "\t", '"",""', '"\n'],
    ],
    "jsonl": [
        *['{"name":"a"}', '{"name" : "b"}', '{"name":1.50}', "{", "}", '"', ":", "null", "[1,2]"],
        *["\n", "\r\n", "\r", "\n\n", " ", "\t", "\0", "\x0b", "\x0c", "\u2028", "\x1c", "é", "🚀"],
    ],
}
RAW = [b"\xff", b"\xc3", b"\xed\xa0\x80"]


def files(name: str) -> st.SearchStrategy[bytes]:
    pieces = st.sampled_from([piece.encode() for piece in PIECES[name]] + RAW)
    rows = st.lists(st.lists(pieces, max_size=6).map(b"".join), max_size=8)
    plain = st.just(b"a,b,c\n" if name == "csv" else b'{"name":"plain","code":"x"}\n')
    body = st.lists(rows.map(b"".join) | plain, max_size=6).map(b"".join)
    return body.map(lambda text: HEADS[name] + text)


FILES = st.sampled_from(["csv", "jsonl"]).flatmap(
    lambda name: st.tuples(st.just(name), files(name))
)


def carefully(form: Format, data: bytes, layout: Layout, at: Position) -> list[Entry]:
    return list(form.read([data[at.offset :]], layout, at))


def in_bulks(
    form: Format, data: bytes, layout: Layout, at: Position, cut: int
) -> Iterator[Bulk | Entry]:
    assert form.bulks
    return form.bulks(blocks(data[at.offset :], cut), layout, at)


def comparable(entry: Entry) -> tuple[Any, ...]:
    reason = entry.error.reason if entry.error else None
    return entry.number, entry.line, entry.cells, reason, entry.original, entry.end, entry.complete


@given(file=FILES, cut=CUTS, size=SIZES)
@settings(deadline=None, max_examples=120)
def test_bulks_hold_the_records_that_the_careful_reader_finds(
    file: tuple[str, bytes], cut: int, size: int
) -> None:
    name, data = file
    form = FORMATS[name]
    try:
        layout = form.inspect(data, whole=False, schema=GOODS)
    except InvalidFile:
        return
    expected = carefully(form, data, layout, layout.start)
    found: list[Entry] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ferry.files.bulks.BULK_BYTES", size)
        for record in in_bulks(form, data, layout, layout.start, cut):
            if isinstance(record, Bulk):
                entries = list(form.read([record.text], layout, record.start))
                assert len(entries) == len(record.rows) > 0
                assert entries[-1].end == record.end
                assert [_row(name, entry) for entry in entries] == record.rows
                found += entries
            else:
                found.append(record)

    assert list(map(comparable, found)) == list(map(comparable, expected))


def _row(name: str, entry: Entry) -> Any:
    text = entry.original.decode()
    return split(text) if name == "csv" else text


@pytest.mark.parametrize("name", ["csv", "jsonl"])
def test_reading_in_bulks_goes_on_from_any_bulks_end(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("ferry.files.bulks.BULK_BYTES", 50)
    row = b'a,"b\n\nc",\n\n' if name == "csv" else b'{"name":"a"}\n \n'
    data = HEADS[name] + row * 50
    form = FORMATS[name]
    layout = form.inspect(data, whole=False, schema=GOODS)
    expected = carefully(form, data, layout, layout.start)

    ends = [record.end for record in in_bulks(form, data, layout, layout.start, 64)]

    assert len(ends) > 10
    for end in ends:
        rest = [
            entry
            for record in in_bulks(form, data, layout, end, 64)
            for entry in (
                form.read([record.text], layout, record.start)
                if isinstance(record, Bulk)
                else [record]
            )
        ]
        assert list(map(comparable, rest)) == list(map(comparable, expected[end.number :]))


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("csv", b'a,"b ""c"", d",\r\n'),
        ("csv", b"a,b,c\n"),
        ("csv", b'a,"x\ny",c\n'),
        ("jsonl", b'{"name":"a","code":"\\"x\\":"}\n'),
    ],
)
def test_an_ordinary_file_is_read_in_bulks_alone(name: str, row: bytes) -> None:
    data = HEADS[name] + row * 20_000
    form = FORMATS[name]
    layout = form.inspect(data[:1000], whole=False, schema=GOODS)

    records = list(in_bulks(form, data, layout, layout.start, 256 * 1024))

    assert all(isinstance(record, Bulk) for record in records)
    assert max(len(record.text) for record in records if isinstance(record, Bulk)) <= 64 * 1024
    assert records[-1].end.number == 20_000 + (name == "jsonl")


def test_a_record_of_many_megabytes_is_left_to_the_careful_reader() -> None:
    data = HEADS["csv"] + b"a,b,c\n" + b'"' + b"x\n" * (3 * 1024 * 1024) + b'",b,c\na,b,c\n'
    form = FORMATS["csv"]
    layout = form.inspect(data[:1000], whole=False, schema=GOODS)
    expected = carefully(form, data, layout, layout.start)

    records = list(in_bulks(form, data, layout, layout.start, 256 * 1024))

    assert [type(record) for record in records] == [Bulk, Entry, Bulk]
    assert comparable(records[1]) == comparable(expected[1])
    assert records[2].end.number == 3
