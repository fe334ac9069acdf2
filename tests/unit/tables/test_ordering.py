from decimal import Decimal
from functools import cmp_to_key

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.errors import Malformed
from ferry.tables.ordering import MAX_COLUMNS, order_keys
from ferry.tables.schema import Field, FieldType, Schema

TYPES = {
    "name": FieldType.STRING,
    "price": FieldType.NUMBER,
    "amount": FieldType.INTEGER,
    "on": FieldType.BOOLEAN,
    "due": FieldType.DATE,
    "desc": FieldType.ARRAY,
    "obj": FieldType.OBJECT,
    "geo": FieldType.GEOJSON,
    "photo": FieldType.FILE,
    "owner": FieldType.POINTER,
    "maker": FieldType.REFERENCE,
}
SCHEMA = Schema(tuple(Field(name=name, type=kind) for name, kind in TYPES.items()))


def row(number, **fields):
    return {"id": f"{number:024x}", "created_at": 1519538564, **fields}


def ordered(order_by, rows):
    return sorted(rows, key=order_keys(order_by, SCHEMA))


def values(order_by, column, *given):
    rows = [row(number, **{column: value}) for number, value in enumerate(given)]
    return [found[column] for found in ordered(order_by, rows)]


def test_numbers_come_by_their_exact_value():
    rising = [
        -(10**126), -100, Decimal("-99.5"), -12, Decimal("-1.25"), Decimal("-1.2"),
        Decimal("-1E-130"), 0, Decimal("1E-130"), Decimal("0.1"), 1, 2, Decimal("9.5"), 10, 11,
        1582917533873852416, 1582917533873852417, 10**126,
    ]  # fmt: skip

    assert values(["price"], "price", *reversed(rising)) == rising
    assert values(["-price"], "price", *rising) == rising[::-1]


def test_text_comes_by_code_point_and_a_prefix_first():
    rising = [
        "",
        "\0",
        "\0\0",
        "\0a",
        "A",
        "a",
        "a\0",
        "a\0b",
        "aa",
        "b",
        "ß",
        "名",
        "\uffff",
        "😀",
    ]

    assert values(["name"], "name", *reversed(rising)) == rising
    assert values(["-name"], "name", *rising) == rising[::-1]


def test_dates_come_by_the_moment_they_name():
    rising = [
        "0001-01-01T00:00:00+14:00",
        "2018-09-26",
        "2018-09-26T11:22:51+08:00",
        "2018-09-26T03:22:51.5Z",
        "2018-09-26T03:22:52",
        "9999-12-31T23:59:59-12:00",
    ]

    assert values(["due"], "due", *reversed(rising)) == rising


def test_rows_without_the_value_come_first_and_last_when_descending():
    rows = [row(1, price=0), row(2), row(3, price=-1), row(4, price=None)]

    assert [r["id"][-1] for r in ordered(["price"], rows)] == ["2", "4", "3", "1"]
    assert [r["id"][-1] for r in ordered(["-price"], rows)] == ["1", "3", "4", "2"]


def test_values_of_any_type_have_an_order():
    rising = [None, False, True, -1, Decimal("2.5"), "", "1", "b", [1], [2], {"a": 1}]

    assert values(["name"], "name", *reversed(rising)) == rising


def test_a_later_column_decides_where_the_earlier_ones_tie():
    rows = [row(n, name=name, price=price) for n, (name, price) in enumerate(
        [("a", 1), ("b", 1), ("a", 2), ("b", 2)]
    )]  # fmt: skip

    found = ordered(["-name", "price"], rows)

    assert [(r["name"], r["price"]) for r in found] == [("b", 1), ("b", 2), ("a", 1), ("a", 2)]


def test_ties_come_by_creation_and_id_in_the_direction_of_the_last_column():
    rows = [
        row(3, created_at=5, price=1),
        row(1, created_at=5, price=1),
        row(2, created_at=4, price=1),
    ]

    assert [r["id"][-1] for r in ordered(["price"], rows)] == ["2", "1", "3"]
    assert [r["id"][-1] for r in ordered(["-price"], rows)] == ["3", "1", "2"]
    assert [r["id"][-1] for r in ordered(["-created_at"], rows)] == ["3", "1", "2"]


@pytest.mark.parametrize(
    ("order_by", "newest_first"),
    [([], False), (["created_at"], False), (["-created_at"], True), (["price"], None)],
)
def test_an_order_by_creation_needs_no_sort(order_by, newest_first):
    assert order_keys(order_by, SCHEMA).newest_first is newest_first


@pytest.mark.parametrize(
    "column", ["desc", "obj", "geo", "photo", "owner", "maker", "read_perm", "write_perm"]
)
@pytest.mark.parametrize("sign", ["", "-"])
def test_a_column_whose_values_have_no_order_is_refused(column, sign):
    with pytest.raises(Malformed, match=f"order_by: {column} is of type"):
        order_keys([sign + column], SCHEMA)


@pytest.mark.parametrize(
    "order_by",
    [["nothing"], ["--price"], [""], ["-"], ["price", "-price"], ["price"] * (MAX_COLUMNS + 1)],
    ids=str,
)
def test_what_is_no_order_is_refused(order_by):
    with pytest.raises(Malformed, match=r"^order_by: "):
        order_keys(order_by, SCHEMA)


numbers = st.integers(-20, 20) | st.decimals(-9, 9, places=2) | st.integers(-(10**37), 10**37)
rows = st.lists(
    st.fixed_dictionaries(
        {"created_at": st.integers(0, 3)},
        optional={"name": st.text("\0\1aß", max_size=3), "price": numbers, "on": st.booleans()},
    ),
    max_size=12,
)
columns = st.lists(
    st.builds(
        lambda sign, name: sign + name,
        st.sampled_from(["", "-"]),
        st.sampled_from(["name", "price", "on", "created_at"]),
    ),
    unique_by=lambda name: name.removeprefix("-"),
)


@given(columns, rows)
def test_rows_come_as_a_plain_comparison_of_their_columns_puts_them(order_by, drawn):
    drawn = [row(number) | fields for number, fields in enumerate(drawn)]
    sign = "-" if order_by and order_by[-1].startswith("-") else ""

    def compare(one, other):
        for name in [*order_by, f"{sign}created_at", f"{sign}id"]:
            column, direction = name.removeprefix("-"), -1 if name.startswith("-") else 1
            left, right = [(r.get(column) is not None, r.get(column)) for r in (one, other)]
            if left != right:
                return direction * (-1 if left < right else 1)
        return 0

    assert ordered(order_by, drawn) == sorted(drawn, key=cmp_to_key(compare))
