from decimal import Decimal
from typing import Any

import pytest

from ferry.errors import InvalidRow, Malformed
from ferry.tables.rows import RowRules
from ferry.tables.schema import Constraints, Field, FieldType, Schema
from tests.unit.goods import GOODS

RULES = RowRules(GOODS, ids=True)
POINT = {"type": "Point", "coordinates": [Decimal("10.123"), Decimal("8.543")]}
ID = "5baafb9061235656789abcde"


def from_cell(column: str, cell: str | None) -> Any:
    row = RULES.from_cells({"name": "a", column: cell})
    return row.given.get(column) if column in row.given else row.fields.get(column)


def from_json(column: str, value: Any) -> Any:
    row = RULES.from_json({"name": "a", column: value})
    return row.given.get(column) if column in row.given else row.fields.get(column)


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        pytest.param("name", " =1+1\r\n\1 ", " =1+1\r\n\1 ", id="string-verbatim"),
        pytest.param("code", "007", "007", id="string-of-digits"),
        pytest.param("price", "89.11167842607728", Decimal("89.11167842607728"), id="D5"),
        pytest.param("price", "-5", Decimal(-5), id="D11-negative"),
        pytest.param("price", "1.50", Decimal("1.5"), id="number-shortest"),
        pytest.param("price", ".5e-3", Decimal("0.0005"), id="number-exponent"),
        pytest.param("amount", None, 5, id="G3-default"),
        pytest.param("amount", "", 5, id="G3-quoted-empty"),
        pytest.param("amount", "1582917533873852417", 1582917533873852417, id="G12"),
        pytest.param("amount", "-" + "9" * 38, -int("9" * 38), id="integer-38-digits"),
        pytest.param("on", "TRUE", True, id="G13-TRUE"),
        pytest.param("on", "false", False, id="G13-false"),
        pytest.param("on", "1", True, id="G13-1"),
        pytest.param("on", "0", False, id="G13-0"),
        pytest.param("desc", '["a","b"]', ["a", "b"], id="G14"),
        pytest.param("obj", '{"a":{"b":[1,2.50]}}', {"a": {"b": [1, Decimal("2.5")]}}, id="D3"),
        pytest.param(
            "geo", '{"type":"Point","coordinates":[10.123,8.543]}', POINT, id="G15-D9-lon-lat"
        ),
        pytest.param(
            "due", "2018-09-26T11:22:51.100000+08:00", "2018-09-26T11:22:51.100000+08:00", id="D7"
        ),
        pytest.param("due", "2018-09-26", "2018-09-26", id="date-alone"),
        pytest.param("due", "2018-09-26 11:22Z", "2018-09-26 11:22Z", id="date-space"),
        pytest.param(
            "owner",
            "5baafb9061235656789",
            {"id": "5baafb9061235656789", "_table": "users"},
            id="G16-bare",
        ),
        pytest.param(
            "owner",
            '{"_table":"old","id":"5b"}',
            {"id": "5b", "_table": "users"},
            id="G16-object",
        ),
        pytest.param("photo", '{"id":"f"}', {"id": "f"}, id="file"),
        pytest.param("code", "", "", id="string-quoted-empty"),
        pytest.param("code", None, None, id="string-empty"),
        pytest.param("on", "", None, id="boolean-quoted-empty"),
        pytest.param("id", ID.upper(), ID, id="id"),
        pytest.param("created_at", "1503904437", 1503904437, id="G9-created_at"),
        pytest.param("created_by", "36395395", 36395395, id="G9-created_by"),
        pytest.param("created_at", "2018-02-25T14:02:44+08:00", 1519538564, id="E10-back"),
        pytest.param("updated_at", "2018-02-25T06:02:44.9Z", 1519538564, id="time-fraction"),
        pytest.param("read_perm", '["user:*"]', ["user:*"], id="read_perm"),
        pytest.param("write_perm", "[]", [], id="write_perm-nobody"),
        pytest.param("created_at", "", None, id="built-in-empty"),
    ],
)
def test_cells_become_values(column: str, cell: str | None, value: Any) -> None:
    assert from_cell(column, cell) == value


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        pytest.param("price", "abc", id="G1"),
        pytest.param("name", None, id="G2"),
        pytest.param("amount", "19.5", id="G12-fraction"),
        pytest.param("amount", "9.91214E+15", id="G12-exponent"),
        pytest.param("amount", "1" * 39, id="integer-39-digits"),
        pytest.param("amount", "1" * 5000, id="integer-endless"),
        pytest.param("amount", "１２", id="integer-wide-digits"),
        pytest.param("amount", "+1", id="integer-plus"),
        pytest.param("amount", " 1", id="integer-space"),
        pytest.param("amount", "1_000", id="integer-underscore"),
        pytest.param("price", "NaN", id="number-nan"),
        pytest.param("price", "Infinity", id="number-infinity"),
        pytest.param("price", "1E+126", id="number-too-large"),
        pytest.param("price", "1E+999999999999", id="number-far-too-large"),
        pytest.param("price", "1" * 39, id="number-39-digits"),
        pytest.param("price", "1" * 100_000, id="number-endless"),
        pytest.param("price", "1,5", id="number-comma"),
        pytest.param("price", ".", id="number-dot"),
        pytest.param("on", "yes", id="G13-yes"),
        pytest.param("desc", "a,b", id="G14-no-json"),
        pytest.param("desc", '{"a":1}', id="array-of-object"),
        pytest.param("desc", '["a",1]', id="array-element"),
        pytest.param("desc", "[null]", id="array-null-element"),
        pytest.param("obj", "[1]", id="G14-object"),
        pytest.param("obj", '{"a":1,"a":2}', id="object-duplicate"),
        pytest.param("obj", '{"a":NaN}', id="object-nan"),
        pytest.param("obj", '{"a":"\\ud800"}', id="object-half-pair"),
        pytest.param("name", "a\0", id="string-nul"),
        pytest.param("obj", '{"a":"\\u0000"}', id="object-nul"),
        pytest.param("obj", '{"a":' * 32 + "1" + "}" * 32, id="object-32-levels"),
        pytest.param("obj", "[" * 100_000, id="object-deep"),
        pytest.param("geo", "10 10", id="G15"),
        pytest.param("geo", '{"type":"Pin","coordinates":[1,2]}', id="geojson-type"),
        pytest.param("photo", "file.png", id="file-name"),
        pytest.param("due", "26.09.2018", id="date-format"),
        pytest.param("due", "2018-13-01", id="date-month"),
        pytest.param("due", "20180926", id="date-basic"),
        pytest.param("owner", '{"id":""}', id="pointer-empty"),
        pytest.param("owner", "{broken", id="pointer-broken"),
        pytest.param("id", "123", id="id-short"),
        pytest.param("created_at", "-1", id="time-negative"),
        pytest.param("created_at", "100000000000", id="time-milliseconds"),
        pytest.param("created_at", "2018-02-25T14:02:44", id="time-no-offset"),
        pytest.param("created_at", "yesterday", id="time-text"),
        pytest.param("created_by", "-1", id="created_by-negative"),
        pytest.param("read_perm", "user:*", id="perm-bare"),
        pytest.param("read_perm", "[1]", id="perm-number"),
    ],
)
def test_bad_cells_name_their_column_and_what_is_wrong(column: str, cell: str | None) -> None:
    with pytest.raises(InvalidRow) as error:
        from_cell(column, cell)

    assert error.value.field == column
    assert error.value.reason
    assert len(error.value.reason) < 300
    assert "\n" not in error.value.reason


