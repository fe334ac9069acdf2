"""Row groups of an exported Parquet file, and the footer that tells where they lie. Pure.

https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

from collections.abc import Sequence
from struct import pack
from typing import Any

import msgspec
from isal import igzip

from ferry.files.parquet import MAGIC
from ferry.files.parquet.column_types import ParquetColumn, bits, element, encoded, physical
from ferry.files.parquet.compact import FieldValue, i32, i64, listed, struct, text, varint

PAGE_ROWS = 20_000
"""Rows of a page, as other writers have them: a reader holds a page of each column."""

_LEVEL = 1
"""Of ISA-L's 0 to 3, as for every file that is compressed."""

_DATA_PAGE = 0
_PLAIN, _RLE = 0, 3
_GZIP = 2
"""Readers of every language take gzip; ISA-L makes it as fast as others make zstd."""

_WRITER = "ferry version 1.5 (build 0)"


class WrittenChunk(msgspec.Struct, frozen=True, array_like=True):
    """One column of a row group: its bytes in the file, and what they are unpacked."""

    packed: int
    size: int


class WrittenGroup(msgspec.Struct, frozen=True, array_like=True):
    """A row group as the footer tells of it; it lies behind the one before."""

    rows: int
    chunks: list[WrittenChunk]


def row_group(
    columns: Sequence[ParquetColumn], rows: Sequence[Sequence[Any]]
) -> tuple[bytes, WrittenGroup]:
    """Return the bytes of a row group, and what the footer must tell of it.

    Raises:
        DoesNotFit: a column cannot hold a value exactly.

    """
    made = [
        _chunk(column, values)
        for column, values in zip(columns, zip(*rows, strict=True), strict=True)
    ]
    group = WrittenGroup(len(rows), [chunk for _, chunk in made])
    return b"".join(body for body, _ in made), group


def footer(columns: Sequence[ParquetColumn], groups: Sequence[WrittenGroup]) -> bytes:
    """Return the end of a file: its FileMetaData, the length of that, the magic."""
    root = struct({4: text("schema"), 5: i32(len(columns))})
    at, told = len(MAGIC), []
    for group in groups:
        told.append(_told(columns, group, at))
        at += sum(chunk.packed for chunk in group.chunks)
    _, body = struct(
        {
            1: i32(1),
            2: listed([root, *map(element, columns)]),
            3: i64(sum(group.rows for group in groups)),
            4: listed(told) if told else _NO_GROUP,
            6: text(_WRITER),
        }
    )
    return body + pack("<I", len(body)) + MAGIC


_NO_GROUP: FieldValue = (listed([struct({})])[0], b"\x0c")


def _told(columns: Sequence[ParquetColumn], group: WrittenGroup, at: int) -> FieldValue:
    chunks, start = [], at
    for column, chunk in zip(columns, group.chunks, strict=True):
        metadata = struct(
            {
                1: physical(column),
                2: listed([i32(_PLAIN), i32(_RLE)]),
                3: listed([text(column.name)]),
                4: i32(_GZIP),
                5: i64(group.rows),
                6: i64(chunk.size),
                7: i64(chunk.packed),
                9: i64(at),
            }
        )
        chunks.append(struct({2: i64(at), 3: metadata}))
        at += chunk.packed
    size = sum(chunk.size for chunk in group.chunks)
    return struct(
        {1: listed(chunks), 2: i64(size), 3: i64(group.rows), 5: i64(start), 6: i64(at - start)}
    )


def _chunk(column: ParquetColumn, values: Sequence[Any]) -> tuple[bytes, WrittenChunk]:
    pages, size = [], 0
    for at in range(0, len(values), PAGE_ROWS):
        some = values[at : at + PAGE_ROWS]
        there = [value for value in some if value is not None]
        body = _levels(some, len(there)) + (encoded(column, there) if there else b"")
        packed = igzip.compress(body, _LEVEL, mtime=0)
        head = _page_head(len(some), len(body), len(packed))
        pages += [head, packed]
        size += len(head) + len(body)
    made = b"".join(pages)
    return made, WrittenChunk(len(made), size)


def _page_head(rows: int, size: int, packed: int) -> bytes:
    page = struct({1: i32(rows), 2: i32(_PLAIN), 3: i32(_RLE), 4: i32(_RLE)})
    return struct({1: i32(_DATA_PAGE), 2: i32(size), 3: i32(packed), 5: page})[1]


def _levels(values: Sequence[Any], there: int) -> bytes:
    """Return which values are set: a run where all are, else a bit for each.

    https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE
    """
    if there in {0, len(values)}:
        levels = varint(len(values) << 1) + bytes([there > 0])
    else:
        packed = bits([value is not None for value in values])
        levels = varint(len(packed) << 1 | 1) + packed
    return pack("<I", len(levels)) + levels
