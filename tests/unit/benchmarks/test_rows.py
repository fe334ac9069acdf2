"""The benchmark's own idea of a stored row is Ferry's."""

from itertools import islice

import pytest

from benchmarks.data.rows import ITEMS, SHARDS, TABLE_ID, columns, make, rows, size, stored
from benchmarks.data.table import COLUMNS, FIELDS
from ferry.aws.attributes import item_bytes
from ferry.records.store import item
from ferry.tables.records import Record
from ferry.tables.schema import Field, FieldType, Schema, Table
from ferry.tables.values import exact_number

TABLE = Table(
    id=TABLE_ID,
    app_id="bench",
    name="records",
    schema=Schema(tuple(Field(name=name, type=FieldType(kind)) for name, kind in FIELDS.items())),
    created_by=1,
    created_at=0,
    updated_at=0,
    shards=SHARDS,
)


def test_rows_are_the_same_every_time():
    assert list(rows(20)) == list(islice(rows(1_000), 20))


def test_one_note_in_ten_is_null():
    assert sum(row["note"] is None for row in rows(2_000)) == pytest.approx(200, rel=0.2)


@pytest.mark.parametrize("row", list(rows(20)), ids=lambda row: row["code"])
def test_an_item_is_what_ferry_stores(row):
    every = columns(row)
    fields = {name: every[name] for name in FIELDS if every[name] is not None}
    fields["price"] = exact_number(fields["price"])
    given = {name: value for name, value in every.items() if name not in FIELDS}
    record = Record(**given, written_at=every["created_at"] * 1000, fields=fields)

    assert stored(row) == item(TABLE, record)


def test_the_size_of_an_item_is_at_most_what_ferry_reckons():
    for row in rows(20):
        assert 0 <= item_bytes(stored(row)) - size(stored(row)) <= 16


def test_columns_are_those_of_a_file():
    assert tuple(columns(next(rows(1)))) == ("id", *COLUMNS[1:])


def test_files_are_made_once(tmp_path):
    folder = make(tmp_path, 10)
    written = (folder / ITEMS).stat().st_mtime_ns

    assert make(tmp_path, 10) == folder
    assert (folder / ITEMS).stat().st_mtime_ns == written
    assert len((folder / ITEMS).read_text("utf-8").splitlines()) == 10
