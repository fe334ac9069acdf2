import json
from decimal import Decimal
from typing import Any

import pytest

from ferry.files.formats import FORMATS
from ferry.tables.schema import Field, FieldType, Schema
from tests.unit.goods import GOODS

SCHEMA = Schema(
    (
        Field(name="name", type=FieldType.STRING),
        Field(name="n", type=FieldType.NUMBER),
        Field(name="desc", type=FieldType.ARRAY),
        Field(name="owner", type=FieldType.POINTER, schema_name="users"),
    )
)
FIRST: dict[str, Any] = {
    "id": "5baafb9061235656789abcde",
    "created_by": 1,
    "created_at": 1519538564,
    "updated_at": 1519538565,
    "name": "=cmd|'/C calc'!A0",
    "n": 1582917533873852417,
    "desc": ["a", "名"],
    "owner": {"id": "5b", "_table": "users"},
    "read_perm": ["user:*"],
    "write_perm": [],
}
SECOND: dict[str, Any] = {"id": "x", "name": 'a,"b"\r\n', "n": Decimal("-0.5")}
THIRD: dict[str, Any] = {"name": ""}


def written(name: str, *records: dict[str, Any], schema: Schema = SCHEMA) -> str:
    writer = FORMATS[name].writer(schema)
    rows = writer.place([writer.encode(record) for record in records])
    return (writer.head() + rows + writer.tail()).decode()


def test_csv() -> None:  # D1 D3 D4 D6 D10 D11
    assert written("csv", FIRST, SECOND, THIRD) == (
        "\ufeffid,created_by,created_at,updated_at,name,n,desc,owner,read_perm,write_perm\r\n"
        "5baafb9061235656789abcde,1,1519538564,1519538565,=cmd|'/C calc'!A0,1582917533873852417,"
        '"[""a"",""名""]",5b,"[""user:*""]",[]\r\n'
        'x,,,,"a,""b""\r\n",-0.5,,,,\r\n'
        ',,,,"",,,,,\r\n'
    )


def test_json() -> None:  # D3 D4 D6 D10 D12
    text = written("json", FIRST, SECOND)

    assert text == (
        '[\n{"id":"5baafb9061235656789abcde","created_by":1,"created_at":1519538564,'
        '"updated_at":1519538565,"name":"=cmd|\'/C calc\'!A0","n":1582917533873852417,'
        '"desc":["a","名"],"owner":{"_table":"users","id":"5b"},"read_perm":["user:*"],'
        '"write_perm":[]},\n{"id":"x","created_by":null,"created_at":null,"updated_at":null,'
        '"name":"a,\\"b\\"\\r\\n","n":-0.5,"desc":null,"owner":null,"read_perm":null,'
        '"write_perm":null}\n]'
    )
    assert len(json.loads(text)) == 2


def test_json_lines() -> None:
    lines = written("jsonl", FIRST, SECOND).splitlines()

    assert [json.loads(line)["id"] for line in lines] == [FIRST["id"], "x"]


@pytest.mark.parametrize(("name", "text"), [("json", "[]"), ("jsonl", "")])
def test_a_file_of_no_rows(name: str, text: str) -> None:
    assert written(name) == text


def test_a_csv_file_of_no_rows_is_its_header() -> None:
    header = written("csv", schema=GOODS)

    assert header.endswith(",read_perm,write_perm\r\n")
    assert header.count("\n") == 1


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("done", [0, 1, 2, 3])
def test_a_new_writer_continues_a_file(name: str, done: int) -> None:
    records = [FIRST, SECOND, THIRD]
    before = FORMATS[name].writer(SCHEMA)
    beginning = before.head() + before.place(list(map(before.encode, records[:done])))
    after = FORMATS[name].writer(SCHEMA, rows_written=done)
    rest = after.place(list(map(after.encode, records[done:]))) + after.tail()

    assert before.rows_written == done
    assert after.rows_written == 3
    assert (beginning + rest).decode() == written(name, *records)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (10**37, "1" + "0" * 37),
        (-(10**125), "-1" + "0" * 125),
        (Decimal("1E+50"), "1E+50"),
        (Decimal("1E-130"), "1E-130"),
        (Decimal("89.11167842607728"), "89.11167842607728"),
    ],
)
@pytest.mark.parametrize("name", FORMATS)
def test_numbers_are_exact(name: str, value: int | Decimal, text: str) -> None:
    assert text in written(name, {"n": value})
