from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.attached.keys import bounds, created, key_of, row_order
from ferry.errors import InvalidRow
from ferry.tables.attachment import Attachment, Creation
from ferry.tables.schema import Field, FieldType, Schema

SCHEMA = Schema(
    (
        Field(name="name", type=FieldType.STRING),
        Field(name="number", type=FieldType.NUMBER),
        Field(name="at", type=FieldType.INTEGER),
    ),
    built_in=False,
)
ATTACHED = Attachment(table="t", keys=("name", "number"), created_at=Creation("at"))
SECONDS = st.integers(0, 10**11 - 1)


@pytest.mark.parametrize(
    ("unit", "value", "seconds"),
    [
        ("seconds", 1_519_538_564, 1_519_538_564),
        ("seconds", Decimal("0.5"), Decimal("0.5")),
        ("milliseconds", 1_519_538_564_001, Decimal("1519538564.001")),
        ("iso8601", "2018-02-25T14:02:44+08:00", 1_519_538_564),
        ("iso8601", "2018-02-25", 1_519_516_800),
        ("seconds", True, None),
        ("seconds", "1519538564", None),
        ("iso8601", 1_519_538_564, None),
        ("iso8601", "yesterday", None),
        ("seconds", None, None),
    ],
)
def test_when_a_row_was_created(unit, value, seconds):
    moment = created(Creation("at", unit), {"at": value})

    assert moment == (None if seconds is None else seconds * 1_000_000)


@given(SECONDS, SECONDS, SECONDS, st.integers(-14 * 60, 14 * 60))
def test_what_was_created_in_a_window_lies_within_its_bounds(start, end, second, offset):
    start, second, end = sorted((start, second, end))
    zone = timezone(timedelta(minutes=offset))
    values = {"seconds": second, "milliseconds": second * 1000}
    if 0 < second < 253_000_000_000:
        values["iso8601"] = datetime.fromtimestamp(second, UTC).astimezone(zone).isoformat()

    for unit, value in values.items():
        for window in ((start, end), (None, end), (start, None)):
            low, high = bounds(Creation("at", unit), *window)
            assert low <= value <= high


def test_rows_without_a_time_come_first_then_by_time_then_by_key():
    order = row_order(ATTACHED, SCHEMA)
    rows = [
        {"name": "b", "number": 1},
        {"name": "z", "number": Decimal("-0.5"), "at": 1},
        {"name": "a", "number": 2, "at": 2},
        {"name": "a", "number": 10, "at": 2},
        {"name": "ab", "number": 0, "at": 2},
    ]

    shuffled = [rows[place] for place in (3, 1, 4, 0, 2)]
    assert sorted(shuffled, key=order) == rows


def test_without_a_creation_attribute_rows_come_by_key():
    order = row_order(Attachment(table="t", keys=("name",)), SCHEMA)

    assert order({"name": "a", "at": 9}) < order({"name": "b", "at": 1})


@pytest.mark.parametrize(("name", "number"), [("", 1), ("x" * 2049, 1), ("é" * 1025, 1)])
def test_a_key_has_a_length(name, number):
    with pytest.raises(InvalidRow, match="must have 1 to 2048 bytes"):
        key_of(ATTACHED, {"name": name, "number": number})


def test_a_row_has_its_key():
    assert key_of(ATTACHED, {"at": 1, "number": 2, "name": "a"}) == {"name": "a", "number": 2}
