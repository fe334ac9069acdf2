"""The types that values tell without a table."""

from decimal import Decimal
from typing import Any

import pytest

from ferry.tables.date_formats import date_formats
from ferry.tables.inference import inferred


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-20", "0"], "integer"),
        (["1", "2.5"], "number"),
        (["1.50"], "number"),
        (["007", "1"], "string"),
        (["+49 171 2345"], "string"),
        (["0171/2345"], "string"),
        (["1234567890123456"], "string"),
        (["true", "False"], "boolean"),
        (["0", "1"], "integer"),
        (["2026-04-03", "2026-04-03T10:00:00Z"], "date"),
        (["03.04.2026"], "string"),
        (["[1]", "[]"], "array"),
        (['{"a":1}'], "object"),
        (["{a}"], "string"),
        (["1", "x"], "string"),
        (["", None], "string"),
        ([1, None, 2], "integer"),
        ([1, Decimal("2.5")], "number"),
        ([True], "boolean"),
        ([["a"]], "array"),
        ([{"a": 1}], "object"),
        ([1, "x"], "string"),
    ],
)
def test_the_type_takes_every_value(values: list[Any], kind: str) -> None:
    assert inferred("a", values).type == kind


@pytest.mark.parametrize("name", ["PLZ", "zip", "Tel.", "customer phone", "ean", "sku_2", "邮编"])
def test_a_column_of_codes_is_text_though_its_values_are_numbers(name: str) -> None:
    column = inferred(name, ["10115", "80331"])

    assert (column.type, column.types) == ("string", {"integer": 2})
    assert column.why


def test_shares_and_examples_are_told() -> None:
    column = inferred("a", ["1", "2", "x", "", "1"])

    assert column.shares == {"integer": 75.0, "string": 25.0}
    assert (column.empty, column.examples) == (1, ["1", "2", "x"])


@pytest.mark.parametrize(
    ("texts", "formats"),
    [
        (["03.04.2026", "31.12.2026"], ["DD.MM.YYYY"]),
        (["4/13/2026", "1/2/2026"], ["MM/DD/YYYY"]),
        (["03/04/2026"], ["DD/MM/YYYY", "MM/DD/YYYY"]),
        (["31.12.2026 10:05"], ["DD.MM.YYYY HH:mm"]),
        (["2026/04/03"], ["YYYY/MM/DD"]),
        (["31.12.2026", "1/2/2026"], []),
        (["31.12.2026", "x"], []),
        (["13.13.2026"], []),
        ([], []),
    ],
)
def test_formats_of_dates_are_those_that_read_all(texts: list[str], formats: list[str]) -> None:
    assert date_formats(texts) == formats
