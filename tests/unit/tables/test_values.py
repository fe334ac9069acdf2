from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from ferry.tables.values import InvalidValue, exact_number, json_text, parse_json, shown, storable
from tests.unit.goods import DECIMALS, NESTED


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1.50", "1.5"),
        ("1E+3", "1000"),
        ("-0", "0"),
        ("0E-50", "0"),
        ("89.11167842607728", "89.11167842607728"),
        ("1582917533873852417", "1582917533873852417"),
        ("1" * 38, "1" * 38),
        ("1" + "0" * 50, "1E+50"),
        ("9.9999999999999999999999999999999999999E+125", "9." + "9" * 37 + "E+125"),
        ("-1E-130", "-1E-130"),
    ],
)
def test_numbers_take_their_shortest_exact_form(number: str, text: str) -> None:
    assert str(exact_number(Decimal(number))) == text


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1E+126", "1E-131", "1" * 39, "1E+999999999"]
)
def test_numbers_beyond_dynamodb_are_refused(number: str) -> None:
    with pytest.raises(InvalidValue):
        exact_number(Decimal(number))


@given(DECIMALS)
@settings(deadline=None, max_examples=50)
def test_a_number_keeps_its_value_and_its_form(number: Decimal) -> None:
    exact = exact_number(number)

    assert exact == number
    assert str(exact_number(exact)) == str(exact)


@given(NESTED)
@settings(deadline=None, max_examples=50)
def test_json_text_is_read_back_exactly(value: Any) -> None:
    text = json_text(value)

    assert parse_json(text) == value
    assert storable(value) == value
    assert "\n" not in text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[1,]", "not valid JSON"),
        ("{'a':1}", "not valid JSON"),
        ("", "not valid JSON"),
        ('"a\tb"', "Invalid control character"),
        ("NaN", "holds NaN"),
        ("[-Infinity]", "holds -Infinity"),
        ('{"a":1,"b":2,"a":3}', '"a" is a duplicate'),
        ('[{"b":{"a":1,"a":1}}]', '"a" is a duplicate'),
        ("[" * 33 + "]" * 33, "31 levels"),
        ("[" * 100_000 + "]" * 100_000, "31 levels"),
        ("[" * 100_000, "31 levels"),
        ("1" * 5000, "too long"),
        ("1E" + "9" * 30, "too long"),
    ],
)
def test_what_is_not_json_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InvalidValue, match=reason):
        parse_json(text)


def test_integers_and_decimals_are_exact() -> None:
    value = parse_json("[1582917533873852417, 0.1, 1e400]")

    assert value == [1582917533873852417, Decimal("0.1"), Decimal("1E+400")]


def test_zero_bytes_in_strings_are_kept() -> None:
    assert parse_json('"a\\u0000b"') == "a\0b"


@pytest.mark.parametrize(
    "value",
    [
        ["\ud800"],
        {"\udfff": 1},
        {"": 1},
        {"k" * 65_536: 1},
        {"a": [Decimal("1E+126")]},
        [10**38 + 1],
        [float("nan")],
    ],
)
def test_what_dynamodb_cannot_hold_is_refused_at_every_depth(value: Any) -> None:
    with pytest.raises(InvalidValue):
        storable(value)


def test_31_levels_can_be_stored_and_32_cannot() -> None:
    value: Any = 1
    for _ in range(31):
        value = [value]

    assert storable(value) == value
    with pytest.raises(InvalidValue, match="31 levels"):
        storable({"a": value})


def test_a_float_counts_as_its_shortest_text() -> None:
    assert storable([0.1]) == [Decimal("0.1")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\nb", '"a\\nb"'),
        ("x" * 1000, '"' + "x" * 59 + "…"),
        ([1, Decimal("2.5"), None], "[1,2.5,null]"),
        ("\ud800", '"\\ud800"'),
    ],
)
def test_shown_values_are_short_and_on_one_line(value: Any, text: str) -> None:
    assert shown(value) == text


def test_duplicate_keys_are_found_in_linear_time() -> None:
    count = 50_000
    members = ",".join(f'"k{number}":1' for number in range(count))

    with pytest.raises(InvalidValue, match="is a duplicate"):
        parse_json(f'{{{members},"k{count - 1}":1}}')
