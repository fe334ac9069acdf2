"""What writes the rows of one import."""

from json.encoder import encode_basestring as quote

import msgspec

from ferry.aws.attributes import AttributeValue, Item, encode_item
from ferry.errors import InvalidRow
from ferry.files.entries import Layout, Shape
from ferry.imports.row_texts.code import Column, Frame, WriteRows, from_cells, from_lines
from ferry.imports.row_texts.columns import built_in_writing, writing
from ferry.records.store import item
from ferry.tables.records import (
    ID,
    ORDER,
    PARTITION,
    derived_ids,
    new_record,
    order_key,
    shard_partition,
)
from ferry.tables.rows import Row, RowRules
from ferry.tables.schema import BUILT_IN_COLUMNS, Field, FieldType, Schema, Table

_MOST_COLUMNS = 1_000
"""A table has 500 fields at most; compiling code for 100,000 columns would take over 60 MB."""


def row_writer(
    table: Table, layout: Layout, *, seed: str, user_id: int, now_ms: int
) -> WriteRows | None:
    """Return what writes the new rows of a file, None where rows are better read one by one.

    That is so for what is neither CSV nor JSON Lines, and for files of very many columns.

    Args:
        table: where the rows go.
        layout: of the file.
        seed: what the ids derive from, with the numbers of the rows.
        user_id: who is their creator.
        now_ms: when they are created, Unix milliseconds.

    """
    if layout.shape not in {Shape.CSV, Shape.LINES} or len(layout.columns) > _MOST_COLUMNS:
        return None
    by_cells = layout.shape is Shape.CSV
    same = _same_in_all(table, user_id, now_ms)
    fields = [_field(field, by_cells=by_cells) for field in table.schema.fields]
    built_in = [
        _built_in(name, _member(name, same.pop(name)))
        for name in sorted(BUILT_IN_COLUMNS - {"id"})
        if not by_cells or name in layout.columns
    ]
    frame = Frame(
        new_id=derived_ids(now_ms // 1000, seed),
        heads=[_head(table, shard) for shard in range(table.shards)],
        order=f'"}},{quote(ORDER)}:{{"S":"',
        created_at=order_key(now_ms // 1000),
        tail=f'"}}{"".join(_member(name, value) for name, value in same.items())}',
    )
    if by_cells:
        return from_cells(fields + built_in, layout.columns, frame)
    return from_lines(fields + built_in, ("id", *layout.ignored), frame)


def _same_in_all(table: Table, user_id: int, now_ms: int) -> Item:
    """Return the attributes of a row that gives nothing, but for those that tell its place."""
    record = new_record(table, Row({}, {}), record_id="", user_id=user_id, now_ms=now_ms)
    stored = item(table, record)
    return {name: stored[name] for name in stored if name not in {PARTITION, ID, ORDER}}


def _field(field: Field, *, by_cells: bool) -> Column:
    rules = RowRules(Schema((field,)))
    try:
        absent = rules.from_cells({}) if by_cells else rules.from_json({})
    except InvalidRow:
        text = None
    else:
        text = "".join(_member(name, value) for name, value in encode_item(absent.fields).items())
    return Column(
        field.name,
        *writing(field),
        absent=text,
        null=None if field.constraints.required else "",
        takes_empty=field.type is FieldType.STRING,
    )


def _built_in(name: str, otherwise: str) -> Column:
    orders = name == "created_at"
    return Column(name, *built_in_writing(name), absent=otherwise, null=otherwise, orders=orders)


def _head(table: Table, shard: int) -> str:
    partition = quote(shard_partition(table, shard))
    return f'{{{quote(PARTITION)}:{{"S":{partition}}},{quote(ID)}:{{"S":"'


def _member(name: str, value: AttributeValue) -> str:
    return f",{quote(name)}:{msgspec.json.encode(value).decode()}"
