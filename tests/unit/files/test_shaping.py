from typing import Any

import pytest

from ferry.files.shaping import defused, local_time, shape


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1519538564, "2018-02-25T14:02:44+08:00"),
        (0, "1970-01-01T08:00:00+08:00"),
        (-1, "1970-01-01T07:59:59+08:00"),
        (10**12, 10**12),
        (-(10**38), -(10**38)),
        (253402300799, 253402300799),  # the last second of 9999 is past it in China
        (None, None),
        (True, True),
        ("soon", "soon"),
    ],
)
def test_a_second_is_shown_as_the_time_in_china(value: Any, text: Any) -> None:
    assert local_time(value) == text


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_what_could_begin_a_formula_is_defused(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "1", "a=1", " =1", "'=1", "\n=1"])
def test_other_text_stays(text: str) -> None:
    assert defused(text) == text


def test_only_what_is_named_is_changed() -> None:
    row = {"name": "=1", "price": -5, "created_at": 0, "updated_at": 0}

    shaped = shape(["created_at", "amount"], defuse=True)

    assert shaped is not None
    assert shaped(row) == {
        "name": "'=1", "price": -5, "created_at": "1970-01-01T08:00:00+08:00", "updated_at": 0,
    }  # fmt: skip
    assert row["name"] == "=1"


def test_nothing_to_change_is_told() -> None:
    assert shape([], defuse=False) is None
