"""Rows written in bulk beside rows made by the row rules: the same items, or left to the rules."""

import csv
import io
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.errors import InvalidRow
from ferry.files.bulks import Bulk
from ferry.files.entries import Layout
from ferry.files.formats import FORMATS
from ferry.imports.row_texts.bulk_texts import ItemText
from ferry.imports.row_texts.item_texts import row_writer
from ferry.records.places import is_displaced, place_item
from ferry.records.store import item
from ferry.tables.records import derived_id, new_record
from ferry.tables.rows import RowRules
from ferry.tables.schema import Constraints, Field, FieldType, Schema, Table
from tests.unit.goods import DECIMALS, FIELDS, GIVEN, INTEGERS, NESTED, TEXT

NOW = 1_700_000_000_123
SCHEMA = Schema(
    (
        Field(name="name", type=FieldType.STRING),
        Field(name="price", type=FieldType.NUMBER, default=1.5),
        Field(name="amount", type=FieldType.INTEGER, constraints=Constraints(required=True)),
        Field(name="on", type=FieldType.BOOLEAN, default=True),
        Field(name="desc", type=FieldType.ARRAY, items={"type": "string"}),
        Field(name="list", type=FieldType.ARRAY),
        Field(name="numbers", type=FieldType.ARRAY, items={"type": "number"}),
        Field(name="obj", type=FieldType.OBJECT),
        Field(name="geo", type=FieldType.GEOJSON),
        Field(name="due", type=FieldType.DATE),
        Field(name="owner", type=FieldType.REFERENCE, schema_name="users"),
        Field(name="photo", type=FieldType.FILE, default={"a": 1}),
        Field(name="code", type=FieldType.STRING, default='"c"'),
    )
)
TABLE = Table(
    id=12,
    app_id="app",
    name="goods",
    schema=SCHEMA,
    created_by=1,
    created_at=0,
    updated_at=0,
    shards=5,
    row_write_perm=("user:é",),
)
COLUMNS = [*SCHEMA.columns, "other"]

