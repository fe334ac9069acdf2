"""Imports with mapped columns, in bulk beside record by record: the same rows and failed rows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import convert, structs

from ferry.files.formats import FORMATS
from ferry.files.options import ReadingOptions
from ferry.imports.reading_options import check_reading, written
from ferry.jobs.job import Counts
from tests.unit.imports.test_bulk_imports import carried

OPTIONS = [
    {"decimal": ",", "delimiter": ";"},
    {"decimal": ",", "thousands": "none", "delimiter": ";", "ragged": "pad"},
    {
        "delimiter": ";",
        "columns": {
            "price": {"to": "price", "transform": {"number": {"unit": "kg", "decimal": ","}}},
            "name": {"to": "name", "transform": ["trim", "lower"]},
            "tags": {"to": "tags", "transform": {"split": "|"}},
            "obj": None,
        },
    },
    {
        "delimiter": ";",
        "null_words": ["-"],
        "columns": {
            "name": {"join": ["name", "amount"], "separator": "+"},
            "amount": {"constant": 7},
            "on": {"to": "on", "transform": "trim"},
        },
    },
]
CELLS = st.sampled_from(
    [
        *["a", "", '""', '"a;b"', "é🚀", "\0", "1", "-7", "007", " x ", " ", "a|b", "|"],
        *["1,50", "1.234,5", "1.234", "1.2.3", "1,5 kg", "kg", "-", "true", "FALSE", "yes"],
        *['"[""a"",""b""]"', '"[1]"', "[]", "{}", '"', "\r", "1e3", ",", "-,5"],
    ]
)
ROWS = st.lists(CELLS, min_size=6, max_size=6) | st.lists(CELLS, max_size=8)
LINES = ROWS.map(";".join) | st.just('milk;1;1,5;true;"[""a""]";{}') | st.just(";1;;;;")


def options_of(given: dict[str, object]) -> ReadingOptions:
    options = convert(written(given), ReadingOptions)
    check_reading(options)
    return options


@given(
    lines=st.lists(LINES, max_size=15),
    options=st.sampled_from(OPTIONS),
    size=st.sampled_from([1, 60, 1 << 16]),
)
@settings(deadline=None, max_examples=100)
def test_a_mapped_import_in_bulk_comes_to_the_same(
    lines: list[str], options: dict[str, object], size: int
) -> None:
    data = "\n".join(["name;amount;price;on;tags;obj", *lines, ""]).encode()
    asked = options_of(options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ferry.files.bulks.BULK_BYTES", size)
        in_bulk = carried("csv", data, cut=1 << 18, options=asked)
        patch.setitem(FORMATS, "csv", structs.replace(FORMATS["csv"], bulks=None))
        one_by_one = carried("csv", data, cut=1 << 18, options=asked)

    assert in_bulk == one_by_one


def test_a_column_of_decimal_commas_is_converted_at_once() -> None:
    rows = [f"Tee;{number};{number}.012,5;ja\n" for number in range(1, 900)]
    asked = options_of({"columns": {"Preis": "price", "Wie": None}, "decimal": ","})

    items, counts, _ = carried(
        "csv", ("name;amount;Preis;Wie\n" + "".join(rows)).encode(), cut=1 << 18, options=asked
    )

    assert counts == Counts(899, 899, 0)
    assert {item["price"]["N"] for item in items.values()} == {f"{n}012.5" for n in range(1, 900)}
