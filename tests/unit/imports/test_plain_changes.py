"""Rows of attached tables in bulk beside the row rules: the same of every row, or left to them."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.errors import InvalidRow
from ferry.files.formats import FORMATS
from ferry.imports.conflicts import CHANGING
from ferry.imports.journal.swap import same_items
from ferry.imports.sinks.attached_items import AttachedItems
from ferry.imports.sinks.plain_changes import PlainChanges
from ferry.imports.sinks.plain_rows import PlainRows
from ferry.tables.attachment import Attachment
from ferry.tables.schema import Constraints, Field, FieldType, Schema
from tests.unit.imports.test_attached_items import ITEMS, TYPES

ATTACHED = Attachment(table="orders", keys=("key",))
KEY = Field(name="key", type=FieldType.STRING, constraints=Constraints(required=True))
FIELDS = [Field(name=kind.value, type=kind) for kind in TYPES]
DEFAULT = Field(name="state", type=FieldType.STRING, default="open")
PLAIN = Schema((KEY, *FIELDS), built_in=False)
CELLS = {
    FieldType.STRING: ["", '""', "a", "12", " a"],
    FieldType.INTEGER: ["", "7", "12", "12.0", "x"],
    FieldType.NUMBER: ["", "1.5", "1.50", "12", "1e2"],
    FieldType.BOOLEAN: ["", "true", "1", "FALSE"],
    FieldType.DATE: ["", "2026-01-02", "2026-01-02T00:00:00Z", "12"],
    FieldType.ARRAY: ["", '"[""a"",""b""]"', "[1]"],
    FieldType.OBJECT: ["", '"{""a"":1}"'],
}
OLD = {
    FieldType.STRING: [{"S": "a"}, {"S": "12"}, {"N": "12"}, {"NULL": True}],
    FieldType.INTEGER: [{"N": "7"}, {"N": "12"}, {"S": "12"}, {"NULL": True}],
    FieldType.NUMBER: [{"N": "1.50"}, {"N": "100"}, {"S": "1.50"}],
    FieldType.BOOLEAN: [{"BOOL": True}, {"S": "true"}, {"BOOL": False}],
    FieldType.DATE: [{"S": "2026-01-02"}, {"S": "12"}, {"N": "12"}],
    FieldType.ARRAY: [{"SS": ["b", "a"]}, {"L": [{"S": "a"}, {"S": "b"}]}, {"L": [{"N": "1.0"}]}],
    FieldType.OBJECT: [{"M": {"a": {"N": "1"}}}, {"M": {"a": {"S": "1"}}}, {"S": '{"a":1}'}],
}
KINDS = st.tuples(*(st.sampled_from(CELLS[kind]) for kind in TYPES))
OLD_ITEMS = st.fixed_dictionaries(
    {"key": st.just({"S": "k"})},
    optional={
        **{kind.value: st.sampled_from(OLD[kind]) for kind in TYPES},
        "state": st.sampled_from([{"S": "open"}, {"S": "shut"}]),
        "ours": st.just({"B": "AA=="}),
    },
)


def bulk_of(text, schema, conflict, name="csv"):
    form = FORMATS[name]
    layout = form.inspect(text, whole=True, schema=schema)
    rows = PlainRows(form, layout, ATTACHED, schema, conflict)
    (bulk,) = form.bulks([text[layout.start.offset :]], layout, layout.start)
    return form, layout, rows, rows.of(bulk)


def made_by_rules(items, conflict, cells, old):
    try:
        return (items.changed if conflict in CHANGING else items.whole)(cells, old)
    except InvalidRow:
        return None


@pytest.mark.parametrize("conflict", ["upsert", "skip"])
@pytest.mark.parametrize("fields", [FIELDS, [*FIELDS, DEFAULT]], ids=["plain", "with a default"])
@settings(max_examples=150)
@given(cells=KINDS, old=OLD_ITEMS | ITEMS)
def test_plain_rows_make_what_the_rules_make(conflict, fields, cells, old):
    schema = Schema((KEY, *fields), built_in=False)
    text = f"key,{','.join(field.name for field in FIELDS)}\nk,{','.join(cells)}\n".encode()
    form, layout, _, (row,) = bulk_of(text, schema, conflict)
    if row is None:
        return
    plain = PlainChanges(schema, ["key"], layout)
    made = json.loads(row.text)
    found = (plain.changed if conflict in CHANGING else plain.alone)(made, old)

    by_rules = made_by_rules(AttachedItems(schema, ["key"], form), conflict, row.entry.cells(), old)
    assert found is None or same_items(found, by_rules)


@pytest.mark.parametrize("conflict", ["upsert", "skip"])
def test_an_edited_number_and_an_emptied_text_need_no_rules(conflict):
    text = b"key,number,string\nk,2.50,\n"
    _, layout, _, (row,) = bulk_of(text, PLAIN, conflict)
    plain = PlainChanges(PLAIN, ["key"], layout)
    old = {"key": {"S": "k"}, "number": {"N": "2"}, "string": {"S": "a"}}

    find = plain.changed if conflict in CHANGING else plain.alone
    assert find(json.loads(row.text), old) == {"key": {"S": "k"}, "number": {"N": "2.5"}}
    same = {"key": {"S": "k"}, "number": {"N": "2.5"}}
    assert find(json.loads(row.text), same) is same


@pytest.mark.parametrize(
    ("name", "end"), [("csv", b"k,1\n"), ("jsonl", b'{"key":"k","number":1}\n')]
)
def test_rows_know_their_key_and_their_cells(name, end):
    text = (b"key,number\n" if name == "csv" else b"") + end
    *_, (row,) = bulk_of(text, PLAIN, "skip", name)

    assert row.key == {"key": "k"}
    assert row.entry.number == 1
    assert row.entry.read().original == end.strip()
    assert row.entry.cells() == row.entry.read().cells


@pytest.mark.parametrize("line", [b",1", b"k,x", b"k" * 2049 + b",1"])
def test_what_is_not_plainly_right_is_left_to_the_rules(line):
    *_, rows = bulk_of(b"key,number\nok,1\n%b\n" % line, PLAIN, "skip")

    assert [row and row.key["key"] for row in rows] == ["ok", None]


def test_a_default_that_the_file_does_not_give_changes_nothing():
    schema = Schema((KEY, DEFAULT, *FIELDS), built_in=False)
    *_, rows, (row,) = bulk_of(b"key,number\nk,1\n", schema, "upsert")

    assert json.loads(row.text) == {"key": {"S": "k"}, "number": {"N": "1"}}
    assert not rows.may_be_new
    *_, rows, (row,) = bulk_of(b"key,number\nk,1\n", schema, "skip")
    assert json.loads(row.text)["state"] == {"S": "open"}
    assert rows.may_be_new


@pytest.mark.parametrize("conflict", ["merge", "delete"])
def test_modes_whose_rows_are_not_whole_are_left_to_the_rules(conflict):
    *_, rows, found = bulk_of(b"key,number\nk,1\n", PLAIN, conflict)

    assert not rows.takes_bulks
    assert found == [None]
