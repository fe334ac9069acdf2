from decimal import Decimal

import pytest

from ferry.tables.cells import to_cell, to_json
from ferry.tables.schema import Field, FieldType
from ferry.tables.values import Value


@pytest.mark.parametrize(
    ("value", "kind", "cell"),
    [
        pytest.param(None, FieldType.STRING, None, id="null"),
        pytest.param("", FieldType.STRING, "", id="empty"),
        pytest.param("=1+1", FieldType.STRING, "=1+1", id="D11"),
        pytest.param(True, FieldType.BOOLEAN, "true", id="boolean"),
        pytest.param(1582917533873852417, FieldType.INTEGER, "1582917533873852417", id="D4"),
        pytest.param(Decimal("89.11167842607728"), FieldType.NUMBER, "89.11167842607728", id="D5"),
        pytest.param(1519538564, FieldType.INTEGER, "1519538564", id="D6"),
        pytest.param(["a", "名"], FieldType.ARRAY, '["a","名"]', id="D3-array"),
        pytest.param({"a": 1}, FieldType.OBJECT, '{"a":1}', id="D3-object"),
        pytest.param({"id": "5b", "_table": "t"}, FieldType.REFERENCE, "5b", id="D10"),
        pytest.param("5b", FieldType.POINTER, "5b", id="pointer-bare"),
        pytest.param(Decimal("1.5"), FieldType.STRING, "1.5", id="older-than-the-schema"),
    ],
)
def test_cells(value: Value, kind: FieldType, cell: str | None) -> None:
    assert to_cell(value, kind) == cell


def test_pointers_in_json_name_their_table() -> None:
    field = Field(name="p", type=FieldType.POINTER, schema_name="users")

    assert to_json({"id": "5b", "_table": "t"}, field) == {"_table": "t", "id": "5b"}
    assert to_json("5b", field) == {"_table": "users", "id": "5b"}
    assert to_json(None, field) is None
    assert to_json(["a"], Field(name="a", type=FieldType.ARRAY)) == ["a"]
