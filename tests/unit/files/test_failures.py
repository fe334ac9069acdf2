import json
from typing import Any

import pytest

from ferry.errors import InvalidRow
from ferry.files.formats import FORMATS
from ferry.tables.rows import RowRules
from ferry.tables.schema import Field, FieldType, Schema
from tests.unit.files.files import TEXTS, entries
from tests.unit.goods import GOODS


def failed(name: str, data: bytes, *, schema: Schema = GOODS) -> bytes:
    """Return the failed-rows file of an import of `data`."""
    form = FORMATS[name]
    layout = form.inspect(data[:40], whole=False, schema=schema)
    convert = form.rows(RowRules(schema))
    writer = form.failures(layout, schema)
    pieces = [writer.head()]
    for entry in entries(name, data, schema=schema, head=40):
        try:
            if entry.error:
                raise entry.error
            convert(entry.cells)
        except InvalidRow as error:
            pieces.append(writer.row(entry, error))
    return b"".join([*pieces, writer.tail()])


def test_csv_rows_stand_as_they_were_behind_line_field_and_reason() -> None:  # H4
    data = b'\xef\xbb\xbfname,price,foo\r\n"a ""b""",abc,1\r\nc,1,2\r\n,5,\r\nd,"1"\r\n'

    assert failed("csv", data).decode() == (
        "\ufeffline,field,reason,name,price,foo\r\n"
        '2,price,"must be a number, such as 19.5; it is ""abc""","a ""b""",abc,1\r\n'
        "4,name,must have a value: the column is required,,5,\r\n"
        '5,,"does not fit the first line: its cells number 2, the columns 3; put a cell that holds'
        " a comma or a newline in double quotes, or send ragged=pad to leave the last columns "
        'empty",d,"1"\r\n'
    )


def test_csv_rows_that_cannot_be_split_stand_in_one_cell() -> None:
    data = b"name,code\n" + b"a,1\n" * 10 + b'"5" pipe,1\nb\xff,1,2\n"open,1\n'

    lines = failed("csv", data).decode().split("\r\n")

    assert lines[1].endswith(',"""5"" pipe,1"')
    assert lines[2].endswith(",b\ufffd,1,2")
    assert lines[3].endswith(',"""open,1"')


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (b"name,line", "_line,field,reason"),
        (b"name,line,_line,reason", "__line,field,_reason"),
        (b"name,,", "line,field,reason"),
    ],
)
def test_what_is_added_never_takes_a_name_of_the_file(header: bytes, names: str) -> None:
    assert failed("csv", header + b"\n").decode() == f"\ufeff{names},{header.decode()}\r\n"


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_added_never_takes_a_name_of_the_table(name: str) -> None:
    schema = Schema(
        (
            Field(name="line", type=FieldType.INTEGER),
            Field(name="price", type=FieldType.NUMBER),
        )
    )
    data = b"price\nabc\n" if FORMATS[name].is_delimited else b'{"price":"abc"}\n'

    assert b"_line" in failed(name, data, schema=schema)


def test_json_objects_keep_all_they_have() -> None:
    data = b"""[{"name":"a"},
        {"name":"b",
         "price":"abc","foo":1E400,"reason":"old"}, {}, {"name":}, 12
        ]"""

    file = failed("json", data)

    assert file.startswith(b"[\n{")
    assert file.count(b"\n") == 5
    assert b"1E400" in file
    first, empty, broken, number = json.loads(file)
    assert first == {
        "line": 2,
        "field": "price",
        "_reason": 'must be a number without quotes; it is "abc"',
        "name": "b",
        "price": "abc",
        "foo": float("1e400"),
        "reason": "old",
    }
    assert (empty["line"], empty["original"]) == (3, "{}")
    assert (broken["field"], broken["original"]) == ("", '{"name":}')
    assert number["original"] == "12"


def test_json_lines_stay_lines() -> None:
    lines = failed("jsonl", b'{"name":1}\n{"name":2}\n').splitlines()

    assert [json.loads(line)["line"] for line in lines] == [1, 2]


@pytest.mark.parametrize(("name", "file"), [("json", b"[]"), ("jsonl", b"")])
def test_no_failed_rows(name: str, file: bytes) -> None:
    assert failed(name, b'[{"name":"a"}]') == file


@pytest.mark.parametrize("name", TEXTS)
def test_a_new_writer_continues_the_file(name: str) -> None:
    data = b"name\na\nb\n" if FORMATS[name].is_delimited else b'[{"name":"a"},{"name":"b"}]'
    form = FORMATS[name]
    layout = form.inspect(data, whole=True, schema=GOODS)
    error = InvalidRow("name", "is taken")
    both = entries(name, data)

    whole = form.failures(layout, GOODS)
    expected = whole.head() + b"".join(whole.row(entry, error) for entry in both) + whole.tail()
    first = form.failures(layout, GOODS)
    beginning = first.head() + first.row(both[0], error)
    second = form.failures(layout, GOODS, rows_written=1)

    assert beginning + second.row(both[1], error) + second.tail() == expected


@pytest.mark.parametrize(
    ("name", "data", "mend"),
    [
        ("csv", b'name,price\n"a,b",abc\nc,d\n', (b",abc", b",1")),
        ("json", b'[{"name":"a,b","price":"abc"},{"name":"c","price":"d"}]', (b':"abc"', b":1")),
        ("jsonl", b'{"name":"a,b","price":"abc"}\n{"name":"c","price":"d"}', (b':"abc"', b":1")),
    ],
)
def test_a_corrected_file_can_be_imported(
    name: str, data: bytes, mend: tuple[bytes, bytes]
) -> None:
    convert: Any = FORMATS[name].rows(RowRules(GOODS))
    corrected = failed(name, data).replace(*mend)

    first, second = entries(name, corrected)

    assert convert(first.cells).fields == {"name": "a,b", "price": 1, "amount": 5}
    with pytest.raises(InvalidRow, match="price"):
        convert(second.cells)
    assert failed(name, corrected).count(b"reason") == 1  # what was added before is gone


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("csv", b"line,field,reason,name\n7,price,wrong,a\n"),
        ("json", b'[{"line":7,"field":"price","reason":"wrong","name":"a"}]'),
        ("jsonl", b'{"line":7,"field":"price","reason":"wrong","name":"a"}\n'),
    ],
)
def test_what_is_dropped_as_added_is_always_told(name: str, data: bytes) -> None:
    layout = FORMATS[name].inspect(data, whole=True, schema=GOODS)

    assert layout.detected["failed_rows"] == ["line", "field", "reason"]
    assert layout.ignored == ()


@pytest.mark.parametrize("column", ["line", "field", "reason"])
def test_a_column_of_the_table_is_never_taken_for_an_added_one(column: str) -> None:
    types = {"line": FieldType.INTEGER, "field": FieldType.STRING, "reason": FieldType.STRING}
    schema = Schema((Field(name=column, type=types[column]),))
    data = b'[{"line":7,"field":"a","reason":"b"}]'

    (found,) = entries("json", data, schema=schema)

    assert found.cells[column] in {7, "a", "b"}
