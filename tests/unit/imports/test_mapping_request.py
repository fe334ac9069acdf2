"""How a caller writes a mapping, and what is refused."""

from typing import Any

import pytest

from ferry.errors import Malformed
from ferry.files.mapping import MappedColumn, Transform
from ferry.imports.import_options import from_query, upload_in


def mapping(columns: Any) -> Any:
    return upload_in({"file_name": "a.csv", "columns": columns}).mapping


@pytest.mark.parametrize(
    ("given", "column"),
    [
        ("sku", MappedColumn("sku")),
        (None, MappedColumn()),
        ("", MappedColumn()),
        ({"ignore": True}, MappedColumn()),
        ({"to": "sku"}, MappedColumn("sku")),
        ({"to": "sku", "transform": "trim"}, MappedColumn("sku", (Transform("trim"),))),
        (
            {"to": "sku", "transform": [{"split": ";"}, {"join": ", "}]},
            MappedColumn("sku", (Transform("split", ";"), Transform("join", ", "))),
        ),
        (
            {"to": "sku", "transform": {"number": {"unit": "kg", "decimal": ","}}},
            MappedColumn("sku", (Transform("number", units=("kg",), decimal=","),)),
        ),
        ({"constant": 1.5}, MappedColumn("a", constant="1.5")),
        ({"constant": "x", "to": "b"}, MappedColumn("b", constant='"x"')),
        ({"join": ["b", "c"]}, MappedColumn("a", join=("b", "c"))),
    ],
)
def test_a_column_may_be_written_so(given: Any, column: MappedColumn) -> None:
    assert mapping({"a": given}) == {"a": column}


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({str(n): "a" for n in range(501)}, "an object of up to 500 members"),
        ("{", "is not valid JSON"),
        ({"a": 5}, "a: must be a column's name"),
        ({"a": {"too": "b"}}, 'to, ignore, transform, constant, join, separator only, not "too"'),
        ({"a": {"transform": "trim"}}, "needs to, the table's column, or ignore"),
        ({"a": {"ignore": True, "to": "b"}}, "is ignored, and can have nothing else"),
        ({"a": "x", "b": "x"}, 'both "a" and "b" become x; join them'),
        ({"": "x"}, "a column without a name"),
        ({"a": {"to": "b", "transform": {"split": ""}}}, 'split needs what separates'),
        ({"a": {"to": "b", "transform": "date"}}, "date needs a format"),
        ({"a": {"to": "b", "transform": {"date": "DD.MM"}}}, "must name YYYY, MM and DD"),
        ({"a": {"to": "b", "transform": {"trim": "x"}}}, "trim takes no argument"),
        ({"a": {"to": "b", "transform": {"number": {"decimal": ";"}}}}, "number takes unit"),
        ({"a": {"to": "b", "transform": 5}}, "must be one of trim, upper"),
        ({"a": {"to": "b", "transform": "exec"}}, 'number, date, but not "exec"'),
        ({"a": {"constant": None}}, "is a constant, a value and nothing else"),
        ({"a": {"join": ["b"]}}, "two or more columns"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(columns: Any, reason: str) -> None:
    with pytest.raises(Malformed) as refusal:
        mapping(columns)
    assert reason in str(refusal.value)


def test_in_a_query_it_is_json_and_a_list_stays_a_list() -> None:
    assert from_query({"columns": ' {"a": "b"}'}).mapping == {"a": MappedColumn("b")}
    options = from_query({"header": "none", "columns": "a,", "mapping": '{"a": "b"}'})
    assert (options.columns, options.mapping) == (("a", ""), {"a": MappedColumn("b")})
    with pytest.raises(Malformed, match="say the same"):
        from_query({"columns": '{"a": "b"}', "mapping": '{"a": "b"}'})
