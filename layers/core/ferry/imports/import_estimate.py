"""Estimates of imports, from the first part of a file; nothing is stored."""

from collections.abc import Iterator
from itertools import islice
from math import ceil
from typing import Any, NamedTuple

from ferry.attached.description import describe
from ferry.aws.attributes import encode_item, item_bytes
from ferry.errors import InvalidFile, InvalidRow
from ferry.files.entries import Entry
from ferry.imports.import_job import ImportOptions
from ferry.imports.import_options import Upload
from ferry.imports.modes import refuse_changes
from ferry.imports.sampling import FilePart
from ferry.imports.source import Source
from ferry.jobs.job_estimate import (
    READ_UNIT_BYTES,
    WRITE_UNIT_BYTES,
    Work,
    estimated,
    lowest,
    of_capacity,
    of_shards,
)
from ferry.records.store import item
from ferry.tables.records import Record
from ferry.tables.rows import Row, RowRules
from ferry.tables.schema import Table

_SAMPLE_ROWS = 500
_BLOCK = 64 * 1024
_US_PER_ROW = {"in batches": 20, "one by one": 250}
"""Measured; see docs/performance.md and docs/decisions/0230."""


class _FileShape(NamedTuple):
    """The whole of a file as its first part suggests it.

    Attributes:
        rows: of the whole file.
        text_bytes: of the whole file, unpacked.
        item_bytes: of each sampled row that would be written.
        sampled: rows that were tried.

    """

    rows: int
    exact: bool
    text_bytes: int
    item_bytes: list[int]
    sampled: int


def estimate_import(
    upload: Upload,
    options: ImportOptions,
    table: Table,
    *,
    file_bytes: int,
    unpacked_limit: int,
    region: str,
) -> dict[str, Any]:
    """Estimate an import, at most: rows that are there already cost no write.

    Args:
        upload: the file, or its first part.
        options: of the import.
        table: to which it goes.
        file_bytes: of the whole file.
        unpacked_limit: bytes that it may hold unpacked.
        region: whose prices count.

    Raises:
        InvalidFile: nothing can be read of it.

    """
    if not upload.content:
        raise InvalidFile("the file is empty")
    shape = _shape(upload, options, table, max(file_bytes, len(upload.content)), unpacked_limit)
    written = round(shape.rows * len(shape.item_bytes) / max(shape.sampled, 1))
    usual = sum(shape.item_bytes) / max(len(shape.item_bytes), 1)
    is_single = bool(table.attached or table.indexes or options.id_as_key or options.matched)
    work = Work(
        rows=shape.rows,
        file_bytes=max(file_bytes, len(upload.content)),
        text_bytes=shape.text_bytes,
        read_units=written * ceil(usual / READ_UNIT_BYTES) if _reads(table, options) else 0,
        write_units=0 if options.dry_run else written * _units(shape.item_bytes, table),
        us_per_row=_US_PER_ROW["one by one" if is_single else "in batches"],
        requests=written if is_single else 0,
    )
    found = describe(table.attached.table) if table.attached else None
    throughput = of_capacity(*found.capacity) if found else of_shards(table.shards)
    return {
        "rows": shape.rows,
        "exact": shape.exact,
        "sampled_rows": shape.sampled,
        "rows_failing": shape.rows - written,
        "table_bytes": round(written * usual),
        "file_bytes": work.file_bytes,
        **estimated(work, throughput, region, rate=lowest(table.rate, options.rate)),
    }


def _reads(table: Table, options: ImportOptions) -> bool:
    """Return whether the table, or its indexes, are read before they are written."""
    is_first_put = table.attached and options.conflict == "fail" and not options.matched
    return bool(
        not is_first_put
        and (table.attached or table.indexes or options.id_as_key or options.matched)
    )


def _units(sizes: list[int], table: Table) -> float:
    """Return the write units of a row: a transaction takes two of each item."""
    if not sizes:
        return 0
    row = sum(ceil(size / WRITE_UNIT_BYTES) for size in sizes) / len(sizes)
    return 2 * (row + len(table.indexes)) if table.indexes else row


def _shape(
    upload: Upload, options: ImportOptions, table: Table, file_bytes: int, limit: int
) -> _FileShape:
    content = upload.content

    def blocks(offset: int) -> Iterator[bytes]:
        return (content[at : at + _BLOCK] for at in range(offset, len(content), _BLOCK))

    columns = table.schema.columns
    source = Source(upload.name, options, blocks, most_bytes=limit, columns=columns)
    head, whole = source.head()
    whole = whole and file_bytes == len(content)
    part = FilePart(source.format, head, whole)
    layout = part.form.inspect(head, whole=whole, schema=table.schema, options=options)
    refuse_changes(layout)
    entries = part.certain(part.form.read([head[layout.start.offset :]], layout, layout.start))
    sample = list(islice(entries, _SAMPLE_ROWS))
    count = len(sample) + sum(1 for _ in entries)
    sizes = list(_sizes(sample, part, options, table))
    if whole:
        return _FileShape(count, True, len(head), sizes, len(sample))
    longer = file_bytes / max(source.bytes_read, 1)
    return _FileShape(round(count * longer), False, round(len(head) * longer), sizes, len(sample))


def _sizes(
    entries: list[Entry], part: FilePart, options: ImportOptions, table: Table
) -> Iterator[int]:
    """Yield the bytes of each row in DynamoDB; those that would fail have none."""
    ids = options.id_as_key or bool(table.attached)
    row_of = part.form.rows(RowRules(table.schema, ids=ids))
    for entry in entries:
        if entry.error:
            continue
        try:
            yield _size(row_of(entry.cells), table)
        except InvalidRow:
            continue


def _size(row: Row, table: Table) -> int:
    if table.attached:
        return item_bytes(encode_item(row.fields))
    record = Record(
        id="0" * 24,
        created_by=table.created_by,
        created_at=0,
        updated_at=0,
        read_perm=[*table.row_read_perm],
        write_perm=[*table.row_write_perm],
        written_at=0,
        fields=dict(row.fields),
        source="0" * 32,
    )
    return item_bytes(item(table, record))