NUMBERS = st.sampled_from(
    [
        *["0", "-0", "1", "-1", "7.0", "1.50", "-1.50", "0.0", "-0.0", "0.1", "0.10", ".5", "5."],
        *["1e5", "1E-7", "0.000001", "0.0000012", "0.0000001", "007", "+1", "1_000", "1e999"],
        *["1e-999", "1e125", "1e126", "1e-130", "1e-131", "NaN", "Infinity", "٣", "0x10"],
        *["12345678901234567890", "1.0000000000000000000", "1000000000000000000000"],
        *["9" * 38, "1" + "0" * 38, "1.2345678901234567890123456789012345678"],
    ]
)
DATES = st.sampled_from(
    [
        *["2018-09-26", "2018-09-26T11:22:51+08:00", "2018-02-30", "2018-9-26", "2018-09-26T24:00"],
        *["20180926", "2018-W01-1", "2018-09-26T11:22:51.123456789Z", "2018-09-26T11:22:51Z"],
        "1537932171",
    ]
)
BOOLEANS = st.sampled_from(["true", "false", "TRUE", "False", "1", "0", "yes", "01", "on", "ſalse"])
JSON_TEXTS = st.sampled_from(
    [
        *['["a","b"]', '["a", 1]', "[]", "[ ]", "{}", '{"a":1}', '{"a" : 1}', '{"a":1,"a":2}'],
        *[
            '{"a":{"b":[1,{"b":2}]}}',
            '{"a":{"b":1,"b" :1}}',
            '{"a":"\\":"}',
            '{"a":"x","a":"\\":"}',
        ],
        *['{"":1}', '{"a":NaN}', '{"a":1e400}', '{"a":1.10}', '{"a":-0}', '{"a":1.0e2}', "null"],
        *['"text"', "12", "{", '["\\ud800"]', '["\\ud83d\\ude80"]', '{"a":01}', '["\\/"]'],
        *["[" * 31 + "]" * 31, "[" * 32 + "]" * 32, "[" * 33 + "]" * 33],
        *[
            '{"a":\t1}',
            '{"a"\t:1}',
            '{"a":1,"a"\t:1}',
            '{"b":" :"}',
            '{"a":[' + "[]," * 40 + "[]]}",
        ],
        *[f'{{"{"k" * 65_535}":1}}', f'{{"{"k" * 65_536}":1}}'],
        *[f'{{"a":"{"x" * 110_000}"}}', f'{{"a":"{"é" * 70_000}"}}'],
        *['{"type":"Point","coordinates":[1,2.50]}', '{"type":"Point","coordinates":["1"]}'],
        *['{"id":"abc","_table":"t"}', '{"id":36395395}', '{"id":1.0}', '{"id":null}'],
        *["1" * 39, "[%s]" % ("1" * 39), "[1e39]", "[" + "9" * 38 + "]", "[12345678901234567890]"],
    ]
)
TIMES = st.sampled_from(
    ["0", "1519538564", "100000000000", "-1", "2018-02-25T14:02:44+08:00", "1.0", "007"]
)
MORE = st.sampled_from(['"name":"x"', '"amount":1', '"new":{"a":1}'])
NUL = st.sampled_from(
    ["a\0b", "\0", '["\0"]', '["\\u0000"]', '{"\\u0000":1}', "\\u0000", '"\\u0000"']
)
ODD = NUL | NUMBERS | DATES | BOOLEANS | JSON_TEXTS | TIMES | TEXT
PLAIN = {
    "name": TEXT | NUL,
    "price": NUMBERS | DECIMALS.map(str),
    "amount": NUMBERS | INTEGERS.map(str),
    "on": BOOLEANS,
    "due": DATES,
    "created_at": TIMES,
    "updated_at": TIMES,
    "created_by": NUMBERS,
    "code": TEXT,
    "other": TEXT,
}
CELLS = st.fixed_dictionaries(
    {}, optional={name: PLAIN.get(name, JSON_TEXTS) | ODD for name in COLUMNS}
)


@st.composite
def json_rows(draw: st.DrawFn) -> str:
    """JSON objects, their members' texts drawn one by one, so that any may be odd."""
    members = draw(CELLS)
    texts = [
        f"{json.dumps(name)}{draw(st.sampled_from([':', ' :', ': ', ':']))}"
        f"{draw(st.sampled_from([text, json.dumps(text), json.dumps(text, ensure_ascii=False)]))}"
        for name, text in members.items()
    ]
    texts += draw(
        st.lists(st.sampled_from(['"name":"x"', '"amount":1', '"new":{"a":1}']), max_size=2)
    )
    return "{" + ",".join(texts) + "}"


