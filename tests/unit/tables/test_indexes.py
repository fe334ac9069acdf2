import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ferry.tables.indexes import UniqueIndexes
from ferry.tables.schema import Field, FieldType, Index, Schema, Table

TABLE = Table(
    id=7,
    app_id="a",
    name="goods",
    schema=Schema(
        (
            Field(name="code", type=FieldType.STRING),
            Field(name="size", type=FieldType.NUMBER),
            Field(name="made", type=FieldType.DATE),
        )
    ),
    created_by=1,
    created_at=0,
    updated_at=0,
    indexes=(Index("code_1", ("code",)), Index("model", ("code", "size"), made_at=5)),
)


def keys(row, table=TABLE):
    return [entry.key for entry in UniqueIndexes(table).entries(row)]


def indexed_by(*fields):
    return replace(TABLE, indexes=(Index("i", fields),))


def test_a_row_has_an_entry_for_each_index_whose_fields_all_have_a_value():
    assert len(keys({"code": "x", "size": 1})) == 2
    assert [key.split("#")[0] for key in keys({"code": "x"})] == ["code_1"]
    assert keys({"size": 1}) == []
    assert keys({"code": None, "size": 1}) == []


def test_an_entry_shows_its_values_and_lies_in_a_partition_of_its_own():
    _, entry = UniqueIndexes(TABLE).entries({"code": 'a"b', "size": 2})

    assert entry.text == r'code = "a\"b", size = 2'
    assert entry.partition.startswith("7#")
    assert entry.partition.endswith("#unique")
    assert entry.refusal.startswith("E11000 duplicate key: the unique index model has code = ")


def test_an_index_made_anew_has_other_entries():
    later = replace(TABLE, indexes=(Index("code_1", ("code",), made_at=9),))

    assert keys({"code": "x"}, later) != keys({"code": "x"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2018-09-26T11:22:51+08:00", "2018-09-26T03:22:51Z"),
        ("2018-09-26", "2018-09-26T00:00:00"),
    ],
)
def test_one_moment_is_one_value(one, other):
    table = indexed_by("made")

    assert keys({"made": one}, table) == keys({"made": other}, table)


@given(st.tuples(st.text("\0\1a"), st.text("\0\1a")), st.tuples(st.text("\0\1a"), st.text("\0\1a")))
def test_different_values_have_different_entries(one, other):
    fields = tuple(Field(name=name, type=FieldType.STRING) for name in "ab")
    table = replace(TABLE, schema=Schema(fields), indexes=(Index("i", ("a", "b")),))
    first, second = (keys(dict(zip("ab", values, strict=True)), table) for values in (one, other))

    assert (first == second) == (one == other)
