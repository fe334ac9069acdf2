"""Rules for every type of field: an omission fails here."""

from pathlib import Path

import msgspec
import pytest
from msgspec import Raw

from ferry.aws.attributes import decode, encode_item
from ferry.files.bulks import Bulk
from ferry.files.entries import Shape
from ferry.files.format import ColumnWriter
from ferry.files.formats import FORMATS
from ferry.imports.row_texts.item_texts import row_writer
from ferry.records.reading.typed import TypedRows
from ferry.tables.cells import to_cell, to_json
from ferry.tables.comparing import COMPARABLE, ORDERED, comparable
from ferry.tables.records import ID, WRITTEN_AT
from ferry.tables.rules import rule
from ferry.tables.schema import Field, FieldType, Schema, Table
from ferry.tables.sortable import sortable
from ferry.tables.where import compile_where
from tests.unit.types import VALUES

EVERY = pytest.mark.parametrize("kind", list(FieldType))


def field(kind: FieldType) -> Field:
    schema_name = "users" if kind is FieldType.REFERENCE else None
    return Field(name="x", type=kind, schema_name=schema_name)


@EVERY
def test_it_has_values_to_try(kind: FieldType) -> None:
    assert len(VALUES[kind]) == 2


@EVERY
def test_its_values_keep_its_rule_from_json_and_from_a_cell(kind: FieldType) -> None:
    takes = rule(field(kind))

    for value in VALUES[kind]:
        assert takes.from_json(to_json(value, field(kind))) == value
        assert takes.from_cell(to_cell(value, kind) or "") == value


@EVERY
def test_its_values_are_stored_and_read_back_by_columns(kind: FieldType) -> None:
    values = VALUES[kind]
    items = [
        encode_item({ID: f"{place:024x}", WRITTEN_AT: 1, "x": value})
        for place, value in enumerate(values)
    ]

    found = TypedRows([field(kind)]).read([Raw(msgspec.json.encode(item)) for item in items])

    for form in FORMATS.values():
        writer = form.writer(Schema((field(kind),), built_in=False))
        if isinstance(writer, ColumnWriter):
            by_row = [writer.encode({"x": value}) for value in values]
            assert writer.encode_columns(found.columns) == by_row


@EVERY
def test_it_is_written_in_bulk_as_by_its_rule(kind: FieldType) -> None:
    table = Table(
        id=1,
        app_id="a",
        name="t",
        schema=Schema((field(kind),)),
        created_by=1,
        created_at=1,
        updated_at=1,
    )
    for form in FORMATS.values():
        if form.bulks is None or form.text_of:  # what is packed is read as a text of its own
            continue
        writer = form.writer(table.schema)
        rows = [writer.encode({"x": value}) for value in VALUES[kind]]
        text = writer.head() + writer.place(rows) + writer.tail()
        layout = form.inspect(text, whole=True, schema=table.schema)
        if layout.shape is Shape.ARRAY:
            continue
        (bulk,) = form.bulks([text[layout.start.offset :]], layout, layout.start)
        write = row_writer(table, layout, seed="s", user_id=1, now_ms=1)
        assert isinstance(bulk, Bulk)
        assert write
        for item, value in zip(write(bulk.rows, 1), VALUES[kind], strict=True):
            assert isinstance(item, str), f"{kind} is not plainly right in {form.name}"
            assert decode(msgspec.json.decode(item)["x"]) == value


@EVERY
def test_its_values_compare_and_sort_where_it_has_an_order(kind: FieldType) -> None:
    first, second = VALUES[kind]

    assert kind in COMPARABLE
    assert comparable(first, kind) != comparable(second, kind)
    equal = compile_where({"x": to_json(first, field(kind))}, Schema((field(kind),)))
    assert (equal({"x": first}), equal({"x": second})) == (True, False)
    if kind in ORDERED:
        assert (sortable(first, kind) < sortable(second, kind)) == (
            comparable(first, kind) < comparable(second, kind)
        )


@EVERY
def test_the_documents_name_it(kind: FieldType) -> None:
    api = Path(__file__).parents[3] / "docs" / "api.md"

    assert f"`{kind}`" in api.read_text("utf-8")