@pytest.mark.parametrize(
    ("column", "given", "value"),
    [
        ("name", "a", "a"),
        ("code", "\1", "\1"),
        ("price", 5, Decimal(5)),
        ("price", Decimal("1.50"), Decimal("1.5")),
        ("amount", 1582917533873852417, 1582917533873852417),
        ("amount", None, None),
        ("on", False, False),
        ("desc", [], []),
        ("obj", {}, {}),
        ("geo", POINT, POINT),
        ("due", "2018-09-26", "2018-09-26"),
        ("owner", "5b", {"id": "5b", "_table": "users"}),
        (
            "owner",
            {"id": 36395395, "_table": "_userprofile"},
            {"id": "36395395", "_table": "users"},
        ),
        ("photo", {"id": "f"}, {"id": "f"}),
        ("id", ID, ID),
        ("created_at", 1503904437, 1503904437),
        ("created_at", "2018-02-25T14:02:44+08:00", 1519538564),
        ("created_by", None, None),
        ("read_perm", ["user:*"], ["user:*"]),
    ],
)
def test_json_values_become_values(column: str, given: Any, value: Any) -> None:
    assert from_json(column, given) == value


@pytest.mark.parametrize(
    ("column", "given"),
    [
        ("name", 1),
        ("name", None),
        ("name", "\ud800"),
        ("name", "a\0b"),
        ("desc", ["\0"]),
        ("obj", {"\0": 1}),
        ("price", "1"),
        ("price", True),
        ("price", Decimal("1E+126")),
        ("amount", "1"),
        ("amount", True),
        ("amount", Decimal("5.0")),
        ("amount", 10**38),
        ("on", "true"),
        ("on", 1),
        ("desc", "[]"),
        ("desc", [1]),
        ("obj", "{}"),
        ("obj", []),
        ("geo", "{}"),
        ("due", 1519538564),
        ("due", "today"),
        ("owner", ""),
        ("owner", {}),
        ("owner", {"id": True}),
        ("owner", ["5b"]),
        ("photo", "f.png"),
        ("id", 1),
        ("created_at", "1503904437"),
        ("created_at", 1503904437000),
        ("created_at", True),
        ("created_by", "36395395"),
        ("read_perm", "user:*"),
    ],
)
def test_json_values_are_not_taken_for_another_type(column: str, given: Any) -> None:
    with pytest.raises(InvalidRow) as error:
        from_json(column, given)

    assert error.value.field == column


