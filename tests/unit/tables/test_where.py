import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.errors import Malformed
from ferry.tables.schema import Field, FieldType, Schema
from ferry.tables.where import MAX_DEPTH, MAX_TESTS, compile_where

SCHEMA = Schema(
    (
        Field(name="name", type=FieldType.STRING),
        Field(name="price", type=FieldType.NUMBER),
        Field(name="amount", type=FieldType.INTEGER),
        Field(name="on", type=FieldType.BOOLEAN),
        Field(name="tags", type=FieldType.ARRAY, items={"type": "string"}),
        Field(name="mixed", type=FieldType.ARRAY),
        Field(name="obj", type=FieldType.OBJECT),
        Field(name="geo", type=FieldType.GEOJSON),
        Field(name="due", type=FieldType.DATE),
        Field(name="owner", type=FieldType.POINTER),
    )
)
ROW = {
    "id": "5a9237420000000000000001",
    "created_by": 7,
    "created_at": 1519538564,
    "updated_at": 1519538565,
    "name": "Blue Straße",
    "price": Decimal("19.5"),
    "amount": 1582917533873852417,
    "on": False,
    "tags": ["new", "red"],
    "mixed": [1, "one", True, {"a": 1}, ["x"], None],
    "obj": {"a": 1, "b": [True]},
    "geo": {"type": "Point", "coordinates": [10, 8]},
    "due": "2018-09-26T11:22:51.100000+08:00",
    "owner": {"id": "5baafb9061235656789abcde", "_table": "users"},
    "read_perm": ["user:*"],
    "write_perm": [],
}
POINT = {"type": "Point", "coordinates": [10, 8]}


def meets(where, row=ROW):
    return compile_where(where, SCHEMA)(row)


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"price": Decimal("19.50")},
        {"price": {"$eq": Decimal("19.5"), "$ne": 20}},
        {"price": {"$gt": 19, "$lt": 20}},
        {"price": {"$gte": Decimal("19.5"), "$lte": Decimal("19.5")}},
        {"price": {"$range": [Decimal("19.5"), 30]}},
        {"amount": 1582917533873852417},
        {"amount": {"$lt": Decimal("1582917533873852417.5")}},
        {"on": False},
        {"on": {"$lt": True}},
        {"name": {"$contains": "Blue"}},
        {"name": {"$icontains": "STRASSE"}},
        {"name": {"$regex": "^Blue .*e$"}},
        {"name": {"$regex": "(?i)blue"}},
        {"name": {"$in": ["x", "Blue Straße"], "$nin": ["y", None]}},
        {"name": {"$isnull": False, "$exists": True}},
        {"due": "2018-09-26T03:22:51.1Z"},
        {"due": {"$lt": "2018-09-26T03:22:51.100001"}},
        {"due": {"$range": ["2018-09-26", "2018-09-27"]}},
        {"owner": "5baafb9061235656789abcde"},
        {"owner": {"id": "5baafb9061235656789abcde", "_table": "users"}},
        {"owner": {"$in": ["a", "5baafb9061235656789abcde"]}},
        {"tags": "new"},
        {"tags": ["new", "red"]},
        {"tags": {"$in": ["old", "red"]}},
        {"tags": {"$ne": "old"}},
        {"tags": {"$contains": "e"}},
        {"mixed": 1},
        {"mixed": True},
        {"mixed": {"$eq": {"a": 1}}},
        {"mixed": {"$eq": ["x"]}},
        {"mixed": {"$gte": "one"}},
        {"obj": {"b": [True], "a": 1}},
        {"geo": POINT},
        {"created_at": {"$range": [1519538564, 1519640477]}},
        {"id": {"$gt": "5a92"}},
        {"read_perm": "user:*"},
        {"$or": [{"price": 1}, {"on": False}]},
        {"$and": [{"price": {"$gt": 1}}, {"$or": [{"name": "x"}, {"tags": "red"}]}]},
    ],
    ids=str,
)
def test_a_row_meets(where):
    assert meets(where)


@pytest.mark.parametrize(
    "where",
    [
        {"price": 19},
        {"price": {"$ne": Decimal("19.5")}},
        {"price": {"$gt": 19, "$lt": 19}},
        {"price": {"$range": [20, 30]}},
        {"name": {"$contains": "blue"}},
        {"name": {"$regex": "^Straße"}},
        {"on": True},
        {"due": {"$lt": "2018-09-26T03:22:51.1Z"}},
        {"tags": ["red", "new"]},
        {"tags": {"$ne": "new"}},
        {"tags": {"$nin": ["red"]}},
        {"mixed": {"$eq": False}},
        {"obj": {"a": 1}},
        {"obj": {"a": True, "b": [True]}},
        {"name": None},
        {"name": {"$exists": False}},
        {"write_perm": "user:*"},
        {"$or": [{"price": 1}, {"on": True}]},
        {"$and": [{"on": False}, {"price": 1}]},
    ],
    ids=str,
)
def test_a_row_does_not_meet(where):
    assert not meets(where)


@pytest.mark.parametrize("column", ["name", "price", "tags", "due", "owner"])
def test_a_missing_value_is_null_and_passes_no_comparison(column):
    operand = {"price": 1, "due": "2018-09-26"}.get(column, "x")

    assert meets({column: None}, {})
    assert meets({column: {"$isnull": True, "$exists": False}}, {})
    assert meets({column: {"$ne": operand, "$nin": [operand]}}, {})
    assert meets({column: {"$in": [operand, None]}}, {})
    assert not meets({column: {"$eq": operand}}, {})
    if column != "owner":
        assert not meets({column: {"$gte": operand}}, {})
        assert not meets({column: {"$lte": operand}}, {})