def by_rules(name: str, values: dict[str, Any], number: int) -> dict[str, Any] | None:
    """Return the item that the row rules make, None if they refuse the row."""
    try:
        row = FORMATS[name].rows(RowRules(SCHEMA))(values)
        record_id = derived_id(NOW // 1000, "job", number)
        return item(TABLE, new_record(TABLE, row, record_id=record_id, user_id=3, now_ms=NOW))
    except InvalidRow:
        return None


def written_item(text: ItemText) -> dict[str, Any]:
    """Return the row's item, and see that it has a place if it needs one."""
    row = msgspec.json.decode(text if isinstance(text, str) else text.row)
    place = None if isinstance(text, str) else msgspec.json.decode(text.place)
    assert place == (place_item(row) if is_displaced(row) else None)
    return row


def both(name: str, data: bytes) -> list[tuple[dict[str, Any] | None, dict[str, Any] | None]]:
    """Return each row's item as it is written in bulk, and as the rules have it."""
    form = FORMATS[name]
    assert form.bulks
    layout = form.inspect(data, whole=False, schema=SCHEMA)
    write = row_writer(TABLE, layout, seed="job", user_id=3, now_ms=NOW)
    assert write
    found = []
    for record in form.bulks([data[layout.start.offset :]], layout, layout.start):
        if isinstance(record, Bulk):
            texts = write(record.rows, record.start.number + 1)
            entries = form.read([record.text], layout, record.start)
            for text, entry in zip(texts, entries, strict=True):
                expected = None if entry.error else by_rules(name, entry.cells, entry.number)
                found.append((text and written_item(text), expected))
    return found


@given(rows=st.lists(CELLS, min_size=1, max_size=4), columns=st.permutations(COLUMNS))
@settings(deadline=None, max_examples=100)
def test_cells_are_written_as_the_rules_would_or_not_at_all(
    rows: list[dict[str, str]], columns: list[str]
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NOTNULL)
    writer.writerows([columns, *([row.get(name) for name in columns] for row in rows)])

    for written, expected in both("csv", text.getvalue().encode("utf-8", "replace")):
        assert written in (None, expected)


@given(rows=st.lists(json_rows(), min_size=1, max_size=4))
@settings(deadline=None, max_examples=100)
def test_members_are_written_as_the_rules_would_or_not_at_all(rows: list[str]) -> None:
    data = "\n".join(['{"amount":1,"other":{}}', *rows, ""])

    for written, expected in both("jsonl", data.encode("utf-8", "replace")):
        assert written in (None, expected)


@pytest.mark.parametrize("name", ["csv", "jsonl"])
@given(rows=st.lists(st.tuples(FIELDS, GIVEN), min_size=1, max_size=3), nested=NESTED)
@settings(deadline=None, max_examples=100)
def test_exported_rows_are_written_as_the_rules_would(name: str, rows: Any, nested: Any) -> None:
    form = FORMATS[name]
    writer = form.writer(SCHEMA)
    records = [{"list": [nested], **fields, **given} for fields, given in rows]
    data = writer.head() + writer.place(list(map(writer.encode, records))) + writer.tail()

    for written, expected in both(name, data):
        assert written in (None, expected)


PLAIN_CSV = (
    "name,price,amount,on,desc,list,obj,due,created_at,code\r\n"
    '"a ""b"", c",19.50,7,TRUE,"[""x"", ""y:z""]","[1, {""a"": null}]","{""k"": ""v""}",'
    "2018-09-26,1519538564,\r\n"
    'é漢🚀,,-7,0,[],[],{},,,""\r\n'
)
PLAIN_JSON = (
    '{"name":"a \\"b\\": c","price":19.50,"amount":7,"on":true,"desc":["x","y:z"],'
    '"list":[1,2.50,{"a":null}],"obj":{"k":"v :"},"due":"2018-09-26T11:22:51Z","code":null}\n'
    '{"amount":-7}\n'
)


@pytest.mark.parametrize(("name", "text"), [("csv", PLAIN_CSV), ("jsonl", PLAIN_JSON)])
def test_ordinary_rows_are_not_left_to_the_rules(name: str, text: str) -> None:
    rows = both(name, text.encode())

    assert len(rows) == 2
    for written, expected in rows:
        assert written == expected is not None


def test_a_row_is_left_to_the_rules_where_the_file_has_another_shape() -> None:
    layout = FORMATS["json"].inspect(b'[{"amount":1}]', whole=True, schema=SCHEMA)

    assert row_writer(TABLE, layout, seed="job", user_id=3, now_ms=NOW) is None


def test_a_file_of_many_columns_is_written_in_bulk() -> None:
    schema = Schema(tuple(Field(name=f"f{n}", type=FieldType.STRING) for n in range(500)))
    table = msgspec.structs.replace(TABLE, schema=schema)
    header = ",".join(schema.names)
    layout: Layout = FORMATS["csv"].inspect(f"{header}\n".encode(), whole=True, schema=schema)
    write = row_writer(table, layout, seed="job", user_id=3, now_ms=NOW)
    assert write

    (text,) = write([[str(n) for n in range(500)]], 1)

    assert text
    assert msgspec.json.decode(text)["f499"] == {"S": "499"}
