"""DynamoDB JSON: what each type of value becomes, and that nothing of an attached row is lost."""

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.exports.stored_items import StoredItems
from ferry.files.dynamodb.attribute_values import untyped
from ferry.files.formats import DYNAMODB, FORMATS, of_file
from ferry.files.incoming import stem
from ferry.imports.journal.swap import same_items
from ferry.imports.sinks.attached_items import AttachedItems
from ferry.tables.columns import Column, Nested, Numbers, Others, Texts
from ferry.tables.schema import Field, FieldType, Schema
from tests.unit.files.files import entries
from tests.unit.goods import GOODS

EVERY: dict[str, Any] = {
    "S": {"S": 'a "漢",\r\n\\'},
    "N": {"N": "-0.12345678901234567890123456789012345678"},
    "B": {"B": "AP8="},
    "BOOL": {"BOOL": False},
    "NULL": {"NULL": True},
    "L": {"L": [{"B": "/w=="}, {"NULL": True}, {"M": {"tags": {"SS": ["b", "a"]}}}, {"S": ""}]},
    "M": {"M": {"a b": {"NS": ["1", "2.5"]}, "deep": {"L": [{"BS": ["AA==", "/w=="]}]}}},
    "SS": {"SS": ["b", "a"]},
    "NS": {"NS": ["3", "1e2"]},
    "BS": {"BS": ["AA=="]},
}
STORED: dict[str, Any] = {
    "S": FieldType.STRING,
    "N": FieldType.NUMBER,
    "B": FieldType.STRING,
    "BOOL": FieldType.BOOLEAN,
    "NULL": FieldType.STRING,
    "L": FieldType.ARRAY,
    "M": FieldType.OBJECT,
    "SS": FieldType.ARRAY,
    "NS": FieldType.ARRAY,
    "BS": FieldType.ARRAY,
}
ATTACHED = Schema(
    tuple(Field(name=name, type=kind) for name, kind in STORED.items()), built_in=False
)
BAD: list[Any] = [
    {"S": 5},
    {"N": 5},
    {"N": "1_000"},
    {"N": "NaN"},
    {"N": " 1"},
    {"B": "?"},
    {"BOOL": "false"},
    {"NULL": False},
    {"SS": []},
    {"SS": ["a", "a"]},
    {"NS": ["1", "1.0"]},
    {"NS": ["x"]},
    {"L": [5]},
    {"M": {"a": {"X": "1"}}},
    {"S": "a", "N": "1"},
    {},
    "a",
]

leaves = st.one_of(
    st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])).map(
        lambda text: {"S": text}
    ),
    st.decimals(-(10**9), 10**9, places=5).map(lambda number: {"N": str(number)}),
    st.booleans().map(lambda flag: {"BOOL": flag}),
    st.just({"NULL": True}),
    st.sampled_from([EVERY["B"], EVERY["SS"], EVERY["NS"], EVERY["BS"]]),
)
names = st.text("ab.é ", min_size=1, max_size=3)
nested = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda values: {"L": values}),
        st.dictionaries(names, inner, max_size=3).map(lambda members: {"M": members}),
    ),
    max_leaves=8,
)


def written(item: dict[str, Any], schema: Schema = ATTACHED) -> dict[str, Any]:
    """Return what a new row becomes of the line that an export has of an item."""
    line = StoredItems((), ()).line(msgspec.Raw(json.dumps(item, indent=1).encode()))
    assert b"\n" not in line
    (entry,) = entries("dynamodb", line + b"\n", schema=schema)
    assert entry.error is None, entry.error
    items = AttachedItems(schema, ("S",), DYNAMODB, exact=True)
    return dict(items.new(entry.cells))


@pytest.mark.parametrize("kind", EVERY)
def test_a_value_of_every_type_comes_back_as_it_was(kind):
    item = {"S": {"S": "key"}, kind: EVERY[kind]}

    assert same_items(written(item), item)


@settings(deadline=None, max_examples=60)
@given(
    st.fixed_dictionaries(
        {"S": st.just({"S": "key"})},
        optional={
            "L": st.lists(nested, max_size=3).map(lambda values: {"L": values}),
            "M": st.dictionaries(names, nested, max_size=3).map(lambda members: {"M": members}),
        },
    )
)
def test_nested_values_keep_their_types_at_any_depth(item):
    assert same_items(written(item), item)