def test_a_value_that_is_older_than_the_schema_equals_nothing_and_harms_nothing():
    row = ROW | {"price": "cheap", "on": 1, "due": "soon", "tags": "new", "owner": [1], "name": 5}

    for column, operand in {"price": 1, "on": True, "due": "2018-09-26", "name": "5"}.items():
        assert not meets({column: {"$gte": operand}}, row)
        assert meets({column: {"$ne": operand, "$isnull": False}}, row)
    assert not meets({"owner": "1"}, row)
    assert not meets({"name": {"$contains": "5"}}, row)


@pytest.mark.parametrize(
    ("where", "named"),
    [
        ("price > 1", "where"),
        ('{"price":1}', "where"),
        ([], "where"),
        (None, "where"),
        ({"prices": 1}, "prices"),
        ({"price": {"$above": 1}}, "price: $above"),
        ({"geo": {"$within": POINT}}, "geo: $within"),
        ({"price": {"$gt": 1, "lt": 5}}, "price: lt"),
        ({"$not": [{"price": 1}]}, "$not"),
        ({"$and": {"price": 1}}, "$and"),
        ({"$or": []}, "$or"),
        ({"$or": [1]}, "where"),
        ({"price": "1"}, "price: $eq"),
        ({"price": {"$gt": True}}, "price: $gt"),
        ({"price": {"$gt": None}}, "price: $gt"),
        ({"price": {"$in": 1}}, "price: $in"),
        ({"price": {"$in": [1, "2"]}}, "price: $in"),
        ({"price": {"$range": [1]}}, "price: $range"),
        ({"price": {"$range": [1, "2"]}}, "price: $range"),
        ({"price": {"$contains": "1"}}, "price: $contains"),
        ({"price": {"$regex": "1"}}, "price: $regex"),
        ({"price": {"$isnull": 1}}, "price: $isnull"),
        ({"price": {"$exists": "true"}}, "price: $exists"),
        ({"name": 5}, "name: $eq"),
        ({"name": {"$contains": 5}}, "name: $contains"),
        ({"name": "\ud800"}, "name: $eq"),
        ({"on": 1}, "on: $eq"),
        ({"due": "tomorrow"}, "due: $eq"),
        ({"due": 1519538564}, "due: $eq"),
        ({"due": {"$contains": "2018"}}, "due: $contains"),
        ({"owner": {"$gt": "a"}}, "owner: $gt"),
        ({"obj": {"$lt": {"a": 1}}}, "obj: $lt"),
        ({"obj": 1}, "obj: $eq"),
        ({"tags": 1}, "tags: $eq"),
        ({"tags": {"$gt": ["a"]}}, "tags: $gt"),
        ({"created_at": "2018-09-26"}, "created_at: $eq"),
        ({"name": {"$regex": "["}}, "name: $regex"),
        ({"name": {"$regex": r"(a)\1"}}, "name: $regex"),
        ({"name": {"$regex": "(?=a)"}}, "name: $regex"),
        ({"name": {"$regex": "((a{100}){100}){100}"}}, "name: $regex"),
        ({"name": {"$regex": "a" * 501}}, "name: $regex"),
    ],
    ids=str,
)
def test_what_is_not_a_condition_is_refused_by_name(where, named):
    with pytest.raises(Malformed, match=re.escape(named)):
        compile_where(where, SCHEMA)


def test_a_condition_is_bounded_in_depth_and_size():
    deep = {"price": 1}
    for _ in range(MAX_DEPTH):
        deep = {"$and": [deep]}
    compile_where(deep, SCHEMA)
    compile_where({"$or": [{"price": n} for n in range(MAX_TESTS)]}, SCHEMA)

    with pytest.raises(Malformed, match=f"at most {MAX_DEPTH} levels"):
        compile_where({"$or": [deep]}, SCHEMA)
    with pytest.raises(Malformed, match=f"at most {MAX_TESTS} operators"):
        compile_where({"$or": [{"price": n} for n in range(MAX_TESTS + 1)]}, SCHEMA)


def test_no_pattern_takes_long():
    evil = compile_where({"name": {"$regex": "(a*)*(a|aa)+a*a*a*$"}}, SCHEMA)

    assert not evil({"name": "a" * 300_000 + "b"})


numbers = st.integers(-3, 3) | st.sampled_from([Decimal("0.5"), Decimal("-2.5"), Decimal("1E+3")])
rows = st.fixed_dictionaries(
    {}, optional={"price": numbers, "name": st.text("aAbß", max_size=3), "on": st.booleans()}
)
NAIVE = {
    "$eq": lambda value, operand: value == operand,
    "$ne": lambda value, operand: value != operand,
    "$lt": lambda value, operand: value is not None and value < operand,
    "$lte": lambda value, operand: value is not None and value <= operand,
    "$gt": lambda value, operand: value is not None and value > operand,
    "$gte": lambda value, operand: value is not None and value >= operand,
}
OPERANDS = {"price": numbers, "name": st.text("aAbß", max_size=3), "on": st.booleans()}


@st.composite
def conditions(draw):
    column = draw(st.sampled_from(sorted(OPERANDS)))
    return {column: {draw(st.sampled_from(sorted(NAIVE))): draw(OPERANDS[column])}}


nested = st.recursive(
    conditions(),
    lambda inner: st.builds(
        lambda join, branches: {join: branches},
        st.sampled_from(["$and", "$or"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=8,
)


def naive(where, row):
    ((key, value),) = where.items()
    if key == "$and":
        return all(naive(branch, row) for branch in value)
    if key == "$or":
        return any(naive(branch, row) for branch in value)
    ((operator, operand),) = value.items()
    return NAIVE[operator](row.get(key), operand)


@given(nested, rows)
def test_a_condition_holds_as_its_plain_reading_does(where, row):
    assert meets(where, row) == naive(where, row)
