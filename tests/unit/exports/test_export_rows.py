"""Rows by columns against a plain reading: boto3's deserializer, the csv and json modules."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from boto3.dynamodb.types import TypeDeserializer
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.exports import export_rows
from ferry.exports.export_job import ExportRequest
from ferry.exports.export_rows import ExportRows
from ferry.exports.plan import ExportPlan
from ferry.files.csv.formulas import defused_value, undefused
from ferry.files.shaping import local_time
from ferry.records.store import read_item
from ferry.tables.schema import Field, FieldType, Schema

# Names of Python, of DynamoDB's types and of our own types' attributes.
SCHEMA = Schema(
    tuple(
        Field(name=name, type=kind, schema_name="users" if name == "S" else None)
        for name, kind in {
            "class": FieldType.STRING,
            "c1": FieldType.DATE,
            "order": FieldType.INTEGER,
            "N": FieldType.NUMBER,
            "BOOL": FieldType.BOOLEAN,
            "L": FieldType.ARRAY,
            "Items": FieldType.OBJECT,
            "geo": FieldType.GEOJSON,
            "NULL": FieldType.FILE,
            "S": FieldType.POINTER,
            "M": FieldType.REFERENCE,
        }.items()
    )
)
ACCEPTED_MS = 1000

NUMBERS = st.sampled_from(
    ["0", "-0", "007", "1.50", "19.00", "-0.5", "1E+2", "1e-7", "0.000001", "0.0000001", "9" * 38]
) | st.builds(
    lambda digits, exponent: str(Decimal(f"{digits}E{exponent}")),
    st.integers(-(10**38) + 1, 10**38 - 1),
    st.integers(-130, 87),
)
TEXTS = st.text(max_size=8) | st.text(st.sampled_from("=+-@\t\r\n\",;'\\/\0\x7f\u2028 é漢🙂%s"))
NULL = st.just({"NULL": True})
TEXT, NUMBER = (st.fixed_dictionaries({kind: of}) for kind, of in (("S", TEXTS), ("N", NUMBERS)))
FLAG = st.fixed_dictionaries({"BOOL": st.booleans()})
KEYS = st.text(min_size=1, max_size=4)
ANY = st.recursive(
    NULL | TEXT | NUMBER | FLAG,
    lambda inner: (
        st.fixed_dictionaries({"L": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"M": st.dictionaries(KEYS, inner, max_size=3)})
    ),
    max_leaves=5,
)
LIST = st.fixed_dictionaries({"L": st.lists(ANY, max_size=3)})
MAP = st.fixed_dictionaries({"M": st.dictionaries(KEYS, ANY, max_size=3)})
POINTER = st.fixed_dictionaries(
    {"M": st.fixed_dictionaries({"id": TEXT}, optional={"_table": TEXT, "more": ANY})}
)
FIELDS = {
    "class": TEXT, "c1": TEXT, "order": NUMBER, "N": NUMBER, "BOOL": FLAG, "L": LIST,
    "Items": MAP, "geo": MAP, "NULL": MAP, "S": POINTER, "M": POINTER,
}  # fmt: skip
RIGHT = st.fixed_dictionaries({}, optional={name: of | NULL for name, of in FIELDS.items()})
WRONG = st.fixed_dictionaries({}, optional={**dict.fromkeys(FIELDS, ANY), "older": ANY})
OWN = st.fixed_dictionaries(
    {
        "_at": st.integers(0, ACCEPTED_MS + 20).map(lambda at: {"N": str(at)}),
        "created_by": st.integers(0, 10**12).map(lambda number: {"N": str(number)}),
        "updated_at": st.integers(0, 10**11 - 1).map(lambda second: {"N": str(second)}),
        "read_perm": st.lists(TEXT, max_size=2).map(lambda users: {"L": users}),
        "write_perm": st.lists(TEXT, max_size=2).map(lambda users: {"L": users}),
    }
)
ITEMS = st.lists(st.builds(lambda own, fields: {**fields, **own}, OWN, RIGHT | RIGHT | WRONG))
PLAIN = TypeDeserializer()


@pytest.fixture(autouse=True, scope="module")
def _few_at_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export_rows, "AT_ONCE", 2)
        yield


@given(items=ITEMS, defuse=st.booleans(), times=st.booleans())
@settings(deadline=None, max_examples=60)
def test_csv_lines_say_what_the_items_hold(
    items: list[dict[str, Any]], defuse: bool, times: bool
) -> None:
    request = ExportRequest(
        file_type="csv",
        defuse_formulas=defuse,
        timestamp_keys=("created_at", "order") if times else (),
    )

    lines = b"".join(line + b"\r\n" for line in _rows(request, items)).decode()

    found = csv.reader(io.StringIO(lines, newline=""), quoting=csv.QUOTE_NOTNULL, strict=True)
    expected = [
        [
            _safe_cell(_shaped(row.get(name), name, request), name, request)
            for name in SCHEMA.columns
        ]
        for row in _plain(items)
    ]
    plain = undefused if defuse else str
    assert [[_comparable(cell and plain(cell)) for cell in row] for row in found] == [
        [_comparable(plain(cell) if isinstance(cell, str) else cell) for cell in row]
        for row in expected
    ]


@given(items=ITEMS, times=st.booleans())
@settings(deadline=None, max_examples=60)
def test_json_lines_say_what_the_items_hold(items: list[dict[str, Any]], times: bool) -> None:
    request = ExportRequest(
        file_type="jsonl", timestamp_keys=("created_at", "order") if times else ()
    )

    found = [_parsed(row.decode()) for row in _rows(request, items)]

    expected = [
        {name: _member(_shaped(row.get(name), name, request), name) for name in SCHEMA.columns}
        for row in _plain(items)
    ]
    assert found == expected
    assert [list(row) for row in found] == [list(SCHEMA.columns)] * len(expected)


@given(
    items=ITEMS,
    file_type=st.sampled_from(["csv", "json", "jsonl"]),
    names=st.lists(st.sampled_from(SCHEMA.columns), unique=True, min_size=1),
    more=st.fixed_dictionaries(
        {}, optional={"defuse_formulas": st.just(True), "timestamp_keys": st.just(("order",))}
    ),
)
@settings(deadline=None, max_examples=60)
def test_rows_are_the_same_by_columns_and_one_by_one(
    items: list[dict[str, Any]], file_type: Any, names: list[str], more: dict[str, Any]
) -> None:
    request = ExportRequest(file_type=file_type, include_keys=tuple(names), **more)
    plan = ExportPlan(request, SCHEMA)

    kept = [item for item in _stored(items) if int(item["_at"]["N"]) <= ACCEPTED_MS]
    one_by_one = [plan.encode(read_item(_json(item)).columns) for item in kept]

    assert _rows(request, items) == one_by_one


def test_every_type_of_field_can_be_read_by_columns() -> None:
    assert {field.type for field in SCHEMA.fields} == set(FieldType)


def test_rows_of_the_schemas_types_are_not_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(export_rows, "read_item")
    item = {
        "_at": {"N": "1"},
        "created_by": {"N": "1"},
        "updated_at": {"N": "1"},
        "read_perm": {"L": []},
        "write_perm": {"L": [{"S": "user:*"}]},
        "class": {"S": "a"},
        "N": {"N": "1.5"},
        "BOOL": {"NULL": True},
        "S": {"M": {"id": {"S": "5b"}}},
    }

    (row,) = _rows(ExportRequest(file_type="csv"), [item])

    assert row == (b'000000000000000000000000,1,0,1,a,,,1.5,,,,,,5b,,[],"[""user:*""]"')


def _stored(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **item,
            "_pk": {"S": "1#0"},
            "_sk": {"S": f"{number:024x}"},
            "_order": {"S": f"{number // 3:08x}~{number:024x}"},
            "created_at": {"N": str(number // 3)},
        }
        for number, item in enumerate(items)
    ]


def _rows(request: ExportRequest, items: list[dict[str, Any]]) -> list[bytes]:
    page = _json({"Items": _stored(items), "Count": len(items)})
    made = ExportRows(ExportPlan(request, SCHEMA), ACCEPTED_MS).encode_page(page)
    assert made.size == len(items)
    assert len(made.orders) == len(made.rows)
    return made.rows


def _json(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()  # as DynamoDB


def _plain(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = [
        {name: PLAIN.deserialize(value) for name, value in item.items()} for item in _stored(items)
    ]
    return [row | {"id": row["_sk"]} for row in rows if row["_at"] <= ACCEPTED_MS]


def _shaped(value: Any, name: str, request: ExportRequest) -> Any:
    whole = isinstance(value, Decimal) and value == value.to_integral_value()
    zone = ZoneInfo(request.time_zone)
    return local_time(int(value), zone) if whole and name in request.timestamp_keys else value


def _safe_cell(value: Any, name: str, request: ExportRequest) -> Any:
    cell = _cell(value, name)
    is_text = isinstance(cell, str) and not isinstance(value, Decimal | int)
    return defused_value(cell) if is_text and request.defuse_formulas else cell


def _cell(value: Any, name: str) -> Any:
    if name in {"S", "M"} and isinstance(value, dict):
        value = value.get("id")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal | int):
        return str(int(value) if value == int(value) else value)
    return value


def _member(value: Any, name: str) -> Any:
    if value is None or name not in {"S", "M"}:
        return value
    pointer = value if isinstance(value, dict) else {"id": value}
    default = "users" if name == "S" else None
    return {"_table": pointer.get("_table", default), "id": pointer.get("id")}


def _comparable(cell: Any) -> Any:
    """Return a cell of nested values as these, whichever way they are spelled."""
    if isinstance(cell, str) and cell[:1] in {"[", "{"}:
        try:
            return _parsed(cell)
        except ValueError:
            return cell
    return cell


def _parsed(text: str) -> Any:
    return json.loads(text, parse_int=Decimal, parse_float=Decimal)
