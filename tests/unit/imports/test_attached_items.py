"""Items of attached tables, exported and brought back: every DynamoDB type stays as it is."""

from base64 import b64encode
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.aws.attributes import decode_item, encode
from ferry.errors import InvalidRow
from ferry.files.formats import FORMATS
from ferry.imports.sinks.attached_items import AttachedItems
from ferry.tables.schema import Constraints, Field, FieldType, Schema

TYPES = [
    FieldType.STRING,
    FieldType.INTEGER,
    FieldType.NUMBER,
    FieldType.BOOLEAN,
    FieldType.DATE,
    FieldType.ARRAY,
    FieldType.OBJECT,
]
FIELDS = {kind.value: Field(name=kind.value, type=kind) for kind in TYPES}
KEY = Field(name="key", type=FieldType.STRING, constraints=Constraints(required=True))
SCHEMA = Schema((KEY, *FIELDS.values()), built_in=False)
TEXT_FORMATS = [form for form in FORMATS.values() if not (form.text_of or form.has_types)]
"""Those with types are in tests/unit/files/test_dynamodb_items.py."""
NUMBERS = st.integers(-(10**30), 10**30) | st.decimals(-1000, 1000, places=3).map(
    lambda n: Decimal(str(n)).normalize() + 0
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9)
BYTES = st.binary(max_size=5).map(lambda data: b64encode(data).decode())


def number(value):
    return {"N": encode(value)["N"]}


PLAIN = (
    TEXTS.map(lambda text: {"S": text})
    | NUMBERS.map(number)
    | st.booleans().map(lambda flag: {"BOOL": flag})
    | st.just({"NULL": True})
    | BYTES.map(lambda data: {"B": data})
    | st.sets(TEXTS, min_size=1, max_size=3).map(lambda texts: {"SS": list(texts)})
    | st.sets(st.integers(-99, 99), min_size=1, max_size=3).map(
        lambda numbers: {"NS": [str(n) for n in numbers]}
    )
    | st.sets(BYTES, min_size=1, max_size=3).map(lambda values: {"BS": list(values)})
)
ATTRIBUTES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda values: {"L": values})
        | st.dictionaries(TEXTS, inner, max_size=3).map(lambda members: {"M": members})
    ),
    max_leaves=6,
)
ITEMS = st.dictionaries(st.sampled_from([*FIELDS]), ATTRIBUTES).map(
    lambda attributes: {"key": {"S": "k"}, **attributes}
)


def items(form):
    return AttachedItems(SCHEMA, ["key"], form)


def brought_back(form, item):
    """Return the cells of the item's row in a file of the format."""
    columns = {name: value for name, value in decode_item(item).items() if name in SCHEMA.names}
    writer = form.writer(SCHEMA)
    text = writer.head() + writer.place([writer.encode(columns)]) + writer.tail()
    layout = form.inspect(text, whole=True, schema=SCHEMA)
    (entry,) = form.read([text[layout.start.offset :]], layout, layout.start)
    assert entry.error is None
    return entry.cells


@pytest.mark.parametrize("form", TEXT_FORMATS, ids=lambda form: form.name)
@given(item=ITEMS)
def test_a_row_that_comes_back_unchanged_changes_nothing_whatever_its_types(form, item):
    other = {"not in the schema": {"BS": ["AA=="]}}
    cells = brought_back(form, item)

    assert items(form).changed(cells, {**item, **other}) == {**item, **other}
    assert items(form).whole(cells, item) == item


@pytest.mark.parametrize("form", TEXT_FORMATS, ids=lambda form: form.name)
def test_what_is_edited_beside_what_breaks_a_rule_is_written(form):
    item = {
        "key": {"S": "k"},
        "number": {"S": "n/a"},
        "array": {"SS": ["a", "b"]},
        "string": {"B": "AA=="},
    }
    cells = brought_back(form, item)
    cells["string"] = "/w=="

    assert items(form).changed(cells, item) == {**item, "string": {"B": "/w=="}}


@pytest.mark.parametrize("form", TEXT_FORMATS, ids=lambda form: form.name)
def test_what_breaks_a_rule_and_was_edited_fails_and_nothing_else_is_told_of(form):
    item = {"key": {"S": "k"}, "number": {"S": "n/a"}, "array": {"SS": ["a", "b"]}}
    cells = brought_back(form, item)
    cells["array"] = '["a","a"]' if form.has_heads else ["a", "a"]

    with pytest.raises(InvalidRow) as refused:
        items(form).changed(cells, item)

    assert [name for name, _ in refused.value.faults] == ["array"]
    assert "a set of texts" in refused.value.reason


def test_an_empty_cell_leaves_null_and_absence_alone_and_takes_a_value_away():
    csv = items(FORMATS["csv"])
    item = {"key": {"S": "k"}, "string": {"NULL": True}, "number": {"N": "5"}}
    cells = {"key": "k", "string": None, "number": None, "date": None}

    assert csv.changed(cells, item) == {"key": {"S": "k"}, "string": {"NULL": True}}