def test_a_value_may_be_as_deep_as_dynamodb_has_it():
    value: dict[str, Any] = {"SS": ["a"]}
    for _ in range(29):
        value = {"L": [value]}
    item = {"S": {"S": "key"}, "M": {"M": {"a": value}}}

    assert same_items(written(item), item)


def test_a_type_that_the_schema_does_not_say_is_a_fault_of_its_row():
    schema = Schema(
        (
            Field(name="S", type=FieldType.STRING),
            Field(name="tags", type=FieldType.ARRAY, stored="SS"),
        ),
        built_in=False,
    )
    key = {"S": {"S": "key"}}

    assert written({**key, "tags": {"SS": ["a"]}}, schema)["tags"] == {"SS": ["a"]}
    with pytest.raises(Exception, match=r"must be of DynamoDB's type SS.*the file has L"):
        written({**key, "tags": {"L": [{"S": "a"}]}}, schema)


@pytest.mark.parametrize("value", BAD, ids=str)
def test_what_dynamodb_does_not_take_fails_its_row_alone(value):
    good = {"Item": {"S": {"S": "key"}}}
    lines = [good, {"Item": {"S": {"S": "key"}, "L": value}}, good]
    text = b"".join(json.dumps(line).encode() + b"\n" for line in lines)

    found = entries("dynamodb", text, schema=ATTACHED)

    assert [entry.error and entry.error.field for entry in found] == [None, "L", None]


def test_an_own_table_reads_binary_data_as_text_and_sets_as_lists():
    row = untyped({"a": {"B": "AA=="}, "b": {"NS": ["1", "2.5"]}})

    assert row == {"a": "AA==", "b": [1, Decimal("2.5")]}
    assert [type(value) for value in row.values()] == [str, list]


def test_columns_may_be_chosen_of_items_as_they_are_stored():
    item = msgspec.Raw(b'{"a":{"S":"x"},"secret":{"N":"1.50"},"b":{"SS":["b","a"]}}')

    assert StoredItems(("a",), ()).line(item) == b'{"Item":{"a":{"S":"x"}}}'
    assert StoredItems((), ("a",)).line(item) == (
        b'{"Item":{"secret":{"N":"1.50"},"b":{"SS":["b","a"]}}}'
    )


def test_files_of_plain_json_are_read_under_any_name():
    schema = Schema((Field(name="a", type=FieldType.STRING),), built_in=False)

    (entry,) = entries("dynamodb", b'{"a":"x"}\n', schema=schema)

    assert entry.cells == {"a": "x"}


def test_the_longest_suffix_names_the_format():
    assert of_file("a.DynamoDB.json") is DYNAMODB
    assert of_file("dynamodb.json") is FORMATS["json"]
    assert of_file(".dynamodb.json") is FORMATS["json"]
    assert stem("a.b.dynamodb.json.gz") == "a.b"


@pytest.mark.parametrize("record", [{}, {"id": "5baafb9061235656789abcde"}], ids=str)
def test_a_row_without_a_value_stays_a_row(record):
    writer = DYNAMODB.writer(GOODS)
    line = writer.place([writer.encode(record)])
    columns = [Texts([record.get(name)]) for name in GOODS.columns]

    assert writer.place(writer.encode_columns(columns)) == line
    (entry,) = entries("dynamodb", line)
    assert (entry.error, entry.cells.get("created_by", "")) == (None, None)


def test_rows_by_columns_are_the_same_as_one_by_one():
    names = ("name", "amount", "on", "obj", "owner")
    writer = DYNAMODB.writer(GOODS, heads={name: name for name in names})
    rows: list[dict[str, Any]] = [
        {"name": 'a"漢\n', "amount": 10**37, "on": False, "obj": {"a": [1, None]}},
        {"name": "null", "owner": {"id": "1", "_table": "_userprofile"}},
    ]
    columns: list[Column] = [
        Texts([rows[0]["name"], "null"]),
        Numbers([str(10**37), None]),
        Others([False, None], {False: False, None: None}),
        Nested(['{"a":[1,null]}', "null"]),
        Others(["", "1"], {"": None, "1": rows[1]["owner"]}),
    ]

    assert writer.encode_columns(columns) == list(map(writer.encode, rows))


@pytest.mark.parametrize("digits", ["9" * 38, "-" + "9" * 38, "1" + "0" * 37, "5" * 30])
def test_integers_of_38_digits_stay_integers(digits: str) -> None:
    (found,) = untyped({"n": {"N": digits}}).values()

    assert (type(found), found) == (int, int(digits))
