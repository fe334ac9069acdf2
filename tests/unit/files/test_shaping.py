from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ferry.files.shaping import local_time, shape

CHINA, BERLIN, UTC = map(ZoneInfo, ("Asia/Shanghai", "Europe/Berlin", "UTC"))


@pytest.mark.parametrize(
    ("value", "zone", "text"),
    [
        (1519538564, CHINA, "2018-02-25T14:02:44+08:00"),
        (1519538564, BERLIN, "2018-02-25T07:02:44+01:00"),
        (1530000000, BERLIN, "2018-06-26T10:00:00+02:00"),
        (1519538564, UTC, "2018-02-25T06:02:44+00:00"),
        (0, CHINA, "1970-01-01T08:00:00+08:00"),
        (-1, CHINA, "1970-01-01T07:59:59+08:00"),
        (10**12, CHINA, 10**12),
        (-(10**38), CHINA, -(10**38)),
        (253402300799, CHINA, 253402300799),  # the last second of 9999 is past it in China
        (None, CHINA, None),
        (True, CHINA, True),
        ("soon", CHINA, "soon"),
    ],
)
def test_a_second_is_shown_as_the_time_in_a_zone(value: Any, zone: ZoneInfo, text: Any) -> None:
    assert local_time(value, zone) == text


def test_only_what_is_named_is_changed() -> None:
    row = {"name": "=1", "price": -5, "created_at": 0, "updated_at": 0}

    shaped = shape(["created_at", "amount"], "Asia/Shanghai")

    assert shaped is not None
    assert shaped(row) == row | {"created_at": "1970-01-01T08:00:00+08:00"}
    assert row["created_at"] == 0


def test_nothing_to_change_is_told() -> None:
    assert shape([], "UTC") is None
