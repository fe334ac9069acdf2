"""Parquet files for tests, as an export writes them."""

from collections.abc import Iterable
from functools import partial
from tempfile import TemporaryFile
from typing import Any

from ferry.files.format import Means
from ferry.files.formats import PARQUET
from ferry.files.position import Packed
from ferry.tables.schema import Schema


def parquet_file(
    schema: Schema, rows: Iterable[dict[str, Any]], each: int = 1 << 30, **typed: Any
) -> bytes:
    """Return a file with a row group for so many rows, each written by a packing of its own."""
    rows = list(rows)
    writer = partial(PARQUET.writer, **typed)(schema)
    packing = PARQUET.packing(Packed())
    file = packing.head() + packing.pack(writer.head())
    for start in range(0, len(rows), each):
        file += packing.pack(writer.place(list(map(writer.encode, rows[start : start + each]))))
        file += packing.seal()
        packing = PARQUET.packing(packing.so_far)
    return file + packing.pack(writer.tail()) + packing.tail()


def parquet_lines(file: bytes, before: int = 0, most_bytes: int = 1 << 30) -> bytes:
    """Return the rows behind the first `before` as lines of JSON."""
    means = Means(most_bytes, TemporaryFile, rows_before=before)  # type: ignore[arg-type]
    assert PARQUET.text_of is not None
    return b"".join(PARQUET.text_of(iter([file]), means))