def test_a_reason_says_what_is_wrong_and_what_to_write() -> None:
    with pytest.raises(InvalidRow) as error:
        from_cell("amount", "19.5")

    assert str(error.value) == (
        'amount: must be a whole number written in digits alone, such as 42; it is "19.5"'
    )


def test_an_element_at_fault_is_counted() -> None:
    with pytest.raises(InvalidRow, match="element 2 must be text"):
        from_cell("desc", '["a",{}]')


def test_missing_keys_take_the_default_and_null_does_not() -> None:
    assert RULES.from_json({"name": "a"}).fields == {"name": "a", "amount": 5}
    assert RULES.from_json({"name": "a", "amount": None}).fields == {"name": "a"}


def test_unknown_columns_are_ignored() -> None:
    assert RULES.from_cells({"name": "a", "foo": "1"}).fields == {"name": "a", "amount": 5}
    assert RULES.from_json({"name": "a", "foo": 1}).fields == {"name": "a", "amount": 5}


def test_ids_are_ignored_whatever_they_are_unless_asked_for() -> None:
    rules = RowRules(GOODS)

    assert rules.from_cells({"name": "a", "id": "row 1"}).given == {}
    assert rules.from_json({"name": "a", "id": ID, "created_by": 1}).given == {"created_by": 1}


def test_required_is_satisfied_by_a_default_but_not_by_null() -> None:
    required = Constraints(required=True)
    field = Field(name="n", type=FieldType.INTEGER, default=1, constraints=required)
    rules = RowRules(Schema((field,)))

    assert rules.from_cells({"n": None}).fields == {"n": 1}
    assert rules.from_json({}).fields == {"n": 1}
    with pytest.raises(InvalidRow, match="required"):
        rules.from_json({"n": None})


def test_defaults_are_exact_and_checked_once() -> None:
    price = Field(name="price", type=FieldType.NUMBER, default=0.1)
    amount = Field(name="amount", type=FieldType.INTEGER, default="five")

    assert RowRules(Schema((price,))).from_cells({}).fields == {"price": Decimal("0.1")}
    with pytest.raises(Malformed, match=r"amount\.default must be a whole number"):
        RowRules(Schema((amount,)))


def test_arrays_check_their_elements_by_type() -> None:
    items = {
        "integer": [1],
        "number": [Decimal("1.5")],
        "boolean": [True],
        "date": ["2018-09-26"],
        "object": [{"a": 1}],
        "geojson": [POINT],
        "pointer": [{"id": "5b", "_table": "users"}],
        "array": [[1, "a"]],
    }
    for kind, value in items.items():
        rules = RowRules(Schema((Field(name="f", type=FieldType.ARRAY, items={"type": kind}),)))
        assert rules.from_json({"f": value}).fields == {"f": value}
        with pytest.raises(InvalidRow, match="element 1"):
            rules.from_json({"f": [None]})


def test_arrays_without_a_type_take_anything_storable() -> None:
    rules = RowRules(Schema((Field(name="f", type=FieldType.ARRAY),)))

    assert rules.from_json({"f": [1, "a", None, [True]]}).fields == {"f": [1, "a", None, [True]]}


def test_a_pointer_to_no_known_table_keeps_the_one_it_names() -> None:
    rules = RowRules(Schema((Field(name="p", type=FieldType.POINTER),)))

    assert rules.from_json({"p": {"id": "5b", "_table": "t"}}).fields == {
        "p": {"id": "5b", "_table": "t"}
    }
    assert rules.from_cells({"p": "5b"}).fields == {"p": {"id": "5b"}}
